"""Giving and ending roles. A role is always over a unit and from a day; it ends, it is never erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append
from yimen.organisations.models import Unit

from .models import RoleGrant
from .roles import Role


@dataclass(frozen=True, slots=True)
class Granting:
    """One role to be given. `grid_code` narrows it to one grid of the unit."""

    user: User
    role: Role
    unit: Unit
    since: date
    until: date | None = None
    grid_code: str = ""

    def row(self, by: int | None) -> RoleGrant:
        return RoleGrant(
            user=self.user,
            role=Role(self.role),
            unit=self.unit,
            grid_code=self.grid_code,
            since=self.since,
            until=self.until,
            granted_by_id=by,
        )


def grant(
    actor: Actor,
    user: User,
    role: Role,
    unit: Unit,
    since: date,
    until: date | None = None,
    *,
    grid_code: str = "",
) -> RoleGrant:
    """Give `user` a role over `unit` from `since` to `until` (both days included; open when None).

    Raises Invalid when the period ends before it begins or the same grant exists. One ledger entry
    `access.granted`. Whether the actor may do this is asked by the door.
    """
    return grant_many(actor, [Granting(user, role, unit, since, until, grid_code)])[0]


@transaction.atomic
def grant_many(actor: Actor, grantings: Iterable[Granting]) -> list[RoleGrant]:
    """Many at once (set-up): one insert for all, one ledger entry each. All or nothing."""
    rows = [granting.row(actor.user_id) for granting in grantings]
    for row in rows:
        _check_period(row.since, row.until)
    _insert(rows)
    for row in rows:
        append(actor, "access.granted", "user", row.user_id, _payload(row))
    return rows


@transaction.atomic
def revoke(actor: Actor, grant_id: int, last_day: date) -> RoleGrant:
    """End a role after `last_day`; one that would end before it began is taken out (the ledger keeps both).

    Raises Conflict when it has already ended earlier. One ledger entry `access.revoked`.
    """
    row = RoleGrant.objects.select_for_update().get(pk=grant_id)
    if row.until is not None and row.until <= last_day:
        raise Conflict(_("这项角色已经结束"))
    append(actor, "access.revoked", "user", row.user_id, _payload(row) | {"last_day": last_day.isoformat()})
    if last_day < row.since:
        row.delete()
        return row
    row.until = last_day
    row.save(update_fields=["until"])
    return row


def _insert(rows: list[RoleGrant]) -> None:
    try:
        with transaction.atomic():
            RoleGrant.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Invalid(_("这个人已有同样的角色"), {"role": _("这个人已有同样的角色")}) from error


def _check_period(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Invalid(_("结束日期早于开始日期"), {"until": _("结束日期早于开始日期")})


def _payload(row: RoleGrant) -> dict[str, object]:
    return {
        "grant": row.pk,
        "role": row.role,
        "unit": row.unit_id,
        "grid": row.grid_code,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }
