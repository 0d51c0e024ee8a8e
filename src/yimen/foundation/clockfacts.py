"""What a deadline was counted from and what came out: the facts its explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .pauses import Pauses
from .workcalendar import Day, WorkCalendar

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
NamedSpan = tuple[str, date, date]


@dataclass(frozen=True, slots=True)
class Facts:
    """`start`, `target` and `due` are in the office's zone; `foreign`: the question came in another offset."""

    calendar: WorkCalendar
    unit: str
    amount: int
    extend: int
    start: datetime
    pauses: Pauses
    target: date | datetime | None = None
    due: date | datetime | None = None
    unpublished: tuple[int, ...] = ()
    foreign: bool = False

    @property
    def total(self) -> int:
        return self.amount + self.extend

    @property
    def by_hour(self) -> bool:
        return self.unit in {"work_hour", "clock_hour"}

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last date that was counted over; None when the end was not reached."""
        if self.target is None:
            return None
        # A moment at midnight still belongs to the day that ends there.
        last = (self.target - _TICK).date() if isinstance(self.target, datetime) else self.target
        return (self.start.date() if self.by_hour else self.start.date() + _DAY), last

    @property
    def paused(self) -> list[tuple[date, date]]:
        """Spans of dates, both ends included, that pauses took out of the count."""
        return self.pauses.within(*self.span) if self.span else []

    @property
    def rest_days(self) -> int:
        """Off days that were skipped: only work days and working hours skip any."""
        if self.span is None or self.unit not in {"work_day", "work_hour"}:
            return 0
        first, last = self.span
        if self.unit == "work_day":
            return (last - first).days + 1 - spanned(self.paused) - self.total
        return sum(_rest_days(self.calendar, year, first, last) for year in range(first.year, last.year + 1))

    @property
    def rest_names(self) -> list[NamedSpan]:
        """The skipped days that have a name, neighbours joined."""
        return _runs([row for row in self._rows() if row.kind == "off"])

    @property
    def worked_weekends(self) -> list[date]:
        """Weekends that counted because they are worked (调休)."""
        return [row.date for row in self._rows() if row.kind != "off" and row.date.weekday() >= 5]

    def _rows(self) -> list[Day]:
        if self.span is None or self.unit not in {"work_day", "work_hour"}:
            return []
        return [
            row for row in self.calendar.rows_between(*self.span) if self.pauses.covering(row.date) is None
        ]

    @property
    def cut_month(self) -> tuple[int, int] | None:
        """(month, day) that does not exist, so that the month's last day was taken (民法典 §202)."""
        if self.unit != "month" or self.target is None:
            return None
        years, month = divmod(self.start.month - 1 + self.total, 12)
        try:
            date(self.start.year + years, month + 1, self.start.day)
        except ValueError:
            return month + 1, self.start.day
        return None

    @property
    def stays_on_weekend(self) -> bool:
        """The end is a worked weekend: the reader will wonder why it did not move."""
        return (
            not self.by_hour and self.due is not None and self.target == self.due and self.due.weekday() >= 5
        )

    @property
    def starts_outside_hours(self) -> bool:
        minute = self.start.hour * 60 + self.start.minute
        return self.unit == "work_hour" and not any(
            start <= minute < end for start, end in self.calendar.hours(self.start.date())
        )


def spanned(spans: list[tuple[date, date]]) -> int:
    """Dates in spans whose both ends are included."""
    return sum((last - first).days + 1 for first, last in spans)


def _rest_days(calendar: WorkCalendar, year: int, first: date, last: date) -> int:
    """Off days of one year between two dates. Whole years are looked up, not walked."""
    low, high = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
    days = (high - low).days + 1
    if days >= 365:
        return days - calendar.work_days_in(year)
    return sum(not calendar.is_work_day(date.fromordinal(low.toordinal() + n)) for n in range(days))


def _runs(rows: list[Day]) -> list[NamedSpan]:
    runs: list[NamedSpan] = []
    for row in rows:
        if runs and runs[-1][0] == row.name and runs[-1][2] + _DAY == row.date:
            runs[-1] = (row.name, runs[-1][1], row.date)
        elif row.name:
            runs.append((row.name, row.date, row.date))
    return runs
