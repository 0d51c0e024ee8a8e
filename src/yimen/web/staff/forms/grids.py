"""Forms for who answers where, and for a map file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid

from .rows import day, line, person, today
from .shape import Shape

_WRONG = {"required": _("请选择"), "invalid_choice": _("请从所列选项中选择")}


class Posting(Shape):
    """Somebody answers for a grid. A street or a community has a lead only."""

    person = person(_("登录名"), _("谁来负责；写登录名，输入时会提示"))
    role = forms.ChoiceField(label=_("职务"), widget=forms.RadioSelect, error_messages=_WRONG)
    since = day(_("从哪天起"))
    until = day(_("到哪天止"), _("不填就是长期"), required=False)

    def __init__(self, data: Any, grid: Grid) -> None:
        super().__init__(data)
        self.fields["since"].initial = max(today(), grid.valid_from)
        roles = [(PostRole.LEAD.value, _("网格长"))]
        if grid.level >= Level.GRID:
            roles.insert(0, (PostRole.WORKER.value, _("网格员")))
        self.fields["role"].choices = roles
        self.fields["role"].initial = roles[0][0]


class Away(Shape):
    """Days on which somebody is away, and who answers meanwhile."""

    since = day(_("从哪天起"))
    until = day(_("到哪天止"), _("这一天也不在岗"))
    stand_in = line(
        _("代理人的登录名"),
        64,
        _("不填就由上一级负责"),
        list="people",
        autocapitalize="none",
        spellcheck="false",
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["since"].initial = self.fields["until"].initial = today()


class MapFile(Shape):
    """A file with grids, and with posts where it is a workbook."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("GeoJSON 或 XLSX，不超过 10 MB；格式和导出的一样"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,.xlsx"}),
        error_messages={"required": _("请选择文件"), "empty": _("文件是空的")},
    )
