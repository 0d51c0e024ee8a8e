"""Reading the map: every grid from memory, reloaded when the revision changed, and place → grid."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from . import words
from .kinds import Level, PostRole
from .models import Grid, GridPost, GridRevision

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


def all_grids() -> tuple[Grid, ...]:
    """Every grid, of all levels and periods, with its unit. One small query when nothing changed."""
    token = _known.get() or revision()
    if token is None:
        return ()
    if token not in _memory:
        rows = tuple(Grid.objects.select_related("unit").order_by("level", "code"))
        _memory.clear()
        _memory[token] = rows
    return _memory[token]


def grids(level: Level, on: date | None = None) -> list[Grid]:
    """The grids of one level that exist on a day (today)."""
    day = on or timezone.localdate()
    return [
        grid for grid in all_grids() if grid.level == level and _holds(grid.valid_from, grid.valid_to, day)
    ]


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


def lead_of(grid_id: int, on: date | None = None) -> GridPost | None:
    """The 网格长 of a grid on a day (today)."""
    return posts(grid_id, PostRole.LEAD, on).first()


def _holds(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day <= until)


def _only(found: Iterable[Grid]) -> Grid | None:
    rows = list(found)
    return rows[0] if len(rows) == 1 else None


_name = lru_cache(maxsize=2048)(words.plain)  # the map's own names, not what people type


def _by_name(found: list[Grid], said: str) -> Grid | None:
    """By the estates named; 永安小区 inside a named 永安小区西院 does not count."""
    hits = [(place, grid) for grid in found for place in map(_name, grid.places) if place in said]
    whole = [grid for place, grid in hits if not any(place != other and place in other for other, _g in hits)]
    return _only({grid.pk: grid for grid in whole}.values())
