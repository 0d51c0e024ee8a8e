"""The declared expectations (expectations/*.csv), written by hand from the trade's rules and not from the code.

`holds.csv` action → who · `sees.csv` relation → who sees it, who may ask for contacts · `stands.csv` relation × person →
how they stand · `steps.csv` the table of transitions as the rules of the trade give it · `asks.csv` routes that ask
for more than being opened. Every row says where it comes from. A person or relation that no row names is denied.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "expectations"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def holds() -> dict[str, frozenset[str]]:
    """Action → the people of the world who may do it at all."""
    return {row["action"]: frozenset(row["who"].split()) for row in rows("holds")}


def sees(what: str = "sees") -> dict[str, frozenset[str]]:
    """Relation → who sees such a matter; with "reveals" who may ask for its contacts."""
    return {row["relation"]: frozenset(row[what].split()) for row in rows("sees")}


def stands(relation: str, who: str) -> frozenset[str]:
    found = [row for row in rows("stands") if row["relation"] == relation and who in row["who"].split()]
    assert len(found) <= 1, f"{who} stands twice to {relation}"
    return frozenset(found[0]["stands"].split()) if found else frozenset()


def asks(route: str, method: str) -> dict[str, str] | None:
    """What this address asks for beside its policy and, of a matter, seeing it."""
    return next(
        (row for row in rows("asks") if row["route"] == route and method in row["methods"].split()), None
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One row of steps.csv for one flow and one state."""

    flow: str
    source: str
    verb: str
    target: str
    who: tuple[str, ...]
    holder: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    guards: tuple[str, ...]
    effect: str
    ends: tuple[str, ...]


FLOWS = {
    "every": ("petition", "service", "grid"),
    "both": ("petition", "service"),
    "petition": ("petition",),
    "service": ("service",),
    "grid": ("grid",),
}


@cache
def steps() -> dict[tuple[str, str, str], Step]:
    """Every lawful step, one entry for each flow and state."""
    found = {}
    for row in rows("steps"):
        lists = {name: tuple(row[name].split()) for name in ("who", "needs", "may", "guards", "ends")}
        for flow in FLOWS[row["flow"]]:
            for source in row["from"].split():
                target = source if row["to"] == "=" else row["to"]
                key = (flow, source, row["verb"])
                assert key not in found, f"{key} is declared twice"
                found[key] = Step(
                    *key[:2], row["verb"], target, holder=row["holder"], effect=row["effect"], **lists
                )
    return found
