"""Setting up units and who belongs to them. Each verb is one transaction and one ledger entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger.actions import append

from .models import Membership, Office, Unit, UnitKind


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
def set_office(actor: Actor, **fields: str) -> Office:
    """Name the street served here. There is one office; a second call changes it."""
    office = Office.objects.select_for_update().order_by("id").first() or Office()
    for name, value in fields.items():
        setattr(office, name, value)
    office.full_clean()
    office.save()
    append(actor, "organisations.office_set", "office", office.pk, dict(fields))
    return office


@transaction.atomic
def add_unit(actor: Actor, unit: Unit) -> Unit:
    """Add one unit. Raises Invalid when its key or name is taken or malformed, or a parent loops."""
    _check_unit(unit)
    unit.save(force_insert=True)
    append(actor, "organisations.unit_added", "unit", unit.pk, _unit_payload(unit))
    return unit


@transaction.atomic
def ensure_centre(actor: Actor) -> Unit:
    """The centre's unit; made with a placeholder office where a home has none yet (`./yimen admin` comes first)."""
    found = Unit.objects.filter(kind=UnitKind.CENTRE).order_by("order", "id").first()
    if found:
        return found
    if not Office.objects.exists():
        set_office(actor, name=_("本街道"), centre_name=_("综治中心"))
    return add_unit(actor, Unit(key="centre", name=_("综治中心"), kind=UnitKind.CENTRE))


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


def _unit_payload(unit: Unit) -> dict[str, object]:
    return {"key": unit.key, "name": unit.name, "kind": unit.kind, "online": unit.online}


def _member_payload(row: Membership) -> dict[str, object]:
    return {"user": row.user_id, "title": row.title, "liaison": row.liaison, "since": row.since.isoformat()}


def _check_unit(unit: Unit) -> None:
    if Unit.objects.filter(key=unit.key).exists():
        raise Invalid(_("已有这个单位代号"), {"key": _("已有这个单位代号")})
    if Unit.objects.filter(name=unit.name).exists():
        raise Invalid(_("已有同名单位"), {"name": _("已有同名单位")})
    unit.full_clean(validate_unique=False)


def _check_one_liaison(rows: list[Membership]) -> None:
    """A unit has one 联络员: what is sent to it must arrive on one desk."""
    wanted = [row.unit_id for row in rows if row.liaison]
    taken = Membership.objects.filter(unit_id__in=wanted, liaison=True, active=True).exists()
    if taken or len(wanted) != len(set(wanted)):
        raise Invalid(_("一个单位只能有一名联络员"), {"liaison": _("一个单位只能有一名联络员")})
