"""When things happen in the demonstration: working days and office hours counted from today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from yimen.foundation.workcalendar import WorkCalendar

OPENS, LUNCH, AFTER_LUNCH, CLOSES = time(8, 20), time(12, 0), time(14, 0), time(17, 45)


class Days:
    """Work days around `today`. Everything of the demonstration happened before today began."""

    def __init__(self, calendar: WorkCalendar, today: date) -> None:
        self.calendar, self.today = calendar, today
        self.end = at(today, time(0))

    def back(self, count: int) -> date:
        """The `count`-th work day before today; 0 is today itself."""
        day = self.today
        while count > 0:
            day -= timedelta(days=1)
            count -= self.calendar.is_work_day(day)
        return day

    def on(self, day: date, count: int) -> date:
        """The `count`-th work day after a day; before it when negative."""
        step = timedelta(days=1 if count > 0 else -1)
        left = abs(count)
        while left > 0:
            day += step
            left -= self.calendar.is_work_day(day)
        return day

    def since(self, day: date) -> int:
        """How many work days lie from `day` to today: 1 for the last work day."""
        count = 0
        while day < self.today:
            count += self.calendar.is_work_day(day)
            day += timedelta(days=1)
        return count

    def over(self, day: date, count: int) -> bool:
        """Whether a limit of natural days from `day` has run out before today; it rolls over days off."""
        last = day + timedelta(days=count)
        while not self.calendar.is_work_day(last):
            last += timedelta(days=1)
        return last < self.today

    def opening(self, day: date, rng: Random) -> datetime:
        """Some minute of a working day's morning or early afternoon."""
        return self._into_hours(at(day, OPENS) + timedelta(minutes=rng.randint(0, 440)))

    def later(self, moment: datetime, gap: int, rng: Random) -> datetime:
        """`gap` work days later; a while later on the same day when 0, next morning when the day is over."""
        day = timezone.localdate(moment)
        if gap > 0:
            return self.opening(self.on(day, gap), rng)
        return self._into_hours(moment + timedelta(minutes=rng.randint(6, 55)))

    def _into_hours(self, moment: datetime) -> datetime:
        local = timezone.localtime(moment)
        if LUNCH <= local.time() < AFTER_LUNCH:
            return local + timedelta(hours=2)
        if local.time() > CLOSES:
            over = local - at(local.date(), CLOSES)
            return at(self.on(local.date(), 1), OPENS) + min(over, timedelta(minutes=90))
        return local


def at(day: date, moment: time) -> datetime:
    """A moment of the office's own zone."""
    return datetime.combine(day, moment, tzinfo=timezone.get_current_timezone())


def clock(text: str) -> time:
    """09:14 as a time."""
    return time.fromisoformat(text)
