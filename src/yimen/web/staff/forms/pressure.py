"""Shapes: the office's figures, and a day of reception."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimen.cases import pressure_settings

from .pressing import leader_choices
from .shape import Shape

_UNITS = {"day": _("天"), "hour": _("小时"), "person": _("人"), "text": "", "body": _("单位代号")}
_WORDS = ("text", "body")
_BASIS = {"S": _("法律原文"), "X": _("他处所见"), "M": _("凭记忆，未核实"), "D": _("本中心自定")}


class SettingsForm(Shape):
    """One field for each shipped figure, filled with what holds now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = translation.get_language() == "en"
        for key, row in pressure_settings.settings().items():
            hint = gettext("单位：%(unit)s；原来的设定：%(shipped)s；依据：%(basis)s") % {
                "unit": _UNITS[row.unit] or gettext("字"),
                "shipped": row.shipped or "—",
                "basis": _BASIS[row.certainty],
            }
            self.fields[key] = forms.CharField(
                label=capfirst(row.en) if english else row.zh,
                required=row.unit not in _WORDS,
                max_length=40 if row.unit == "body" else 8,
                initial=row.value,
                help_text=hint,
                widget=forms.TextInput(
                    attrs={"autocomplete": "off"} | ({} if row.unit in _WORDS else {"inputmode": "numeric"})
                ),
                error_messages={"required": gettext("请填写")},
            )


def _time(label: object) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class ReceptionForm(Shape):
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts = _time(_("开始"))
    ends = _time(_("结束"))
    leader = forms.ChoiceField(label=_("接访领导"), error_messages={"required": _("请选择")})
    place = forms.CharField(label=_("地点"), max_length=80)
    published = forms.BooleanField(
        label=_("向居民公布"),
        required=False,
        help_text=_("公布以后，居民页面上能看到日期、时间、地点和领导姓名"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", _("请选择")), *leader_choices()]
