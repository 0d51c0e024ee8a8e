"""Edges of the work calendar and of long limits, where a fault of one day or one letter would hide."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yimen.foundation import workcalendar
from yimen.foundation.workcalendar import BEIJING, Day, Hours, WorkCalendar, length, parse_periods
from yimen.foundation.worktime import WorktimeError, due

MORNING, ALL_DAY = ((8 * 60, 12 * 60),), ((0, 24 * 60),)
START = datetime(2026, 12, 29, 10, tzinfo=BEIJING)


def test_the_offices_zone_and_the_kinds_of_days_are_named() -> None:
    assert str(BEIJING) == "Asia/Shanghai"
    assert workcalendar.KINDS == ("off", "work", "hours")


@pytest.mark.parametrize(
    ("day", "name"),
    [((1, 1), "元旦"), ((5, 1), "劳动节"), ((5, 2), "劳动节"), ((10, 1), "国庆节"), ((10, 2), "国庆节"), ((10, 3), "国庆节"),
     ((1, 2), ""), ((5, 3), ""), ((10, 4), "")],
)  # fmt: skip
def test_days_fixed_in_the_solar_calendar_have_their_names(day: tuple[int, int], name: str) -> None:
    assert WorkCalendar().name(date(2031, *day)) == name
    assert WorkCalendar(published={2031}).name(date(2031, *day)) == ""


def test_an_exact_row_is_told() -> None:
    row = Day(date(2026, 2, 14), "work", "春节调休")
    assert WorkCalendar([row]).row(date(2026, 2, 14)) is row
    assert WorkCalendar([row]).row(date(2026, 2, 15)) is None


def test_of_two_rules_alike_the_newer_one_holds() -> None:
    older = Hours(date(2020, 1, 1), None, MORNING)
    newer = Hours(date(2026, 1, 1), None, ALL_DAY)
    for rows in ([older, newer], [newer, older]):
        assert WorkCalendar(hours=rows).hours(date(2026, 3, 2)) == ALL_DAY
        assert WorkCalendar(hours=rows).hours(date(2025, 3, 3)) == MORNING


EDGES = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 12, 31), date(2028, 12, 31), date(2029, 1, 1)]
CALENDARS = {
    "one row at an edge": [WorkCalendar([Day(day, kind)]) for day in EDGES for kind in ("off", "work")],
    "hours that end at an edge": [
        WorkCalendar(hours=[Hours(date(2020, 1, 1), day, MORNING), Hours(date(2010, 1, 1), date(2019, 6, 1), ALL_DAY)])
        for day in EDGES
    ],
    "hours that begin at an edge": [WorkCalendar(hours=[Hours(day, None, ALL_DAY)]) for day in EDGES],
    "hours that begin and end in one year": [
        WorkCalendar(hours=[Hours(date(2027, 3, 1), date(2027, 9, 1), ALL_DAY)])
    ],
    "published and not": [WorkCalendar(published={2022, 2033})],  # both begin on a Saturday, 2022 as 2033
    "two rules one after the other": [
        WorkCalendar(hours=[Hours(date(2020, 1, 1), date(2024, 12, 31), MORNING), Hours(date(2025, 1, 1), None, ALL_DAY)])
    ],
}  # fmt: skip


@pytest.mark.parametrize("calendars", CALENDARS.values(), ids=list(CALENDARS))
def test_the_sums_of_a_year_are_those_of_its_days(calendars: list[WorkCalendar]) -> None:
    """One calendar is asked for all years in turn: years of one shape share a sum, years of another must not."""
    for calendar in calendars:
        for year in range(2016, 2040):
            days = [
                date(year, 1, 1) + timedelta(days=n)
                for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
            ]
            assert calendar.work_days_in(year) == sum(map(calendar.is_work_day, days)), year
            assert calendar.work_minutes_in(year) == sum(length(calendar.hours(day)) for day in days), year


def test_years_that_begin_alike_but_are_not_both_published_are_counted_apart() -> None:
    calendar = WorkCalendar(published={2022})
    assert date(2022, 1, 1).weekday() == date(2033, 1, 1).weekday()
    apart = calendar.work_days_in(2022) - calendar.work_days_in(2033)
    assert apart == sum(date(2033, *day).weekday() < 5 for day in workcalendar.FIXED_DAYS)


@pytest.mark.parametrize("text", ["08:00-12:00;", ";08:00-12:00", "08:00-12:00; ;14:00-18:00"])
def test_an_empty_part_between_semicolons_is_passed_over(text: str) -> None:
    assert parse_periods(text)[0] == (480, 720)


@pytest.mark.parametrize(
    "text",
    ["+8:00-12:00", "08:+5-12:00", "08:٠٠-12:00", "٠٨:00-12:00", "08:0-12:00", "08:00-1 2:00", "08:60-12:00"],
)
def test_only_plain_figures_are_a_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="不对"):
        parse_periods(text)


@pytest.mark.parametrize("amount", [700, 1100, 2000, 4000])
def test_a_limit_over_several_years_is_the_one_counted_day_by_day(amount: int) -> None:
    """Whole years are taken at once; leap years, and years with their own rows, among them."""
    calendar = WorkCalendar([Day(date(2028, 2, 29), "off"), Day(date(2030, 6, 1), "work")], {2027, 2028})
    day, left = START.date(), amount
    while left:
        day += timedelta(days=1)
        left -= calendar.is_work_day(day)
    assert due(calendar, START, amount, "work_day").due == day
    assert due(calendar, START, amount, "natural_day").target == START.date() + timedelta(days=amount)


@pytest.mark.parametrize("year", range(2026, 2034))
def test_a_limit_that_begins_at_the_turn_of_a_year_passes_it(year: int) -> None:
    calendar = WorkCalendar()
    start = datetime(year, 12, 31, 9, tzinfo=BEIJING)
    day, left = start.date(), 600
    while left:
        day += timedelta(days=1)
        left -= calendar.is_work_day(day)
    assert due(calendar, start, 600, "work_day").due == day


def test_hours_are_counted_as_far_as_the_calendar_reaches() -> None:
    calendar = WorkCalendar()
    clock = due(calendar, START, 400_000, "clock_hour").due
    assert clock == START + timedelta(hours=400_000)
    assert isinstance(due(calendar, START, 160_000, "work_hour").due, datetime)
    for unit, amount in (("clock_hour", 10**9), ("work_hour", 10**9), ("month", 10**6), ("work_day", 10**7)):
        with pytest.raises(WorktimeError, match="超出可以计算的日期范围"):
            due(calendar, START, amount, unit)
