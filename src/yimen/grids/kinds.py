"""The kinds of this room's nouns. Plain Python; their words for people are in `models`."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Level(IntEnum):
    """Subdistrict, community, grid; a department's specialist grid lies over the third level."""

    STREET = 1
    COMMUNITY = 2
    GRID = 3
    SPECIALIST = 4


class PostRole(StrEnum):
    WORKER = "worker"
    LEAD = "lead"


class Crs(StrEnum):
    """Which coordinates points are in; at this scale CGCS2000 equals WGS-84 (DOMAIN.md 3.8).

    The first two are kept as they are; the others are only taken in and converted (`coordinates`).
    """

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"
