"""Open matters on the map: those of a box of degrees, gathered by cells; and those of which only the grid is known.

Everything goes through rows that were asked for with `queries.visible_to`. One point is the place of one report: of a
matter, never of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.db.models import Avg, Count, F, IntegerField, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast, Floor
from django.utils.translation import gettext as _

from yimen.foundation import counting
from yimen.foundation.errors import Missing

from . import queries
from .models import Case

Rows: TypeAlias = "QuerySet[Case, dict[str, Any]]"
COLUMNS, LINES = 12, 8  # cells of the sheet, wide and high
LEAST: Final = 0.0005  # degrees: no box is narrower (some fifty metres)
MOST: Final = 20.0  # nor wider


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the world in degrees of WGS-84."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.north - self.south

    def moved(self, right: float, up: float) -> Box:
        """The box beside it, in shares of its own size."""
        x, y = right * self.width, up * self.height
        return Box(self.west + x, self.south + y, self.east + x, self.north + y)

    def scaled(self, by: float) -> Box:
        """Around the same middle; `by` above one shows more."""
        x, y = (self.west + self.east) / 2, (self.south + self.north) / 2
        wide, high = self.width * by / 2, self.height * by / 2
        return Box(x - wide, y - high, x + wide, y + high)

    def words(self) -> str:
        return ",".join(f"{side:.6f}" for side in (self.west, self.south, self.east, self.north))


def box_of(words: str) -> Box:
    """The box that stands in an address: west,south,east,north. Raises Missing for anything else."""
    try:
        found = Box(*(float(side) for side in words.split(",")))
    except (TypeError, ValueError):
        raise Missing(_wrong()) from None
    inside = -180 <= found.west < found.east <= 180 and -90 <= found.south < found.north <= 90
    if not inside or not (found.width >= LEAST / 4 and found.width <= MOST):
        raise Missing(_wrong())
    return found


def _wrong() -> str:
    return _("地图的地址不对，请从“地图”重新打开")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Matters that lie together: how many, how many of them late, the middle of them and how far they reach. `only`:
    the id of the matter that is alone."""

    count: int
    late: int
    lng: float
    lat: float
    extent: Box
    only: int | None


def gathered(
    rows: QuerySet[Case], box: Box, now: datetime
) -> tuple[list[Cluster], dict[int, tuple[int, int]]]:
    """`clusters` and `by_grid` in one statement."""
    found = counting.tables({"cells": _cells(rows, box, now), "grids": _without_point(rows, now)})
    grids = {row["grid"]: (row["count"], row["late"]) for row in found["grids"]}
    return _ordered(found["cells"]), grids


def clusters(rows: QuerySet[Case], box: Box, now: datetime) -> list[Cluster]:
    """The matters in the box by cells of it; at most some more than `COLUMNS` × `LINES` of them."""
    return _ordered(_cells(rows, box, now))


def _cells(rows: QuerySet[Case], box: Box, now: datetime) -> Rows:
    cells = inside(rows, box).annotate(
        column=_cell("lng", box.west, box.width, COLUMNS), line=_cell("lat", box.south, box.height, LINES)
    )
    return cells.order_by().values("column", "line").annotate(**_GATHERED, late=_late(now))


def inside(rows: QuerySet[Case], box: Box) -> QuerySet[Case]:
    """Those with a point in the box, its border included."""
    return rows.filter(lng__gte=box.west, lng__lte=box.east, lat__gte=box.south, lat__lte=box.north)


def _cell(column: str, start: float, length: float, parts: int) -> Any:
    each = length / parts
    return Cast(Floor((F(column) - Value(start)) / Value(each)), IntegerField())


_GATHERED: Final[Mapping[str, Any]] = {
    "count": Count("pk"), "at_lng": Avg("lng"), "at_lat": Avg("lat"), "west": Min("lng"), "east": Max("lng"),
    "south": Min("lat"), "north": Max("lat"), "one": Min("pk"),
}  # fmt: skip


def _late(now: datetime) -> Count:
    return Count("pk", filter=Q(due_at__lt=now))


def _ordered(cells: Iterable[dict[str, Any]]) -> list[Cluster]:
    """Line by line. Put in order here: the database would sort every matter for it instead of the few cells."""
    return [_cluster(row) for row in sorted(cells, key=lambda row: (row["line"], row["column"]))]


def _cluster(row: dict[str, Any]) -> Cluster:
    extent = Box(row["west"], row["south"], row["east"], row["north"])
    only = row["one"] if row["count"] == 1 else None
    return Cluster(row["count"], row["late"], row["at_lng"], row["at_lat"], extent, only)


def alone(rows: QuerySet[Case], found: list[Cluster]) -> dict[int, Case]:
    """The matters that stand by themselves, by id."""
    wanted = [one.only for one in found if one.only is not None]
    return {
        case.pk: case
        for case in rows.filter(pk__in=wanted).only("id", "uuid", "number", "title", "state", "flow")
    }


def _without_point(rows: QuerySet[Case], now: datetime) -> Rows:
    """Of matters of which only the grid is known: how many in each, and how many of them late."""
    found = rows.filter(lng__isnull=True, grid__isnull=False).order_by().values("grid")
    return found.annotate(count=Count("pk"), late=_late(now))


def listed(rows: QuerySet[Case], box: Box, size: int) -> list[Case]:
    """The matters in the box, the most urgent first."""
    return queries.most_urgent(inside(rows, box), size)
