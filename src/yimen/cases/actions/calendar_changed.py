"""A year's table was published or corrected: provisional clocks are computed anew."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yimen.calendars import actions as calendars
from yimen.foundation.actor import SYSTEM, Actor

from ..models import Case, Clock
from . import clocks
from .record import record, standing


def recompute_provisional(actor: Actor = SYSTEM, *, every: bool = False) -> int:
    """Recompute open matters with a provisional running clock (or all of them); gives how many dues moved."""
    wanted = Clock.objects.filter(running=True)
    if not every:
        wanted = wanted.filter(provisional=True)
    moved = 0
    for case_id in wanted.values_list("case_id", flat=True).distinct().order_by("case_id"):
        moved += _recompute(actor, case_id)
    return moved


def _recompute(actor: Actor, case_id: int) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).select_related("category").get(pk=case_id)
        before = case.due_at
        clocks.recompute(case)
        if case.due_at == before:
            case.save(update_fields=["clock", "due_at"])
            return False
        case.version += 1
        case.save()
        record(
            actor, case, "case.reclocked", at=timezone.now(), payload={"was": before, "set": standing(case)}
        )
        return True


def load_shipped() -> int:
    """Load the shipped calendars and rules; where that brought anything new, provisional dues are computed anew."""
    return recompute_provisional() if calendars.load_shipped() else 0
