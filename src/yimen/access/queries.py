"""Reading grants: by person, by unit, who stands in for whom today."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import RoleGrant
from .roles import Role


def grants(*, on: date | None = None, past: bool = False) -> QuerySet[RoleGrant]:
    """Grants that hold on a day (today) or will; with `past` also those that are over. By unit, then by person."""
    rows = RoleGrant.objects.select_related("user", "unit", "stands_for", "granted_by")
    if not past:
        rows = rows.filter(Q(until__isnull=True) | Q(until__gte=on or timezone.localdate()))
    return rows.order_by("unit__order", "unit_id", "role", "user__name", "id")


def holding(on: date | None = None) -> QuerySet[RoleGrant]:
    """Grants that hold on exactly that day (today)."""
    day = on or timezone.localdate()
    return grants(on=day).filter(since__lte=day)


def stand_in_of(user_id: int, unit_id: int, role: Role | None = None) -> int | None:
    """Who acts in this person's place over the unit today (in this role, or in any); None while they are there."""
    rows = holding().filter(stands_for=user_id, unit=unit_id, user__is_active=True)
    rows = rows.filter(role=role) if role else rows
    return rows.order_by("id").values_list("user_id", flat=True).first()


def has_security_administrator() -> bool:
    """Whether anybody ever was one. Until then the system administrator of a new home names the first."""
    return RoleGrant.objects.filter(role=Role.SECURITY).exists()


def is_last(user_id: int) -> Role | None:
    """The administrator's role that nobody else who can sign in holds for good; None when somebody does."""
    for role in (Role.ADMIN, Role.SECURITY):
        rows = holding().filter(role=role, until__isnull=True, stands_for__isnull=True, user__is_active=True)
        if set(rows.values_list("user_id", flat=True)) == {user_id}:
            return role
    return None
