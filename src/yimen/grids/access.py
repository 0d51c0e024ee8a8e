"""Who draws the map, and who says who answers where. Registered with `access` at start."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from yimen.access.registry import Grants, Predicate, nothing, register, role_only
from yimen.access.roles import Role

EVERYWHERE = (Role.DIRECTOR, Role.ADMIN)


def register_all() -> None:
    """Called once when the apps are ready. Reading who answers is for everybody of the house."""
    register("grids.draw", role_only(*EVERYWHERE))
    register("grids.post", Predicate(_may_post_in, _may_post))


def _may_post_in(grants: Grants) -> Q:
    """The grids to which somebody posts people: a community its own, the director and administrators all."""
    if grants.has(*EVERYWHERE):
        return Q()
    return Q(unit__in=grants.units(Role.COMMUNITY)) if grants.has(Role.COMMUNITY) else nothing()


def _may_post(grants: Grants, grid: Any) -> bool:
    """Of one grid; without one, whether there may be any."""
    if grants.has(*EVERYWHERE):
        return True
    return grants.has(Role.COMMUNITY) and (grid is None or grid.unit_id in grants.units(Role.COMMUNITY))
