"""Spans of paused dates, to the day."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from yimen.foundation.pauses import Pauses, PauseWithoutOrder
from yimen.foundation.workcalendar import BEIJING, WorkCalendar
from yimen.foundation.worktime import due


def day(number: int) -> date:
    return date(2026, 3, number)


def test_touching_and_overlapping_pauses_become_one_and_apart_ones_stay_apart() -> None:
    assert Pauses([(day(5), day(7)), (day(7), day(9))]).spans == [(day(5), day(9))]
    assert Pauses([(day(5), day(9)), (day(6), day(7))]).spans == [(day(5), day(9))]
    assert Pauses([(day(8), day(9)), (day(5), day(7))]).spans == [(day(5), day(7)), (day(8), day(9))]


def test_an_open_pause_takes_in_all_that_follows() -> None:
    assert Pauses([(day(5), None), (day(7), day(9)), (day(8), None)]).spans == [(day(5), None)]
    assert Pauses([(day(5), day(8)), (day(7), None)]).spans == [(day(5), None)]
    assert Pauses([(day(5), day(8)), (day(9), None)]).open_from == day(9)
    assert Pauses([(day(5), day(8))]).open_from is None


def test_empty_pauses_vanish_and_backward_ones_are_refused() -> None:
    assert not Pauses([(day(5), day(5))])
    with pytest.raises(PauseWithoutOrder):
        Pauses([(day(5), day(4))])


def test_a_pause_covers_its_first_day_and_not_the_day_it_ends() -> None:
    pauses = Pauses([(day(5), day(7))])
    assert [n for n in range(1, 12) if pauses.covering(day(n))] == [5, 6]
    assert Pauses([(day(5), None)]).covering(date(9999, 12, 31))


def test_a_span_is_swallowed_only_whole() -> None:
    pauses = Pauses([(day(5), day(8)), (day(10), None)])
    assert pauses.swallow(day(5), day(7)) and pauses.swallow(day(10), day(31))
    assert not pauses.swallow(day(5), day(8)) and not pauses.swallow(day(4), day(7))


def test_the_paused_dates_of_a_span_have_both_ends_included() -> None:
    pauses = Pauses([(day(5), day(8)), (day(10), day(12)), (day(20), None)])
    assert pauses.within(day(1), day(31)) == [(day(5), day(7)), (day(10), day(11)), (day(20), day(31))]
    assert pauses.within(day(6), day(10)) == [(day(6), day(7)), (day(10), day(10))]
    assert pauses.within(day(8), day(9)) == [] and pauses.within(day(1), day(4)) == []
    assert pauses.within(day(12), day(20)) == [(day(20), day(20))]


def test_a_year_is_spare_when_none_of_its_dates_is_paused() -> None:
    pauses = Pauses([(date(2025, 12, 31), date(2026, 1, 1)), (date(2027, 12, 31), date(2028, 1, 2))])
    assert [year for year in range(2024, 2031) if pauses.spare(year)] == [2024, 2026, 2029, 2030]


@pytest.mark.parametrize(
    ("paused_from", "paused_to", "provisional"),
    [
        ("2026-12-31", "2028-01-01", False),  # the whole unpublished year is paused
        ("2027-01-01", "2028-01-01", False),
        ("2027-01-02", "2028-01-01", True),  # 1 January was looked at
        ("2026-12-31", "2027-12-31", True),  # 31 December was
    ],
)
def test_an_unpublished_year_decides_by_any_of_its_dates_that_is_not_paused(
    paused_from: str, paused_to: str, provisional: bool
) -> None:
    calendar = WorkCalendar([], {2026, 2028})
    pause = (date.fromisoformat(paused_from), date.fromisoformat(paused_to))
    start = datetime(2026, 12, 29, 10, tzinfo=BEIJING)
    result = due(calendar, start, 5, "work_day", [pause])
    assert result.due is not None and result.due.year == 2028
    assert result.provisional is provisional
