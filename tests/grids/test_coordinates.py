"""Coordinates: the vectors of the domain, both ways, and what is published."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.grids.coordinates import INTO, bd09, from_bd09, from_gcj02, gcj02, kept_as, mapped, public
from yimen.grids.kinds import Crs

with (Path(__file__).parent / "coordinate_vectors.csv").open(encoding="utf-8", newline="") as file:
    VECTORS = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
IN_CHINA = st.tuples(st.floats(73, 135), st.floats(4, 53))


@pytest.mark.parametrize("row", VECTORS)
def test_the_vectors_hold_to_eight_decimals(row: dict[str, float]) -> None:
    point = row["wgs84_lng"], row["wgs84_lat"]
    assert gcj02(point) == pytest.approx((row["gcj02_lng"], row["gcj02_lat"]), abs=1e-8)
    assert bd09(point) == pytest.approx((row["bd09_lng"], row["bd09_lat"]), abs=1e-8)


@pytest.mark.parametrize("row", VECTORS)
def test_the_way_back_meets_the_vectors(row: dict[str, float]) -> None:
    point = row["wgs84_lng"], row["wgs84_lat"]
    assert from_gcj02((row["gcj02_lng"], row["gcj02_lat"])) == pytest.approx(point, abs=2e-8)
    assert from_bd09((row["bd09_lng"], row["bd09_lat"])) == pytest.approx(point, abs=2e-8)


@given(IN_CHINA)
def test_there_and_back_is_the_same_place_to_a_millimetre(point: tuple[float, float]) -> None:
    assert from_gcj02(gcj02(point)) == pytest.approx(point, abs=1e-8)
    assert from_bd09(bd09(point)) == pytest.approx(point, abs=1e-8)


def test_outside_the_country_nothing_is_shifted() -> None:
    assert gcj02((2.35, 48.85)) == (2.35, 48.85) and from_gcj02((-74.0, 40.7)) == (-74.0, 40.7)


def test_what_comes_in_is_kept_as_wgs84_or_cgcs2000() -> None:
    assert {crs: kept_as(crs) for crs in INTO} == {
        Crs.WGS84: Crs.WGS84, Crs.CGCS2000: Crs.CGCS2000, Crs.GCJ02: Crs.WGS84, Crs.BD09: Crs.WGS84,
    }  # fmt: skip


def test_a_geometry_is_changed_point_by_point_and_loses_its_heights() -> None:
    ring = [[102.4, 40.1, 7], [102.5, 40.1], [102.5, 40.2], [102.4, 40.1]]
    told = mapped({"type": "Polygon", "coordinates": [ring]}, lambda at: (at[0] + 1, at[1]))
    assert told["coordinates"][0][0] == [103.4, 40.1]


def test_what_is_published_is_rounded_to_three_decimals() -> None:
    ring = [[102.41234, 40.12345], [102.5, 40.1], [102.5, 40.2], [102.41234, 40.12345]]
    assert public({"type": "Polygon", "coordinates": [ring]})["coordinates"][0][0] == [102.412, 40.123]


@pytest.mark.parametrize("wrong", [[], [[]], "x", [[181, 40]], [[40, 102]]])
def test_what_is_no_list_of_degrees_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        mapped({"type": "Polygon", "coordinates": wrong}, lambda at: at)
