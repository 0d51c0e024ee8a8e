"""Clock rules with their articles: what the law says is locked, what the centre set itself is changed from a day on."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yimen.calendars import actions
from yimen.calendars.models import ClockRule
from yimen.calendars.own_rules import is_own
from yimen.cases.models import Clock
from yimen.cases.states import FLOWS, STATES, Flow
from yimen.foundation.errors import Invalid

from ...door import StaffRequest, page
from ...forms.rows import Column, day, form_of, today
from ...forms.shape import category_choices
from .saving import posted, saved

LAW = "S"
OWN = "desk practice"  # the source of what the centre set itself; its tag says so already
# Limits of the whole matter; other steps are states.
LIMITS = {
    "inform": gettext_lazy("书面告知"),
    "conclude": gettext_lazy("办结"),
    "screen": gettext_lazy("甄别"),
    "return": gettext_lazy("退回异议"),
    "assignment": gettext_lazy("承办"),
    "review": gettext_lazy("请求复查"),
    "approval": gettext_lazy("领导补批"),
    "ordered": gettext_lazy("批示限定的办理期限"),
    "imported": gettext_lazy("历史件核对"),
}
COLUMNS = (
    Column("amount", gettext_lazy("期限")),
    Column("unit", gettext_lazy("单位"), gettext_lazy("自然日、工作日、月、工作小时或钟点小时")),
    Column("extend_max", gettext_lazy("最多共可延长"), gettext_lazy("同一单位；0 是不能延长")),
    Column("what", gettext_lazy("要做什么")),
    Column("article", gettext_lazy("依据")),
    Column("source", gettext_lazy("见于何处")),
    Column("certainty", gettext_lazy("可靠程度")),
)
UNITS = {
    "natural_day": gettext_lazy("自然日"),
    "work_day": gettext_lazy("工作日"),
    "month": gettext_lazy("月"),
    "work_hour": gettext_lazy("工作小时"),
    "clock_hour": gettext_lazy("小时"),
}


@page("admin.settings", methods=("GET", "HEAD"))
def rules(request: StaffRequest) -> HttpResponse:
    """All limits by flow and step; those that are over only when asked for."""
    found = ClockRule.objects.order_by("flow", "step", "category", "urgency", "-valid_from")
    past = bool(request.GET.get("past"))
    if not past:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today()))
    names = dict(category_choices())
    groups = [
        (FLOWS.get(flow, flow), [_shown(rule, names) for rule in rows])
        for flow, rows in groupby(found, key=lambda rule: rule.flow)
    ]
    return render(request, "staff/admin/rules.html", {"groups": groups, "past": past})


def _shown(rule: ClockRule, names: dict[str, str]) -> dict[str, Any]:
    return {
        "rule": rule,
        "step": step_name(rule.step),
        "unit": UNITS[rule.unit],
        "law": rule.certainty == LAW,
        "open": rule.valid_to is None,
        "source": "" if rule.source == OWN else rule.source,
        "own": is_own(rule),
        "category": names.get(rule.category, rule.category),
    }


def step_name(step: str) -> object:
    if step in LIMITS:
        return LIMITS[step]
    return STATES[step].zh if step in STATES else step


@page("admin.settings")
def rule(request: StaffRequest, pk: int) -> HttpResponse:
    """Another limit from a day on. Running clocks keep the rule they began with: how many, is said before saving."""
    row = get_object_or_404(ClockRule, pk=pk)
    initial: dict[str, Any] = {column.name: getattr(row, column.name) for column in COLUMNS}
    form = form_of(
        ClockRule, COLUMNS, posted(request), initial | {"valid_from": today()},
        valid_from=day(_("从哪天起用")),
    )  # fmt: skip
    form.fields["unit"].choices = list(UNITS.items())
    form.order_fields([*(column.name for column in COLUMNS), "valid_from"])

    def do(data: dict[str, Any]) -> None:
        valid_from = data.pop("valid_from")
        if valid_from < today():
            raise Invalid(_("还不能保存"), {"valid_from": _("不能早于今天：已经过去的日子按当时的规则算")})
        if not {name for name, value in data.items() if value != getattr(row, name)}:
            raise Invalid(_("没有改动"))
        actions.revise_rule(row, valid_from, data, request.actor)

    return saved(
        request, form, do, _("已保存，从所写日期起用。"), ("staff:admin-rules",),
        title=_("修改时限：%s") % row.what, button=_("保存"), icon="check", back="staff:admin-rules",
        lead=lead_of(row), effect=effect_of(row),
    )  # fmt: skip


def lead_of(row: ClockRule) -> str:
    flow = FLOWS.get(Flow(row.flow), row.flow) if row.flow in set(Flow) else row.flow
    where = f"{flow} · {step_name(row.step)} · {row.code}"
    if row.certainty != LAW:
        return where
    return (
        where
        + "。"
        + _("这是法规原文规定的期限，不能缩短也不能放宽；只有法规本身改了，才能写明新条款和出处后修改。")
    )


def effect_of(row: ClockRule) -> str:
    count = Clock.objects.filter(running=True, case__sealed=False, rule__code=row.code).count()
    sentence = ngettext(
        "现有 %(n)d 个正在走的计时用这条规则，它们继续按开始时的规则走；新规则只用于起用日期以后开始的计时。",
        "现有 %(n)d 个正在走的计时用这条规则，它们继续按开始时的规则走；新规则只用于起用日期以后开始的计时。",
        count,
    )
    return sentence % {"n": count}
