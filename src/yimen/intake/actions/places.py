"""A need of a place becomes a matter, in one tap."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yimen.access.registry import Grants, require
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case
from yimen.cases.queries import suggest
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.grids.actions import premises
from yimen.grids.models import Premise, PremiseNeed

OTHER: Final = "other"


def raise_need(actor: Actor, grants: Grants, need_id: int, *, at: datetime | None = None) -> Case:
    """Register what a premise needs as a matter received now: its words, its place, and the category that they suggest
    (which the clerk may correct). Nobody's name: the place asks, not a person. The need keeps the matter's number.

    Whoever taps second gets Conflict. Raises Missing, Refused, Invalid.
    """
    require(grants, "intake.raise_need")
    now = at or timezone.now()
    with transaction.atomic():
        need = premises.open_need(grants, need_id)
        case = open_case(actor, grants, _registration(need), at=now)
        premises.raised(actor, need, case.number, now)
    return case


def _registration(need: PremiseNeed) -> Registration:
    place = need.premise
    return Registration(
        text=need.words, category=_category(need.words), place=where(place)[:200], anonymous=True,
        channel="visit", appeal="help", client_key=_key(need), words={"premise": place.name},
    )  # fmt: skip


def where(place: Premise) -> str:
    """三社区第8网格 永安路12号 惠民超市: as a place is said, so that the matter finds its grid."""
    community = place.grid.parent.name if place.grid.parent else ""
    return f"{community}{place.grid.name} {place.address} {place.name}"


def _category(words: str) -> str:
    """What the words suggest, else 其他: the clerk sees it at once and corrects it."""
    found = suggest(words, 1)
    return found[0].key if found else OTHER


def _key(need: PremiseNeed) -> UUID:
    return UUID(bytes=crypto.content_digest(f"grids.need {need.pk}".encode())[:16])
