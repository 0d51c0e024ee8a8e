"""Outlines as drawings: rings on a sheet, for a page's SVG and for the printed paper. No map from outside is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

from shapely.geometry import box, shape

from .models import Grid

WIDTH: Final = 640
ROOM: Final = 0.3  # around the grid, as a share of its larger side: so much of the neighbours is shown
MOST: Final = 640  # of a drawing's height
_LARGE: Final = 0.02  # a piece smaller than this share of the sheet gets no name

Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One grid on the sheet. `rings` in units of the sheet, y downwards; `x`, `y` where its name stands."""

    grid: Grid
    rings: list[Ring]
    label: str
    x: float
    y: float

    @property
    def path(self) -> str:
        """As an SVG path."""
        return " ".join("M" + " L".join(f"{x:g} {y:g}" for x, y in ring) + " Z" for ring in self.rings)


@dataclass(frozen=True, slots=True)
class Drawing:
    """`own` are the grids it is about, `others` those around them."""

    width: float
    height: float
    own: list[Piece]
    others: list[Piece]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Degrees to units of the sheet; a degree of longitude is shorter than one of latitude."""

    west: float
    north: float
    per_lng: float
    per_lat: float

    def at(self, lng: float, lat: float) -> list[float]:
        return [round((lng - self.west) * self.per_lng, 1), round((self.north - lat) * self.per_lat, 1)]


def draw(own: Iterable[Grid], around: Iterable[Grid] = (), room: float = ROOM) -> Drawing | None:
    """The outlines of `own`, and of those `around` as far as they reach onto the sheet. None without an outline."""
    drawn = [(grid, shape(grid.polygon)) for grid in own if grid.polygon]
    if not drawn:
        return None
    view = _view([outline for _grid, outline in drawn], room)
    west, south, east, north = view.bounds
    squeeze = cos(radians((south + north) / 2))
    scale = min(WIDTH / ((east - west) * squeeze), MOST / (north - south))
    sheet = _Sheet(west, north, scale * squeeze, scale)
    size = (east - west) * sheet.per_lng, (north - south) * sheet.per_lat
    mine = {grid.pk for grid, _outline in drawn}
    beside = [(grid, shape(grid.polygon)) for grid in around if grid.polygon and grid.pk not in mine]
    return Drawing(
        round(size[0], 1), round(size[1], 1),
        [piece for grid, outline in drawn for piece in _pieces(grid, outline, view, sheet)],
        [piece for grid, outline in beside for piece in _pieces(grid, outline, view, sheet)],
    )  # fmt: skip


def window(
    west: float, south: float, east: float, north: float, among: Iterable[tuple[Grid, Any]]
) -> tuple[Drawing, Callable[[float, float], list[float]]]:
    """What lies in a box of degrees on a sheet of that box, and how a point is put on it. `among`: grids, outlines."""
    squeeze = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * squeeze)
    sheet, view = _Sheet(west, north, scale * squeeze, scale), box(west, south, east, north)
    pieces = [piece for grid, outline in among for piece in _pieces(grid, outline, view, sheet)]
    return Drawing(float(WIDTH), round((north - south) * scale, 1), [], pieces), sheet.at


def _view(outlines: list[Any], room: float) -> Any:
    """The box that is shown, never without extent."""
    west, south, east, north = (
        pick(outline.bounds[side] for outline in outlines) for side, pick in enumerate((min, min, max, max))
    )
    more = max(east - west, north - south, 1e-5) * room
    return box(west - more, south - more, east + more, north + more)


def _pieces(grid: Grid, outline: Any, view: Any, sheet: _Sheet) -> Iterator[Piece]:
    """One piece: what of a grid lies on the sheet. A grid outside gives none."""
    seen = outline.intersection(view)
    polygons = [part for part in getattr(seen, "geoms", [seen]) if part.geom_type == "Polygon"]
    if seen.is_empty or not polygons:
        return
    largest = max(polygons, key=lambda part: part.area)
    at = largest.representative_point()
    label = label_of(grid) if largest.area > view.area * _LARGE else ""
    rings = [
        [sheet.at(x, y) for x, y, *_height in ring.coords]
        for part in polygons
        for ring in (part.exterior, *part.interiors)
    ]
    yield Piece(grid, rings, label, *sheet.at(at.x, at.y))


def label_of(grid: Grid) -> str:
    """What stands on the drawing: the number where there is one, else the name."""
    return str(grid.number) if grid.number else grid.name
