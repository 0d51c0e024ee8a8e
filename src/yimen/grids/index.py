"""Point → grid, in memory. Built once for a revision of the map; asked in some hundredths of a millisecond.

A point on a shared border, or on a corner, lies in several outlines: the grid with the smallest (code, scheme)
answers. Codes are numbered left→right, top→bottom (CJ/T 349-2010), so that is the grid to the north-west. The same
rule decides where outlines overlap by mistake; `coverage` names those.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from shapely import STRtree
from shapely.geometry import Point, box, shape

from . import queries
from .kinds import Level
from .models import Grid


@dataclass(frozen=True, slots=True)
class Layer:
    """The outlines of one level, of every period, in the order in which they answer."""

    tree: STRtree
    grids: tuple[Grid, ...]
    outlines: tuple[Any, ...]

    def at(self, lng: float, lat: float, on: date) -> list[Grid]:
        """The grids of a day whose outline holds the point, border included, first the one that answers."""
        hits = sorted(self.tree.query(Point(lng, lat), predicate="intersects"))
        return [self.grids[hit] for hit in hits if queries.exists(self.grids[hit], on)]

    def near(self, west: float, south: float, east: float, north: float, on: date) -> list[tuple[Grid, Any]]:
        """The grids of a day with their outlines that touch a box of degrees."""
        hits = sorted(self.tree.query(box(west, south, east, north), predicate="intersects"))
        return [(self.grids[hit], self.outlines[hit]) for hit in hits if queries.exists(self.grids[hit], on)]


_kept: Final[dict[uuid.UUID | None, dict[Level, Layer]]] = {}


def layer(level: Level) -> Layer:
    """One level of the map in force. One small query when nothing changed (none inside `queries.known`)."""
    token, grids = queries.in_force()
    if token not in _kept:
        made = {each: build([grid for grid in grids if grid.level == each]) for each in Level}
        _kept.clear()
        _kept[token] = made
    return _kept[token][level]


def build(grids: list[Grid]) -> Layer:
    """The index of these grids; those without an outline are left out."""
    drawn = sorted((grid for grid in grids if grid.polygon), key=lambda grid: (grid.code, grid.scheme))
    outlines = tuple(shape(grid.polygon) for grid in drawn)
    return Layer(STRtree(outlines), tuple(drawn), outlines)


def locate(lng: float, lat: float, on: date | None = None) -> Grid | None:
    """The third-level grid of a point (WGS-84, degrees) on a day (today), or None outside them all."""
    found = layer(Level.GRID).at(lng, lat, on or timezone.localdate())
    return found[0] if found else None


def specialists(lng: float, lat: float, on: date | None = None) -> list[Grid]:
    """The departments' specialist grids that are laid over a point, in the order of their codes."""
    return layer(Level.SPECIALIST).at(lng, lat, on or timezone.localdate())
