"""Pressure has an order (PRACTICE): 临期提醒 → 催办 (liaison, head) → director → 督办单. What stands on the ladder, and what is next.

A ladder belongs to the lead unit's present part: sent elsewhere or sent back to be done again, it begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from . import dossier, queries
from . import pressure_settings as settings
from .models import Assignment, Case, Clock, Reminder, Supervision, SupervisionFeedback, Urge

LEVELS: Final = tuple(level for level, _words in Urge.LEVELS)


@dataclass(frozen=True, slots=True)
class Order:
    """One 督办单 with its feedback; `next_on` is when the unit must speak again, None once that is over."""

    row: Supervision
    feedbacks: list[SupervisionFeedback]

    @property
    def last(self) -> SupervisionFeedback | None:
        return self.feedbacks[-1] if self.feedbacks else None

    @property
    def final(self) -> SupervisionFeedback | None:
        return next((row for row in self.feedbacks if row.is_final), None)

    @property
    def open(self) -> bool:
        return self.row.concluded_at is None

    @property
    def next_on(self) -> date | None:
        if not self.open or self.final:
            return None
        return next_feedback(self.row, self.last)

    def late(self, on: date) -> bool:
        return self.next_on is not None and self.next_on < on


def next_feedback(row: Supervision, last: SupervisionFeedback | None) -> date:
    """When a 督办单 must be answered next: its due day, the planned finish said last, or a cycle after the last word."""
    if row.feedback_mode == "periodic" and row.cycle_days:
        said = timezone.localdate(last.at if last else row.at)
        following = said + timedelta(days=row.cycle_days)
        return min(following, row.due_on) if said < row.due_on else following
    return last.plan_finish if last and last.plan_finish else row.due_on


@dataclass(frozen=True, slots=True)
class Ladder:
    """The present part's rungs in order of time, and the orders on the matter."""

    part: bool = False
    reminder: Reminder | None = None
    urges: list[Urge] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    next: str = ""  # the rung that comes after those reached; empty at the top

    @property
    def last(self) -> Urge | None:
        return self.urges[-1] if self.urges else None

    @property
    def unanswered(self) -> bool:
        return any(row.replied_at is None and row.level != "director" for row in self.urges)

    @property
    def order(self) -> Order | None:
        """The order that has not been concluded."""
        return next((order for order in self.orders if order.open), None)


def ladder_of(case: Case, lead: Assignment | None = None) -> Ladder:
    """What has been said to the lead unit since its present part began (`lead`, where it is at hand)."""
    orders = orders_on(case)
    lead = lead or queries.lead_assignment(case)
    if lead is None:
        return Ladder(orders=orders)
    rows, since = dossier.of(case), lead.clock.start_at
    reminder = next((row for row in rows.reminders if row.at >= since or _same_limit(row, case)), None)
    rungs = [row for row in rows.urges if row.unit_id == lead.unit_id and row.at >= since]
    return Ladder(True, reminder, rungs, orders, _next_level(case, rungs))


def _same_limit(row: Reminder, case: Case) -> bool:
    return (row.clock_id, row.due_at) == (case.clock_id, case.due_at)


def orders_on(case: Case) -> list[Order]:
    """Every 督办单 of a matter, the oldest first."""
    rows = dossier.of(case)
    return orders(rows.orders, rows.feedbacks if rows.orders else ())


def with_feedback(rows: list[Supervision]) -> list[Order]:
    """The same for orders of many matters. One query."""
    said = SupervisionFeedback.objects.filter(supervision__in=rows).select_related("by") if rows else ()
    return orders(rows, said)


def orders(rows: list[Supervision], feedbacks: Iterable[SupervisionFeedback]) -> list[Order]:
    """Orders with what was said to each, both read before."""
    said: dict[int, list[SupervisionFeedback]] = {row.pk: [] for row in rows}
    for each in feedbacks:
        said[each.supervision_id].append(each)
    return [Order(row, said[row.pk]) for row in rows]


def _next_level(case: Case, rungs: list[Urge]) -> str:
    """A unit with accounts but without a head has no second rung."""
    reached = {row.level for row in rungs}
    left = [level for level in LEVELS if level not in reached]
    if left and left[0] == "head" and not _has_head(case):
        left = left[1:]
    return left[0] if left else ""


def _has_head(case: Case) -> bool:
    unit = case.lead_unit
    return unit is None or not unit.online or has_head(case)


def has_head(case: Case) -> bool:
    """Whether somebody who is there today heads the lead unit (as `holders.with_role` finds them)."""
    rows = dossier.of(case)
    return bool({grant.user_id for grant in rows.heads} & {member.user_id for member in rows.seated})


def waits_until(case: Case, ladder: Ladder) -> datetime | None:
    """Before when the next rung is too early; None when there is none yet."""
    if ladder.last is None:
        return None
    hours = settings.number("urge_hours" if case.urgency == "normal" else "urge_hours_urgent")
    return ladder.last.at + timedelta(hours=hours)


def remind_at(clock: Clock, figures: dict[str, settings.Setting]) -> datetime | None:
    """From when a clock's end is near: some days or hours ahead, for a short limit from its half on."""
    if clock.due_at is None:
        return None
    hours = str(clock.rule.get("unit", "")).endswith("_hour")
    ahead = (
        timedelta(hours=int(figures["remind_hours"].value))
        if hours
        else timedelta(days=int(figures["remind_days"].value))
    )
    return clock.due_at - min(ahead, (clock.due_at - clock.start_at) / 2)
