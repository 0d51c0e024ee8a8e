"""Figures out of many times: how often, and what half, nineteen of twenty, ninety-nine of a hundred stay below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds and queries of each try; the queries include the session's own."""

    times: list[float]
    queries: list[int]

    def told(self) -> dict[str, Any]:
        return {"tries": len(self.times), **percentiles(self.times), "queries": max(self.queries, default=0)}


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one run: how many a second, and how long each took (seconds)."""

    rate: float
    times: list[float]


def joined(runs: Sequence[Ran]) -> Ran:
    """Several runs of the same as one."""
    times = [one for run in runs for one in run.times]
    return Ran(len(times) / sum(len(run.times) / run.rate for run in runs if run.times), times)


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and the longest, of milliseconds."""
    rows = sorted(times)
    found = {f"p{part}": round(_at(rows, part / 100), 2) for part in (50, 95, 99)}
    return {**found, "longest": round(rows[-1], 2) if rows else 0.0}


def _at(rows: Sequence[float], part: float) -> float:
    """The nearest rank: a time that was really taken."""
    return rows[max(0, ceil(len(rows) * part) - 1)] if rows else 0.0
