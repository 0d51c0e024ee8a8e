"""A second, slow opinion on deadlines: one date after another, sharing no code and no idea with the product.

The calendar is a plain dict {date: "off" | "work" | [(from_minute, to_minute), …]} and a set of published years.
"""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Rows = dict[date, Any]
ONE = timedelta(days=1)
SHANGHAI = timezone(timedelta(hours=8))
USUAL = [(480, 720), (840, 1080)]
SHIPPED = Path(__file__).parents[2] / "src/yimen/calendars/data/holidays_cn.csv"


def shipped_rows() -> Rows:
    with SHIPPED.open(encoding="utf-8") as file:
        return {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}


def open_minutes(rows: Rows, published: set[int], day: date) -> list[tuple[int, int]]:
    """When the office works on that day, [] when it is off."""
    said = rows.get(day)
    if isinstance(said, list):
        return said
    if said == "work":
        return USUAL
    if said == "off" or day.isoweekday() > 5:
        return []
    guess = f"{day:%m-%d}" in {"01-01", "05-01", "05-02", "10-01", "10-02", "10-03"}
    return [] if guess and day.year not in published else USUAL


def answer(rows: Rows, published: set[int], question: dict[str, Any]) -> dict[str, Any]:
    """target, due, provisional as the issue words them."""
    start = datetime.fromisoformat(question["start"])
    total = question["amount"] + question.get("extend", 0)
    if question["unit"] == "clock_hour":
        end = start + timedelta(hours=total)
        return {"target": end.isoformat(), "due": end.isoformat(), "provisional": False}
    if question["unit"] == "work_hour":
        return _work_hours(rows, published, start, total)
    pauses = [
        (date.fromisoformat(a), date.fromisoformat(b) if b else None) for a, b in question.get("pauses", [])
    ]
    return _dates(rows, published, start.astimezone(SHANGHAI).date(), total, question["unit"], pauses)


def _dates(
    rows: Rows, published: set[int], zero: date, total: int, unit: str, pauses: list[Any]
) -> dict[str, Any]:
    def paused(day: date) -> bool:
        return any(a <= day and (b is None or day < b) for a, b in pauses)

    if unit == "month":
        target, seen = _month(zero, total, pauses), []
    else:
        target, seen = _count(rows, published, zero, total, unit, paused, pauses)
    if target is None:
        return {"target": None, "due": None, "provisional": False}
    due: date | None = target
    if any(b is None for _a, b in pauses):
        due = None
    elif unit != "work_day":
        seen = [target]
        while not open_minutes(rows, published, due):
            due += ONE
            seen.append(due)
    deciding = seen if unit == "work_day" or due else []
    return {
        "target": target.isoformat(),
        "due": due.isoformat() if due else None,
        "provisional": any(day.year not in published for day in deciding),
    }


def _count(
    rows: Rows, published: set[int], zero: date, total: int, unit: str, paused: Any, pauses: list[Any]
) -> Any:
    forever = [a for a, b in pauses if b is None]
    day, left, seen = zero, total, []
    while left:
        day += ONE
        if forever and day >= min(forever):
            return None, []
        if paused(day):
            continue
        seen.append(day)
        if unit == "natural_day" or open_minutes(rows, published, day):
            left -= 1
    return day, seen


def _month(zero: date, total: int, pauses: list[Any]) -> date | None:
    """The plain end, then moved by the number of paused dates passed, until no further one is passed."""
    year, month = zero.year, zero.month
    for _ in range(total):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    number = zero.day
    while not _exists(year, month, number):
        number -= 1
    plain = end = date(year, month, number)
    horizon = zero + 3000 * ONE  # further than any question of the drill reaches with its pauses closed
    off = {a + n * ONE for a, b in pauses for n in range(((b or horizon) - a).days)}
    while end < horizon:
        moved = plain + sum(zero < day <= end for day in off) * ONE
        if moved == end:
            return end
        end = moved
    return None


def _exists(year: int, month: int, number: int) -> bool:
    try:
        return bool(date(year, month, number))
    except ValueError:
        return False


def _work_hours(rows: Rows, published: set[int], start: datetime, total: int) -> dict[str, Any]:
    """Pieces of open time are eaten one by one until the amount is gone."""
    now, left = start.astimezone(SHANGHAI), timedelta(hours=total)
    day, seen = now.date(), set()
    while True:
        seen.add(day.year)
        for a, b in open_minutes(rows, published, day):
            midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
            opens, closes = max(now, midnight + timedelta(minutes=a)), midnight + timedelta(minutes=b)
            if closes <= opens:
                continue
            if closes - opens >= left:
                end = (opens + left).astimezone(start.tzinfo).isoformat()
                return {"target": end, "due": end, "provisional": bool(seen - published)}
            left -= closes - opens
        day += ONE


# Random questions


def question(rng: random.Random, years: tuple[int, int] = (2024, 2027)) -> dict[str, Any]:
    """One random question: any unit, any offset, pauses and extensions now and then."""
    unit = rng.choice(["natural_day", "work_day", "month", "work_hour", "clock_hour"])
    first = date(years[0], 1, 1)
    day = first + rng.randrange((date(years[1], 12, 31) - first).days) * ONE
    clock = f"{rng.randrange(24):02d}:{rng.choice(['00', '30', '17'])}:{rng.choice(['00', '00', '59'])}"
    offset = rng.choice(["+08:00"] * 6 + ["+00:00", "-05:00", "+13:45"])
    asked: dict[str, Any] = {
        "start": f"{day}T{clock}{offset}",
        "amount": rng.randint(1, {"month": 14, "natural_day": 120}.get(unit, 70)),
        "unit": unit,
    }
    if rng.random() < 0.4:
        asked["extend"] = rng.randint(0, 30 if unit != "month" else 6)
    if not unit.endswith("hour") and rng.random() < 0.6:
        asked["pauses"] = [_pause(rng, day) for _ in range(rng.choice([1, 1, 2, 3, 6]))]
    return asked


def _pause(rng: random.Random, day: date) -> list[str | None]:
    a = day + rng.randint(-20, 150) * ONE
    b = None if rng.random() < 0.06 else a + rng.choice([0, 1, 1, 2, 3, 7, 30, 100]) * ONE
    return [a.isoformat(), b.isoformat() if b else None]


def calendar(rng: random.Random) -> tuple[Rows, set[int]]:
    """An invented calendar: clusters of off days, worked weekends, custom hours, and years left unpublished."""
    published = set(rng.sample(range(2023, 2030), rng.randint(1, 6)))
    rows: Rows = {}
    for year in published:
        for _ in range(rng.randint(3, 25)):
            day = date(year, 1, 1) + rng.randrange(365) * ONE
            kind = rng.choice(["off", "off", "work", "hours"])
            for n in range(rng.randint(1, 6)):
                if (day + n * ONE).year == year:
                    rows[day + n * ONE] = rng.choice(CUSTOM) if kind == "hours" else kind
    return rows, published


CUSTOM = [
    [(540, 720)],
    [(510, 690), (810, 1050)],
    [(0, 1440)],
    [(480, 720), (840, 1080), (1110, 1260)],
    [(600, 601)],
]
