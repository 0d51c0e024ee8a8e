"""How a person stands to a matter of a place: posted at its grid, at its community, or the one who reported it.

Conditions for `access`, which registers them. A post is what `grids` says today, a stand-in's too, and it opens matters
only to who holds a role of places: for everybody else the question is not asked at all. Nothing is kept of where
anybody is.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from yimen.access.registry import Grants, nothing
from yimen.access.roles import Role
from yimen.grids.models import Grid, GridPost, Leave

from .models import Case
from .states import Flow

ROLES = (Role.WORKER, Role.GRIDLEAD, Role.COMMUNITY)  # whose sight goes by place
_AT_HAND = ("at_grid", "at_community", "verifying")


def posted_at(user_id: int | None) -> QuerySet[GridPost]:
    """Grids where somebody answers today, in the own place or in that of who is away."""
    today = timezone.localdate()
    away = Leave.objects.filter(stand_in=user_id, since__lte=today, until__gte=today).values("user")
    rows = GridPost.objects.filter(Q(user=user_id) | Q(user__in=away), since__lte=today)
    return rows.filter(Q(until__isnull=True) | Q(until__gte=today)).values("grid")


def grids_of(grants: Grants) -> QuerySet[Grid]:
    """The grids whose matters this person sees: posted there or above, or of the community's own unit."""
    mine = posted_at(grants.user_id)
    below = Q(pk__in=mine) | Q(parent__in=mine) | Q(parent__parent__in=mine)
    if units := grants.units(Role.COMMUNITY):
        below |= Q(unit__in=units)
    return Grid.objects.filter(below).values("pk")


def scope(grants: Grants) -> Q:
    """Matters of places that this person sees beside those of units and of the own hand."""
    if not grants.has(*ROLES):
        return nothing()
    return Q(flow=Flow.GRID.value) & (Q(reported_by=grants.user_id) | Q(grid__in=grids_of(grants)))


def ways(grants: Grants) -> list[QuerySet[Case]]:
    """The same, each way by its own index: see `access.reach`."""
    if not grants.has(*ROLES):
        return []
    near = Case.objects.filter(flow=Flow.GRID.value)
    return [
        near.filter(reported_by=grants.user_id).values("pk"),
        near.filter(grid__in=grids_of(grants)).values("pk"),
    ]


def allows(grants: Grants, case: Case) -> bool:
    if case.flow != Flow.GRID or not grants.has(*ROLES):
        return False
    return case.reported_by_id == grants.user_id or answers(grants, case.grid_id)


def answers(grants: Grants, grid_id: int | None, *, above: bool = False) -> bool:
    """Whether this person answers for a grid today, there or further up; with `above` only further up."""
    if grid_id is None:
        return False
    if not above:
        return Grid.objects.filter(pk=grid_id, pk__in=grids_of(grants)).exists()
    mine = posted_at(grants.user_id)
    upper = Q(parent__in=mine) | Q(parent__parent__in=mine)
    if units := grants.units(Role.COMMUNITY):
        upper |= Q(unit__in=units)
    return Grid.objects.filter(upper, pk=grid_id).exists()


def at_hand(grants: Grants, case: Case) -> bool:
    """Who may settle, send on or verify it now: the holder, and who answers at the level where it lies."""
    if case.flow != Flow.GRID or case.state not in _AT_HAND or grants.user_id is None:
        return False
    mine = case.holder_id == grants.user_id
    return mine or answers(grants, case.grid_id, above=case.state == "at_community")


def may_check(grants: Grants, case: Case, *, desk: bool) -> bool:
    """核查: on the spot or by the desk, never by who handled it or gave its result."""
    if case.flow != Flow.GRID or case.state != "checking":
        return False
    if grants.user_id is None or grants.user_id in (case.handler_id, case.answered_by_id):
        return False
    return desk or case.holder_id == grants.user_id or answers(grants, case.grid_id)
