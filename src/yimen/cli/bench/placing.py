"""Point → grid in memory, over ten thousand grids: what every report with a place asks."""

from __future__ import annotations

import time
from datetime import date
from random import Random
from typing import Any

from yimen.grids.index import build
from yimen.grids.kinds import Level
from yimen.grids.models import Grid

from .figures import percentiles

SIDE = 100  # grids in a row, and rows
STEP = 0.001  # degrees: some hundred metres
WEST, SOUTH = 116.0, 39.0
TRIES = 5_000


def measure(seed: int) -> dict[str, Any]:
    """Milliseconds of one question, percentiles; the points lie anywhere among the grids, borders included."""
    layer, chance, on = build([_square(n) for n in range(SIDE * SIDE)]), Random(seed), date(2026, 1, 1)
    times = []
    for number in range(TRIES):
        exact = number % 10 == 0  # on a corner, where four meet
        x, y = (chance.randrange(SIDE) if exact else chance.random() * SIDE for _ in range(2))
        begun = time.perf_counter()
        found = layer.at(WEST + x * STEP, SOUTH + y * STEP, on)
        times.append((time.perf_counter() - begun) * 1000)
        assert found
    return {"grids": SIDE * SIDE, "tries": TRIES, **percentiles(times)}


def _square(number: int) -> Grid:
    x, y = WEST + number % SIDE * STEP, SOUTH + number // SIDE * STEP
    ring = [[x, y], [x + STEP, y], [x + STEP, y + STEP], [x, y + STEP], [x, y]]
    outline = {"type": "Polygon", "coordinates": [ring]}
    return Grid(
        code=f"{number:014d}", scheme="bench", name=str(number), level=Level.GRID, polygon=outline,
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
