"""Who may have a phone, and who lets them: people with a post or a role in the field, and those above them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from yimen.access.models import RoleGrant
from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.grids import queries as grids
from yimen.grids.kinds import PostRole
from yimen.grids.models import GridPost

EVERYWHERE = (Role.CLERK, Role.DIRECTOR, Role.ADMIN)
IN_THE_FIELD = (Role.WORKER, Role.GRIDLEAD, Role.COMMUNITY)


def workers_for(grants: Grants) -> QuerySet[User]:
    """Whose phones this person looks after: everybody's for the desk, director and administrator; a community's its own;
    a grid's lead those who are posted at the same grids."""
    people = User.objects.filter(is_active=True).filter(Q(pk__in=_posted()) | Q(pk__in=_roles()))
    if grants.has(*EVERYWHERE):
        return people
    mine = Q(pk__in=[])
    if grants.has(Role.COMMUNITY):
        units = grants.units(Role.COMMUNITY)
        below = grids_of_units(units)
        mine |= Q(pk__in=_posted(below)) | Q(pk__in=_roles(units))
    if led := _led(grants):
        mine |= Q(pk__in=_posted(led))
    return people.filter(mine)


def may_work(user: User) -> bool:
    """Whether this account may use a phone today."""
    return (
        user.is_active and User.objects.filter(Q(pk__in=_posted()) | Q(pk__in=_roles()), pk=user.pk).exists()
    )


def grids_of_units(units: frozenset[int]) -> list[int]:
    """Every grid of these communities, and the communities themselves."""
    return [grid.pk for grid in grids.all_grids() if grid.unit_id in units]


def _led(grants: Grants) -> list[int]:
    """Grids that this person leads today, and what lies below them."""
    if grants.user_id is None:
        return []
    rows = _today().filter(user=grants.user_id, role=PostRole.LEAD).values_list("grid_id", flat=True)
    own = set(rows)
    return [grid.pk for grid in grids.all_grids() if grid.pk in own or grid.parent_id in own]


def _today() -> QuerySet[GridPost]:
    day = timezone.localdate()
    return GridPost.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


def _posted(grid_ids: list[int] | None = None) -> QuerySet[GridPost, int]:
    rows = _today() if grid_ids is None else _today().filter(grid__in=grid_ids)
    return rows.values_list("user", flat=True)


def _roles(units: frozenset[int] | None = None) -> QuerySet[RoleGrant, int]:
    day = timezone.localdate()
    rows = RoleGrant.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
    rows = rows.filter(role__in=IN_THE_FIELD)
    return (rows if units is None else rows.filter(unit__in=units)).values_list("user", flat=True)
