"""Which unit a grid matter is sent to: rules as data, the most specific wins, equals are refused on saving. Pure.

A rule says for what (a class, a large class, anything), where (a grid, a community, anywhere) and in which hours.
部件先属主后属地，事件先属地后属主 (DOMAIN.md 3.5, X): of two rules that both fit, a facility follows the one that says more
exactly *what* it is (its owner), an event the one that says more exactly *where* it is. So any two rules that fit the
same matter stand in an order, unless they say the very same thing: those are a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Final, TypeVar

T = TypeVar("T")

ANY, BUSINESS, AFTER = "any", "business", "after"
HOURS: Final = (ANY, BUSINESS, AFTER)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. `subject`: "" for anything, "scheme:NN" a large class, "scheme:NNNN" a class; `place`: a grid's or a
    community's id, None anywhere; `lead` and `assists` are keys of units; both days of the period included."""

    pk: int | None
    subject: str
    place: int | None
    hours: str
    lead: str
    assists: tuple[str, ...] = ()
    since: date = date.min
    until: date | None = None

    @property
    def says(self) -> tuple[str, int | None, str]:
        """What it is about: two rules of one period that say the same contradict each other."""
        return self.subject, self.place, self.hours

    def meets(self, other: Rule) -> bool:
        """Whether there is a day in both periods. One that ended before it began has no day at all."""
        ends = [day for day in (self.until, other.until) if day is not None]
        return not ends or max(self.since, other.since) <= min(ends)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a matter when it is sent. `owner_first`: a facility (部件)."""

    subject: str
    grid: int | None
    community: int | None
    owner_first: bool
    business: bool
    on: date


@dataclass(frozen=True, slots=True)
class Route:
    """Where a matter goes; `rule` is the line that decided. Empty: no rule fits, a person chooses."""

    lead: str = ""
    assists: tuple[str, ...] = ()
    rule: Rule | None = None

    def __bool__(self) -> bool:
        return bool(self.lead)

    @property
    def goes(self) -> tuple[str, frozenset[str]]:
        """What a unit would notice."""
        return self.lead, frozenset(self.assists)


NOWHERE: Final = Route()


def fits(rule: Rule, facts: Facts) -> bool:
    """Whether a rule speaks of such a matter on that day."""
    return (
        facts.subject.startswith(rule.subject)
        and rule.place in (None, facts.grid, facts.community)
        and rule.hours in (ANY, BUSINESS if facts.business else AFTER)
        and rule.since <= facts.on
        and (rule.until is None or facts.on <= rule.until)
    )


def weight(rule: Rule, facts: Facts) -> tuple[int, int, int]:
    """How exactly a fitting rule speaks of the matter; compared from the left."""
    what = 0 if not rule.subject else 2 if rule.subject == facts.subject else 1
    where = 0 if rule.place is None else 2 if rule.place == facts.grid else 1
    first = (what, where) if facts.owner_first else (where, what)
    return *first, int(rule.hours != ANY)


def ranked(rules: Iterable[Rule], facts: Facts) -> list[Rule]:
    """Every rule that fits, the one that decides first."""
    return sorted(
        (rule for rule in rules if fits(rule, facts)), key=lambda rule: weight(rule, facts), reverse=True
    )


def route(rules: Iterable[Rule], facts: Facts) -> Route:
    """Where the matter goes by these rules. Contradicting rules decide nothing: a person chooses."""
    found = ranked(rules, facts)
    if not found or (len(found) > 1 and found[0].says == found[1].says):
        return NOWHERE
    best = found[0]
    return Route(best.lead, tuple(unit for unit in best.assists if unit != best.lead), best)


def conflicts(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs that say the same for a common day. Without any, at most one rule decides a matter."""
    return [
        (one, other) for one, other in combinations(rules, 2) if one.says == other.says and one.meets(other)
    ]


def clashes(new: Rule, rules: Iterable[Rule]) -> list[Rule]:
    """Rules that contradict a new one."""
    return [rule for rule in rules if rule.pk != new.pk and rule.says == new.says and rule.meets(new)]


def always(rule: Rule) -> Rule:
    """The same rule as if it had always held: for trying it over what has been."""
    return replace(rule, since=date.min, until=None)


def differences(
    before: Sequence[Rule], after: Sequence[Rule], past: Iterable[tuple[T, Facts]]
) -> list[tuple[T, Route, Route]]:
    """What of the past would have gone elsewhere by the other rules, with where it went and would go."""
    both = ((one, route(before, facts), route(after, facts)) for one, facts in past)
    return [(one, was, now) for one, was, now in both if was.goes != now.goes]
