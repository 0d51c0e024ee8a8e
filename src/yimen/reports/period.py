"""Days to be counted, and the moment as of which they are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Missing

DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=3700)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both counted, in the office's zone.

    What happened by `cutoff` counts (截至); of that, what had been typed in by `known` (录入截至). The same two
    moments give the same numbers for ever: nothing that comes later, and no late paper, changes them.
    """

    first: date
    last: date
    cutoff: datetime
    known: datetime

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The period as moments, the end not counted."""
        zone = timezone.get_current_timezone()
        end = datetime.combine(self.last + DAY, time(), zone)
        return datetime.combine(self.first, time(), zone), end

    def within(self, column: str) -> Q:
        """A moment that lies in the period, and not after the cut-off."""
        begin, end = self.bounds
        return Q(**{f"{column}__gte": begin, f"{column}__lt": end, f"{column}__lte": self.cutoff})


def period(first: date, last: date, cutoff: datetime | None = None, known: datetime | None = None) -> Period:
    """A period as of now unless moments are given; the later of two days is the last. Missing when too long."""
    if abs(last - first) > LONGEST:
        raise Missing(_("时间太长，最多十年"))
    now = timezone.now()
    return Period(min(first, last), max(first, last), min(cutoff or now, now), min(known or now, now))


NAMES: Final = ("day", "week", "month", "quarter")


def around(name: str, day: date) -> tuple[date, date]:
    """First and last day of the day, week (from Monday), month or quarter that `day` lies in."""
    if name == "day":
        return day, day
    if name == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if name == "month":
        return day.replace(day=1), _month_end(day)
    if name == "quarter":
        begin = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        return begin, _month_end(begin.replace(month=begin.month + 2))
    raise Missing(_("没有这种时段"))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY
