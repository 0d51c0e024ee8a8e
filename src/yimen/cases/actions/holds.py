"""保全: nothing of a matter (or of any) is hidden or destroyed while a hold stands. One places it, two lift it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Missing, Refused
from yimen.ledger.actions import append

from .. import dossier, queries
from ..models import Case, LegalHold
from .holding import need
from .record import record

OFFICE = "office"


def place(actor: Actor, grants: Grants, ref: UUID | None, *, reason: str) -> LegalHold:
    """Hold one visible matter, or everything when `ref` is None. Raises Refused, Invalid, Conflict (held already)."""
    require(grants, "cases.hold")
    said = need(reason, "reason", _("理由"), 500)
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True) if ref else None
        if LegalHold.objects.filter(case=case, lifted_at__isnull=True).exists():
            raise Conflict(_("已经暂停销毁"))
        row = LegalHold.objects.create(
            case=case, reason=said, placed_by_id=actor.user_id, placed_at=timezone.now()
        )
        _keep(actor, row, "hold_placed", said)
        return row


def ask_lift(actor: Actor, grants: Grants, pk: int, *, reason: str) -> LegalHold:
    """The first of two. Raises Missing, Conflict when somebody asked already."""
    said = need(reason, "reason", _("理由"), 500)
    with transaction.atomic():
        row = _standing(grants, pk)
        if row.lift_asked_at is not None:
            raise Conflict(_("已经有人申请解除，等另一人同意"))
        row.lift_reason, row.lift_asked_by_id, row.lift_asked_at = said, actor.user_id, timezone.now()
        row.save()
        _keep(actor, row, "hold_lift_asked", said)
        return row


def decide_lift(actor: Actor, grants: Grants, pk: int, *, agree: bool) -> LegalHold:
    """The second, another person than who asked. A refusal leaves the hold and clears the request."""
    with transaction.atomic():
        row = _standing(grants, pk)
        if row.lift_asked_by_id is None:
            raise Conflict(_("还没有人申请解除"))
        if row.lift_asked_by_id == actor.user_id:
            raise Refused(_("解除暂停销毁要两个人：申请的人不能自己同意"))
        if agree:
            row.lifted_by_id, row.lifted_at = actor.user_id, timezone.now()
        else:
            row.lift_reason, row.lift_asked_by_id, row.lift_asked_at = "", None, None
        row.save()
        _keep(actor, row, "hold_lifted" if agree else "hold_lift_refused", "")
        return row


def of(case: Case) -> list[LegalHold]:
    """What holds this matter now: its own hold, and the one on everything."""
    return dossier.of(case).holds


def _standing(grants: Grants, pk: int) -> LegalHold:
    """A hold that stands, locked. Of a matter this person may not see (and that is not merely hidden): Missing."""
    require(grants, "cases.hold")
    row = LegalHold.objects.select_for_update().filter(pk=pk, lifted_at__isnull=True).first()
    seen = row is not None and (
        row.case_id is None or queries.counted_for(grants).filter(pk=row.case_id).exists()
    )
    if row is None or not seen:
        raise Missing(_("没有这项暂停，或者已经解除"))
    return row


def _keep(actor: Actor, row: LegalHold, done: str, reason: str) -> None:
    if row.case is None:
        append(actor, f"cases.{done}", OFFICE, 1, {"hold": row.pk} | ({"reason": reason} if reason else {}))
        return
    words = {"reason": reason} if reason else None
    record(actor, row.case, f"case.{done}", at=timezone.now(), payload={"hold": row.pk}, words=words)
