"""The edges of the calendar: first and last days, minutes, names, and how many days off an explanation tells."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from yimen.calendars import tables
from yimen.foundation.workcalendar import (
    BEIJING,
    Day,
    Hours,
    WorkCalendar,
    clock,
    format_periods,
    parse_periods,
)
from yimen.foundation.worktime import due

CALENDAR = tables.work_calendar(tables.shipped_days())
NINE_TO_FIVE = parse_periods("09:00-17:00")


def test_hours_hold_from_their_first_to_their_last_day() -> None:
    hours = Hours(date(2026, 4, 1), date(2026, 6, 30), NINE_TO_FIVE)
    assert [hours.covers(date(2026, *day)) for day in ((3, 31), (4, 1), (6, 30), (7, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert hours.lasts_beyond(date(2026, 6, 29)) and not hours.lasts_beyond(date(2026, 6, 30))


def test_a_season_includes_both_its_days_and_may_be_a_single_one() -> None:
    summer = Hours(date(2020, 1, 1), None, NINE_TO_FIVE, season=((6, 1), (9, 30)))
    assert [summer.covers(date(2026, *day)) for day in ((5, 31), (6, 1), (9, 30), (10, 1))] == [
        False,
        True,
        True,
        False,
    ]
    winter = Hours(date(2020, 1, 1), None, NINE_TO_FIVE, season=((11, 15), (3, 15)))
    assert [winter.covers(date(2026, *day)) for day in ((11, 14), (11, 15), (3, 15), (3, 16))] == [
        False,
        True,
        True,
        False,
    ]
    single = Hours(date(2020, 1, 1), None, NINE_TO_FIVE, season=((6, 1), (6, 1)))
    assert single.covers(date(2026, 6, 1)) and not single.covers(date(2026, 12, 1))


def test_periods_are_written_as_they_are_read_and_may_touch() -> None:
    for text in ("08:00-12:00;14:00-18:00", "00:00-24:00", "08:59-09:01", "08:00-12:00;12:00-13:30"):
        assert format_periods(parse_periods(text)) == text
    assert parse_periods("08:00–12:00；14:00-18:00") == ((480, 720), (840, 1080))
    assert (clock(0), clock(510), clock(1440)) == ("00:00", "08:30", "24:00")


@pytest.mark.parametrize(
    "text", ["08:00-08:60", "08:00-24:01", "00:00-00:00", "08:00-12:00-13:00", "8-12:00", "08:00-12:0"]
)
def test_a_minute_too_many_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="工作时间"):
        parse_periods(text)


def test_days_have_their_names_in_published_and_unpublished_years() -> None:
    assert CALENDAR.name(date(2026, 2, 17)) == "春节" and CALENDAR.name(date(2026, 3, 3)) == ""
    assert CALENDAR.name(date(2027, 10, 2)) == "国庆节" and CALENDAR.name(date(2027, 2, 6)) == ""
    assert WorkCalendar([], {2027}).name(date(2027, 10, 2)) == "", "a published table names its own days"


def test_rows_of_a_span_include_both_its_ends() -> None:
    rows = WorkCalendar([Day(date(2026, 3, day), "off") for day in (2, 3, 5)], {2026})
    assert [row.date.day for row in rows.rows_between(date(2026, 3, 2), date(2026, 3, 5))] == [2, 3, 5]
    assert [row.date.day for row in rows.rows_between(date(2026, 3, 3), date(2026, 3, 4))] == [3]


def test_hours_that_begin_or_end_with_a_year_are_summed_with_it() -> None:
    hours = [
        Hours(date(2000, 1, 1), date(2029, 12, 31), NINE_TO_FIVE),
        Hours(date(2030, 1, 1), date(2034, 12, 30), parse_periods("09:00-12:00")),
    ]
    calendar = WorkCalendar([Day(date(2028, 3, 3), "off")], range(2026, 2040), hours)
    for year in (2026, 2028, 2029, 2030, 2031, 2033, 2034, 2035, 2036):
        days = [
            date(year, 1, 1) + timedelta(days=n)
            for n in range(366)
            if (date(year, 1, 1) + timedelta(days=n)).year == year
        ]
        assert calendar.work_minutes_in(year) == sum(b - a for day in days for a, b in calendar.hours(day)), (
            year
        )


@pytest.mark.parametrize("unit", ["work_day", "work_hour"])
@pytest.mark.parametrize(
    ("start", "amount"),
    [("2026-02-10", 5), ("2026-02-13", 1), ("2025-12-30", 300), ("2025-12-31", 248), ("2026-01-01", 1), ("2027-06-01", 900),
     ("2023-12-31", 262), ("2024-12-30", 1200)],
)  # fmt: skip
def test_the_days_off_that_an_explanation_tells_are_those_that_were_skipped(
    unit: str, start: str, amount: int
) -> None:
    first = date.fromisoformat(start)
    asked = datetime(first.year, first.month, first.day, 8, tzinfo=BEIJING)
    result = due(CALENDAR, asked, amount if unit == "work_day" else amount * 8, unit)
    last = result.due.date() if isinstance(result.due, datetime) else result.due
    assert last is not None
    days = [first + timedelta(days=n) for n in range(unit == "work_day", (last - first).days + 1)]
    off = sum(not CALENDAR.is_work_day(day) for day in days)
    told = re.search(r"跳过休息日 (\d+) 天", result.explain)
    assert int(told[1] if told else 0) == off


def test_paused_days_off_are_not_told_as_skipped() -> None:
    pause = [(date(2026, 2, 14), date(2026, 2, 22))]
    sentence = due(CALENDAR, datetime(2026, 2, 10, tzinfo=BEIJING), 5, "work_day", pause).explain
    assert "8 日不计；跳过休息日 2 天（含春节 2月22日至23日）；截止 2026-02-25" in sentence
    assert "调休" not in sentence


def test_neighbouring_days_of_one_name_are_one_span_and_a_gap_makes_two() -> None:
    days = [Day(date(2026, 3, day), "off", "庙会") for day in (3, 4, 6)]
    sentence = due(WorkCalendar(days, {2026}), datetime(2026, 3, 2, tzinfo=BEIJING), 3, "work_day").explain
    assert "（含庙会 3月3日至4日、庙会 3月6日）" in sentence


def test_a_start_at_opening_is_inside_hours_and_one_at_closing_is_not() -> None:
    def told(start: str) -> bool:
        asked = datetime.fromisoformat(start).replace(tzinfo=BEIJING)
        return "非工作时间" in due(CALENDAR, asked, 1, "work_hour").explain

    assert not told("2026-03-02T08:00") and not told("2026-03-02T11:59") and not told("2026-03-02T17:59")
    assert told("2026-03-02T07:59") and told("2026-03-02T12:00") and told("2026-03-02T18:00")


def test_a_short_february_is_told_in_the_year_that_has_it() -> None:
    def told(start: str, months: int) -> bool:
        asked = datetime.fromisoformat(start).replace(tzinfo=BEIJING)
        return "取月末" in due(CALENDAR, asked, months, "month").explain

    assert told("2025-02-28", 12) is False and told("2024-02-29", 12) is True
    assert (
        told("2024-02-29", 48) is False and told("2027-11-29", 3) is False and told("2025-11-29", 3) is True
    )


def test_an_hour_that_ends_at_midnight_skips_nothing_of_the_day_after() -> None:
    calendar = WorkCalendar([Day(date(2026, 3, 6), "hours", "", parse_periods("20:00-24:00"))], {2026})
    sentence = due(calendar, datetime(2026, 3, 6, 20, tzinfo=BEIJING), 4, "work_hour").explain
    assert "跳过" not in sentence and sentence.endswith("截止 2026-03-07 00:00")


def test_a_year_with_rows_is_not_summed_like_one_of_the_same_shape_without() -> None:
    calendar = WorkCalendar([Day(date(2038, 3, 3), "off")], {2027, 2038})
    assert date(2027, 1, 1).weekday() == date(2038, 1, 1).weekday()
    assert (calendar.work_days_in(2027), calendar.work_days_in(2038)) == (261, 260)
