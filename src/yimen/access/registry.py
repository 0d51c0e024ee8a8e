"""One place decides. Rooms register a predicate per action; lists and single answers use the same one.

`visible(actor, "cases.view")` gives a Q for a queryset, `can(actor, "cases.view", case)` an answer for one
object. A predicate is a pair of the two; tests/access holds that they agree for every role and case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation import prepared
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Missing, Refused

from .roles import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """代理: this person holds a role over a unit today in somebody else's place."""

    role: str
    unit_id: int
    for_user: int


@dataclass(frozen=True, slots=True)
class Grants:
    """What one person holds today: role → the units it holds for, and in whose place (代理)."""

    user_id: int | None
    by_role: dict[str, frozenset[int]] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()

    def __hash__(self) -> int:
        return hash((self.user_id, frozenset(self.by_role.items()), self.standing))

    def has(self, *roles: Role) -> bool:
        return any(role in self.by_role for role in roles)

    def units(self, *roles: Role) -> frozenset[int]:
        """Units for which one of `roles` holds; all roles when none is named."""
        found: frozenset[int] = frozenset()
        for role, units in self.by_role.items():
            if not roles or role in roles:
                found |= units
        return found

    def stands_for(self, *roles: Role) -> frozenset[int]:
        """The people in whose place this person acts today, in one of `roles`; in any when none is named."""
        return frozenset(one.for_user for one in self.standing if not roles or one.role in roles)


_HELD = """SELECT g.role, g.unit_id, g.stands_for_id FROM access_rolegrant g JOIN accounts_user u ON u.id = g.user_id
 WHERE g.user_id = %s AND u.is_active AND g.since <= %s AND (g.until IS NULL OR g.until >= %s)"""


def grants_of(actor: Actor, on: date | None = None) -> Grants:
    """Read the actor's grants that hold on a day (today). One query; doors keep the answer for one request."""
    if actor.user_id is None:
        return Grants(None)
    day = on or timezone.localdate()
    return held(actor.user_id, prepared.ask(_HELD, [actor.user_id, day, day]))


def held(user_id: int, rows: Iterable[Sequence[Any]]) -> Grants:
    """Grants out of rows (role, unit, whom the person stands for or None)."""
    units: dict[str, set[int]] = {}
    standing = []
    for role, unit_id, for_user in rows:
        units.setdefault(role, set()).add(unit_id)
        if for_user is not None:
            standing.append(Standing(role, unit_id, for_user))
    by_role = {role: frozenset(ids) for role, ids in units.items()}
    return Grants(user_id, by_role, tuple(standing))


@dataclass(frozen=True, slots=True)
class Predicate:
    """`scope(grants)` as a query condition and `allows(grants, obj)` as an answer: the same rule twice.

    A scope is worded once for the same grants and day and used again, so it asks nothing itself: what it has to look up
    stands in it as a sub-select.
    """

    scope: Callable[[Grants], Q]
    allows: Callable[[Grants, Any], bool]


_REGISTRY: dict[str, Predicate] = {}


def register(action: str, predicate: Predicate) -> None:
    """Called once per action by the room that owns the noun, from its `access.py` at start."""
    if action in _REGISTRY:
        raise RuntimeError(f"access rule {action} is registered twice")
    _REGISTRY[action] = predicate


@lru_cache(maxsize=1)
def nothing() -> Q:
    """A condition that no row meets."""
    return Q(pk__in=[])


def actions() -> list[str]:
    return sorted(_REGISTRY)


def visible(grants: Grants, action: str) -> Q:
    """The rows of a noun that this person may touch by `action`. An unknown action is a programming error."""
    return _said(grants, action, timezone.localdate())


@lru_cache(maxsize=1024)
def _said(grants: Grants, action: str, _today: date) -> Q:
    return _REGISTRY[action].scope(grants)


def can(grants: Grants, action: str, obj: Any = None) -> bool:
    return _REGISTRY[action].allows(grants, obj)


def require(grants: Grants, action: str, obj: Any = None, *, hide: bool = False) -> None:
    """Raise Refused, or Missing when even the existence is not this person's business."""
    if not can(grants, action, obj):
        raise (Missing if hide else Refused)(_("您没有办理此事的权限"))


def role_only(*roles: Role) -> Predicate:
    """A rule that asks only for a role: the noun has no rows to scope."""
    return Predicate(
        scope=lambda grants: Q() if grants.has(*roles) else nothing(),
        allows=lambda grants, _obj: grants.has(*roles),
    )
