"""Suggestions that two matters are one: kept by a job, dismissed by a person. Merging and linking are verbs of their own."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Missing

from .. import queries
from ..alikes import like
from ..models import Alike, Case
from ..states import Who
from .holding import held
from .record import record


def keep(case_id: int) -> int:
    """Keep what resembles this matter; answers how many suggestions are new. A second time changes nothing."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return 0
    now = timezone.now()
    rows = [Alike(case=case, other_id=one.other_id, score=one.score, found_at=now) for one in like(case)]
    with transaction.atomic():
        before = Alike.objects.filter(case=case).count()
        Alike.objects.bulk_create(rows, ignore_conflicts=True)
        return Alike.objects.filter(case=case).count() - before


def dismiss(actor: Actor, grants: Grants, ref: UUID, other: UUID) -> None:
    """不是同一件事: the suggestion does not come back. Raises Missing when there is none (any more)."""
    second = queries.get_visible(grants, other)
    with held(grants, ref, Who.DESK) as case:
        now = timezone.now()
        rows = Alike.objects.filter(case=case, other=second, dismissed_at__isnull=True)
        if not rows.update(dismissed_at=now, dismissed_by_id=actor.user_id):
            raise Missing(_("没有这条提示，或者别人已经判断过"))
        record(actor, case, "case.alike_dismissed", at=now, payload={"other": second.number})
