"""The listed reasons for 中止计时: rows of the office, loaded once from the shipped table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from .models import SuspensionReason
from .shipped import Listed, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Listed):
    """One reason: in which flows and states it suspends, by which article, and since when."""

    flows: frozenset[str]
    states: frozenset[str]

    def holds(self, flow: str, state: str, on: date) -> bool:
        return self.valid(on) and flow in self.flows and state in self.states


@cache
def grounds() -> dict[str, Ground]:
    """Every reason as it comes with the product, by its key."""
    return listed(Ground, "suspension_reasons.csv", flows=frozenset, states=frozenset)


def kept() -> list[Ground]:
    """Every version of every reason that the office keeps, ended ones too; as shipped until they are loaded."""
    rows = [_ground(row) for row in SuspensionReason.objects.order_by("order", "valid_from", "id")]
    return rows or list(grounds().values())


def grounds_for(flow: str, state: str, on: date) -> list[Ground]:
    """The reasons for which a matter of this flow in this state may be suspended on a day."""
    return [ground for ground in kept() if ground.holds(flow, state, on)]


def words_of(key: str, on: date | None = None) -> str:
    """What a row of that day says, else its newest wording; empty for rows from before reasons were listed."""
    found = [ground for ground in kept() if key and ground.key == key]
    then = [ground for ground in found if on is not None and ground.valid(on)]
    return (then or found)[-1].words if found else ""


def suspendable() -> frozenset[str]:
    """States in which some reason suspends or did: the unit's work, and a re-review that holds a hearing."""
    return frozenset(state for ground in kept() for state in ground.states)


def _ground(row: SuspensionReason) -> Ground:
    same = ("key", "article", "certainty", "source", "valid_from", "valid_to")
    return Ground(
        **{name: getattr(row, name) for name in same},
        zh=row.name,
        en=row.name_en or row.name,
        flows=frozenset(row.flows),
        states=frozenset(row.states),
    )
