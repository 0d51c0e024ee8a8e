"""Who answers at a place: the rule by itself. Plain Python; rows are read in `queries`.

A post holds for a period; a leave sends it on to a stand-in, and on again when that one is away too. Where nobody is
left, the level above answers. Accounts that are switched off answer for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any

from .kinds import Level, PostRole


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it holds on the day that is asked about."""

    user: Person
    grid: int
    role: PostRole


@dataclass(frozen=True, slots=True)
class Place:
    """What the rule knows of a grid."""

    pk: int
    level: Level
    parent: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Roster:
    """One day's posts by grid, and who is away with whom in their place (None: nobody)."""

    posts: Mapping[int, Sequence[Post]]
    away: Mapping[int, Person | None]


class Why(StrEnum):
    """What made the answer other than the posts themselves say; the words are in `wording`."""

    STAND_IN = "stand_in"  # `other` answers for `name`, who is away
    AWAY = "away"  # `name` is away and nobody stands in
    OFF = "off"  # the account of `name` is switched off
    NO_WORKER = "no_worker"  # nobody is posted
    NO_LEAD = "no_lead"
    ABOVE = "above"  # `other` of the level above answers
    NOBODY = "nobody"  # nor anybody further up
    AFTER_HOURS = "after_hours"  # the centre's duty answers first
    NO_DUTY = "no_duty"  # outside business hours, and nobody is on duty


@dataclass(frozen=True, slots=True)
class Reason:
    why: Why
    place: str = ""
    name: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Answerer:
    """One person who answers. `place` is where they are posted; `instead_of` those away, the post's own first."""

    user: Person
    place: Place
    role: PostRole
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers for a grid at a moment, and why.

    `workers` and `lead` are the grid's own (stand-ins in the place of those away); `above` is set when the grid has
    neither; `on_duty` is the centre's shift (`grids.duty.Shift`) outside business hours.
    """

    place: Place
    workers: tuple[Answerer, ...]
    lead: Answerer | None
    above: Answerer | None
    reasons: tuple[Reason, ...]
    on_duty: Any = None

    @property
    def first(self) -> Answerer | None:
        """Whose turn it is among the posted: a worker, else the lead, else the level above. Duty comes before."""
        return next(iter(self.workers), None) or self.lead or self.above


def answer(grid: int, places: Mapping[int, Place], roster: Roster) -> Answering:
    """The rule. `places` holds the grid and everything above it. Raises KeyError for an unknown grid."""
    place = places[grid]
    said: list[Reason] = []
    workers = _holders(place, PostRole.WORKER, roster, said) if place.level >= Level.GRID else ()
    lead = next(iter(_holders(place, PostRole.LEAD, roster, said)), None)
    above = None if workers or lead else _above(place, places, roster, said)
    return Answering(place, workers, lead, above, tuple(said))


def _above(place: Place, places: Mapping[int, Place], roster: Roster, said: list[Reason]) -> Answerer | None:
    """The nearest lead further up."""
    up = places.get(place.parent) if place.parent is not None else None
    while up is not None:
        found = next(iter(_holders(up, PostRole.LEAD, roster, said)), None)
        if found:
            said.append(Reason(Why.ABOVE, up.name, other=found.user.name))
            return found
        up = places.get(up.parent) if up.parent is not None else None
    said.append(Reason(Why.NOBODY, place.name))
    return None


def _holders(place: Place, role: PostRole, roster: Roster, said: list[Reason]) -> tuple[Answerer, ...]:
    """Who fills the posts of one role, each person once; what stood in the way is added to `said`."""
    posts = [post for post in roster.posts.get(place.pk, ()) if post.role == role]
    if not posts:
        said.append(Reason(Why.NO_WORKER if role == PostRole.WORKER else Why.NO_LEAD, place.name))
    found = [holder for post in posts if (holder := _filled(post, place, roster, said))]
    once: dict[int, Answerer] = {}
    for one in sorted(found, key=lambda one: bool(one.instead_of)):
        once.setdefault(one.user.pk, one)
    return tuple(once.values())


def _filled(post: Post, place: Place, roster: Roster, said: list[Reason]) -> Answerer | None:
    person, passed = post.user, list[Person]()
    while person.pk in roster.away:
        passed.append(person)
        stand_in = roster.away[person.pk]
        if stand_in is None or stand_in in passed:
            said.append(Reason(Why.AWAY, place.name, person.name))
            return None
        person = stand_in
    if not person.active:
        said.append(Reason(Why.OFF, place.name, person.name))
        return None
    names = tuple(one.name for one in passed)
    if passed:
        said.append(Reason(Why.STAND_IN, place.name, names[0], person.name))
    return Answerer(person, place, post.role, names)


# --- chains of stand-ins


@dataclass(frozen=True, slots=True)
class Absence:
    """`user` is away from `since` to `until`, both included, and `stand_in` answers."""

    user: int
    stand_in: int | None
    since: date
    until: date

    def meets(self, other: Absence) -> bool:
        return self.since <= other.until and other.since <= self.until


def loop(absences: Iterable[Absence], new: Absence) -> tuple[int, ...]:
    """The people of the chain by which `new` would stand in for itself on some day, that person first and last.

    Empty when there is no such day. `absences` are the others, without a loop among themselves.
    """
    by_user: dict[int, list[Absence]] = {}
    for one in absences:
        by_user.setdefault(one.user, []).append(one)
    return _back(by_user, new, new, (new.user,))


def _back(
    by_user: Mapping[int, Sequence[Absence]], new: Absence, here: Absence, passed: tuple[int, ...]
) -> tuple[int, ...]:
    """Follows `here` over the days that the whole chain shares."""
    if here.stand_in is None:
        return ()
    if here.stand_in == new.user:
        return (*passed, new.user)
    onward = (one for one in by_user.get(here.stand_in, ()) if one.meets(here) and one.user not in passed)
    shared = (
        Absence(one.user, one.stand_in, max(one.since, here.since), min(one.until, here.until))
        for one in onward
    )
    return next(filter(None, (_back(by_user, new, one, (*passed, one.user)) for one in shared)), ())


def names_in(answering: Answering) -> tuple[str, ...]:
    """Everybody who answers at the place itself, each once, workers first."""
    own = chain(answering.workers, [answering.lead] if answering.lead else [])
    return tuple(dict.fromkeys(one.user.name for one in own))
