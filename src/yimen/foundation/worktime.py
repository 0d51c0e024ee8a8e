"""Deadlines: five kinds of time, counted and never converted into one another.

Rules (民法典 §§200–204; DOMAIN.md §5): the start's date is day 0 and is not counted; the n-th counted day is the
*target*; a pause `[from, to)` takes its dates out of the count; a month goes to the same day or the month's last, and
then on by as many days as paused dates were passed; an extension, in the same unit, adds to the amount and the whole
is counted again from the original start. Then natural days and months roll forward, once, while the day is off: the
result is *due*. Work days end on a work day and never roll. Hours run from the stated moment: clock hours always,
working hours only while the office is open.

"Day" means the office's day: a start in another offset is first read in the calendar's zone. Hours are answered in
the start's own offset. Plain Python, standard library only.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from . import clockwords
from .clockfacts import Facts
from .pauses import Pause, Pauses, PauseWithoutOrder
from .workcalendar import BEIJING, DEFAULT_HOURS, Day, Hours, WorkCalendar, length

__all__ = [
    "BEIJING",
    "DAY_UNITS",
    "DEFAULT_HOURS",
    "HOUR_UNITS",
    "UNITS",
    "Day",
    "Due",
    "Hours",
    "Pause",
    "WorkCalendar",
    "WorktimeError",
    "due",
]

DAY_UNITS: Final = ("natural_day", "work_day", "month")
HOUR_UNITS: Final = ("work_hour", "clock_hour")
UNITS: Final = DAY_UNITS + HOUR_UNITS
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_TICK: Final = timedelta(microseconds=1)
_LAST: Final = date.max.toordinal()
# No calendar reaches further than year 9999; a larger amount is answered at once instead of being counted.
_MOST: Final = {
    "natural_day": _LAST,
    "work_day": _LAST,
    "month": 120_000,
    "work_hour": _LAST * 24,
    "clock_hour": _LAST * 24,
}


class WorktimeError(ValueError):
    """The question cannot be answered; the message is a Chinese sentence that says why."""


@dataclass(frozen=True, slots=True)
class Due:
    """The answer. Dates last until the end of that day; hours are aware moments in the start's own offset.

    `target` is the raw end, `due` the lawful one. With an open pause `due` is None, and so is `target` unless it was
    reached before that pause. `provisional`: a date that decided the answer lies in a year not yet published.
    """

    target: date | datetime | None
    due: date | datetime | None
    provisional: bool
    facts: Facts

    @property
    def explain(self) -> str:
        """One Chinese sentence: amount, start, pauses, days skipped, roll."""
        return clockwords.sentence(self.facts)

    def explained(self, language: str, article: str = "") -> str:
        """The same in `zh` or `en`, with the article of the rule that set the amount."""
        return clockwords.sentence(self.facts, language, article)


def due(
    calendar: WorkCalendar,
    start: datetime,
    amount: int,
    unit: str,
    pauses: Iterable[Pause] = (),
    extend: int = 0,
) -> Due:
    """Count `amount` + `extend` of `unit` from `start` (aware). Raises WorktimeError with a sentence for the reader."""
    _check(start, amount, unit, extend)
    try:
        local = start.astimezone(calendar.zone)
        foreign = local.utcoffset() != start.utcoffset()
        asked = Facts(calendar, unit, amount, extend, local, Pauses(pauses), foreign=foreign)
        return _hours(asked, start) if asked.by_hour else _days(asked)
    except PauseWithoutOrder as error:
        raise WorktimeError(str(error)) from None
    except OverflowError:
        raise WorktimeError("超出可以计算的日期范围（公元1年至9999年）") from None


def _check(start: datetime, amount: int, unit: str, extend: int) -> None:
    if unit not in UNITS:
        raise WorktimeError(f"不认识的时间单位；可用：{'、'.join(UNITS)}")
    if start.utcoffset() is None:
        raise WorktimeError("起算时间没有时区；应写成 2026-01-30T10:00:00+08:00")
    if type(amount) is not int or amount < 1:
        raise WorktimeError("期限须为不小于 1 的整数")
    if type(extend) is not int or extend < 0:
        raise WorktimeError("延长须为不小于 0 的整数，单位与期限相同")
    if amount + extend > _MOST[unit]:
        raise WorktimeError("超出可以计算的日期范围（公元1年至9999年）")


# Days and months


def _days(asked: Facts) -> Due:
    target = _target(asked)
    end = None if target is None or asked.pauses.open_from is not None else _roll(asked, target)
    unpublished = () if target is None else _undecided(asked, target, end)
    return Due(
        target, end, bool(unpublished), replace(asked, target=target, due=end, unpublished=unpublished)
    )


def _target(asked: Facts) -> date | None:
    """The n-th counted day after the start's date, or None when an open pause swallows it."""
    calendar, first = asked.calendar, asked.start.date()
    if asked.unit == "work_day":
        found = _walk(
            first.toordinal() + 1, asked.total, calendar.is_work_day, calendar.work_days_in, asked.pauses
        )
    else:
        # With pauses a month ends when as many unpaused days are over as lie between its start and its plain end.
        days = (_add_months(first, asked.total) - first).days if asked.unit == "month" else asked.total
        found = _walk(first.toordinal() + 1, days, lambda _day: 1, _days_in, asked.pauses)
    return found[0] if found else None


def _roll(asked: Facts, target: date) -> date:
    """民法典 §203: an end on an off day moves to the first day that is not. Work days never need to."""
    day = target
    while asked.unit != "work_day" and not asked.calendar.is_work_day(day):
        day = _date(day.toordinal() + 1)
    return day


def _add_months(day: date, months: int) -> date:
    """民法典 §202: the same day, or the month's last where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _undecided(asked: Facts, target: date, end: date | None) -> tuple[int, ...]:
    """Unpublished years in which a date decided: for work days any date not paused, else the dates of the roll."""
    first, last, pauses = target, end or target, Pauses()
    if asked.unit == "work_day":
        first, last, pauses = asked.start.date() + timedelta(days=1), target, asked.pauses
    elif end is None:
        return ()
    return tuple(
        year
        for year in _unpublished(asked.calendar, first, last)
        if not pauses.swallow(max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
    )


def _unpublished(calendar: WorkCalendar, first: date, last: date) -> list[int]:
    return [year for year in range(first.year, last.year + 1) if not calendar.published(year)]


# Hours


def _hours(asked: Facts, start: datetime) -> Due:
    if asked.pauses:
        raise WorktimeError("按小时计的期限不能中止；中止只用于日和月")
    unpublished: tuple[int, ...] = ()
    if asked.unit == "clock_hour":
        end = asked.start + asked.total * _HOUR
    else:
        end = _work_hours(asked.calendar, asked.start, asked.total)
        unpublished = tuple(_unpublished(asked.calendar, asked.start.date(), (end - _TICK).date()))
    answer = end.astimezone(start.tzinfo)
    return Due(
        answer, answer, bool(unpublished), replace(asked, target=end, due=end, unpublished=unpublished)
    )


def _work_hours(calendar: WorkCalendar, local: datetime, total: int) -> datetime:
    """Open time is counted from the opening of the first day: what had passed of it at the start adds to the need."""
    need = (total * _HOUR + _open_before(calendar, local)) // _TICK
    found = _walk(
        local.toordinal(),
        need,
        lambda day: length(calendar.hours(day)) * _MINUTE // _TICK,
        lambda year: calendar.work_minutes_in(year) * _MINUTE // _TICK,
        Pauses(),
    )
    assert found is not None, "hours have no pauses"
    day, before = found
    return _at(calendar, day, (need - before) * _TICK, local)


def _open_before(calendar: WorkCalendar, local: datetime) -> timedelta:
    """Open time of the start's own day that had passed at the start."""
    passed = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = ((start * _MINUTE, end * _MINUTE) for start, end in calendar.hours(local.date()))
    return sum((max(min(end, passed) - start, timedelta()) for start, end in spans), timedelta())


def _at(calendar: WorkCalendar, day: date, passed: timedelta, local: datetime) -> datetime:
    """The earliest moment of `day` at which `passed` (more than none, within the day) of open time is over."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=local.tzinfo)
    for start, end in calendar.hours(day):
        if passed <= (end - start) * _MINUTE:
            return midnight + start * _MINUTE + passed
        passed -= (end - start) * _MINUTE
    raise AssertionError("more open time than the day has")


# The walk shared by all counted units


def _walk(
    first: int, need: int, weigh: Callable[[date], int], in_year: Callable[[int], int], pauses: Pauses
) -> tuple[date, int] | None:
    """The date on which `need` is reached from ordinal `first` on, and what was counted before that date.

    Paused dates are jumped over; whole years without pauses are taken at once. None when an open pause comes first.
    """
    ordinal, done = first, 0
    while True:
        day = _date(ordinal)
        pause = pauses.covering(day)
        if pause is not None:
            if pause[1] is None:
                return None
            ordinal = pause[1].toordinal()
            continue
        if day.month == 1 and day.day == 1 and pauses.spare(day.year) and done + in_year(day.year) < need:
            done += in_year(day.year)
            ordinal += _days_in(day.year)
            continue
        weight = weigh(day)
        if done + weight >= need:
            return day, done
        done += weight
        ordinal += 1


def _date(ordinal: int) -> date:
    if ordinal > _LAST:
        raise OverflowError
    return date.fromordinal(ordinal)


def _days_in(year: int) -> int:
    return 366 if monthrange(year, 2)[1] == 29 else 365
