"""The listed reasons for 中止计时: data with source and validity. Plain Python, no database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from django.utils import translation

DATA: Final = Path(__file__).resolve().parent / "data" / "suspension_reasons.csv"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason: in which flows and states it suspends, by which article, and since when."""

    key: str
    zh: str
    en: str
    flows: frozenset[str]
    states: frozenset[str]
    article: str
    certainty: str
    source: str
    valid_from: date
    valid_to: date | None

    @property
    def words(self) -> str:
        return self.en if translation.get_language() == "en" else self.zh

    def holds(self, flow: str, state: str, on: date) -> bool:
        valid = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return valid and flow in self.flows and state in self.states


@cache
def grounds() -> dict[str, Ground]:
    """Every listed reason by its key, ended ones too."""
    with DATA.open(encoding="utf-8", newline="") as stream:
        return {row["key"]: _ground(row) for row in csv.DictReader(stream)}


def _ground(row: dict[str, str]) -> Ground:
    return Ground(
        **{name: row[name] for name in ("key", "zh", "en", "article", "certainty", "source")},
        flows=frozenset(row["flows"].split()),
        states=frozenset(row["states"].split()),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def grounds_for(flow: str, state: str, on: date) -> list[Ground]:
    """The reasons for which a matter of this flow in this state may be suspended on a day."""
    return [ground for ground in grounds().values() if ground.holds(flow, state, on)]


def words_of(key: str) -> str:
    """What a row says; empty for rows from before reasons were listed."""
    found = grounds().get(key)
    return found.words if found else ""


@cache
def suspendable() -> frozenset[str]:
    """States in which some reason suspends: the unit's work, and a re-review that holds a hearing."""
    return frozenset(state for ground in grounds().values() for state in ground.states)
