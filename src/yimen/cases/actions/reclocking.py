"""Running clocks anew, when a matter turns out to be of another kind, category or urgency."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from ..models import Assignment, Case, Clock
from ..states import Flow
from . import clocks

_BY_CLASS = ("conclude", "assignment", "handling")  # limits that a class of places may set


def reclock(case: Case, now: datetime) -> None:
    """Every running clock anew by the rules that hold now: same start, extensions and suspensions carried over.

    A petition has no whole-case limit before 受理; a service matter has it from this round's receipt.
    """
    running = clocks.running(case)
    clocks.stop([c for c in running if c.kind == "screen" and case.screened], now)
    old = [c for c in running if c.running and c.kind != "screen"]
    made = [new for new in (_successor(case, clock) for clock in old) if new]
    if case.flow == Flow.PETITION and case.accepted_at and not case.served_at and not _has(made, "conclude"):
        made.append(clocks.new_clock(case, "conclude", "conclude", case.accepted_at, clocks.owing(case)))
    if case.flow == Flow.SERVICE and not case.served_at and not _has(made, "conclude"):
        made.append(clocks.new_clock(case, "conclude", "conclude", case.round_at, clocks.owing(case)))
    if (
        not case.told_at
        and case.reachable
        and not _has(made, "inform")
        and clocks.has_rule(case, "inform", now)
    ):
        made.append(clocks.new_clock(case, "inform", "inform", case.round_at, clocks.owing(case)))
    clocks.stop(old, now, void=True)
    Clock.objects.bulk_create(made)
    _follow(made, old)
    clocks.govern(case, made)


def _has(made: list[Clock], kind: str) -> bool:
    return any(clock.kind == kind for clock in made)


def _successor(case: Case, clock: Clock) -> Clock | None:
    """The same limit by today's rule, or None where this flow knows it no more or not yet."""
    if case.flow == Flow.GRID:
        return _of_a_place(case, clock)
    start = _conclusion_start(case) if clock.kind == "conclude" else clock.start_at
    known = clocks.has_rule(case, clock.step, clock.start_at)
    if start is None or not known:
        return None
    if clock.rule.get("step") == clocks.ORDERED:  # set by a leader, not by a rule of the category
        return clocks.part_clock(case, clock.charged_unit_id, clock.start_at, int(clock.rule["amount"]))
    pauses = clocks.cut(clocks.pauses_of(case), timezone.now()) if clock.kind in clocks.PAUSABLE else ()
    return clocks.new_clock(
        case, clock.kind, clock.step, start, clock.charged_unit_id, extend=clock.extend, pauses=pauses
    )


def _of_a_place(case: Case, clock: Clock) -> Clock:
    """The limit of its class where it was one, the days that a person set, else the level's; from the same moment."""
    if clock.rule.get("step") == clocks.ORDERED:
        new = clocks.ordered_clock(case, clock.step, int(clock.rule["amount"]), clock.start_at)
        new.charged_unit_id = clock.charged_unit_id
    else:
        make = clocks.class_clock if clock.step in _BY_CLASS else clocks.new_clock
        new = make(case, clock.kind, clock.step, clock.start_at, clock.charged_unit_id)
    new.extend = clock.extend
    pauses = clocks.cut(clocks.pauses_of(case), timezone.now()) if clock.kind in clocks.PAUSABLE else ()
    clocks.compute(new, pauses)
    return new


def _follow(made: list[Clock], old: list[Clock]) -> None:
    """A unit's part points to the clock that took the place of its own."""
    for clock in (c for c in made if c.kind == "assignment"):
        before = next(c for c in old if c.kind == "assignment" and c.start_at == clock.start_at
                      and c.charged_unit_id == clock.charged_unit_id)  # fmt: skip
        Assignment.objects.filter(clock=before).update(clock=clock)


def _conclusion_start(case: Case) -> datetime | None:
    """From when the whole-case limit counts: this round's receipt for a service matter, 受理 for a petition."""
    return case.round_at if case.flow == Flow.SERVICE else case.accepted_at
