"""工作交接: leave and departure need a hand-over of all open matters."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.models import RoleGrant
from yimen.access.queries import holding
from yimen.access.registry import Grants, require
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger import actions as ledger
from yimen.organisations.models import Membership

from .. import queries
from ..models import Case
from . import approvals, holders, notes
from .record import record, standing


def hand_over(
    actor: Actor,
    grants: Grants,
    leaving: User,
    to: User,
    *,
    reason: str = "",
    category: str = "",
    lead_unit: str = "",
) -> int:
    """Give every open matter of one person to another of the same unit; gives how many. One ledger entry each.

    `category` and `lead_unit` (keys) narrow it to a part of the work. A head hands over inside the own unit, the
    director inside the centre. Sealed matters are never open.
    """
    require(grants, "cases.hand_over")
    if leaving.pk == to.pk:
        raise Invalid(_("请选择接手的人"), {"to": _("不能交给本人")})
    with transaction.atomic():
        wanted = queries.open_matters_of(leaving.pk).filter(**_part(category, lead_unit))
        rows = list(wanted.select_for_update(of=("self",)).order_by("id"))
        for case in rows:
            _pass(actor, grants, case, leaving, to, reason)
        return len(rows)


def _part(category: str, lead_unit: str) -> dict[str, str]:
    given = {"category__key": category, "lead_unit__key": lead_unit}
    return {name: value for name, value in given.items() if value}


def _pass(actor: Actor, grants: Grants, case: Case, leaving: User, to: User, reason: str) -> None:
    if case.accountable_person_id == leaving.pk:
        _must_be_member(grants, to, case.accountable_unit_id)
        case.accountable_person = to
    if case.holder_id == leaving.pk:
        _must_be_member(grants, to, case.holder_unit_id)
        approvals.passed(case, to.pk)
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
    if unit_id not in grants.units(Role.DIRECTOR, Role.HEAD):
        raise Refused(_("只能交接本单位的事项"))
    works = holding().filter(user=to, unit_id=unit_id).exclude(role__in=ADMINISTRATORS)
    if unit_id is None or not holders.is_member(to.pk, unit_id) or not works.exists():
        raise Invalid(_("接手的人须是本单位在岗的办事人员"), {"to": _("请重新选择")})


def end_membership(actor: Actor, grants: Grants, member: Membership, *, on: date | None = None) -> None:
    """Leave or departure: refused while open matters remain with the person (the database refuses it too).

    By a head or the director for the own unit, by the system administrator for any. The person's roles in this unit
    end the same day, and so do those of whoever stands in for them there.
    """
    if not grants.has(Role.ADMIN):
        require(grants, "cases.hand_over")
        if member.unit_id not in grants.units(Role.DIRECTOR, Role.HEAD):
            raise Refused(_("只能办理本单位人员"))
    open_rows = queries.open_matters_of(member.user_id)
    left = open_rows.filter(accountable_unit=member.unit_id) | open_rows.filter(holder_unit=member.unit_id)
    if count := left.distinct().count():
        raise Conflict(_("还有 %d 件未办结事项，请先交接") % count)
    last = on or timezone.localdate()
    with transaction.atomic():
        member.active, member.liaison, member.until = False, False, last
        member.save(update_fields=["active", "liaison", "until"])
        theirs = Q(user=member.user_id) | Q(stands_for=member.user_id)
        ended = RoleGrant.objects.filter(theirs, unit=member.unit_id).filter(
            Q(until__isnull=True) | Q(until__gte=last)
        )
        roles = list(ended.values_list("role", flat=True))
        ended.update(until=Greatest("since", Value(last - timedelta(days=1))))
        if not Membership.objects.filter(user=member.user_id, active=True).exists():
            notes.forget_notes_by(member.user_id)
        payload = {"user": member.user_id, "until": last, "roles": roles}
        ledger.append(actor, "organisations.member_left", "unit", member.unit_id, payload)
