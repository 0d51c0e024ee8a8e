"""Who sees the premises and who keeps them; who is on the roster's pages. Registered with `access` at start."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from yimen.access.registry import Grants, Predicate, nothing, register, role_only
from yimen.access.roles import ADMINISTRATORS, Role

STAFF = tuple(role for role in Role if role not in ADMINISTRATORS and role != Role.DISTRICT)
CENTRE = (Role.CLERK, Role.DIRECTOR, Role.LEADER, Role.OFFICER)
KEEPERS = (Role.CLERK, Role.DIRECTOR)
PLACES = (Role.COMMUNITY, Role.GRIDLEAD, Role.WORKER)


def register_all() -> None:
    """Called once when the apps are ready."""
    register("grids.duty", role_only(*STAFF))
    register("grids.roster", role_only(Role.DIRECTOR))
    register("grids.approve_swap", role_only(Role.DIRECTOR, Role.LEADER))
    register("grids.premises", _in_places(CENTRE, PLACES))
    register("grids.keep_premises", _in_places(KEEPERS, (Role.COMMUNITY,)))


def _in_places(everywhere: tuple[Role, ...], own: tuple[Role, ...]) -> Predicate:
    """Premises of the whole subdistrict for some roles, of the unit's own grids for others."""

    def scope(grants: Grants) -> Q:
        if grants.has(*everywhere):
            return Q()
        return Q(grid__unit__in=grants.units(*own)) if grants.has(*own) else nothing()

    def allows(grants: Grants, premise: Any) -> bool:
        if grants.has(*everywhere):
            return True
        return grants.has(*own) and (premise is None or premise.grid.unit_id in grants.units(*own))

    return Predicate(scope, allows)
