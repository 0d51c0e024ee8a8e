"""Reading the map: every grid from memory, reloaded when the revision changed, and place → grid."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from yimen.accounts.models import User
from yimen.calendars import queries as calendars
from yimen.calendars.models import CalendarVersion

from . import duty, words
from .answering import Answering, Person, Place, Post, Reason, Roster, Why, answer
from .kinds import Level, PostRole
from .models import Grid, GridPost, GridRevision, Leave

_memory: dict[uuid.UUID, tuple[Grid, ...]] = {}
_known: Final[ContextVar[uuid.UUID | None]] = ContextVar("known", default=None)


def revision() -> uuid.UUID | None:
    """The token of the map as committed; None while there is no map."""
    return GridRevision.objects.values_list("token", flat=True).first()


@contextmanager
def known(token: uuid.UUID | None) -> Iterator[None]:
    """Within the block the map of this token is not asked for again: it was just read with something else."""
    reset = _known.set(token)
    try:
        yield
    finally:
        _known.reset(reset)


@contextmanager
def held() -> Iterator[None]:
    """Within the block one map and one calendar hold, both asked for at once: for a page that looks several times."""
    calendar = CalendarVersion.objects.order_by("id").values("token")[:1]
    row = GridRevision.objects.values_list("token", Subquery(calendar)).first()
    if row is None:
        yield
        return
    with known(row[0]), calendars.known(row[1]):
        yield


def all_grids() -> tuple[Grid, ...]:
    """Every grid, of all levels and periods, with its unit. One small query when nothing changed."""
    return in_force()[1]


def in_force() -> tuple[uuid.UUID | None, tuple[Grid, ...]]:
    """The map with the token it was read under, for what is made of it and kept beside it."""
    token = _known.get() or revision()
    if token is None:
        return None, ()
    if token not in _memory:
        rows = tuple(Grid.objects.select_related("unit").order_by("level", "code"))
        _memory.clear()
        _memory[token] = rows
    return token, _memory[token]


def grids(level: Level, on: date | None = None) -> list[Grid]:
    """The grids of one level that exist on a day (today)."""
    day = on or timezone.localdate()
    return [grid for grid in all_grids() if grid.level == level and exists(grid, day)]


def match_place(text: str, on: date | None = None) -> Grid | None:
    """The third-level grid that a place in people's words lies in, or None when the words do not decide.

    A grid's number decides, then the name of an estate, then a community with a single grid.
    Words that contradict each other (七社区 with a grid of 三社区, two estates) decide nothing.
    """
    said = words.plain(text)
    found = grids(Level.GRID, on)
    community = words.community_number(said)
    if community is not None:
        found = [grid for grid in found if words.community_number(grid.unit.name) == community]
    numbered = words.grid_number(said)
    if numbered is not None:
        return _only(grid for grid in found if grid.number == numbered)
    return _by_name(found, said) or (_only(found) if community is not None else None)


def posts(grid_id: int, role: PostRole, on: date | None = None) -> QuerySet[GridPost]:
    """Who answers for a grid on a day (today)."""
    day = on or timezone.localdate()
    rows = GridPost.objects.filter(grid_id=grid_id, role=role, since__lte=day)
    return (
        rows.filter(Q(until__isnull=True) | Q(until__gte=day)).select_related("user").order_by("since", "id")
    )


def posts_of(user_id: int, on: date) -> list[GridPost]:
    """The posts of one person that hold on a day or will."""
    rows = GridPost.objects.filter(Q(until__isnull=True) | Q(until__gte=on), user_id=user_id)
    return list(rows.select_related("grid__unit").order_by("since", "id"))


def lead_of(grid_id: int, on: date | None = None) -> GridPost | None:
    """The 网格长 of a grid on a day (today)."""
    return posts(grid_id, PostRole.LEAD, on).first()


def answering(grid: Grid, at: datetime | None = None) -> Answering:
    """Who answers for a grid at a moment (now), and why: the one answer for screens, routing and notices."""
    return answering_all([grid], at)[grid.pk]


def answering_all(asked: Iterable[Grid], at: datetime | None = None) -> dict[int, Answering]:
    """The same for many grids, by id: as many questions to the database as for one."""
    moment = at or timezone.now()
    day = timezone.localtime(moment).date()
    places = {grid.pk: _place(grid) for grid in all_grids()}
    wanted = {grid.pk: places.setdefault(grid.pk, _place(grid)) for grid in asked}
    roster = _roster(day, {pk for place in wanted.values() for pk in _upwards(place, places)})
    duty_now = _duty(moment)
    return {pk: _with_duty(answer(pk, places, roster), duty_now) for pk in wanted}


def in_business_hours(at: datetime) -> bool:
    """Whether the offices are open at a moment, by the calendar in force (调休 and the lunch break included)."""
    calendar = calendars.current()
    local = at.astimezone(calendar.zone)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in calendar.hours(local.date()))


def leaves(on: date, until: date | None = None) -> QuerySet[Leave]:
    """Who is away on a day, or on any day of a period, with their stand-ins."""
    rows = Leave.objects.filter(since__lte=until or on, until__gte=on).select_related("user", "stand_in")
    return rows.order_by("since", "id")


def _duty(at: datetime) -> tuple[Reason, duty.Shift | None] | None:
    """None while the offices are open; outside, what the roster of the centre says."""
    if in_business_hours(at):
        return None
    shift = duty.on_duty(at)
    return Reason(Why.AFTER_HOURS if shift else Why.NO_DUTY), shift


def _with_duty(found: Answering, after_hours: tuple[Reason, duty.Shift | None] | None) -> Answering:
    if after_hours is None:
        return found
    reason, shift = after_hours
    return replace(found, reasons=(reason, *found.reasons), on_duty=shift)


def _place(grid: Grid) -> Place:
    return Place(grid.pk, Level(grid.level), grid.parent_id, grid.name)


def _upwards(place: Place, places: Mapping[int, Place]) -> Iterator[int]:
    """The grid and everything above it."""
    here: Place | None = place
    while here is not None:
        yield here.pk
        here = places.get(here.parent) if here.parent is not None else None


def _roster(day: date, grid_ids: set[int]) -> Roster:
    """Posts and leaves of one day: one question each."""
    rows = GridPost.objects.filter(grid__in=grid_ids, since__lte=day)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gte=day)).select_related("user")
    by_grid: dict[int, list[Post]] = {}
    for row in rows.order_by("since", "id"):
        by_grid.setdefault(row.grid_id, []).append(Post(_person(row.user), row.grid_id, PostRole(row.role)))
    away = {row.user_id: _person(row.stand_in) if row.stand_in else None for row in leaves(day)}
    return Roster(by_grid, away)


def _person(user: User) -> Person:
    return Person(user.pk, user.name, user.is_active)


def exists(grid: Grid, on: date) -> bool:
    """Whether a grid is there on a day."""
    return grid.valid_from <= on and (grid.valid_to is None or on <= grid.valid_to)


def _only(found: Iterable[Grid]) -> Grid | None:
    rows = list(found)
    return rows[0] if len(rows) == 1 else None


_name = lru_cache(maxsize=2048)(words.plain)  # the map's own names, not what people type


def _by_name(found: list[Grid], said: str) -> Grid | None:
    """By the estates named; 永安小区 inside a named 永安小区西院 does not count."""
    hits = [(place, grid) for grid in found for place in map(_name, grid.places) if place in said]
    whole = [grid for place, grid in hits if not any(place != other and place in other for other, _g in hits)]
    return _only({grid.pk: grid for grid in whole}.values())
