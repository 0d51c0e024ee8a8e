"""协办: units that help. The lead unit stays responsible."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.organisations.models import Unit, UnitKind

from .. import rules
from ..access import relations
from ..models import Assignment, Clock
from ..states import Who
from . import clocks
from .effects.parts import begin_part
from .holding import held, need
from .record import record


def add_assisting(
    actor: Actor, grants: Grants, ref: UUID, *, unit: str, require: str = "", at: datetime | None = None
) -> Assignment:
    """增加协办单位: one more unit helps, with a clock of its own; the lead unit stays responsible."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        helper = Unit.objects.filter(key=unit, valid_to__isnull=True).exclude(kind=UnitKind.CENTRE).first()
        live = Assignment.objects.filter(case=case).exclude(state__in=["returned", "ended"])
        if case.lead_unit_id is None or helper is None or live.filter(unit=helper).exists():
            raise Invalid(_("还有内容要补充或更正"), {"unit": _("请选择还没有参加办理的单位")})
        row = begin_part(case, helper, "assist", rules.plain(require), actor.user_id, now)
        words = {"require": row.require} if row.require else None
        record(actor, case, "case.assist_added", at=now, payload={"unit": helper.name}, words=words)
        return row


def assist_sign(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, at: datetime | None = None
) -> Assignment:
    """An assisting unit signs for its part."""
    return _assist(actor, grants, ref, unit_id, "signed", "case.assist_signed", "", at)


def assist_report(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, text: str, at: datetime | None = None
) -> Assignment:
    """An assisting unit reports to the lead unit; the desk types it for a unit without accounts."""
    return _assist(
        actor,
        grants,
        ref,
        unit_id,
        "reported",
        "case.assist_reported",
        need(text, "text", _("办理结果")),
        at,
    )


def _assist(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    unit_id: int,
    state: str,
    kind: str,
    text: str,
    at: datetime | None,
) -> Assignment:
    now = at or timezone.now()
    with held(grants, ref) as case:
        row = Assignment.objects.filter(
            case=case, unit_id=unit_id, role="assist", state__in=["sent", "signed"]
        ).first()
        if row is None or row.state == state:
            raise Conflict(_("这个单位没有待办的协办"))
        if unit_id not in grants.units() and not (row.offline and Who.DESK in relations(grants, case)):
            raise Refused(_("这一步不由您办理"))
        row.state = state
        row.signed_at = row.signed_at or now
        if state == "reported":
            row.reported_at = now
            clocks.stop(Clock.objects.filter(pk=row.clock_id, running=True), now)
        row.save()
        record(
            actor,
            case,
            kind,
            at=now,
            payload={"unit": row.unit.name},
            words={"result": text} if text else None,
        )
        return row
