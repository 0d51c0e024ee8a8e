"""The ladder grid → community → street → district: who climbs when, by rules that are data. No database in the rule.

A level has its own clock (calendars/data/clock_rules.csv, flow grid); what it neither settles nor sends on in time, or
refuses twice, climbs by itself. From the street a request to the district is only prepared: a leader signs it or refuses
with reasons, and it goes by itself when nobody did by its date (`actions.climbing`, `actions.district`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from . import dossier
from .models import Case, Climb, DistrictRequest
from .models.grid import CLIMBED, LEVELS
from .shipped import rows
from .states import GRID_LEVELS

DISTRICT: Final = "district"
_WITH_THE_UNIT: Final = ("sent", "handling", "checking")
_ORDER: Final = tuple(level for level, _words in LEVELS)


@dataclass(frozen=True, slots=True)
class Rule:
    """From one level to the next: in which states, because of what, by which clock, after how many times."""

    key: str
    from_level: str
    to_level: str
    states: frozenset[str]
    because: str
    clock: str
    times: int
    valid_from: date
    valid_to: date | None

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at. `due` holds the running limits by kind; `asked`: a request of this round was made."""

    level: str
    state: str
    due: dict[str, datetime]
    refusals: int = 0
    returns: int = 0
    suspended: bool = False
    asked: bool = False


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            row["key"], row["from_level"], row["to_level"], frozenset(row["states"].split()), row["because"],
            row["clock"], int(row["times"]), date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in rows("climbing.csv")
    )  # fmt: skip


def verdict(known: Iterable[Rule], facts: Facts, now: datetime) -> Rule | None:
    """The rule by which the matter leaves its level now, or None. Suspended (挂账) it stays; asked for once, it waits."""
    if facts.suspended or facts.level == DISTRICT:
        return None
    for rule in known:
        here = rule.from_level == facts.level and facts.state in rule.states and rule.valid(now.date())
        if here and _met(rule, facts, now) and not (rule.to_level == DISTRICT and facts.asked):
            return rule
    return None


def _met(rule: Rule, facts: Facts, now: datetime) -> bool:
    if rule.because == "refused":
        return facts.refusals >= rule.times
    over = rule.clock in facts.due and facts.due[rule.clock] < now
    return over and (rule.because != "returned" or facts.returns >= rule.times)


def first_level(settles_at: str, *, own: bool, urgent: bool, placed: bool) -> str:
    """Where a report begins: at the lowest level that may settle its class. What residents or superiors report, what is
    urgent, and what lies in no known grid begins at the street."""
    if not own or urgent or not placed:
        return "street"
    return settles_at


def may_settle(settles_at: str, level: str) -> bool:
    """The authority matrix: a level may settle what itself or a level below it may."""
    return _ORDER.index(settles_at) <= _ORDER.index(level)


# --- one matter ------------------------------------------------------------------------------------------------


def level_of(case: Case) -> str:
    """The level where a matter lies; empty when it is with nobody of the ladder (told, closed)."""
    if case.state in _WITH_THE_UNIT and case.lead_unit is not None and case.lead_unit.kind == DISTRICT:
        return DISTRICT
    return GRID_LEVELS.get(case.state, "")


def request_of(case: Case) -> DistrictRequest | None:
    """The request that waits for the leader."""
    return next((row for row in dossier.of(case).requests if open_(row)), None)


def open_(row: DistrictRequest) -> bool:
    return row.gone_at is None and row.refused_at is None and row.lapsed_at is None


@dataclass(frozen=True, slots=True)
class Rung:
    """One stay at one level, for the case page. `why` says how it came here; `by` is empty where the rules did it."""

    level: str
    words: object
    since: datetime
    until: datetime | None
    why: object = ""
    reason: str = ""
    by: str = ""


def path(case: Case) -> list[Rung]:
    """Every level where the matter has been, the first one first; the last is where it is or ended."""
    climbs = dossier.of(case).climbs
    begun = climbs[0].from_level if climbs else level_of(case) or begun_at(case)
    stays: list[tuple[str, datetime, Climb | None]] = [(begun, case.received_at, None)]
    stays += [(climb.to_level, climb.at, climb) for climb in climbs]
    ends = [*(since for _level, since, _climb in stays[1:]), case.closed_at]
    return [_rung(stay, until) for stay, until in zip(stays, ends, strict=True)]


def _rung(stay: tuple[str, datetime, Climb | None], until: datetime | None) -> Rung:
    level, since, climb = stay
    words = dict(LEVELS)[level]
    if climb is None:
        return Rung(level, words, since, until)
    name = climb.by.name if climb.by else ""
    return Rung(level, words, since, until, dict(CLIMBED)[climb.why], climb.reason, name)


def begun_at(case: Case) -> str:
    """The level where its report began, as its first entry says."""
    first = next((row for row in dossier.of(case).deeds if row.kind == "case.event_reported"), None)
    return str(first.payload.get("level") or "street") if first else "street"


def last_level(case: Case) -> str:
    """The level where it is, or was before it was merged or over."""
    climbs = dossier.of(case).climbs
    return climbs[-1].to_level if climbs else begun_at(case)
