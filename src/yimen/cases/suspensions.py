"""The listed reasons for 中止计时: rows of the office, loaded once from the shipped table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from . import dossier
from .models import Case, Suspension, SuspensionReason
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
    return _kept(SuspensionReason.objects.order_by("order", "valid_from", "id"))


def kept_with(case: Case) -> list[Ground]:
    """The same, as they were read with a matter."""
    return _kept(dossier.of(case).grounds)


def _kept(rows: Iterable[SuspensionReason]) -> list[Ground]:
    return [_ground(row) for row in rows] or list(grounds().values())


def grounds_for(flow: str, state: str, on: date) -> list[Ground]:
    """The reasons for which a matter of this flow in this state may be suspended on a day."""
    return [ground for ground in kept() if ground.holds(flow, state, on)]


def grounds_of(case: Case, on: date) -> list[Ground]:
    """The same for one matter as it is now."""
    return [ground for ground in kept_with(case) if ground.holds(case.flow, case.state, on)]


def words_of(key: str, on: date | None = None, among: list[Ground] | None = None) -> str:
    """What a row of that day says, else its newest wording; empty for rows from before reasons were listed.

    `among`: the reasons, where they were read already.
    """
    found = [ground for ground in (kept() if among is None else among) if key and ground.key == key]
    then = [ground for ground in found if on is not None and ground.valid(on)]
    return (then or found)[-1].words if found else ""


def current(case: Case) -> Suspension | None:
    """The interval that has not ended, with its matter at hand."""
    row = next((row for row in dossier.of(case).suspensions if row.until is None), None)
    if row is not None:
        row.case = case
    return row


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
