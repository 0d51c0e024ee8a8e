"""The calendar as files: exact-date tables and business hours read from CSV. Plain Python, no database.

A holiday file has one row a date and at least the columns `date` and `kind`; `holiday_zh`, `gov_notice_url` and
`hours` are read when there, others (`weekday_zh`, `base`, …) are for people. `kind` is `off`, `work` (a work day,
also a weekend in exchange, 调休), or `hours`: a work day with the periods of the column `hours`, written
`08:00-12:00;14:00-17:00`. A year counts as published when the file has a row for it; a file of the header alone
publishes nothing. Lines that begin with `#` are
remarks; the remark `# published: 2025 2026` names the published years instead, so that a file may carry single dates
of a year whose notice is still to come.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from yimen.foundation.denied import denied
from yimen.foundation.workcalendar import KINDS, Day, Hours, WorkCalendar, parse_periods

DATA: Final = Path(__file__).resolve().parent / "data"
_PUBLISHED: Final = re.compile(r"#\s*published\s*[:：]\s*(.*)", re.IGNORECASE)


class TableError(ValueError):
    """A table cannot be read; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of exact dates: its rows, the years it publishes, and the notice each year rests on."""

    days: tuple[Day, ...]
    published: frozenset[int]
    notices: Mapping[int, str]

    def of(self, year: int) -> list[Day]:
        """The rows of one year."""
        return [day for day in self.days if day.date.year == year]


def read(path: Path) -> Table:
    """The table in `path`. Raises TableError (with its line) or OSError."""
    try:
        return parse(path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise TableError("文件不是 UTF-8 编码") from None


def parse(text: str) -> Table:
    """Read a holiday file's text. Raises TableError."""
    years: set[int] | None = None
    lines = text.splitlines()
    for remark in filter(None, (_PUBLISHED.match(line.strip()) for line in lines)):
        years = (years or set()) | _years(remark[1])
    days: dict[date, Day] = {}
    notices: dict[int, str] = {}
    for number, row in _rows(lines):
        day = _day(number, row)
        if day.date in days:
            raise TableError(f"第 {number} 行：{day.date} 已经有一行")
        days[day.date] = day
        notices.setdefault(day.date.year, row.get("gov_notice_url", ""))
    published = frozenset(day.year for day in days) if years is None else frozenset(years)
    return Table(tuple(days.values()), published, notices)


def _rows(lines: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, column → text) of every row; remarks and blank lines are left out."""
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip(" \t,") or line.lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in next(csv.reader(io.StringIO(line)))]
        if header is None:
            header = cells
            if not {"date", "kind"} <= set(header):
                raise TableError(f"第 {number} 行：表头至少要有 date 和 kind 两列")
            if refused := [f"{name}（{what}）" for name in header if (what := denied(name))]:
                raise TableError(f"第 {number} 行：有按设计不收的列，请删去后再试：{'、'.join(refused)}")
        else:
            yield number, dict(zip(header, cells, strict=False))
    if header is None:
        raise TableError("表是空的；第一行应是表头，至少有 date 和 kind 两列")


def _day(number: int, row: Mapping[str, str]) -> Day:
    kind = row.get("kind", "")
    if kind not in KINDS:
        raise TableError(f"第 {number} 行：kind 应为 {'、'.join(KINDS)}")
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        raise TableError(f"第 {number} 行：日期应写成 2026-01-01") from None
    try:
        periods = parse_periods(row.get("hours", "")) if kind == "hours" else ()
    except ValueError as error:
        raise TableError(f"第 {number} 行：{error}") from None
    return Day(day, kind, row.get("holiday_zh", ""), periods)


def _years(text: str) -> set[int]:
    words = text.replace(",", " ").replace("，", " ").replace("、", " ").split()
    if not all(word.isascii() and word.isdigit() and 1 <= int(word) <= 9999 for word in words):
        raise TableError(f"# published 后应写年份，如 2025 2026，而不是 {text}")
    return {int(word) for word in words}


# What is shipped


def shipped_days() -> Table:
    """The exact-date table that comes with the product."""
    return read(DATA / "holidays_cn.csv")


def shipped(name: str) -> list[dict[str, str]]:
    """The rows of one shipped table: `business_hours` or `clock_rules`."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped_hours() -> list[Hours]:
    """Shipped business hours that working-hour clocks count."""
    return [hours_row(row) for row in shipped("business_hours") if row["purpose"] == "work"]


def hours_row(row: Mapping[str, str]) -> Hours:
    """One row of business hours. `weekdays` is digits 1–7, `season_from`/`season_to` MM-DD; empty means all."""
    season = (month_day(row["season_from"]), month_day(row["season_to"])) if row["season_from"] else None
    return Hours(
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        periods=parse_periods(row["periods"]),
        weekdays=frozenset(int(digit) for digit in row["weekdays"]),
        season=season,
    )


def month_day(text: str) -> tuple[int, int]:
    """06-15 → (6, 15)."""
    month, _, day = text.partition("-")
    return int(month), int(day)


def work_calendar(table: Table, hours: list[Hours] | None = None) -> WorkCalendar:
    """A calendar from one table, with the shipped business hours unless others are given."""
    return WorkCalendar(table.days, table.published, shipped_hours() if hours is None else hours)
