"""外部系统编号: the numbers of one matter in the other systems it is typed into (信访, 12345, 综治)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing

from .. import dossier
from ..models import Case, OutsideNumber
from ..models.desk import SYSTEMS
from ..states import Who
from . import search
from .holding import choice, held, need
from .record import record

MOST = 10  # numbers of one matter


def add_outside(actor: Actor, grants: Grants, ref: UUID, *, system: str, number: str) -> OutsideNumber:
    """Add one number; the same one twice gives the same row. Closed matters too: other systems lag behind.

    Raises Invalid (empty, too long, unknown system), Conflict beyond `MOST`.
    """
    number = need(number, "number", _("编号"), 60)
    with held(grants, ref, Who.DESK, Who.LEAD, open_only=False) as case:
        choice(system, dict(SYSTEMS), "system")
        rows = OutsideNumber.objects.filter(case=case)
        if found := rows.filter(system=system, number=number).first():
            return found
        if rows.count() >= MOST:
            raise Conflict(_("每件最多 %d 个外部系统编号") % MOST)
        row = rows.create(case=case, system=system, number=number, by_id=actor.user_id, at=timezone.now())
        _keep(actor, case, "case.outside_added", row)
        return row


def remove_outside(actor: Actor, grants: Grants, ref: UUID, *, row_id: int | None) -> None:
    """Take away a number that was typed in wrongly; what it was stays in the ledger. Raises Missing."""
    if row_id is None:
        raise Invalid(_("还有内容要补充或更正"), {"which": _("请选择")})
    with held(grants, ref, Who.DESK, Who.LEAD, open_only=False) as case:
        row = OutsideNumber.objects.filter(case=case, pk=row_id).first()
        if row is None:
            raise Missing(_("没有这个外部系统编号，可能已经撤去"))
        row.delete()
        _keep(actor, case, "case.outside_removed", row)


def outside_of(case: Case) -> list[OutsideNumber]:
    """The matter's numbers elsewhere, in the order they were added."""
    return dossier.of(case).outside


def _keep(actor: Actor, case: Case, kind: str, row: OutsideNumber) -> None:
    Case.objects.filter(pk=case.pk).update(search_text=search.text_of(case))
    words = {"number": row.number}
    record(actor, case, kind, at=timezone.now(), payload={"system": row.system}, words=words)
