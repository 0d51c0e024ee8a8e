"""领导接访日 and 包案领导: days planned, matters brought there, and who took one into his own charge."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.access.roles import Role
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger import actions as ledger

from .. import leaders
from ..models import Case, CaseLeader, ReceptionDay, ReceptionVisit
from ..rules import plain
from ..states import Who
from .holding import held, need
from .record import record

SUBJECT = "reception"


def plan_reception(
    actor: Actor,
    grants: Grants,
    *,
    day: date,
    starts: time,
    ends: time,
    leader: int,
    place: str,
    published: bool = False,
) -> ReceptionDay:
    """Plan one day of reception; the same leader once at a time. Raises Invalid."""
    require(grants, "cases.plan_reception")
    place = need(place, "place", _("地点"), 80)
    if day < timezone.localdate():
        raise Invalid(_("还有内容要补充或更正"), {"day": _("不能早于今天")})
    if ends <= starts:
        raise Invalid(_("还有内容要补充或更正"), {"ends": _("要晚于开始时间")})
    if leader not in {user.pk for user in leaders.staff_leaders()}:
        raise Invalid(_("还有内容要补充或更正"), {"leader": _("请从所列选项中选择")})
    try:
        with transaction.atomic():
            row = ReceptionDay.objects.create(
                day=day, starts=starts, ends=ends, leader_id=leader, place=place, published=published,
                by_id=actor.user_id,
            )  # fmt: skip
            _log(actor, row, "reception.planned")
    except IntegrityError:
        raise Invalid(_("还有内容要补充或更正"), {"day": _("这位领导这时已有接访安排")}) from None
    return row


def publish_reception(actor: Actor, grants: Grants, ref: int, *, published: bool = True) -> ReceptionDay:
    """公布 or take back: only published days stand on the residents' page."""
    require(grants, "cases.plan_reception")
    with transaction.atomic():
        row = _day(ref)
        if row.published != published:
            row.published = published
            row.save(update_fields=["published"])
            _log(actor, row, "reception.published")
        return row


def cancel_reception(actor: Actor, grants: Grants, ref: int) -> ReceptionDay:
    """取消: the row stays, matters brought there keep it."""
    require(grants, "cases.plan_reception")
    with transaction.atomic():
        row = _day(ref)
        row.cancelled, row.published = True, False
        row.save(update_fields=["cancelled", "published"])
        _log(actor, row, "reception.cancelled")
        return row


def _day(ref: int) -> ReceptionDay:
    row = ReceptionDay.objects.select_for_update(of=("self",)).filter(pk=ref, cancelled=False).first()
    if row is None:
        raise Conflict(_("这个接访日已经取消"))
    return row


def _log(actor: Actor, row: ReceptionDay, kind: str) -> None:
    payload = {"day": row.day, "leader": row.leader_id, "place": row.place, "published": row.published}
    ledger.append(actor, kind, SUBJECT, row.pk, payload)


def at_reception(
    actor: Actor, grants: Grants, ref: UUID, *, reception: int, at: datetime | None = None
) -> ReceptionVisit:
    """The matter was brought to a leader on a day of reception."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK) as case:
        return tie(actor, case, reception, now)


def tie(actor: Actor, case: Case, reception: int, now: datetime) -> ReceptionVisit:
    """Within the caller's transaction. A day that is still to come, or was cancelled, is refused."""
    day = ReceptionDay.objects.filter(pk=reception, cancelled=False, day__lte=timezone.localdate(now)).first()
    if day is None:
        raise Invalid(_("还有内容要补充或更正"), {"reception": _("请从所列选项中选择")})
    row, made = ReceptionVisit.objects.get_or_create(
        case=case, reception=day, defaults={"by_id": actor.user_id, "at": now}
    )
    if made:
        record(
            actor, case, "case.at_reception", at=now, payload={"day": day.day, "by_leader": day.leader.name}
        )
    return row


def take_charge(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    leader: int,
    until: date | None = None,
    words: str = "",
    at: datetime | None = None,
) -> CaseLeader:
    """包案: a leader takes a matter upon himself, or the director records that one does; the one before is relieved."""
    now = at or timezone.now()
    with held(grants, ref) as case:
        _may_name(actor, grants, leader)
        if leader not in {user.pk for user in leaders.staff_leaders()}:
            raise Invalid(_("还有内容要补充或更正"), {"leader": _("请从所列选项中选择")})
        day = timezone.localdate(now)
        if until and until < day:
            raise Invalid(_("还有内容要补充或更正"), {"until": _("不能早于今天")})
        CaseLeader.objects.filter(case=case, ended_at__isnull=True).update(
            ended_at=now, ended_by=actor.user_id
        )
        row = CaseLeader.objects.create(
            case=case,
            leader_id=leader,
            since=day,
            until=until,
            words=plain(words)[:2000],
            by_id=actor.user_id,
            at=now,
        )
        payload = {"by_leader": row.leader.name, "until": until}
        record(actor, case, "case.leader_named", at=now, payload=payload, words={"words": row.words})
        return row


def _may_name(actor: Actor, grants: Grants, leader: int) -> None:
    own = grants.has(Role.LEADER) and leader == actor.user_id
    if not own and not grants.has(Role.DIRECTOR):
        raise Refused(_("包案由领导本人或中心主任登记"))


def end_charge(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None
) -> CaseLeader:
    """结束包案 before its day, by the leader or the director; the words say why."""
    now = at or timezone.now()
    words = need(words, "words", _("说明"))
    with held(grants, ref, open_only=False) as case:
        row = leaders.charge_of(case)
        if row is None:
            raise Conflict(_("现在没有包案领导"))
        _may_name(actor, grants, row.leader_id)
        row.ended_at, row.ended_by_id = now, actor.user_id
        row.save(update_fields=["ended_at", "ended_by"])
        record(
            actor,
            case,
            "case.leader_ended",
            at=now,
            payload={"by_leader": row.leader.name},
            words={"words": words},
        )
        return row
