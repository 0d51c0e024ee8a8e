"""The centre's duty roster, read: who is on duty at a moment, whose shifts, what nobody covers."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.queries import holding
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.accounts.models import User
from yimen.calendars.queries import current
from yimen.foundation.errors import Missing
from yimen.organisations.models import Membership, UnitKind

from . import rotation
from .models import DutyCall, DutyHandover, DutySetting, DutyShift, DutySwap, Leave
from .roster_models import OPEN_SWAPS

SETTINGS: Final = Path(__file__).parent / "data" / "duty_settings.csv"
IN_CHARGE: Final = (Role.LEADER, Role.DIRECTOR)  # 带班领导
_KINDS: Final = (UnitKind.CENTRE, UnitKind.OFFICE, UnitKind.STATIONED)
_DAY: Final = timedelta(days=1)
Shift = DutyShift


def on_duty(at: datetime) -> Shift | None:
    """The shift at `at` with its person and leader, or None while nobody is on the roster. One query."""
    return running(at).select_related("person", "leader").first()


def running(at: datetime) -> QuerySet[DutyShift]:
    """The shift at a moment, as rows to be read on: at most one."""
    return DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at)


def shifts(first: date, last: date) -> list[Shift]:
    """The shifts that begin on these days, both included, with everybody on them. Two queries."""
    return list(_shifts().filter(day__gte=first, day__lte=last).prefetch_related("others").order_by("day"))


def get(pk: int) -> Shift:
    """One shift with everybody on it. Raises Missing."""
    found = _shifts().prefetch_related("others").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这一班"))
    return found


def following(one: Shift) -> Shift | None:
    """The next shift after this one."""
    rows = _shifts().filter(starts_at__gte=one.ends_at).order_by("starts_at")
    return rows.prefetch_related("others").first()


def preceding(one: Shift) -> Shift | None:
    return _shifts().filter(ends_at__lte=one.starts_at).order_by("-starts_at").first()


def _shifts() -> QuerySet[DutyShift]:
    return DutyShift.objects.select_related("person", "leader")


def people_of(one: Shift) -> dict[int, User]:
    """Everybody on a shift by id: who answers the phone first, then the others, then the leader in charge."""
    return {user.pk: user for user in (one.person, *one.others.all(), one.leader)}


def of_person(user_id: int, since: date, until: date) -> list[Shift]:
    """A person's shifts on these days, as whatever."""
    mine = Q(person=user_id) | Q(leader=user_id) | Q(others=user_id)
    rows = _shifts().filter(mine, day__gte=since, day__lte=until).distinct()
    return list(rows.prefetch_related("others").order_by("day"))


# --- what a shift holds


def calls(one: Shift) -> QuerySet[DutyCall]:
    return DutyCall.objects.filter(shift=one).select_related("by").order_by("at", "id")


def handover(one: Shift) -> DutyHandover | None:
    rows = DutyHandover.objects.filter(shift=one).select_related("given_by", "taken_by")
    return rows.first()


def may_take(one: Shift, given_by: int) -> frozenset[int]:
    """Who may sign for taking over: the next shift's people but not who gave it; nobody while there is none."""
    after = following(one)
    return frozenset(people_of(after)) - {given_by} if after else frozenset()


def swaps(user_id: int, *, approving: bool) -> list[DutySwap]:
    """Open swaps that this person asked for or is asked about; with `approving` also those waiting for approval."""
    wanted = Q(asker=user_id) | Q(other=user_id)
    if approving:
        wanted |= Q(state="agreed")
    rows = DutySwap.objects.filter(wanted, state__in=OPEN_SWAPS).order_by("shift__day", "id")
    return list(rows.select_related("shift", "back", "asker", "other"))


# --- who may be on it


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be on duty, with the unit by which a name is told from another."""

    user: User
    unit: str


def candidates() -> list[Candidate]:
    """Active members of the centre, then of the offices and stationed units beside it, no administrators."""
    seats = Membership.objects.filter(active=True, unit__kind__in=_KINDS, user__is_active=True)
    barred = holding().filter(role__in=[role.value for role in ADMINISTRATORS]).values("user")
    rows = seats.exclude(user__in=barred).select_related("user", "unit")
    in_order = sorted(rows, key=lambda row: (_KINDS.index(UnitKind(row.unit.kind)), row.unit.order, row.pk))
    found: dict[int, Candidate] = {}
    for row in in_order:
        found.setdefault(row.user_id, Candidate(row.user, row.unit.name))
    return list(found.values())


def eligible() -> list[User]:
    """Who can be put on the roster."""
    return [one.user for one in candidates()]


def leaders() -> list[User]:
    """Who can be the leader in charge: today's leaders and directors."""
    roles = [role.value for role in IN_CHARGE]
    rows = holding().filter(role__in=roles, user__is_active=True, stands_for__isnull=True)
    return list({row.user_id: row.user for row in rows}.values())


def away(people: Collection[int], first: date, last: date) -> set[tuple[int, date]]:
    """(person, day) for whom a leave is entered: a roster is a plan for people who are there."""
    rows = Leave.objects.filter(user__in=people, since__lte=last, until__gte=first)
    found = set()
    for row in rows:
        day = max(row.since, first)
        while day <= min(row.until, last):
            found.add((row.user_id, day))
            day += _DAY
    return found


# --- days and hours


@dataclass(frozen=True, slots=True)
class Setting:
    """One figure: the office's own value where it set one, else the shipped one, with where that comes from."""

    key: str
    value: str
    zh: str
    en: str
    certainty: str
    source: str


@cache
def _shipped() -> tuple[dict[str, str], ...]:
    with SETTINGS.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def settings() -> dict[str, Setting]:
    own = dict(DutySetting.objects.values_list("key", "value"))
    return {row["key"]: Setting(**row | {"value": own.get(row["key"], row["value"])}) for row in _shipped()}


def span(day: date, set_to: dict[str, Setting] | None = None) -> tuple[datetime, datetime]:
    """When the shift of a day begins and ends, by the office's settings."""
    rules = set_to or settings()
    starts, ends = (time.fromisoformat(rules[key].value) for key in ("starts", "ends"))
    begin, end = rotation.span(day, starts, ends)
    return timezone.make_aware(begin), timezone.make_aware(end)


def gaps(first: date, last: date, found: Collection[Shift] | None = None) -> list[tuple[datetime, datetime]]:
    """The stretches between the beginning of the first day's shift and the end of the last day's that nobody covers.

    `found`: the shifts of these days and of the day before, where they were read already.
    """
    rules = settings()
    begin, end = span(first, rules)[0], span(last, rules)[1]
    rows = DutyShift.objects.filter(starts_at__lt=end, ends_at__gt=begin) if found is None else found
    return rotation.holes(((one.starts_at, one.ends_at) for one in rows), begin, end)


def rest_days(first: date, last: date) -> set[date]:
    """The days of rest: weekends and holidays by the calendar in force, worked weekends not."""
    calendar, days = current(), [first + _DAY * n for n in range((last - first).days + 1)]
    return {day for day in days if not calendar.is_work_day(day)}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the roster. `mark` is 休 or 班 where the calendar moved something or names a holiday."""

    day: date
    rest: bool
    name: str
    moved: bool
    shift: Any = None


def days(first: date, last: date, found: Collection[Shift]) -> list[Day]:
    """Every day with what the calendar says of it and its shift, if there is one."""
    calendar, by_day = current(), {one.day: one for one in found}
    made = []
    for number in range((last - first).days + 1):
        day = first + _DAY * number
        rest = not calendar.is_work_day(day)
        moved = rest != (day.weekday() >= 5)
        made.append(Day(day, rest, calendar.name(day), moved, by_day.get(day)))
    return made
