"""Which days and which hours an office works. Exact-date rows win; a year without a table falls back, openly.

Plain Python, no database, no calendar package. A published year follows the State Council's notice: weekends are off
unless a row says work, weekdays work unless a row says off. A year nobody has published yet is *provisional*:
weekends, 1 January, 1–2 May and 1–3 October are off (全国年节及纪念日放假办法, the days fixed in the solar calendar);
no lunar day is guessed and no swap (调休) either.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Final

# The office's zone. A fixed offset: no daylight saving since 1991, and a bare Python may have no zone data.
BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")

Periods = tuple[tuple[int, int], ...]
"""Open times of one day: (from, to) in minutes after midnight, in order, not touching the same minute."""

DEFAULT_HOURS: Final[Periods] = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
FIXED_DAYS: Final = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
KINDS: Final = ("off", "work", "hours")


@dataclass(frozen=True, slots=True)
class Day:
    """One exact date: `off`, `work` (also a weekend that works), or `hours`: a work day with its own `periods`."""

    date: date
    kind: str
    name: str = ""
    periods: Periods = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours of a span of dates. `weekdays` (1 = Monday … 7) and `season` narrow them; empty means all.

    `season` is ((month, day), (month, day)), both ends included; it may run over the year's end.
    """

    valid_from: date
    valid_to: date | None
    periods: Periods
    weekdays: frozenset[int] = frozenset()
    season: tuple[tuple[int, int], tuple[int, int]] | None = None

    def covers(self, day: date) -> bool:
        if day < self.valid_from or (self.valid_to is not None and day > self.valid_to):
            return False
        return (not self.weekdays or day.isoweekday() in self.weekdays) and self._in_season(day)

    def lasts_beyond(self, day: date) -> bool:
        return self.valid_to is None or self.valid_to > day

    def _in_season(self, day: date) -> bool:
        if self.season is None:
            return True
        first, last = self.season
        here = (day.month, day.day)
        return first <= here <= last if first <= last else here >= first or here <= last

    @property
    def rank(self) -> tuple[bool, bool, date]:
        """Where several rows cover a day: a weekday rule first, then a season, then the newest."""
        return bool(self.weekdays), self.season is not None, self.valid_from


class WorkCalendar:
    """Built once from exact-date rows, published years and dated business hours; never changes afterwards."""

    def __init__(
        self,
        days: Iterable[Day] = (),
        published: Iterable[int] = (),
        hours: Sequence[Hours] = (),
        zone: tzinfo = BEIJING,
    ) -> None:
        self._rows = {row.date: row for row in sorted(days, key=lambda row: row.date)}
        self._dates = list(self._rows)
        self._published = frozenset(published)
        self._hours = sorted(hours, key=lambda row: row.rank, reverse=True)
        self.zone = zone
        self._sums: dict[object, int] = {}

    def published(self, year: int) -> bool:
        """Has this year's table been loaded?"""
        return year in self._published

    def row(self, day: date) -> Day | None:
        """The exact-date row, or None where the ordinary rule of the year speaks."""
        return self._rows.get(day)

    def rows_between(self, first: date, last: date) -> list[Day]:
        """Exact-date rows from `first` to `last`, both included, in order."""
        return [
            self._rows[day]
            for day in self._dates[bisect_left(self._dates, first) : bisect_right(self._dates, last)]
        ]

    def is_work_day(self, day: date) -> bool:
        row = self._rows.get(day)
        if row is not None:
            return row.kind != "off"
        if day.weekday() >= 5:
            return False
        return day.year in self._published or (day.month, day.day) not in FIXED_DAYS

    def name(self, day: date) -> str:
        """What the day is called (春节…), or an empty string."""
        row = self._rows.get(day)
        if row is not None:
            return row.name
        return "" if self.published(day.year) else FIXED_DAYS.get((day.month, day.day), "")

    def hours(self, day: date) -> Periods:
        """Business hours of the day in the office's zone; empty when it is off."""
        if not self.is_work_day(day):
            return ()
        row = self._rows.get(day)
        if row is not None and row.periods:
            return row.periods
        return next((hours.periods for hours in self._hours if hours.covers(day)), DEFAULT_HOURS)

    def work_days_in(self, year: int) -> int:
        """How many days of the year are work days."""
        return self._sum("days", year)

    def work_minutes_in(self, year: int) -> int:
        """How many minutes the office is open in the year."""
        return self._sum("minutes", year)

    def _sum(self, what: str, year: int) -> int:
        key = (what, self._shape(year))
        if key not in self._sums:
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
            self._sums[key] = sum(
                self.is_work_day(day) if what == "days" else length(self.hours(day)) for day in days
            )
        return self._sums[key]

    def _shape(self, year: int) -> object:
        """Years of one shape have the same sums: the year itself where rows or new hours make it its own."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        ends = [end for row in self._hours for end in (row.valid_from, row.valid_to) if end]
        if self.rows_between(first, last) or any(end.year == year for end in ends):
            return year
        running = tuple(
            n for n, row in enumerate(self._hours) if row.valid_from < first and row.lasts_beyond(last)
        )
        return self.published(year), first.weekday(), last.timetuple().tm_yday, running


def length(periods: Periods) -> int:
    """Open minutes."""
    return sum(end - start for start, end in periods)


def parse_periods(text: str) -> Periods:
    """`08:00-12:00;14:00-18:00` → periods. Ends may be 24:00. Raises ValueError with a sentence for the reader."""
    periods = tuple(_period(part) for part in text.replace("；", ";").split(";") if part.strip())
    if not periods:
        raise ValueError("没有写工作时间；应写成 08:00-12:00;14:00-18:00")
    if any(later[0] < earlier[1] for earlier, later in pairwise(periods)):
        raise ValueError(f"工作时间 {text} 前后重叠或次序颠倒")
    return periods


def format_periods(periods: Periods) -> str:
    """The inverse of `parse_periods`."""
    return ";".join(f"{clock(start)}-{clock(end)}" for start, end in periods)


def clock(minute: int) -> str:
    """510 → 08:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _period(text: str) -> tuple[int, int]:
    start, dash, end = text.replace("–", "-").strip().partition("-")
    try:
        period = _minute(start), _minute(end)
    except ValueError:
        period = (0, 0)
    if not dash or period[0] >= period[1]:
        raise ValueError(f"工作时间 {text.strip()} 不对；应写成 08:00-12:00")
    return period


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        raise ValueError(text)
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > 24 * 60:
        raise ValueError(text)
    return value
