"""Verbs on what runs against time: told, kind of matter, extension, suspension."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from ..fields import NOTICE_WAYS, WAYS
from ..models import Case, Clock, Extension, Suspension
from ..states import Flow, Who
from . import clocks
from .holding import choice, held, need
from .reclocking import reclock
from .record import record, standing

# A petition is accepted before its result is reported (条例 §34): no change of kind past that point.
_TOO_LATE = ("reported", "verified", "told", "called_back", "rated")
# 中止计时 is for the time in which the unit has the matter in work.
SUSPENDABLE = ("signed", "accepted", "in_hand", "reported", "verified")


def inform(
    actor: Actor, grants: Grants, ref: UUID, *, way: str, said: str = "", at: datetime | None = None
) -> Case:
    """告知: the person was told in writing what happens with the matter; stops the 15 days (条例 §23)."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        if case.told_at:
            raise Conflict(_("已于 %s 告知") % timezone.localdate(case.told_at))
        choice(way, {name: words for name, words in WAYS if name in NOTICE_WAYS}, "way")
        case.told_at = now
        running = clocks.running(case)
        clocks.stop([clock for clock in running if clock.kind == "inform"], now)
        clocks.govern(case, running)
        case.version += 1
        case.save()
        record(
            actor,
            case,
            "case.informed",
            at=now,
            payload={"way": way, "set": standing(case)},
            words={"said": said},
        )
        return case


def screen(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    flow: str,
    reason: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """甄别: the director says petition or service; a later change needs a reason and is kept.

    Running whole-case clocks of the other flow end; the right ones run from the matter's own dates.
    """
    now = at or timezone.now()
    with held(grants, ref, Who.DIRECTOR, version=version) as case:
        choice(flow, {f.value: f for f in Flow}, "flow")
        if case.screened and flow == case.flow:
            raise Invalid(_("性质没有改变"))
        if case.screened:
            reason = need(reason, "reason", _("变更理由"))
        if flow == Flow.SERVICE and case.state == "not_accepted":
            raise Refused(_("已作出不予受理决定，请先办完这一步"))
        if flow == Flow.PETITION and not case.accepted_at and case.state in _TOO_LATE:
            raise Refused(_("已报结果，请先审核退回，再变更性质"))
        was = case.flow if case.screened else ""
        case.flow, case.screened = flow, True
        reclock(case, now)
        case.version += 1
        case.save()
        record(
            actor,
            case,
            "case.screened",
            at=now,
            payload={"was": was, "flow": flow, "set": standing(case)},
            words={"reason": reason.strip()} if reason.strip() else None,
        )
        return case


def extend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    amount: int,
    reason: str,
    told: bool,
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """延期 of the conclusion: before expiry, by the unit's head, reason told to the person, ≤ 30 days (条例 §34).

    The unit's own part and the step in hand get the same time more.
    """
    now = at or timezone.now()
    reason = need(reason, "reason", _("延期理由"))
    with held(grants, ref, Who.HEAD, Who.DIRECTOR, version=version) as case:
        running = clocks.running(case)
        clock = min(
            (c for c in running if c.kind == "conclude" and c.due_at),
            key=lambda c: str(c.due_at),
            default=None,
        )
        _may_extend(clock, amount, told, now)
        assert clock is not None
        for each in (c for c in running if _goes_with(c, clock)):
            each.extend += amount
            clocks.compute(each, clocks.pauses_of(case))
            each.save()
        clocks.govern(case, running)
        case.version += 1
        case.save()
        row = Extension.objects.create(
            case=case, clock=clock, amount=amount, reason=reason, asked_by_id=actor.user_id, asked_at=now,
            approved_by_id=actor.user_id, approved_at=now,
        )  # fmt: skip
        payload = {"amount": amount, "set": standing(case)}
        record(actor, case, "case.extended", at=now, payload=payload, words={"reason": reason})
        return row


def _goes_with(clock: Clock, conclusion: Clock) -> bool:
    """Clocks that move with an extension: the conclusion itself, the lead unit's part, the step in hand; same unit of time."""
    if clock.rule["unit"] != conclusion.rule["unit"]:
        return False
    return clock.pk == conclusion.pk or (
        clock.charged_unit_id == conclusion.charged_unit_id
        and (clock.kind == "assignment" or (clock.kind == "step" and clock.step == "in_hand"))
    )


def _may_extend(clock: Clock | None, amount: int, told: bool, now: datetime) -> None:
    if clock is None or clock.due_at is None:
        raise Refused(_("没有正在计的办结时限"))
    if now > clock.due_at:
        raise Refused(_("时限已过，延期须在届满前提出"))
    limit = int(clock.rule["extend_max"])
    if amount < 1 or clock.extend + amount > limit:
        words = {"limit": limit, "unit": _("小时") if clock.rule["unit"].endswith("_hour") else _("日")}
        raise Invalid(_("还有内容要补充或更正"), {"amount": _("延期合计不超过 %(limit)d %(unit)s") % words})
    if not told:
        raise Invalid(_("还有内容要补充或更正"), {"told": _("延期理由要告知来访人")})


def suspend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    reason: str,
    at: datetime | None = None,
    version: int | None = None,
) -> Suspension:
    """中止计时 of the unit's work from today: the days are taken out of the count. Notice and screening run on."""
    now = at or timezone.now()
    reason = need(reason, "reason", _("中止理由"))
    with held(grants, ref, Who.HEAD, Who.DIRECTOR, version=version) as case:
        if case.suspended:
            raise Conflict(_("已经中止计时"))
        if case.state not in SUSPENDABLE:
            raise Refused(_("只有承办期间可以中止计时"))
        row = Suspension.objects.create(
            case=case, since=timezone.localdate(now), reason=reason, approved_by_id=actor.user_id
        )
        case.suspended = True
        case.version += 1
        case.save()
        record(actor, case, "case.suspended", at=now, payload={"since": row.since}, words={"reason": reason})
        return row


def resume(actor: Actor, grants: Grants, ref: UUID, *, at: datetime | None = None) -> Case:
    """恢复计时: every running day clock is computed anew without the days of the suspension."""
    now = at or timezone.now()
    with held(grants, ref, Who.HEAD, Who.DIRECTOR) as case:
        row = Suspension.objects.filter(case=case, until__isnull=True).first()
        if row is None:
            raise Conflict(_("没有中止计时"))
        row.until, row.ended_by_id = max(timezone.localdate(now), row.since), actor.user_id
        row.save()
        case.suspended = False
        clocks.recompute(case)
        case.version += 1
        case.save()
        record(actor, case, "case.resumed", at=now, payload={"until": row.until, "set": standing(case)})
        return case
