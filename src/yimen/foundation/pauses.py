"""Pauses of a clock (中止计时): half-open spans of dates, `[from, to)`; `to` None while the pause is still open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

Pause = tuple[date, date | None]


class PauseWithoutOrder(ValueError):
    """A pause that ends before it begins."""


class Pauses:
    """Merged and in order; overlapping or touching pauses become one, empty ones (`from` = `to`) vanish."""

    def __init__(self, pauses: Iterable[Pause] = ()) -> None:
        self.spans: list[Pause] = []
        for start, end in sorted(pauses, key=lambda pause: pause[0]):
            if end is not None and end < start:
                raise PauseWithoutOrder(f"中止的结束 {end} 早于开始 {start}")
            if start != end:
                self._add(start, end)
        self._starts = [start for start, _end in self.spans]

    def _add(self, start: date, end: date | None) -> None:
        if self.spans:
            last_start, last_end = self.spans[-1]
            if last_end is None:
                return
            if start <= last_end:
                self.spans[-1] = (last_start, None if end is None else max(last_end, end))
                return
        self.spans.append((start, end))

    def __bool__(self) -> bool:
        return bool(self.spans)

    @property
    def open_from(self) -> date | None:
        """When the pause began that has no end yet."""
        return self.spans[-1][0] if self.spans and self.spans[-1][1] is None else None

    def covering(self, day: date) -> Pause | None:
        """The pause in which `day` lies."""
        index = bisect_right(self._starts, day) - 1
        if index < 0:
            return None
        end = self.spans[index][1]
        return self.spans[index] if end is None or day < end else None

    def swallow(self, first: date, last: date) -> bool:
        """Is every date from `first` to `last` paused?"""
        pause = self.covering(first)
        return pause is not None and (pause[1] is None or last < pause[1])

    def spare(self, year: int) -> bool:
        """Is no date of the year paused?"""
        return not self.within(date(year, 1, 1), date(year, 12, 31))

    def within(self, first: date, last: date) -> list[tuple[date, date]]:
        """The paused dates from `first` to `last` as spans with both ends included."""
        index = max(bisect_right(self._starts, first) - 1, 0)
        found = []
        for start, end in self.spans[index : bisect_right(self._starts, last)]:
            low, high = max(start, first), last if end is None else min(end - timedelta(days=1), last)
            if low <= high:
                found.append((low, high))
        return found
