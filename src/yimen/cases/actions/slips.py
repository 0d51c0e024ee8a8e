"""Slips: a number and a secret for the person; only the secret's hash stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yimen.access.registry import Grants, can, require
from yimen.foundation.actor import Actor
from yimen.foundation.ids import slip_code, slip_digest

from .. import queries
from ..models import Case, SlipCode
from .record import record


def issue_slip(actor: Actor, grants: Grants, case: Case, *, at: datetime | None = None) -> str:
    """A new secret for a slip about to be printed (100 bits). Earlier slips of the matter stay valid."""
    require(grants, "cases.open")
    now, code = at or timezone.now(), slip_code()
    with transaction.atomic():
        SlipCode.objects.create(
            case=case, digest=slip_digest(code), issued_by_id=actor.user_id, issued_at=now
        )
        record(actor, case, "case.slip_printed", at=now)
    return code


def open_by_slip(actor: Actor, grants: Grants, text: str) -> Case | None:
    """A returning visitor's matter by what stands on the slip: its number, its code or the scanned address.

    Open or closed, inside what the reader may see; that it was opened so is kept in the ledger.
    """
    require(grants, "cases.open")
    case = _by_code(grants, text) or queries.by_number(grants, _number_of(text))
    if case is not None and can(grants, "cases.view", case):
        with transaction.atomic():
            record(actor, case, "case.viewed_by_slip", at=timezone.now())
    return case


def _by_code(grants: Grants, text: str) -> Case | None:
    code = text.rpartition("#")[2]
    found = SlipCode.objects.filter(digest=slip_digest(code)).values("case")[:1]
    return queries.visible_to(grants).filter(pk__in=found).first()


def _number_of(text: str) -> str:
    """The number in a scanned address `…/m/NUMBER#CODE`, else the text itself."""
    from urllib.parse import unquote

    return unquote(text.partition("#")[0].rpartition("/m/")[2]) if "/m/" in text else text
