"""Coordinate systems of Chinese maps, as (longitude, latitude) in degrees. Plain Python.

GPS gives WGS-84, which at this scale equals CGCS2000 (天地图). 高德 and 腾讯 show GCJ-02, 百度 BD-09: both are shifted by
published formulas, one-way; the way back is by iteration (DOMAIN.md 3.8). What is kept is WGS-84 or CGCS2000; other
systems are converted where they come in. Outside the box of mainland China GCJ-02 shifts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import atan2, cos, pi, sin, sqrt
from typing import Any, Final

from .kinds import Crs

Point = tuple[float, float]

_AXIS: Final = 6378245.0  # Krasovsky 1940
_FLAT: Final = 0.00669342162296594323  # first eccentricity squared
_TURN: Final = pi * 3000.0 / 180.0
_CLOSE: Final = 1e-12  # degrees, far below a micrometre
_MOST_STEPS: Final = 20
PUBLIC_DECIMALS: Final = 3  # about 100 m


def gcj02(point: Point) -> Point:
    """WGS-84 → GCJ-02."""
    lng, lat = point
    if not (72.004 <= lng <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return point
    east, north = _shift(lng - 105.0, lat - 35.0)
    angle = lat / 180.0 * pi
    bulge = 1 - _FLAT * sin(angle) ** 2
    root = sqrt(bulge)
    d_lat = north * 180.0 / ((_AXIS * (1 - _FLAT)) / (bulge * root) * pi)
    d_lng = east * 180.0 / (_AXIS / root * cos(angle) * pi)
    return lng + d_lng, lat + d_lat


def bd09(point: Point) -> Point:
    """WGS-84 → BD-09."""
    return _bd09_of_gcj02(gcj02(point))


def from_gcj02(point: Point) -> Point:
    """GCJ-02 → WGS-84, by iteration."""
    return _back(gcj02, point)


def from_bd09(point: Point) -> Point:
    """BD-09 → WGS-84, by iteration."""
    return _back(gcj02, _back(_bd09_of_gcj02, point))


def same(point: Point) -> Point:
    return point


# How points that come in under a tag become those that are kept.
INTO: Final[dict[Crs, Callable[[Point], Point]]] = {
    Crs.WGS84: same,
    Crs.CGCS2000: same,
    Crs.GCJ02: from_gcj02,
    Crs.BD09: from_bd09,
}


def kept_as(crs: Crs) -> Crs:
    """The tag under which points of a system are kept after conversion."""
    return crs if crs in (Crs.WGS84, Crs.CGCS2000) else Crs.WGS84


def mapped(geometry: dict[str, Any], change: Callable[[Point], Point]) -> dict[str, Any]:
    """A GeoJSON geometry with every position changed; heights are dropped. Raises ValueError for what is none."""
    return {"type": geometry["type"], "coordinates": _deep(geometry["coordinates"], change)}


def public(geometry: dict[str, Any]) -> dict[str, Any]:
    """The geometry as it may be published: rounded to about 100 m, so that it is no survey of anything."""
    return mapped(geometry, lambda at: (round(at[0], PUBLIC_DECIMALS), round(at[1], PUBLIC_DECIMALS)))


def _deep(value: Any, change: Callable[[Point], Point]) -> Any:
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError("not a list of positions")
    if isinstance(value[0], (int, float)) and not isinstance(value[0], bool):
        lng, lat = float(value[0]), float(value[1])
        if not (-180 <= lng <= 180 and -90 <= lat <= 90):
            raise ValueError("not degrees, longitude first")
        return list(change((lng, lat)))
    return [_deep(part, change) for part in value]


def _back(forth: Callable[[Point], Point], seen: Point) -> Point:
    """The point that `forth` leads to `seen`: corrected by what is missing until it meets."""
    lng, lat = seen
    for _ in range(_MOST_STEPS):
        got = forth((lng, lat))
        miss = seen[0] - got[0], seen[1] - got[1]
        lng, lat = lng + miss[0], lat + miss[1]
        if max(map(abs, miss)) < _CLOSE:
            break
    return lng, lat


def _bd09_of_gcj02(point: Point) -> Point:
    lng, lat = point
    far = sqrt(lng * lng + lat * lat) + 0.00002 * sin(lat * _TURN)
    angle = atan2(lat, lng) + 0.000003 * cos(lng * _TURN)
    return far * cos(angle) + 0.0065, far * sin(angle) + 0.006


def _shift(x: float, y: float) -> Point:
    """The published polynomial and waves, in metres: east, north."""
    root, wave = sqrt(abs(x)), (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return east, north
