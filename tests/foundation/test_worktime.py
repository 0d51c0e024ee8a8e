"""How days, months and hours are counted: one test for each sentence of the rule."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.calendars import tables
from yimen.foundation.workcalendar import BEIJING, Day, Hours, WorkCalendar, parse_periods
from yimen.foundation.worktime import DAY_UNITS, UNITS, Due, WorktimeError, due

CALENDAR = tables.work_calendar(tables.shipped_days())
VECTORS = list(csv.DictReader((Path(__file__).parent / "deadline_vectors.csv").open(encoding="utf-8")))


def at(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def ask(
    start: str, amount: int, unit: str, pauses: Sequence[tuple[str, str | None]] = (), extend: int = 0
) -> Due:
    spans = [(date.fromisoformat(a), date.fromisoformat(b) if b else None) for a, b in pauses]
    return due(CALENDAR, at(start), amount, unit, spans, extend)


def days(result: Due) -> tuple[str, str]:
    return str(result.target), str(result.due)


# The domain's own table


@pytest.mark.parametrize("row", VECTORS, ids=[f"{row['case']}@{row['start_date']}" for row in VECTORS])
def test_every_deadline_of_the_domain_table_comes_out(row: dict[str, str]) -> None:
    result = ask(row["start_date"] + "T10:00", int(row["n"]), row["unit"])
    assert days(result) == (row["raw_due"], row["effective_due"])


@pytest.mark.parametrize("clock", ["T00:00", "T12:00", "T23:59:59.999999"])
@pytest.mark.parametrize("row", VECTORS[:8], ids=[row["case"] + row["start_date"] for row in VECTORS[:8]])
def test_the_time_of_day_does_not_matter_for_dates(row: dict[str, str], clock: str) -> None:
    result = ask(row["start_date"] + clock, int(row["n"]), row["unit"])
    assert days(result) == (row["raw_due"], row["effective_due"])


def test_sixty_days_extended_by_thirty_are_one_run_of_ninety_from_the_start() -> None:
    assert days(ask("2026-08-03", 60, "natural_day", extend=30)) == ("2026-11-01", "2026-11-02")
    assert days(ask("2026-08-03", 60, "natural_day", extend=30)) == days(ask("2026-08-03", 90, "natural_day"))


# Work days


def test_a_worked_weekend_counts_as_a_work_day() -> None:
    assert days(ask("2026-02-13", 1, "work_day")) == ("2026-02-14", "2026-02-14")


def test_a_holiday_on_a_weekday_is_not_counted() -> None:
    assert days(ask("2026-09-30", 1, "work_day")) == ("2026-10-08", "2026-10-08")


def test_a_start_on_a_day_off_counts_from_the_next_work_day() -> None:
    assert days(ask("2026-10-01", 1, "work_day")) == ("2026-10-08", "2026-10-08")


def test_work_days_never_roll_even_beside_a_holiday() -> None:
    for amount in range(1, 60):
        result = ask("2026-09-01", amount, "work_day")
        assert result.target == result.due
        assert isinstance(result.due, date) and CALENDAR.is_work_day(result.due)


# Months


@pytest.mark.parametrize(
    ("start", "months", "target"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-08-31", 13, "2027-09-30"),
    ],
)
def test_a_month_goes_to_the_same_day_or_the_months_last(start: str, months: int, target: str) -> None:
    assert str(ask(start, months, "month").target) == target


def test_an_extension_in_months_starts_again_from_the_original_day() -> None:
    # 31 January + 1 month is 28 February, but + 2 months is 31 March, not 28 March.
    assert str(ask("2026-01-31", 1, "month", extend=1).target) == "2026-03-31"


# Pauses


def test_a_pause_takes_its_dates_out_of_the_count_but_not_the_day_it_ends() -> None:
    assert days(ask("2026-03-02", 5, "natural_day")) == ("2026-03-07", "2026-03-09")
    assert days(ask("2026-03-02", 5, "natural_day", [("2026-03-04", "2026-03-06")])) == (
        "2026-03-09",
        "2026-03-09",
    )
    assert days(ask("2026-03-02", 5, "natural_day", [("2026-03-04", "2026-03-05")])) == (
        "2026-03-08",
        "2026-03-09",
    )


def test_the_example_of_the_issue() -> None:
    pauses = [("2026-02-02", "2026-02-05")]
    assert days(ask("2026-01-30T10:00", 15, "natural_day", pauses, extend=30)) == ("2026-03-19", "2026-03-19")


def test_overlapping_pauses_are_one() -> None:
    twice = [("2026-03-03", "2026-03-06"), ("2026-03-04", "2026-03-08")]
    assert days(ask("2026-03-02", 5, "natural_day", twice)) == days(
        ask("2026-03-02", 5, "natural_day", [("2026-03-03", "2026-03-08")])
    )


def test_pauses_in_any_order_give_the_same() -> None:
    one, two = ("2026-03-10", "2026-03-12"), ("2026-03-04", "2026-03-06")
    assert (
        ask("2026-03-02", 9, "work_day", [one, two]).due == ask("2026-03-02", 9, "work_day", [two, one]).due
    )


def test_an_empty_pause_is_none() -> None:
    assert ask("2026-03-02", 5, "natural_day", [("2026-03-04", "2026-03-04")]).due == date(2026, 3, 9)


def test_a_pause_before_the_start_or_on_it_changes_nothing() -> None:
    assert ask("2026-03-02", 5, "work_day", [("2026-01-01", "2026-03-03")]).due == date(2026, 3, 9)


def test_a_pause_over_days_off_costs_no_work_day() -> None:
    assert ask("2026-02-10", 5, "work_day", [("2026-02-15", "2026-02-24")]).due == date(2026, 2, 24)


def test_a_month_moves_on_by_the_paused_dates_it_passes() -> None:
    assert str(ask("2026-03-04", 1, "month", [("2026-03-10", "2026-03-13")]).target) == "2026-04-07"


def test_a_month_that_moves_into_another_pause_passes_that_too() -> None:
    pauses = [("2026-03-10", "2026-03-13"), ("2026-04-06", "2026-04-10")]
    assert str(ask("2026-03-04", 1, "month", pauses).target) == "2026-04-11"


def test_a_month_whose_plain_end_is_paused_ends_on_the_day_the_pause_ends() -> None:
    assert str(ask("2026-03-10", 1, "month", [("2026-04-10", "2026-04-14")]).target) == "2026-04-14"


def test_rolling_looks_at_the_calendar_only() -> None:
    # The target (a Saturday) is reached before the pause; the first work day after it ends the limit.
    assert days(ask("2026-03-02", 5, "natural_day", [("2026-03-08", "2026-03-12")])) == (
        "2026-03-07",
        "2026-03-09",
    )


@pytest.mark.parametrize("unit", DAY_UNITS)
def test_an_open_pause_leaves_no_due_date(unit: str) -> None:
    result = ask("2026-03-02", 3, unit, [("2026-03-03", None)])
    assert (result.target, result.due, result.provisional) == (None, None, False)


def test_an_open_pause_after_the_target_keeps_the_target_only() -> None:
    result = ask("2026-03-02", 3, "natural_day", [("2026-04-01", None)])
    assert (result.target, result.due) == (date(2026, 3, 5), None)


def test_an_open_pause_swallows_later_ones() -> None:
    assert (
        ask("2026-03-02", 3, "work_day", [("2026-03-03", None), ("2026-03-04", "2026-03-05")]).target is None
    )


@pytest.mark.parametrize("unit", ["work_hour", "clock_hour"])
def test_hours_cannot_be_paused(unit: str) -> None:
    with pytest.raises(WorktimeError, match="不能中止"):
        ask("2026-03-02", 3, unit, [("2026-03-03", "2026-03-04")])


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(WorktimeError, match="早于"):
        ask("2026-03-02", 3, "work_day", [("2026-03-05", "2026-03-04")])


# Hours


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T17:00", 2, "2026-03-03T09:00"),
        ("2026-03-02T16:00", 2, "2026-03-02T18:00"),
        ("2026-03-02T10:00", 2, "2026-03-02T12:00"),
        ("2026-03-02T11:00", 2, "2026-03-02T15:00"),
        ("2026-03-02T12:00", 1, "2026-03-02T15:00"),
        ("2026-03-02T12:30:20", 1, "2026-03-02T15:00"),
        ("2026-03-02T11:59:30", 1, "2026-03-02T14:59:30"),
        ("2026-03-02T06:00", 1, "2026-03-02T09:00"),
        ("2026-03-02T18:00", 1, "2026-03-03T09:00"),
        ("2026-03-02T23:59:59", 8, "2026-03-03T18:00"),
        ("2026-03-02T08:00", 8, "2026-03-02T18:00"),
        ("2026-03-02T08:00", 9, "2026-03-03T09:00"),
        ("2026-03-06T17:00", 2, "2026-03-09T09:00"),
        ("2026-02-13T17:00", 2, "2026-02-14T09:00"),
        ("2026-02-14T17:00", 2, "2026-02-24T09:00"),
        ("2026-10-03T10:00", 1, "2026-10-08T09:00"),
        ("2026-03-02T17:59:59.999999", 1, "2026-03-03T08:59:59.999999"),
    ],
)
def test_working_hours_run_only_while_the_office_is_open(start: str, hours: int, end: str) -> None:
    result = ask(start, hours, "work_hour")
    assert result.due == result.target == at(end)


def test_clock_hours_run_through_nights_and_holidays() -> None:
    assert ask("2026-09-30T23:30", 2, "clock_hour").due == at("2026-10-01T01:30")


def test_an_extension_adds_hours_from_the_start() -> None:
    assert ask("2026-03-02T17:00", 2, "work_hour", extend=3).due == at("2026-03-03T12:00")
    assert ask("2026-03-02T17:00", 2, "clock_hour", extend=3).due == at("2026-03-02T22:00")


@pytest.mark.parametrize("offset", [0, -5, 9, 13])
@pytest.mark.parametrize("unit", ["work_hour", "clock_hour"])
def test_hours_are_the_same_moment_in_every_offset_and_answered_in_the_starts_own(
    unit: str, offset: int
) -> None:
    zone = timezone(timedelta(hours=offset))
    here, there = at("2026-03-02T17:00"), at("2026-03-02T17:00").astimezone(zone)
    answer = due(CALENDAR, there, 2, unit).due
    assert isinstance(answer, datetime) and answer == due(CALENDAR, here, 2, unit).due
    assert answer.utcoffset() == timedelta(hours=offset)


def test_the_start_date_is_the_offices_date() -> None:
    assert ask("2026-03-01T20:00:00+00:00", 1, "natural_day").target == date(2026, 3, 3)


# Custom hours and seasons


def test_a_day_with_hours_of_its_own_is_counted_by_them() -> None:
    half = Day(date(2026, 3, 3), "hours", "", parse_periods("09:00-11:00"))
    calendar = WorkCalendar([half], {2026})
    assert due(calendar, at("2026-03-02T17:00"), 2, "work_hour").due == at("2026-03-03T10:00")
    assert due(calendar, at("2026-03-02T17:00"), 4, "work_hour").due == at("2026-03-04T09:00")


def test_a_weekend_with_hours_of_its_own_is_a_work_day() -> None:
    calendar = WorkCalendar([Day(date(2026, 3, 7), "hours", "", parse_periods("09:00-11:00"))], {2026})
    assert due(calendar, at("2026-03-06T10:00"), 1, "work_day").due == date(2026, 3, 7)


def test_a_day_open_until_midnight_ends_at_midnight_and_belongs_to_its_own_year() -> None:
    calendar = WorkCalendar([Day(date(2026, 12, 31), "hours", "", parse_periods("20:00-24:00"))], {2026})
    result = due(calendar, at("2026-12-31T20:00"), 4, "work_hour")
    assert (result.due, result.provisional) == (at("2027-01-01T00:00"), False)


def test_dated_hours_change_with_season_weekday_and_validity() -> None:
    summer = Hours(date(2020, 1, 1), None, parse_periods("08:00-12:00;14:30-17:30"), season=((6, 1), (9, 30)))
    friday = Hours(date(2020, 1, 1), None, parse_periods("08:00-12:00"), weekdays=frozenset({5}))
    newer = Hours(date(2026, 4, 1), None, parse_periods("09:00-17:00"))
    calendar = WorkCalendar([], {2026}, [summer, friday, newer])
    assert calendar.hours(date(2026, 3, 2)) == ((480, 720), (840, 1080))
    assert calendar.hours(date(2026, 4, 2)) == ((540, 1020),)
    assert calendar.hours(date(2026, 7, 2)) == ((480, 720), (870, 1050))
    assert calendar.hours(date(2026, 7, 3)) == ((480, 720),)
    assert calendar.hours(date(2026, 7, 4)) == ()


def test_a_season_may_run_over_the_years_end() -> None:
    winter = Hours(date(2020, 1, 1), None, parse_periods("09:00-17:00"), season=((11, 15), (3, 15)))
    assert winter.covers(date(2026, 12, 31)) and winter.covers(date(2026, 3, 15))
    assert not winter.covers(date(2026, 3, 16)) and not winter.covers(date(2019, 12, 31))


@pytest.mark.parametrize("text", ["", "8-12", "08:00-08:00", "12:00-08:00", "08:00", "08:60-09:00", "08:00-25:00", "a-b",
                                  "08:00-12:00;11:00-13:00", "14:00-18:00;08:00-12:00", "٠٨:00-12:00"])  # fmt: skip
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="工作时间"):
        parse_periods(text)


# Years without a table


def test_an_unpublished_year_has_weekends_and_the_days_fixed_in_the_solar_calendar_off() -> None:
    off = [day for n in range(365) if not CALENDAR.is_work_day(day := date(2027, 1, 1) + timedelta(days=n))]
    assert {(day.month, day.day) for day in off if day.weekday() < 5} == {(1, 1), (10, 1)}
    assert all(
        not CALENDAR.is_work_day(date(2030, *day))
        for day in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    )
    assert CALENDAR.is_work_day(date(2027, 2, 8)), "no lunar day is guessed"
    assert CALENDAR.is_work_day(date(2028, 5, 3)) and CALENDAR.is_work_day(date(2028, 10, 4))


def test_both_published_years_have_248_work_days() -> None:
    assert (CALENDAR.work_days_in(2025), CALENDAR.work_days_in(2026)) == (248, 248)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "provisional"),
    [
        ("2026-11-23", 60, "natural_day", True),  # target and due in 2027
        ("2026-12-01", 30, "natural_day", False),  # Thursday 31 December, a work day
        ("2026-12-10", 16, "natural_day", False),  # Saturday 26 → Monday 28 December
        ("2026-12-30", 2, "natural_day", True),  # rolls from 1 January
        ("2024-12-01", 60, "natural_day", False),  # only its end decides, and that is in 2025
        ("2024-12-30", 5, "work_day", True),  # 31 December 2024 was counted over
        ("2024-12-31", 5, "work_day", False),  # the start itself is not
        ("2026-12-31", 1, "work_day", True),
        ("2026-12-31", 1, "month", True),
        ("2026-11-30", 1, "month", False),
        ("2026-12-31T17:00", 1, "work_hour", False),
        ("2026-12-31T17:30", 1, "work_hour", True),
        ("2024-12-31T17:30", 1, "work_hour", True),
        ("2030-12-31T17:30", 999, "clock_hour", False),
    ],
)
def test_provisional_when_a_date_that_decided_lies_in_an_unpublished_year(
    start: str, amount: int, unit: str, provisional: bool
) -> None:
    assert ask(start, amount, unit).provisional is provisional


def test_paused_dates_of_an_unpublished_year_decide_nothing() -> None:
    calendar = WorkCalendar([], {2026, 2028})
    gap = [(date(2026, 12, 31), date(2028, 1, 3))]
    assert due(calendar, at("2026-12-30"), 1, "work_day", gap).provisional is False
    assert (
        due(calendar, at("2026-12-29"), 5, "work_day", [(date(2026, 12, 31), date(2027, 12, 30))]).provisional
        is True
    )


def test_the_same_question_is_answered_anew_when_the_year_is_published() -> None:
    spring = [Day(date(2027, 2, 1) + timedelta(days=n), "off", "春节") for n in range(7)]
    rows = [row for year in (2025, 2026) for row in tables.shipped_days().of(year)]
    before = due(CALENDAR, at("2026-12-04"), 60, "natural_day")
    after = due(WorkCalendar([*rows, *spring], {2025, 2026, 2027}), at("2026-12-04"), 60, "natural_day")
    assert (before.due, before.provisional) == (date(2027, 2, 2), True)
    assert (after.due, after.provisional) == (date(2027, 2, 8), False)


# What is refused


@pytest.mark.parametrize("amount", [0, -1, True, 1.0, "15", None])
def test_an_amount_is_a_whole_number_from_one(amount: object) -> None:
    with pytest.raises(WorktimeError, match="不小于 1"):
        due(CALENDAR, at("2026-03-02"), amount, "work_day")  # type: ignore[arg-type]


@pytest.mark.parametrize("extend", [-1, True, 1.5, "3"])
def test_an_extension_is_a_whole_number(extend: object) -> None:
    with pytest.raises(WorktimeError, match="延长"):
        due(CALENDAR, at("2026-03-02"), 1, "work_day", (), extend)  # type: ignore[arg-type]


def test_a_start_without_offset_and_an_unknown_unit_are_refused() -> None:
    with pytest.raises(WorktimeError, match="时区"):
        due(CALENDAR, datetime(2026, 3, 2, 10), 1, "work_day")
    with pytest.raises(WorktimeError, match="单位"):
        due(CALENDAR, at("2026-03-02"), 1, "week")


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("amount", [10**7 * 9, 10**30])
def test_amounts_beyond_the_year_9999_are_refused_at_once(unit: str, amount: int) -> None:
    with pytest.raises(WorktimeError, match="范围"):
        ask("2026-03-02T10:00", amount, unit)


def test_the_very_ends_of_time_are_refused_not_crashed_into() -> None:
    for start in ("9999-12-31T23:00:00-01:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(WorktimeError, match="范围"):
            ask(start, 1, "natural_day")
    with pytest.raises(WorktimeError, match="范围"):
        ask("9999-12-25T10:00", 30, "work_day")


def test_whole_years_taken_at_once_count_like_single_days() -> None:
    result = ask("2026-03-02", 3000, "work_day")
    assert isinstance(result.due, date)
    walked = (
        date(2026, 3, 2) + timedelta(days=n) for n in range(1, (result.due - date(2026, 3, 2)).days + 1)
    )
    assert sum(CALENDAR.is_work_day(day) for day in walked) == 3000


# Laws that hold for any question

STARTS = st.datetimes(datetime(2023, 1, 1), datetime(2028, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=BEIJING)
)
DATES = st.dates(date(2023, 1, 1), date(2030, 12, 31))
CLOSED = st.tuples(DATES, DATES).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=300, deadline=None)
@given(STARTS, st.integers(1, 200), st.sampled_from(UNITS))
def test_more_is_never_earlier(start: datetime, amount: int, unit: str) -> None:
    less, more = due(CALENDAR, start, amount, unit), due(CALENDAR, start, amount + 1, unit)
    assert (
        less.due is not None and more.due is not None and less.target is not None and more.target is not None
    )
    assert less.due <= more.due and less.target < more.target  # type: ignore[operator]


@settings(max_examples=300, deadline=None)
@given(STARTS, st.integers(1, 100), st.integers(0, 100), st.sampled_from(UNITS))
def test_an_extension_is_the_same_as_the_larger_amount(
    start: datetime, amount: int, extend: int, unit: str
) -> None:
    assert (
        due(CALENDAR, start, amount, unit, (), extend).due == due(CALENDAR, start, amount + extend, unit).due
    )


@settings(max_examples=300, deadline=None)
@given(STARTS, st.integers(1, 60), st.sampled_from(DAY_UNITS), st.lists(CLOSED, max_size=4), CLOSED)
def test_a_further_pause_never_makes_a_target_earlier_and_never_falls_into_it(
    start: datetime, amount: int, unit: str, pauses: list[tuple[date, date]], more: tuple[date, date]
) -> None:
    before = due(CALENDAR, start, amount, unit, pauses).target
    after = due(CALENDAR, start, amount, unit, [*pauses, more]).target
    assert before is not None and after is not None and before <= after
    assert not any(first <= after < last for first, last in [*pauses, more])


@settings(max_examples=300, deadline=None)
@given(STARTS, st.integers(1, 200), st.sampled_from(DAY_UNITS))
def test_a_due_date_is_a_work_day_and_only_days_off_lie_between(
    start: datetime, amount: int, unit: str
) -> None:
    result = due(CALENDAR, start, amount, unit)
    assert isinstance(result.target, date) and isinstance(result.due, date)
    assert CALENDAR.is_work_day(result.due)
    between = (result.target + timedelta(days=n) for n in range((result.due - result.target).days))
    assert not any(CALENDAR.is_work_day(day) for day in between)


def test_a_year_summed_by_its_shape_is_the_sum_of_its_days() -> None:
    hours = [
        Hours(date(2000, 1, 1), date(2033, 6, 30), parse_periods("08:00-12:00;14:00-18:00")),
        Hours(date(2033, 7, 1), None, parse_periods("09:00-17:00"), weekdays=frozenset({1, 2, 3})),
        Hours(date(2040, 1, 1), None, parse_periods("09:00-16:00"), season=((6, 1), (8, 31))),
    ]
    calendar = WorkCalendar([Day(date(2036, 3, 3), "off")], {2026, 2027, 2036}, hours)
    for year in [*range(2024, 2062), 1999, 2000, 9999]:
        first = date(year, 1, 1).toordinal()
        whole = [date.fromordinal(n) for n in range(first, date(year, 12, 31).toordinal() + 1)]
        assert calendar.work_days_in(year) == sum(calendar.is_work_day(day) for day in whole), year
        minutes = sum(end - start for day in whole for start, end in calendar.hours(day))
        assert calendar.work_minutes_in(year) == minutes, year


@pytest.mark.parametrize("published", [{2022}, {2023}])
def test_a_roll_over_the_years_end_is_provisional_when_either_year_is_unpublished(
    published: set[int],
) -> None:
    result = due(WorkCalendar([], published), at("2022-12-30"), 1, "natural_day")
    assert (result.target, result.due, result.provisional) == (date(2022, 12, 31), date(2023, 1, 2), True)
    assert due(WorkCalendar([], {2022, 2023}), at("2022-12-30"), 1, "natural_day").provisional is False


def test_an_amount_that_ends_with_the_year_ends_on_its_last_day() -> None:
    assert ask("2025-12-31", 365, "natural_day").target == date(2026, 12, 31)
    assert ask("2025-12-31", 248, "work_day").due == date(2026, 12, 31)
    assert ask("2026-01-01T00:00", 248 * 8, "work_hour").due == at("2026-12-31T18:00")
    assert ask("2027-12-31", 366, "natural_day").target == date(2028, 12, 31)


@pytest.mark.parametrize("start", ["2023-12-31", "2024-01-01", "2024-01-02", "2024-06-15", "2027-12-31"])
def test_long_runs_over_leap_years_count_every_day_once(start: str) -> None:
    day, worked, wanted = date.fromisoformat(start), 0, {700, 1500, 2201, 3333, 5004}
    while wanted:
        day += timedelta(days=1)
        if CALENDAR.is_work_day(day):
            worked += 1
            if worked in wanted:
                wanted.remove(worked)
                assert ask(start, worked, "work_day").due == day
                assert ask(start + "T20:00", worked * 8, "work_hour").due == at(f"{day}T18:00")
                assert ask(start, (day - date.fromisoformat(start)).days, "natural_day").target == day


def test_the_last_day_of_the_calendar_can_be_reached() -> None:
    assert ask("9999-12-30", 1, "natural_day").due == date(9999, 12, 31)
    assert ask("9999-11-30", 1, "month").due == date(9999, 12, 30)
    with pytest.raises(WorktimeError, match="范围"):
        ask("9999-12-30", 1, "month")
