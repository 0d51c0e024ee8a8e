"""Members: joined, changed, the liaison moved. Leaving is in `cases`, which knows what would be left behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append
from yimen.ledger.changes import difference

from ..models import Membership, Unit


@dataclass(frozen=True, slots=True)
class Joining:
    """One person entering one unit. `window` is the counter they sit at, `title` what their door says."""

    user: User
    unit: Unit
    since: date
    title: str = ""
    window: str = ""
    liaison: bool = False

    def membership(self) -> Membership:
        return Membership(
            user=self.user,
            unit=self.unit,
            since=self.since,
            title=self.title,
            window=self.window,
            liaison=self.liaison,
        )


@transaction.atomic
def join(actor: Actor, joining: Joining) -> Membership:
    """One person becomes an active member of a unit. Raises Invalid when the unit already has a liaison."""
    return join_many(actor, [joining])[0]


@transaction.atomic
def join_many(actor: Actor, joinings: Iterable[Joining]) -> list[Membership]:
    """Many at once (set-up, import): one insert for all, one ledger entry each. All or nothing."""
    rows = [joining.membership() for joining in joinings]
    _check_one_liaison(rows)
    Membership.objects.bulk_create(rows)
    for row in rows:
        append(actor, "organisations.member_joined", "unit", row.unit_id, _member_payload(row))
    return rows


@transaction.atomic
def admit(actor: Actor, joining: Joining) -> Membership:
    """As `join`, and for somebody who was here before: the same row is active again, the ledger keeps the time away.

    The first member of a unit is its liaison; later ones take that over from whoever has it when they are to.
    Raises Invalid when the person is a member already, or the unit has no accounts.
    """
    unit = Unit.objects.select_for_update().get(pk=joining.unit.pk)
    if not unit.online:
        raise Invalid(_("还不能保存"), {"unit": _("无账号单位没有人员")})
    old = Membership.objects.select_for_update().filter(user=joining.user, unit=unit).first()
    if old and old.active:
        raise Invalid(_("还不能保存"), {"person": _("此人已是这个单位的在岗人员")})
    row = joining.membership()
    row.pk, row.liaison = old.pk if old else None, False
    row.save(force_update=old is not None)
    append(actor, "organisations.member_joined", "unit", unit.pk, _member_payload(row))
    if joining.liaison or not Membership.objects.filter(unit=unit, active=True, liaison=True).exists():
        move_liaison(actor, row)
    return row


@transaction.atomic
def edit_member(actor: Actor, member: Membership, *, title: str, window: str) -> Membership:
    """What stands on the door and at which counter somebody sits."""
    row = Membership.objects.select_for_update().get(pk=member.pk)
    before = {"title": row.title, "window": row.window}
    row.title, row.window = title.strip(), window.strip()
    said = difference(before, {"title": row.title, "window": row.window})
    if not said["after"]:
        raise Invalid(_("没有改动"))
    row.save(update_fields=["title", "window"])
    append(actor, "organisations.member_edited", "unit", row.unit_id, {"user": row.user_id} | said)
    return row


@transaction.atomic
def move_liaison(actor: Actor, member: Membership) -> Membership:
    """From now on what is sent to the unit arrives at this member (联络员). Open matters stay where they are."""
    Unit.objects.select_for_update().get(pk=member.unit_id)
    row = Membership.objects.select_for_update().get(pk=member.pk)
    if not row.active:
        raise Conflict(_("此人已不在岗，不能当联络员"))
    old = Membership.objects.filter(unit=row.unit_id, active=True, liaison=True).first()
    if old and old.pk == row.pk:
        return row
    Membership.objects.filter(unit=row.unit_id, liaison=True).update(liaison=False)
    row.liaison = True
    row.save(update_fields=["liaison"])
    said = difference({"liaison": old.user_id if old else None}, {"liaison": row.user_id})
    append(actor, "organisations.liaison_moved", "unit", row.unit_id, said)
    return row


def _member_payload(row: Membership) -> dict[str, object]:
    return {"user": row.user_id, "title": row.title, "liaison": row.liaison, "since": row.since.isoformat()}


def _check_one_liaison(rows: list[Membership]) -> None:
    """A unit has one 联络员: what is sent to it must arrive on one desk."""
    wanted = [row.unit_id for row in rows if row.liaison]
    taken = Membership.objects.filter(unit_id__in=wanted, liaison=True, active=True).exists()
    if taken or len(wanted) != len(set(wanted)):
        raise Invalid(_("一个单位只能有一名联络员"), {"liaison": _("一个单位只能有一名联络员")})
