"""Turns on a duty roster: filling days by rotation, and finding the moments that nobody covers. Plain Python."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

Team = TypeVar("Team")


def rotate(
    days: Iterable[date], teams: Sequence[Team], first: int = 0, apart: Collection[date] = ()
) -> dict[date, Team]:
    """The next team in order for each day, beginning with number `first`.

    Days in `apart` (days of rest) have an order of their own, so that nobody has more of them than others: within
    each of the two kinds the numbers of turns differ by at most one. Raises ValueError without teams.
    """
    if not teams:
        raise ValueError("a rotation needs at least one team")
    turns = {True: first, False: first}
    found: dict[date, Team] = {}
    for day in sorted(days):
        rest = day in apart
        found[day] = teams[turns[rest] % len(teams)]
        turns[rest] += 1
    return found


def span(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """When the shift of a day begins and ends, without a time zone; an end that is not later is of the next day."""
    last = day if ends > starts else day + timedelta(days=1)
    return datetime.combine(day, starts), datetime.combine(last, ends)


def holes(
    spans: Iterable[tuple[datetime, datetime]], first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """The stretches of [first, last) that none of `spans` ([from, to)) covers, in order."""
    found, at = [], first
    for start, end in sorted(spans):
        if start > at:
            found.append((at, min(start, last)))
        at = max(at, end)
        if at >= last:
            return found
    return [*found, (at, last)] if at < last else found
