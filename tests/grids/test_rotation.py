"""Turns on a roster: every day has a team, turns are even, and what nobody covers is named."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.grids.rotation import holes, rotate, span

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = date(2026, 9, 28)
BEGIN = datetime(2026, 11, 1, 8)


@given(st.integers(1, 92), st.integers(1, 9), st.integers(0, 20), st.sets(st.integers(0, 91)))
def test_every_day_has_a_team_and_rest_days_are_shared_as_evenly_as_the_others(
    length: int, teams: int, first: int, rest: set[int]
) -> None:
    days = [FIRST + DAY * n for n in range(length)]
    apart = {FIRST + DAY * n for n in rest}
    found = rotate(days, list(range(teams)), first, apart)
    assert list(found) == days
    for kind in (True, False):
        turns = Counter(dict.fromkeys(range(teams), 0))
        turns.update(team for day, team in found.items() if (day in apart) == kind)
        assert max(turns.values()) - min(turns.values()) <= 1


def test_the_first_team_is_the_one_that_was_asked_for() -> None:
    assert [*rotate([FIRST, FIRST + DAY], "abc", 2).values()] == ["c", "a"]


def test_a_rotation_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError):
        rotate([FIRST], [])


def test_an_end_that_is_not_later_is_of_the_next_day() -> None:
    assert span(FIRST, time(8), time(8))[1] == datetime(2026, 9, 29, 8)
    assert span(FIRST, time(18), time(8))[1] == datetime(2026, 9, 29, 8)
    assert span(FIRST, time(8), time(18))[1] == datetime(2026, 9, 28, 18)


@given(st.lists(st.tuples(st.integers(-5, 60), st.integers(1, 30)), max_size=12))
def test_a_moment_is_in_a_hole_exactly_when_no_shift_covers_it(drawn: list[tuple[int, int]]) -> None:
    spans = [(BEGIN + HOUR * start, BEGIN + HOUR * (start + length)) for start, length in drawn]
    last = BEGIN + HOUR * 48
    found = holes(spans, BEGIN, last)
    for hour in range(48):
        at = BEGIN + HOUR * hour
        covered = any(start <= at < end for start, end in spans)
        assert any(start <= at < end for start, end in found) != covered
    assert all(BEGIN <= start < end <= last for start, end in found)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))
