"""The calendar and the rules in force, read once a process and again when their version changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from yimen.foundation.workcalendar import Day, Hours, Periods, WorkCalendar, parse_periods
from yimen.foundation.worktime import HOUR_UNITS

from . import rules, tables
from .models import BusinessHours, CalendarDay, CalendarVersion, CalendarYear, ClockRule


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Everything of one version."""

    token: UUID | None
    calendar: WorkCalendar
    years: tuple[int, ...]
    extended: tuple[Hours, ...]
    rules: Mapping[tuple[str, str], Sequence[ClockRule]]
    chosen: dict[tuple[str, str, str, str, date], ClockRule] = field(default_factory=dict)


MOST_CHOSEN: Final = 5000
_cache: Final[dict[str, _Loaded]] = {}
_held: Final[ContextVar[_Loaded | None]] = ContextVar("held", default=None)


def current() -> WorkCalendar:
    """The calendar in force. One small query when nothing changed."""
    return _loaded().calendar


def years_loaded() -> tuple[int, ...]:
    """Years whose table is published and loaded, in order."""
    return _loaded().years


def missing_year(today: date | None = None) -> int | None:
    """The year whose table should be loaded by now (the next one from 1 November), or None. For `doctor`."""
    return rules.missing_year(today or timezone.localdate(), years_loaded())


def reception_hours(day: date) -> Periods:
    """When the centre receives people on `day`, 延时服务 included; minutes after midnight."""
    loaded = _loaded()
    return rules.reception(loaded.calendar, loaded.extended, day)


def rule_for(flow: str, step: str, *, category: str = "", urgency: str = "", on: date) -> ClockRule:
    """The most specific rule valid `on` that day. Raises LookupError: a step without a limit is a fault of the data."""
    loaded = _loaded()
    asked = (flow, step, category, urgency, on)
    found = loaded.chosen.get(asked)
    if found is None:
        found = rules.choose(loaded.rules.get((flow, step), ()), category, urgency, on)
    if found is None:
        raise LookupError(
            f"no clock rule for {flow}/{step} on {on} (category {category!r}, urgency {urgency!r})"
        )
    if len(loaded.chosen) > MOST_CHOSEN:
        loaded.chosen.clear()
    loaded.chosen[asked] = found
    return found


def run_rule(
    frozen: Mapping[str, Any],
    start: datetime,
    pauses: Iterable[Sequence[date | str | None]] = (),
    extend: int = 0,
) -> rules.ClockResult:
    """What a frozen rule gives from `start` on the calendar in force; see `rules.run`."""
    calendar = current()
    if frozen["unit"] in HOUR_UNITS or pauses:
        return rules.run(calendar, frozen, start, pauses, extend)
    day = start.astimezone(calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return _from_day(calendar, tuple(frozen.items()), day, extend)


@lru_cache(maxsize=2048)
def _from_day(
    calendar: WorkCalendar, frozen: tuple[tuple[str, Any], ...], day: datetime, extend: int
) -> rules.ClockResult:
    """A limit in days or months counts from the date: whoever starts on the same day gets the same answer."""
    return rules.run(calendar, dict(frozen), day, (), extend)


@contextmanager
def held() -> Iterator[None]:
    """Within the block one version holds and is not asked for again: for long work in one go (import, demo)."""
    token = _held.set(_loaded())
    try:
        yield
    finally:
        _held.reset(token)


@contextmanager
def known(token: UUID | None) -> Iterator[None]:
    """Within the block the version of this token holds: it was just read together with something else."""
    held_one = _held.get() or _of(token)
    reset = _held.set(held_one)
    try:
        yield
    finally:
        _held.reset(reset)


@contextmanager
def imagined(year: int, days: Iterable[Day]) -> Iterator[None]:
    """Within the block it is counted as if this were the year's table in force. Nothing is written, nobody else sees it."""
    now = _loaded()
    kept = [day for day in now.calendar.rows_between(date.min, date.max) if day.date.year != year]
    years = tuple(sorted({*now.years, year}))
    token = _held.set(replace(now, calendar=WorkCalendar([*kept, *days], years, _hours("work")), years=years))
    try:
        yield
    finally:
        _held.reset(token)


def table_of(year: int) -> list[Day]:
    """The exact dates of a year's table in force, in order; empty when none is loaded."""
    rows = CalendarDay.objects.filter(table__year=year, table__current=True).order_by("date")
    return [_day(row) for row in rows]


# Reading


def _loaded() -> _Loaded:
    """The token is read before the rows: a change in between only makes the next call read again."""
    if (held_one := _held.get()) is not None:
        return held_one
    return _of(CalendarVersion.objects.order_by("id").values_list("token", flat=True).first())


def _of(token: UUID | None) -> _Loaded:
    kept = _cache.get("loaded")
    if kept is None or kept.token != token:
        kept = _cache["loaded"] = _read(token)
    return kept


def _read(token: UUID | None) -> _Loaded:
    years = CalendarYear.objects.filter(current=True, published=True).order_by("year")
    published = tuple(years.values_list("year", flat=True))
    days = [_day(row) for row in CalendarDay.objects.filter(table__current=True)]
    return _Loaded(
        token,
        WorkCalendar(days, published, _hours("work")),
        published,
        tuple(_hours("extended")),
        _by_place(),
    )


def _day(row: CalendarDay) -> Day:
    return Day(row.date, row.kind, row.name, parse_periods(row.periods) if row.periods else ())


def _hours(purpose: str) -> list[Hours]:
    return [
        Hours(
            row.valid_from,
            row.valid_to,
            parse_periods(row.periods),
            frozenset(map(int, row.weekdays)),
            (tables.month_day(row.season_from), tables.month_day(row.season_to)) if row.season_from else None,
        )
        for row in BusinessHours.objects.filter(purpose=purpose).order_by("id")
    ]


def _by_place() -> dict[tuple[str, str], list[ClockRule]]:
    places: dict[tuple[str, str], list[ClockRule]] = defaultdict(list)
    for rule in ClockRule.objects.order_by("id"):
        places[rule.flow, rule.step].append(rule)
    return dict(places)
