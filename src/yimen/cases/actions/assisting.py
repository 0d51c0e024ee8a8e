"""协办: units that help. Each answers for itself and in its own time; the lead unit collects and stays responsible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.organisations.models import Unit, UnitKind

from .. import rules
from ..access import relations
from ..joint import OPEN_PARTS
from ..models import Assignment, AssistResult, AssistReturn, Case, Clock
from ..states import Who
from . import clocks
from .effects.parts import begin_part
from .holding import held, need
from .record import record


def add_assisting(
    actor: Actor, grants: Grants, ref: UUID, *, unit: str, require: str = "", at: datetime | None = None
) -> Assignment:
    """增加协办单位: one more unit helps, or one that has answered is asked again; with a clock of its own."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        helper = Unit.objects.filter(key=unit, valid_to__isnull=True).exclude(kind=UnitKind.CENTRE).first()
        live = Assignment.objects.filter(case=case).exclude(state__in=["returned", "ended"])
        busy = live.filter(unit=helper).exclude(role="assist", state="reported")
        if case.lead_unit_id is None or helper is None or busy.exists():
            raise Invalid(_("还有内容要补充或更正"), {"unit": _("请选择还没有参加办理的单位")})
        live.filter(unit=helper).update(state="ended", ended_at=now)
        row = begin_part(case, helper, "assist", rules.plain(require), actor.user_id, now)
        words = {"require": row.require} if row.require else None
        record(actor, case, "case.assist_added", at=now, payload={"unit": helper.name}, words=words)
        return row


def assist_sign(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, at: datetime | None = None
) -> Assignment:
    """An assisting unit signs for its part."""
    with _own_part(grants, ref, unit_id, "sent") as (case, row):
        now = at or timezone.now()
        row.state, row.signed_at = "signed", now
        row.save(update_fields=["state", "signed_at"])
        record(actor, case, "case.assist_signed", at=now, payload={"unit": row.unit.name})
        return row


def assist_report(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, text: str, at: datetime | None = None
) -> Assignment:
    """An assisting unit answers the lead unit; the desk types it for a unit without accounts. Its own clock ends."""
    text = need(text, "text", _("办理结果"), 10_000)
    with _own_part(grants, ref, unit_id, *OPEN_PARTS) as (case, row):
        now = at or timezone.now()
        row.state, row.signed_at, row.reported_at = "reported", row.signed_at or now, now
        row.save(update_fields=["state", "signed_at", "reported_at"])
        AssistResult.objects.create(assignment=row, text=text, by_id=actor.user_id, at=now)
        _give_up_asking(row, actor, now)
        clocks.stop(Clock.objects.filter(pk=row.clock_id, running=True), now, pauses=clocks.pauses_of(case))
        record(
            actor,
            case,
            "case.assist_reported",
            at=now,
            payload={"unit": row.unit.name},
            words={"result": text},
        )
        return row


def _give_up_asking(row: Assignment, actor: Actor, now: datetime) -> None:
    """Who answers after all no longer asks to be released."""
    AssistReturn.objects.filter(assignment=row, agreed__isnull=True).update(
        agreed=False, answered_by_id=actor.user_id, answered_at=now
    )


def assist_ask_return(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, reason: str, at: datetime | None = None
) -> AssistReturn:
    """申请退回协办: not its matter. The part and its clock run on until the lead unit or the desk releases it."""
    reason = need(reason, "reason", _("理由"))
    with _own_part(grants, ref, unit_id, *OPEN_PARTS) as (case, row):
        now = at or timezone.now()
        if (
            AssistReturn.objects.filter(assignment=row)
            .filter(Q(agreed__isnull=True) | Q(agreed=False))
            .exists()
        ):
            raise Conflict(_("退回申请只提一次，请等答复或继续办理"))
        asked = AssistReturn.objects.create(
            assignment=row, reason=reason, asked_by_id=actor.user_id, asked_at=now
        )
        record(actor, case, "case.assist_return_asked", at=now, payload={"unit": row.unit.name},
               words={"reason": reason})  # fmt: skip
        return asked


def release(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    asked: int,
    agreed: bool,
    answer: str = "",
    at: datetime | None = None,
) -> AssistReturn:
    """The lead unit or the desk lets an assisting unit go, or keeps it with a reason; what was late stays its own."""
    answer = rules.plain(answer) if agreed else need(answer, "answer", _("理由"))
    with held(grants, ref, Who.LEAD, Who.DESK) as case:
        now = at or timezone.now()
        row = AssistReturn.objects.filter(pk=asked, assignment__case=case, agreed__isnull=True).first()
        if row is None or row.assignment.state not in OPEN_PARTS:
            raise Conflict(_("这个退回申请已经答复过"))
        row.agreed, row.answer, row.answered_by_id, row.answered_at = agreed, answer, actor.user_id, now
        row.save()
        if agreed:
            _let_go(row.assignment, now)
        kind = "case.assist_released" if agreed else "case.assist_kept"
        record(actor, case, kind, at=now, payload={"unit": row.assignment.unit.name},
               words={"note": answer} if answer else None)  # fmt: skip
        return row


def _let_go(part: Assignment, now: datetime) -> None:
    part.state, part.ended_at = "returned", now
    part.save(update_fields=["state", "ended_at"])
    clocks.stop(Clock.objects.filter(pk=part.clock_id, running=True), now, void=True)


@contextmanager
def _own_part(grants: Grants, ref: UUID, unit_id: int, *states: str) -> Iterator[tuple[Case, Assignment]]:
    """Hold the matter and this unit's assisting part. The desk acts for a unit without accounts.

    Raises Conflict when there is no such part in one of `states`, Refused for another unit's people.
    """
    with held(grants, ref) as case:
        row = (
            Assignment.objects.filter(case=case, unit_id=unit_id, role="assist", state__in=states)
            .select_related("unit")
            .first()
        )
        if row is None:
            raise Conflict(_("这个单位没有待办的协办"))
        if unit_id not in grants.units() and not (row.offline and Who.DESK in relations(grants, case)):
            raise Refused(_("这一步不由您办理"))
        yield case, row
