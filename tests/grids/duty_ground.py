"""A centre with a roster for the tests of duty: two leaders, clerks, and shifts from today on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from cast import Cast
from yimen.access.roles import Role
from yimen.grids import duty
from yimen.grids.actions import roster
from yimen.grids.models import DutyShift

DAY = timedelta(days=1)
PHONE = "0931-000 1234"


def staffed(cast: Cast) -> Cast:
    """Two more clerks, so that others than those on a shift can take it."""
    cast.joins("clerk3", "郑立新", "centre", Role.CLERK)
    cast.joins("clerk4", "唐玉珍", "centre", Role.CLERK)
    return cast


def ids(cast: Cast, *names: str) -> tuple[int, ...]:
    return tuple(cast[name].user.pk for name in names)


def planned(cast: Cast, day: date, *people: str, leader: str = "leader1") -> roster.Planned:
    return roster.Planned(day, cast[leader].user.pk, ids(cast, *people))


def shifts(
    cast: Cast, *teams: tuple[str, ...], first: date | None = None, leader: str = "leader1"
) -> list[DutyShift]:
    """One shift a day from `first` (yesterday, so that one is on now whatever the hour)."""
    begin = first or timezone.localdate() - DAY
    rows = [planned(cast, begin + DAY * n, *team, leader=leader) for n, team in enumerate(teams)]
    director = cast["director"]
    roster.fill(director.actor, director.grants, rows, PHONE, at=at(begin, 0))
    return duty.shifts(begin, begin + DAY * len(teams))


def at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))
