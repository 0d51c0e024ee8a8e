"""The invented map holds together for any seed."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon
from shapely.ops import unary_union

from yimen.cli.demo import terrain


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_pieces_fill_the_land_exactly_whatever_the_seed(seed: int, rows: list[int]) -> None:
    pieces = [Polygon(ring) for ring in terrain.lay_out(rows, Random(seed))]
    assert len(pieces) == sum(rows)
    assert all(piece.is_valid and piece.exterior.is_ccw for piece in pieces)
    whole = unary_union(pieces)
    assert whole.geom_type == "Polygon" and not whole.interiors
    assert abs(whole.area - sum(piece.area for piece in pieces)) < 1e-14


def test_the_same_seed_draws_the_same_map() -> None:
    assert terrain.lay_out([3, 2], Random("a")) == terrain.lay_out([3, 2], Random("a"))
    assert terrain.lay_out([3, 2], Random("a")) != terrain.lay_out([3, 2], Random("b"))


def test_the_land_is_an_empty_desert_inside_one_small_box() -> None:
    for ring in terrain.lay_out([8, 8, 7, 5], Random(1)):
        assert all(102.39 < x < 102.44 and 40.09 < y < 40.13 for x, y in ring)
        assert ring[0] == ring[-1]
