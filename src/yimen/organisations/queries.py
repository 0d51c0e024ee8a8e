"""Reading units, members and the office. Nothing here is personal beyond the names of staff."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Membership, Office, Unit, UnitKind


def office() -> Office | None:
    """The one street served here; None before it is set up."""
    return Office.objects.order_by("id").first()


def centre() -> Unit:
    """The centre itself. Raises Unit.DoesNotExist before it is set up."""
    return Unit.objects.filter(kind=UnitKind.CENTRE).order_by("order", "id").get()


def unit(key: str) -> Unit:
    """The unit with this key. Raises Unit.DoesNotExist."""
    return Unit.objects.get(key=key)


def units(*kinds: UnitKind, on: date | None = None) -> QuerySet[Unit]:
    """Units that exist on a day (today), in their printed order; all kinds when none is named."""
    day = on or timezone.localdate()
    rows = Unit.objects.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return rows.filter(kind__in=kinds) if kinds else rows


def members(unit_id: int) -> QuerySet[Membership]:
    """Active members of a unit, the liaison first."""
    rows = Membership.objects.filter(unit_id=unit_id, active=True).select_related("user")
    return rows.order_by("-liaison", "id")


def liaison_of(unit_id: int) -> Membership | None:
    """Who receives what is sent to this unit; None for a unit without accounts or without a liaison."""
    return members(unit_id).filter(liaison=True).first()


def memberships_of(user_id: int) -> QuerySet[Membership]:
    """The units in which this person is active."""
    return Membership.objects.filter(user_id=user_id, active=True).select_related("unit").order_by("id")


def member(user_id: int, unit_id: int) -> Membership | None:
    """This person's active membership in this unit."""
    return members(unit_id).filter(user_id=user_id).first()
