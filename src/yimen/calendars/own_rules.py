"""Limits that the office adds for one category or one urgency, beside the general limit of a step; and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append
from yimen.ledger.changes import difference

from .actions import _clean_rule, _keep_law, _lock, _rule_payload, changed
from .models import OFFICE, ClockRule
from .rules import choose

OWN: Final = "OWN-"  # how the codes of added rules begin; a revision keeps the code
SURE: Final = (
    "D",
    "X",
)  # the centre's own rule, or one read elsewhere; the law's text comes with the product


def is_own(rule: ClockRule) -> bool:
    """Whether the office added this rule itself, so that it may end it too."""
    return rule.code.startswith(OWN)


def general_rules() -> list[ClockRule]:
    """Today's limit of every step for any category and urgency: the places at which a further rule may stand."""
    rows = ClockRule.objects.filter(category="", urgency="", valid_to__isnull=True)
    return list(rows.order_by("flow", "id"))


@transaction.atomic
def add_rule(actor: Actor, fields: Mapping[str, Any]) -> ClockRule:
    """A further limit of a step for one category, one urgency, or both; it counts from the same moment as the general one.

    `fields`: flow, step, category, urgency, amount, unit, extend_max, what, article, certainty, source, valid_from.
    Of the rules valid on a day the most specific holds (`rules.choose`); running clocks keep theirs. Raises Invalid
    with the fields at fault: one that is general, begins in the past, stands where another does already, is called
    law, or differs from a limit of law (S) of that step.
    """
    _lock()
    rule = ClockRule(**dict(fields), code=f"{OWN}{uuid4().hex[:8].upper()}", origin=OFFICE)
    if said := _wrong(rule):
        raise Invalid(_("还不能保存"), said)
    rule.day_zero = _general(rule).day_zero
    _clean_rule(rule)
    _keep_law(rule)
    rule.save(force_insert=True)
    payload = _rule_payload(rule)
    append(actor, "calendars.rule_added", "clock_rule", rule.pk, payload | difference({}, payload))
    changed()
    return rule


@transaction.atomic
def end_rule(actor: Actor, rule: ClockRule, last_day: date) -> ClockRule:
    """An added rule holds until `last_day`; after it the less specific one. Clocks that run keep what they began with.

    Raises Conflict when it has ended or was replaced, Invalid for a rule that came with the product or a wrong day.
    """
    _lock()
    rule = ClockRule.objects.select_for_update().get(pk=rule.pk)
    if not is_own(rule):
        raise Invalid(_("随软件提供的时限规则可以修改，不能停用"))
    if rule.valid_to is not None:
        raise Conflict(_("这条时限规则已经停用"))
    if last_day < timezone.localdate() - timedelta(days=1):
        raise Invalid(_("还不能保存"), {"last_day": _("不能早于昨天")})
    if last_day < rule.valid_from:
        raise Invalid(_("还不能保存"), {"last_day": _("不能早于起用日期 %s") % rule.valid_from})
    rule.valid_to = last_day
    rule.save(update_fields=["valid_to"])
    said = {"code": rule.code, "before": {"valid_to": None}, "after": {"valid_to": last_day}}
    append(actor, "calendars.rule_ended", "clock_rule", rule.pk, said)
    changed()
    return rule


def _wrong(rule: ClockRule) -> dict[str, str]:
    """What keeps a rule from being added, by field."""
    if rule.certainty not in SURE:
        return {"certainty": _("新增的规则只能是本中心规定或见于其他来源；法规的期限随软件提供")}
    if rule.amount < 1:
        return {"amount": _("至少是 1")}
    if rule.valid_from < timezone.localdate():
        return {"valid_from": _("不能早于今天：已经过去的日子按当时的规则算")}
    if not rule.category and not rule.urgency:
        return {"category": _("请选择类别或紧急程度，至少选一项；一般的期限请直接修改")}
    if choose(_of_step(rule), "", "", rule.valid_from) is None:
        return {"step": _("这个流程没有这一步")}
    if other := _standing(rule):
        return {"category": _("这一步对这个类别和紧急程度已经有规则 %s，请修改那一条") % other.code}
    return {}


def _of_step(rule: ClockRule) -> list[ClockRule]:
    return list(ClockRule.objects.filter(flow=rule.flow, step=rule.step))


def _general(rule: ClockRule) -> ClockRule:
    found = choose(_of_step(rule), "", "", rule.valid_from)
    assert found is not None, "asked in _wrong"
    return found


def _standing(rule: ClockRule) -> ClockRule | None:
    """A rule of exactly this place that holds on or after the first day of this one."""
    place = {name: getattr(rule, name) for name in ("flow", "step", "category", "urgency")}
    later = Q(valid_to__isnull=True) | Q(valid_to__gte=rule.valid_from)
    return ClockRule.objects.filter(later, **place).first()
