"""A year's table was published or corrected: provisional clocks are computed anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yimen.calendars import actions as calendars
from yimen.calendars import queries as calendar
from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.workcalendar import Day

from ..models import Case, Clock, Suspension
from . import clocks
from .record import record, standing


@dataclass(frozen=True, slots=True)
class Shift:
    """One running clock whose date a new table would change. A matter is named by its number alone."""

    case_id: int
    number: str
    kind: str
    was: datetime | None
    will: datetime | None
    was_provisional: bool
    provisional: bool


def foresee(year: int, days: Iterable[Day]) -> list[Shift]:
    """Which running clocks the table would move or settle, by the present due. Nothing is written."""
    rows = (
        Clock.objects.filter(running=True, case__sealed=False).select_related("case").order_by("due_at", "id")
    )
    paused = set(Suspension.objects.filter(case__open=True).values_list("case_id", flat=True))
    with calendar.imagined(year, days):
        return [shift for clock in rows if (shift := _foreseen(clock, clock.case_id in paused))]


def _foreseen(clock: Clock, paused: bool) -> Shift | None:
    was, was_provisional = clock.due_at, clock.provisional
    clocks.compute(clock, clocks.pauses_of(clock.case) if paused and clock.kind in clocks.PAUSABLE else ())
    if (was, was_provisional) == (clock.due_at, clock.provisional):
        return None
    number = clock.case.number
    return Shift(clock.case_id, number, clock.kind, was, clock.due_at, was_provisional, clock.provisional)


@transaction.atomic
def publish(actor: Actor, year: int, days: Iterable[Day], *, notice: str = "") -> int:
    """Put a year's table in force and count what it moves or settles again; gives how many dues moved.

    A correction of a year that was published already reaches every running clock it changes: a date explained by
    days off that are none would be false.
    """
    table = list(days)
    touched = sorted({shift.case_id for shift in foresee(year, table)})
    calendars.load_year(year, table, notice=notice, actor=actor)
    return sum(_recompute(actor, case_id) for case_id in touched)


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
