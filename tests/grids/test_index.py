"""Point → grid: against every outline tried one by one, on random points, borders, corners, and outside."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from time import perf_counter
from typing import Any

import pytest
from shapely.geometry import Point, shape

from yimen.cli.demo import terrain
from yimen.grids import actions, index, queries
from yimen.grids.kinds import Level
from yimen.grids.models import Grid

from .ground import ACTOR, DAY, SINCE, made, rectangle, street

ON = date(2026, 11, 23)


def pieces() -> list[Grid]:
    """The demo's land with its waves and bends: 28 grids that share their corner points. Not saved; keys run against the codes."""
    rings = terrain.lay_out((8, 8, 7, 5), random.Random(7))
    return [
        Grid(pk=100 - n, code=f"{n:020d}", scheme="cjt349", level=3, valid_from=SINCE,
             polygon={"type": "Polygon", "coordinates": [[list(point) for point in ring]]})
        for n, ring in enumerate(rings, start=1)
    ]  # fmt: skip


def slowly(grids: list[Grid], lng: float, lat: float) -> Grid | None:
    """Every outline tried; on a border the smallest code."""
    hits = [grid for grid in grids if shape(grid.polygon).intersects(Point(lng, lat))]
    return min(hits, key=lambda grid: (grid.code, grid.scheme), default=None)


def chances() -> list[tuple[float, float]]:
    """Points anywhere on the land and beside it, every corner, and points on borders."""
    rng, grids = random.Random(11), pieces()
    found = [
        (terrain.WEST + terrain.WIDTH * rng.uniform(-0.1, 1.1), terrain.SOUTH + terrain.HEIGHT * rng.uniform(-0.1, 1.1))
        for _ in range(1500)
    ]  # fmt: skip
    for grid in grids:
        ring = grid.polygon["coordinates"][0]  # type: ignore[index]
        found += [tuple(point) for point in ring]
        found += [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(ring)]
    return found


def test_the_index_answers_as_trying_every_outline_does() -> None:
    grids = pieces()
    layer = index.build(random.Random(3).sample(grids, len(grids)))
    shared = outside = 0
    for lng, lat in chances():
        hits = layer.at(lng, lat, ON)
        assert (hits[0] if hits else None) == slowly(grids, lng, lat)
        shared += len(hits) > 1
        outside += not hits
    assert shared > 100 and outside > 100, "borders and the outside were among the points"


@pytest.mark.django_db
def test_on_a_shared_border_and_corner_the_smallest_code_answers() -> None:
    _top, _community, (west, east) = street()
    assert index.locate(102.405, 40.105) == west and index.locate(102.415, 40.105) == east
    assert index.locate(102.41, 40.105) == west, "the border"
    assert index.locate(102.41, 40.1) == west, "a corner"
    assert index.locate(102.42, 40.11) == east, "the outer corner belongs to the land"
    assert index.locate(102.4200001, 40.105) is None


@pytest.mark.django_db
def test_specialist_grids_are_laid_over_and_never_answer_instead() -> None:
    _top, community, (west, _east) = street()
    fire = made(Level.SPECIALIST, 1, 91, community, polygon=rectangle(102.405, 40.1, 0.01))
    assert index.locate(102.407, 40.105) == west
    assert index.specialists(102.407, 40.105) == [fire]
    assert index.specialists(102.401, 40.105) == []


@pytest.mark.django_db
def test_a_redrawn_map_is_seen_at_once_and_days_keep_their_own_grids() -> None:
    _top, community, (_west, east) = street()
    assert index.locate(102.415, 40.105) == east
    actions.change_grid(ACTOR, east, {"valid_to": ON})
    new = made(Level.GRID, 1, 3, community, polygon=rectangle(102.41, 40.1), valid_from=ON + DAY)
    assert index.locate(102.415, 40.105, ON) == east
    assert index.locate(102.415, 40.105, ON + DAY) == new
    assert index.locate(102.405, 40.105, SINCE - DAY) is None


@pytest.mark.django_db
def test_one_small_query_when_nothing_changed(django_assert_num_queries: Any) -> None:
    street()
    index.locate(102.4, 40.1)
    with django_assert_num_queries(1):
        index.locate(102.4, 40.1)
    with queries.known(queries.revision()), django_assert_num_queries(0):
        index.locate(102.4, 40.1)


def test_among_ten_thousand_grids_a_point_takes_less_than_a_millisecond() -> None:
    grids = [
        Grid(pk=n, code=f"{n:020d}", scheme="cjt349", level=3, valid_from=SINCE,
             polygon=rectangle(100 + n % 100 * 0.01, 30 + n // 100 * 0.01))
        for n in range(10_000)
    ]  # fmt: skip
    layer, rng = index.build(grids), random.Random(5)
    points = [(rng.uniform(100, 101), rng.uniform(30, 31)) for _ in range(2000)]
    began = perf_counter()
    assert all(layer.at(lng, lat, ON) for lng, lat in points)
    assert (perf_counter() - began) / len(points) < 0.001
