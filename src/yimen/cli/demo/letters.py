"""Letters of the told cases: drafted, carried step by step, served with their receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from yimen.access.registry import Grants
from yimen.cases.actions import letters
from yimen.cases.models import Case, Letter
from yimen.foundation.actor import Actor


def draft(actor: Actor, grants: Grants, ref: UUID, *, kind: str, at: datetime, **words: Any) -> Letter:
    """A first wording, greeting the visitor, submitted at once."""
    received = timezone.localdate(Case.objects.get(uuid=ref).received_at)
    row = letters.begin(actor, grants, ref, kind, {"received_on": received, **words}, addressee=0, at=at)
    return letters.move(actor, grants, ref, row.uuid, "submit", at=at)


def carry(actor: Actor, grants: Grants, ref: UUID, *, steps: list[str], at: datetime) -> None:
    """Steps of the matter's latest letter, one after the other."""
    for step in steps:
        letters.move(actor, grants, ref, _latest(ref), step, at=at)


def serve(
    actor: Actor, grants: Grants, ref: UUID, *, way: str, served_on: datetime, at: datetime, **receipt: Any
) -> None:
    letters.serve(actor, grants, ref, _latest(ref), way, {"received_at": served_on, **receipt}, at=at)


def _latest(ref: UUID) -> UUID:
    return Letter.objects.filter(case__uuid=ref).latest("id").uuid
