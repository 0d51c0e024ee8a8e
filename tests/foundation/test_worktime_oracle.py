"""The product and a slow, independent calculation agree on random questions.

The suite asks some thousands; `YIMEN_DRILL=200000 pytest tests/foundation/test_worktime_oracle.py` asks more.
"""

from __future__ import annotations

import json
import os
import random
from datetime import date
from typing import Any

import pytest
import worktime_oracle as oracle

from yimen.calendars import tables
from yimen.cli.due import answer
from yimen.foundation.workcalendar import Day, WorkCalendar

CASES = int(os.environ.get("YIMEN_DRILL", "4000"))


def product(calendar: WorkCalendar, asked: dict[str, Any]) -> dict[str, Any]:
    said = answer(calendar, json.dumps(asked).encode())
    assert said.pop("explain", None), (asked, said)
    return said


def as_calendar(rows: oracle.Rows, published: set[int]) -> WorkCalendar:
    days = [
        Day(day, "hours", "", tuple(said)) if isinstance(said, list) else Day(day, said)
        for day, said in rows.items()
    ]
    return WorkCalendar(days, published)


def test_random_questions_on_the_shipped_calendar_agree_with_the_slow_calculation() -> None:
    rng, rows, calendar = (
        random.Random(20261123),
        oracle.shipped_rows(),
        tables.work_calendar(tables.shipped_days()),
    )
    for _ in range(CASES // 2):
        asked = oracle.question(rng)
        assert product(calendar, asked) == oracle.answer(rows, {2025, 2026}, asked), asked


@pytest.mark.parametrize("seed", range(20))
def test_random_questions_on_invented_calendars_agree_with_the_slow_calculation(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(max(CASES // 40 // 20, 1)):
        rows, published = oracle.calendar(rng)
        calendar = as_calendar(rows, published)
        for _ in range(20):
            asked = oracle.question(rng, (2023, 2029))
            assert product(calendar, asked) == oracle.answer(rows, published, asked), (asked, rows)


def test_the_drill_meets_every_kind_of_question() -> None:
    rng = random.Random(1)
    asked = [oracle.question(rng) for _ in range(1000)]
    assert {question["unit"] for question in asked} == {
        "natural_day",
        "work_day",
        "month",
        "work_hour",
        "clock_hour",
    }
    assert any(pause[1] is None for question in asked for pause in question.get("pauses", []))
    assert any(question.get("extend") for question in asked)


def test_the_slow_calculation_itself_knows_the_published_examples() -> None:
    rows = oracle.shipped_rows()
    asked = {"start": "2026-01-30T10:00:00+08:00", "amount": 15, "unit": "natural_day"}
    assert oracle.answer(rows, {2025, 2026}, asked)["due"] == "2026-02-14"
    assert oracle.open_minutes(rows, {2026}, date(2026, 2, 28)) == oracle.USUAL
