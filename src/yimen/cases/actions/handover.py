"""工作交接: leave and departure need a hand-over of all open matters."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.organisations.models import Membership

from .. import queries
from ..models import Case
from .record import record, standing


def hand_over(actor: Actor, grants: Grants, leaving: User, to: User, *, reason: str = "") -> int:
    """Give every open matter of one person to another of the same unit; gives how many. One ledger entry each.

    A head hands over inside the own unit, the director inside the centre; nobody hands over what is not theirs to
    see: sealed matters stay and are named as an obstacle.
    """
    require(grants, "cases.hand_over")
    if leaving.pk == to.pk:
        raise Invalid(_("请选择接手的人"), {"to": _("不能交给本人")})
    with transaction.atomic():
        rows = list(queries.open_matters_of(leaving.pk).select_for_update().order_by("id"))
        for case in rows:
            _pass(actor, grants, case, leaving, to, reason)
        return len(rows)


def _pass(actor: Actor, grants: Grants, case: Case, leaving: User, to: User, reason: str) -> None:
    if case.accountable_person_id == leaving.pk:
        _must_be_member(grants, to, case.accountable_unit_id)
        case.accountable_person = to
    if case.holder_id == leaving.pk:
        _must_be_member(grants, to, case.holder_unit_id)
        case.holder = to
    if case.handler_id == leaving.pk:
        case.handler = to
    case.version += 1
    case.save()
    record(
        actor,
        case,
        "case.handed_over",
        at=timezone.now(),
        payload={"from_person": leaving.pk, "to_person": to.pk, "set": standing(case)},
        words={"reason": reason} if reason else None,
    )


def _must_be_member(grants: Grants, to: User, unit_id: int | None) -> None:
    if unit_id not in grants.units():
        raise Refused(_("只能交接本单位的事项"))
    if not Membership.objects.filter(user=to, unit_id=unit_id, active=True).exists():
        raise Invalid(_("接手的人须是本单位在岗人员"), {"to": _("请重新选择")})


def end_membership(actor: Actor, grants: Grants, member: Membership, *, on: date | None = None) -> None:
    """Leave or departure: refused while open matters remain with the person (the database refuses it too)."""
    require(grants, "cases.hand_over")
    if member.unit_id not in grants.units():
        raise Refused(_("只能办理本单位人员"))
    open_rows = queries.open_matters_of(member.user_id)
    left = open_rows.filter(accountable_unit=member.unit_id) | open_rows.filter(holder_unit=member.unit_id)
    if count := left.distinct().count():
        raise Conflict(_("还有 %d 件未办结事项，请先交接") % count)
    member.active, member.liaison, member.until = False, False, on or timezone.localdate()
    member.save(update_fields=["active", "liaison", "until"])
