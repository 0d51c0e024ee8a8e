"""A year's new table beside the present one, day by day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yimen.foundation.workcalendar import Day, format_periods


@dataclass(frozen=True, slots=True)
class DayChange:
    """One date of which two tables say different things; None where one says nothing (an ordinary day)."""

    date: date
    old: Day | None
    new: Day | None

    @property
    def kind(self) -> str:
        """added, removed or changed."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def compare(before: Iterable[Day], after: Iterable[Day]) -> list[DayChange]:
    """What putting the second table in place of the first changes, in order of date."""
    old, new = ({day.date: day for day in each} for each in (before, after))
    return [
        DayChange(each, old.get(each), new.get(each))
        for each in sorted(old.keys() | new.keys())
        if _said(old.get(each)) != _said(new.get(each))
    ]


def _said(day: Day | None) -> tuple[str, str, str] | None:
    return (day.kind, day.name, format_periods(day.periods)) if day else None
