"""Whether the map and the posts hold together: overlaps, gaps, grids without a worker or leader, people who have left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import cos, radians
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from shapely import STRtree, make_valid, unary_union
from shapely.geometry import shape

from . import queries
from .answering import Answering
from .kinds import Level
from .models import Grid, GridPost

_METRES: Final = 111_320.0  # of one degree of latitude
SMALL: Final = 25.0  # square metres: what lies below comes from rounding corners, not from drawing


class Fault(StrEnum):
    """In the order of the list."""

    NO_OUTLINE = "no_outline"
    OUTSIDE = "outside"  # part of the grid lies outside its community's (subdistrict's) outline
    OVERLAP = "overlap"  # two grids of one level cover the same ground
    GAP = "gap"  # ground of the community (subdistrict) in none of its grids
    NO_WORKER = "no_worker"
    NO_LEAD = "no_lead"
    LEFT = "left"  # somebody posted whose account is switched off
    NOBODY = "nobody"  # neither the grid nor anything above it has anybody today


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right. `other` is the second grid of an overlap, `area` in square metres, `name` the person."""

    fault: Fault
    grid: Grid
    other: Grid | None = None
    area: float = 0.0
    name: str = ""


def check(on: date | None = None) -> list[Finding]:
    """Everything that is wrong on a day (today), by kind and then by code."""
    day = on or timezone.localdate()
    grids = [grid for grid in queries.all_grids() if queries.exists(grid, day)]
    found = [*_drawn(grids), *_posted(grids, day)]
    order = list(Fault)
    return sorted(found, key=lambda one: (order.index(one.fault), one.grid.code))


def _drawn(grids: list[Grid]) -> Iterator[Finding]:
    outlines = {grid.pk: _outline(grid) for grid in grids if grid.polygon}
    yield from (Finding(Fault.NO_OUTLINE, grid) for grid in grids if grid.pk not in outlines)
    for level in (Level.COMMUNITY, Level.GRID):
        same = [grid for grid in grids if grid.level == level and grid.pk in outlines]
        yield from _overlaps(same, outlines)
    for above in grids:
        if above.pk in outlines:
            below = [grid for grid in grids if grid.parent_id == above.pk and grid.level != Level.SPECIALIST]
            yield from _filled(above, below, outlines)


def _outline(grid: Grid) -> Any:
    """The outline, mended where an older import let a crossing line in."""
    drawn = shape(grid.polygon)
    return drawn if drawn.is_valid else make_valid(drawn)


def _overlaps(grids: list[Grid], outlines: dict[int, Any]) -> Iterator[Finding]:
    """Each pair once, found through an index and not by trying all with all."""
    if not grids:
        return
    shapes = [outlines[grid.pk] for grid in grids]
    tree = STRtree(shapes)
    for one, other in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        if one < other and (area := _area(shapes[one].intersection(shapes[other]))) > SMALL:
            yield Finding(Fault.OVERLAP, grids[one], grids[other], area)


def _filled(above: Grid, below: list[Grid], outlines: dict[int, Any]) -> Iterator[Finding]:
    """What of the ground is in no grid below, and what of the grids below lies outside."""
    drawn = [(grid, outlines[grid.pk]) for grid in below if grid.pk in outlines]
    if not drawn:
        return
    ground = outlines[above.pk]
    missing = ground.difference(unary_union([outline for _grid, outline in drawn]))
    yield from (Finding(Fault.GAP, above, area=area) for area in _parts(missing))
    for grid, outline in drawn:
        if (area := _area(outline.difference(ground))) > SMALL:
            yield Finding(Fault.OUTSIDE, grid, above, area)


def _parts(missing: Any) -> Iterator[float]:
    """The pieces of ground that are more than rounding, the largest first."""
    areas = (_area(part) for part in getattr(missing, "geoms", [missing]))
    yield from sorted((area for area in areas if area > SMALL), reverse=True)


def _area(ground: Any) -> float:
    """Square metres, good enough for a street: a degree of longitude shrinks with the latitude."""
    if ground.is_empty:
        return 0.0
    _west, south, _east, north = ground.bounds
    return float(ground.area) * _METRES**2 * cos(radians((south + north) / 2))


def _posted(grids: list[Grid], day: date) -> Iterator[Finding]:
    noon = timezone.make_aware(datetime(day.year, day.month, day.day, 12))
    answers = queries.answering_all(grids, noon)
    for grid in grids:
        yield from _vacant(grid, answers[grid.pk])
    yield from _left(grids, day)


def _vacant(grid: Grid, found: Answering) -> Iterator[Finding]:
    if grid.level == Level.GRID and not found.workers:
        yield Finding(Fault.NO_WORKER, grid)
    if found.lead is None:
        yield Finding(Fault.NO_LEAD, grid)
    if found.first is None:
        yield Finding(Fault.NOBODY, grid)


def _left(grids: Iterable[Grid], day: date) -> Iterator[Finding]:
    """People posted today, or from a later day on, who can no longer sign in."""
    by_id = {grid.pk: grid for grid in grids}
    rows = GridPost.objects.filter(Q(until__isnull=True) | Q(until__gte=day), user__is_active=False)
    for row in rows.filter(grid__in=by_id).select_related("user").order_by("id"):
        yield Finding(Fault.LEFT, by_id[row.grid_id], name=row.user.name)
