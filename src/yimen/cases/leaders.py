"""Reading: who are the leaders, which days they receive, which matters they have in their charge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.models import User

from . import dossier
from .models import Case, CaseLeader, ReceptionDay


def staff_leaders(rows: Iterable[RoleGrant] | None = None) -> list[User]:
    """Who holds a leader's role today, leaders before the director, each once. `rows`: their grants, where read."""
    rows = dossier.leaders_in_office() if rows is None else rows
    ordered = sorted(rows, key=lambda row: (row.role != Role.LEADER, row.pk))
    return list({row.user_id: row.user for row in ordered}.values())


def receptions(since: date) -> QuerySet[ReceptionDay]:
    """Days of reception from a day on, in order; cancelled ones are left out."""
    return ReceptionDay.objects.filter(day__gte=since, cancelled=False).select_related("leader")


def published_receptions() -> list[ReceptionDay]:
    """What residents may read: the next published days (信访工作条例 §18)."""
    return list(receptions(timezone.localdate()).filter(published=True)[:6])


def receptions_to_tie(case: Case | None = None) -> list[ReceptionDay]:
    """Today's, or, for a matter, those between some weeks before its receipt and today."""
    if case is not None:
        return dossier.of(case).receptions
    today = timezone.localdate()
    return list(receptions(today).filter(day__lte=today))


def reception_of(case: Case) -> list[ReceptionDay]:
    return [row.reception for row in dossier.of(case).visits]


def charge_of(case: Case) -> CaseLeader | None:
    """Who has the matter in charge now; a charge ends by its day without anybody's doing."""
    today = timezone.localdate()
    current = (row for row in dossier.of(case).charges if row.ended_at is None)
    return next((row for row in current if row.until is None or row.until >= today), None)
