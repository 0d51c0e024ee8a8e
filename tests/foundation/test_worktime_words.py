"""A deadline explains itself, in Chinese and in English."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.calendars import tables
from yimen.foundation.workcalendar import BEIJING, Day, WorkCalendar
from yimen.foundation.worktime import UNITS, Due, due

CALENDAR = tables.work_calendar(tables.shipped_days())
LAW = "《信访工作条例》第二十三条"


def ask(start: str, amount: int, unit: str, pauses: object = (), extend: int = 0) -> Due:
    return due(CALENDAR, datetime.fromisoformat(start).astimezone(BEIJING), amount, unit, pauses, extend)  # type: ignore[arg-type]


def test_a_worked_weekend_says_why_it_does_not_move() -> None:
    assert ask("2026-01-30T10:00+08:00", 15, "natural_day").explained("zh", LAW) == (
        "15 自然日，《信访工作条例》第二十三条；起算 2026-01-30（当日不计）；截止 2026-02-14；2月14日为调休工作日，不顺延"
    )


def test_a_holiday_says_that_the_end_moves_and_where_to() -> None:
    assert ask("2026-08-03T10:00+08:00", 60, "natural_day").explain == (
        "60 自然日；起算 2026-08-03（当日不计）；期满日 2026-10-02 逢国庆节休息，顺延；截止 2026-10-08"
    )


def test_an_ordinary_weekend_is_named_by_its_day() -> None:
    assert (
        "期满日 2026-01-31 逢周六休息，顺延；截止 2026-02-02"
        in ask("2025-12-31T10:00+08:00", 1, "month").explain
    )


def test_skipped_days_and_worked_weekends_are_listed() -> None:
    assert ask("2026-02-10T10:00+08:00", 5, "work_day").explain == (
        "5 工作日；起算 2026-02-10（当日不计）；跳过休息日 9 天（含春节 2月15日至23日）；2月14日调休上班，计入；截止 2026-02-24"
    )


def test_extension_and_pause_are_told() -> None:
    pauses = [(date(2026, 2, 2), date(2026, 2, 5))]
    assert ask("2026-01-30T10:00+08:00", 15, "natural_day", pauses, 30).explain == (
        "15 自然日，延长 30 自然日，从原起算日起共 45 自然日；起算 2026-01-30（当日不计）；"
        "中止 2026-02-02 至 2026-02-04，3 日不计；截止 2026-03-19"
    )


def test_pauses_that_took_nothing_are_not_told() -> None:
    pauses = [(date(2025, 1, 1), date(2025, 2, 1)), (date(2026, 9, 1), date(2026, 9, 9))]
    assert "中止" not in ask("2026-01-30T10:00+08:00", 15, "natural_day", pauses).explain


def test_many_pauses_are_summed_up() -> None:
    pauses = [(date(2026, 3, day), date(2026, 3, day + 1)) for day in (3, 5, 9, 11, 13)]
    assert "等 5 段，5 日不计" in ask("2026-03-02T10:00+08:00", 15, "natural_day", pauses).explain


def test_a_short_month_says_that_its_last_day_was_taken() -> None:
    assert "2月没有31日，取月末" in ask("2026-01-31T10:00+08:00", 1, "month").explain
    assert "取月末" not in ask("2026-01-28T10:00+08:00", 1, "month").explain


def test_an_open_pause_says_that_the_date_comes_later() -> None:
    sentence = ask("2026-03-02T10:00+08:00", 15, "work_day", [(date(2026, 3, 4), None)]).explain
    assert sentence.endswith("自 2026-03-04 起中止计时，恢复后再定截止日期")


def test_an_unpublished_year_is_said_openly() -> None:
    assert "2027 年放假安排尚未公布" in ask("2026-11-23T10:00+08:00", 60, "natural_day").explain


def test_hours_name_their_moments_and_a_start_outside_hours() -> None:
    assert ask("2026-03-02T17:00+08:00", 2, "work_hour").explain == (
        "2 工作小时；起算 2026-03-02 17:00；截止 2026-03-03 09:00"
    )
    assert "非工作时间" in ask("2026-03-02T12:30:30+08:00", 2, "work_hour").explain
    assert "非工作时间" not in ask("2026-03-02T12:30:30+08:00", 2, "clock_hour").explain


def test_a_start_in_another_offset_is_told_in_beijing_time() -> None:
    asked = due(CALENDAR, datetime.fromisoformat("2026-03-02T09:00:30+00:00"), 2, "work_hour")
    assert "起算 北京时间 2026-03-02 17:00:30" in asked.explain
    assert "from 2026-03-02 17:00:30 Beijing time" in asked.explained("en")


@pytest.mark.parametrize(
    ("start", "amount", "unit", "pauses", "sentence"),
    [
        ("2026-01-30T10:00+08:00", 15, "natural_day", [],
         "15 natural days, art. 23; from 2026-01-30 (that day is not counted); due 2026-02-14; "
         "14 February is a weekend that is worked, so it stays"),
        ("2026-02-10T10:00+08:00", 5, "work_day", [],
         "5 work days, art. 23; from 2026-02-10 (that day is not counted); 9 days off skipped (with Spring Festival "
         "15 February to 23 February); weekend worked and counted: 14 February; due 2026-02-24"),
        ("2025-12-31T10:00+08:00", 1, "month", [],
         "1 month, art. 23; from 2025-12-31 (that day is not counted); the end 2026-01-31 is off (Saturday) and moves "
         "on; due 2026-02-02"),
        ("2026-03-02T10:00+08:00", 3, "natural_day", [(date(2026, 3, 4), date(2026, 3, 5))],
         "3 natural days, art. 23; from 2026-03-02 (that day is not counted); paused 2026-03-04: 1 day not counted; "
         "due 2026-03-06"),
        ("2026-03-02T10:00+08:00", 3, "natural_day", [(date(2026, 3, 4), None)],
         "3 natural days, art. 23; from 2026-03-02 (that day is not counted); paused since 2026-03-04, the due date "
         "is set when it resumes"),
    ],
)  # fmt: skip
def test_the_english_sentence_says_the_same(
    start: str, amount: int, unit: str, pauses: object, sentence: str
) -> None:
    assert ask(start, amount, unit, pauses).explained("en", "art. 23") == sentence


def test_a_holiday_of_two_names_is_translated_whole() -> None:
    assert "(National Day and Mid-Autumn Festival)" in ask(
        "2025-09-22T10:00+08:00", 15, "natural_day"
    ).explained("en")


def test_a_day_off_without_a_name_is_skipped_without_one() -> None:
    calendar = WorkCalendar([Day(date(2026, 3, 3), "off")], {2026})
    sentence = due(calendar, datetime(2026, 3, 2, 10, tzinfo=BEIJING), 1, "work_day").explain
    assert "跳过休息日 1 天；截止 2026-03-04" in sentence


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),
    st.integers(1, 400),
    st.sampled_from(UNITS),
    st.integers(0, 40),
    st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 40)), max_size=5),
)
def test_every_answer_has_one_whole_sentence_in_both_languages(
    start: datetime, amount: int, unit: str, extend: int, pauses: list[tuple[date, int]]
) -> None:
    spans = [] if unit.endswith("hour") else [(a, date.fromordinal(a.toordinal() + n)) for a, n in pauses]
    result = due(CALENDAR, start.replace(tzinfo=BEIJING), amount, unit, spans, extend)
    for language in ("zh", "en"):
        sentence = result.explained(language)
        assert "\n" not in sentence and "None" not in sentence and "，；" not in sentence
        assert str(result.due.date() if isinstance(result.due, datetime) else result.due) in sentence
