"""Shapes of the premises: a place, a visit, a need, its answer, a table to import. No field for residents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.grids import queries
from yimen.grids.actions.premises import Described
from yimen.grids.kinds import Level
from yimen.grids.models import Grid
from yimen.grids.premises_models import PREMISE_KINDS

from .duty import long
from .rows import day, line, today
from .shape import Shape


def grid_choices(grids: list[Grid]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Third-level and specialist grids under the name of their community."""
    names = {one.pk: one.name for one in queries.all_grids()}
    found: dict[str, list[tuple[str, str]]] = {}
    for grid in grids:
        found.setdefault(names.get(grid.parent_id or 0, grid.unit.name), []).append((str(grid.pk), grid.name))
    return list(found.items())


def places() -> list[Grid]:
    return queries.grids(Level.GRID) + queries.grids(Level.SPECIALIST)


class PremiseForm(Shape):
    name = line(_("名称"), 80, _("如：惠民超市、永安商务楼、滨河步道东段"), required=True)
    kind = forms.ChoiceField(
        label=_("类别"),
        choices=PREMISE_KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择")},
    )
    address = line(_("地址"), 160, required=True)
    grid = forms.ChoiceField(
        label=_("所在网格"),
        error_messages={"required": _("请选择"), "invalid_choice": _("请从所列选项中选择")},
    )
    contact = line(_("经营联系人"), 40, _("单位对外的联系人或岗位，如“值班经理”；不填居民"))
    phone = line(_("经营电话"), 40, _("单位自己的电话；加密保存，停用即忘"), inputmode="tel")

    def __init__(self, grids: list[Grid], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self._grids = {str(grid.pk): grid for grid in grids}
        self.fields["grid"].choices = [("", _("请选择")), *grid_choices(grids)]

    def described(self) -> Described:
        return Described(**self.cleaned_data | {"grid": self._grids[self.cleaned_data["grid"]]})


class VisitForm(Shape):
    day = day(_("走访日期"))
    seen = long(_("看到的情况"), _("写地方，不写人：消防通道、招牌、卫生、设施……"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].initial = today()


class NeedForm(Shape):
    words = long(_("需要什么"), _("这个地方的需求；可以当场答复，也可以一点登记为事项"), required=True)


class AnswerForm(Shape):
    answer = long(_("怎么答复"), required=True, rows=2)


class TableForm(Shape):
    file = forms.FileField(
        label=_("表格（XLSX 或 CSV）"), error_messages={"required": _("请选择文件")},
        help_text=_("要有名称、类别、地址、网格四列，可以有经营联系人、经营电话；居民、住户一类的列不收"),
    )  # fmt: skip
