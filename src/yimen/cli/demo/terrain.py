"""An invented map: a block of land cut into adjoining pieces without gap or overlap. Plain Python.

Rows of pieces lie north to south, numbered left→right, top→bottom as CJ/T 349 asks. Neighbours share the very
same corner points, so that nothing is left between them. The land lies in an empty desert and is nobody's street.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sin, tau
from random import Random

Point = tuple[float, float]

WEST, SOUTH = 102.4000, 40.1000  # degrees, WGS-84
WIDTH, HEIGHT = 0.0300, 0.0180  # about 2.5 km by 2 km
_DIGITS = 6  # about 0.1 m


@dataclass(frozen=True, slots=True)
class _Border:
    """A line from west to east between two rows: points by their share (0–1) of the way."""

    points: dict[float, Point]

    def between(self, west: float, east: float) -> list[Point]:
        """The points from one share to another, both included, west to east."""
        return [self.points[share] for share in sorted(self.points) if west <= share <= east]


def lay_out(rows: Sequence[int], rng: Random) -> list[list[Point]]:
    """Closed rings, one per piece: `rows[i]` pieces in the i-th row from the north."""
    shares = [_shares(count, rng) for count in rows]
    borders = _borders(shares, rng)
    rings: list[list[Point]] = []
    for index, row in enumerate(shares):
        north, south = borders[index], borders[index + 1]
        sides = [_side(north.points[share], south.points[share], rng) for share in row]
        rings += [
            _ring(north, south, sides[i], sides[i + 1], row[i], row[i + 1]) for i in range(len(row) - 1)
        ]
    return rings


def _shares(count: int, rng: Random) -> list[float]:
    """Where a row is cut: 0, uneven steps, 1."""
    inner = [(i + rng.uniform(-0.22, 0.22)) / count for i in range(1, count)]
    return [0.0, *inner, 1.0]


def _borders(shares: list[list[float]], rng: Random) -> list[_Border]:
    """One border above each row and one below the last; a border carries the cuts of both its rows."""
    borders = []
    for index in range(len(shares) + 1):
        touching = {share for row in shares[max(0, index - 1) : index + 1] for share in row}
        level, phase = SOUTH + HEIGHT * (1 - index / len(shares)), rng.uniform(0, tau)
        borders.append(_Border({share: _corner(share, level, phase, rng) for share in sorted(touching)}))
    return borders


def _corner(share: float, level: float, phase: float, rng: Random) -> Point:
    """A border is a gentle wave: never so steep that a side of a piece, almost upright, could cross it."""
    edge = rng.uniform(-1, 1) * WIDTH * 0.01 if share in (0.0, 1.0) else 0.0
    wave = sin(share * 1.7 * tau + phase) * HEIGHT * 0.03
    return round(WEST + WIDTH * share + edge, _DIGITS), round(level + wave, _DIGITS)


def _side(north: Point, south: Point, rng: Random) -> list[Point]:
    """From a row's northern border down to its southern one, with one bend."""
    at = rng.uniform(0.35, 0.65)
    x = north[0] + (south[0] - north[0]) * at + rng.uniform(-1, 1) * WIDTH * 0.006
    y = north[1] + (south[1] - north[1]) * at
    return [north, (round(x, _DIGITS), round(y, _DIGITS)), south]


def _ring(
    north: _Border, south: _Border, west: list[Point], east: list[Point], start: float, end: float
) -> list[Point]:
    """One piece, counter-clockwise as GeoJSON wants: down the west, along the south, up the east, back."""
    below, above = south.between(start, end), north.between(start, end)
    return [*west, *below[1:], *reversed(east[:-1]), *reversed(above[:-1])]
