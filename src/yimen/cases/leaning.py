"""What open matters lean on: asked before a unit, a category or an account is changed or ended.

Administrators see no matter. They get numbers of matters and counts, never a title, a text or a person.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from .models import Assignment, Case

_OVER = ("returned", "ended")


def on_unit(unit_id: int) -> list[str]:
    """Numbers of the open matters that a unit answers for, holds, leads or assists in; oldest due first."""
    part = Assignment.objects.filter(case=OuterRef("pk"), unit=unit_id).exclude(state__in=_OVER)
    owned = Q(accountable_unit=unit_id) | Q(holder_unit=unit_id) | Q(lead_unit=unit_id)
    rows = Case.objects.filter(owned | Exists(part), open=True, sealed=False)
    return list(rows.order_by("due_at", "id").values_list("number", flat=True))


def on_member(user_id: int, unit_id: int) -> list[str]:
    """Numbers of the open matters that a person answers for or holds on behalf of a unit."""
    theirs = Q(accountable_person=user_id, accountable_unit=unit_id) | Q(holder=user_id, holder_unit=unit_id)
    rows = Case.objects.filter(theirs, open=True, sealed=False)
    return list(rows.order_by("due_at", "id").values_list("number", flat=True))


def on_person(user_id: int) -> int:
    """How many open matters a person answers for or holds, in any unit."""
    return (
        Case.objects.filter(open=True, sealed=False)
        .filter(Q(accountable_person=user_id) | Q(holder=user_id))
        .count()
    )


def on_category(key: str) -> int:
    """How many open matters are of a category, whichever version."""
    return Case.objects.filter(category__key=key, open=True, sealed=False).count()


def on_class(scheme: str, code: str) -> int:
    """How many open matters are of a class of events, whichever version."""
    rows = Case.objects.filter(event_class__scheme=scheme, event_class__code=code)
    return rows.filter(open=True, sealed=False).count()
