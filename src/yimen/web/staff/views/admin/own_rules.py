"""A further limit for one category or one urgency: added from a day on, and ended by a day."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from yimen.calendars import own_rules
from yimen.calendars.models import CERTAINTIES, URGENCIES, ClockRule
from yimen.cases.states import FLOWS

from ...door import StaffRequest, page
from ...forms.rows import Column, LastDay, day, form_of, today
from ...forms.shape import Shape, category_choices
from .rules import COLUMNS, UNITS, effect_of, lead_of, step_name
from .saving import posted, saved

# The form asks for flow and step in one list; what the action says of either stands beside it.
_BESIDE = {"flow": "place", "step": "place"}


@page("admin.settings")
def add(request: StaffRequest) -> HttpResponse:
    """A new limit beside the general one of a step. The more specific rule holds; running clocks keep theirs."""

    def do(data: dict[str, Any]) -> None:
        flow, step = data.pop("place").split("/")
        own_rules.add_rule(request.actor, {**data, "flow": flow, "step": step})

    return saved(
        request, _form(posted(request)), do, _("已新增，从所写日期起用。"), ("staff:admin-rules",),
        title=_("新增时限规则"), button=_("新增"), icon="plus", back="staff:admin-rules",
        lead=_("给某一类事项或某种紧急程度另定期限。几条规则都适用时，写明紧急程度的优先，其次写明类别的；法定期限不能另定。"),
        effect=_("新规则只用于起用日期以后开始的计时，正在走的计时不变。"),
    )  # fmt: skip


def _form(data: Any) -> Shape:
    first: dict[str, forms.Field] = {
        "place": _select(_("流程和环节"), [("", _("请选择")), *_places()]),
        "category": _select(_("类别"), [("", _("不限类别")), *category_choices()[1:]], required=False),
        "urgency": _select(_("紧急程度"), [("", _("不限紧急程度")), *URGENCIES], required=False),
        "valid_from": day(_("从哪天起用")),
    }
    columns = tuple(Column(one.name, one.label, one.hint) for one in COLUMNS)
    form = form_of(
        ClockRule, columns, data, {"valid_from": today(), "certainty": "D", "extend_max": 0}, **first
    )
    form.fields["unit"].choices = list(UNITS.items())
    form.fields["source"].required = True
    form.fields["certainty"].choices = [pair for pair in CERTAINTIES if pair[0] in own_rules.SURE]
    type(form).spoken_of = _BESIDE  # a class made for this form alone
    form.order_fields(["place", "category", "urgency", *(one.name for one in columns), "valid_from"])
    return form


def _select(label: object, choices: list[Any], *, required: bool = True) -> forms.ChoiceField:
    wrong = {"required": _("请选择"), "invalid_choice": _("请从所列选项中选择")}
    return forms.ChoiceField(label=label, choices=choices, required=required, error_messages=wrong)


def _places() -> list[tuple[object, list[tuple[str, object]]]]:
    """Steps by flow, as `flow/step`."""
    groups = groupby(own_rules.general_rules(), key=lambda rule: rule.flow)
    return [
        (FLOWS.get(flow, flow), [(f"{flow}/{rule.step}", step_name(rule.step)) for rule in rows])
        for flow, rows in groups
    ]


@page("admin.settings")
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """An added rule holds until a day; after it the general limit of the step."""
    row = get_object_or_404(ClockRule, pk=pk, code__startswith=own_rules.OWN)
    return saved(
        request, LastDay(posted(request)), lambda data: own_rules.end_rule(request.actor, row, data["last_day"]),
        _("已停用。"), ("staff:admin-rules",), title=_("停用时限：%s") % row.what, button=_("停用"), icon="close",
        danger=True, back="staff:admin-rules", lead=lead_of(row), effect=effect_of(row),
    )  # fmt: skip
