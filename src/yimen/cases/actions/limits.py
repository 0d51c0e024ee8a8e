"""Verbs on what runs against time: told, kind of matter, suspension."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import queries, suspensions
from ..fields import NOTICE_WAYS, WAYS
from ..models import Case, Suspension
from ..rules import plain
from ..states import WINDOW, Flow, Who
from . import clocks
from .holding import choice, held, need
from .reclocking import reclock
from .record import record, standing

_ABOVE = (
    "reviewing",
    "reviewed",
    "re_reviewing",
)  # before the level above: a petition's own way (条例 §§35, 36)
# A petition is accepted before its result is reported (条例 §34): no change of kind past that point.
_TOO_LATE = ("reported", "verified", "told", "called_back", "rated")


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
        choice(flow, {f.value: f for f in WINDOW}, "flow")
        if case.flow not in WINDOW:
            raise Refused(_("网格事件不甄别"))
        if case.screened and flow == case.flow:
            raise Invalid(_("性质没有改变"))
        if case.screened:
            reason = need(reason, "reason", _("变更理由"))
        if flow == Flow.SERVICE and case.state == "not_accepted":
            raise Refused(_("已作出不予受理决定，请先办完这一步"))
        if flow == Flow.SERVICE and (case.state in _ABOVE or queries.written_opinion_served(case)):
            raise Refused(_("已送达书面处理意见，来访人可以请求复查复核，不能再变更为服务诉求"))
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


def suspend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    ground: str,
    note: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Suspension:
    """中止计时 from today, for a listed reason: the days are taken out of the count. Notice and screening run on."""
    now = at or timezone.now()
    with held(grants, ref, Who.HEAD, Who.DIRECTOR, version=version) as case:
        if case.suspended:
            raise Conflict(_("已经中止计时"))
        if case.state not in suspensions.suspendable():
            raise Refused(_("只有承办期间可以中止计时"))
        day = timezone.localdate(now)
        listed = {row.key: row.words for row in suspensions.grounds_for(case.flow, case.state, day)}
        choice(ground, listed, "ground")
        row = Suspension.objects.create(
            case=case, since=day, ground=ground, reason=plain(note)[:2000], approved_by_id=actor.user_id
        )
        case.suspended = True
        case.version += 1
        case.save()
        payload = {"since": row.since, "ground": ground}
        record(actor, case, "case.suspended", at=now, payload=payload, words={"note": row.reason})
        return row


def resume(actor: Actor, grants: Grants, ref: UUID, *, at: datetime | None = None) -> Case:
    """恢复计时: every running day clock is computed anew without the days of the suspension."""
    now = at or timezone.now()
    with held(grants, ref, Who.HEAD, Who.DIRECTOR) as case:
        if not case.suspended:
            raise Conflict(_("没有中止计时"))
        until = clocks.end_pause(case, now, actor.user_id)
        clocks.recompute(case)
        case.version += 1
        case.save()
        record(actor, case, "case.resumed", at=now, payload={"until": until, "set": standing(case)})
        return case
