"""A whole table of premises at once, all or nothing, judged again inside the transaction that writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger.actions import append

from .. import contacts
from ..models import Premise
from ..premises_models import PREMISE_KINDS
from ..premises_table import Judged, Plan, judge
from .premises import PREMISE, insert


@transaction.atomic
def take(actor: Actor, grants: Grants, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Plan:
    """Do what `judge` says of these rows; gives what was done. One ledger entry `premises.imported` with numbers.

    Raises Invalid while any row is wrong, and when nothing would change; Conflict when somebody registers one of the
    places at this moment.
    """
    require(grants, "grids.keep_premises")
    plan = judge(grants, rows)
    if plan.wrong:
        raise Invalid(_("还有 %d 行要改好，一行也没有导入") % len(plan.wrong))
    if not plan.added and not plan.changed:
        raise Invalid(_("没有要新增或修改的"))
    made = [insert(grants, one.said, timezone.localdate()) for one in plan.added if one.said]
    touched = [_change(one) for one in plan.changed]
    kinds = {kind: sum(row.kind == kind for row in made) for kind, _words in PREMISE_KINDS}
    payload = {"added": len(made), "changed": len(touched), "kinds": kinds}
    append(actor, "premises.imported", PREMISE, (made + touched)[0].pk, payload)
    return plan


def _change(one: Judged) -> Premise:
    """Kind and contact; name, address and grid are how the row was found."""
    assert one.row and one.said
    row = Premise.objects.select_for_update().get(pk=one.row.pk)
    row.kind = one.said.kind
    contacts.seal(row, one.said.contact, one.said.phone)
    row.save(update_fields=["kind", "wrapped_key", "sealed"])
    return row


@transaction.atomic
def exported(actor: Actor, count: int) -> None:
    """That the register left the house, with its contacts."""
    append(actor, "premises.exported", PREMISE, 0, {"rows": count})
