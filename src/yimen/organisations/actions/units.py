"""Units: added, changed, ended by date. Never deleted: old matters keep naming them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append
from yimen.ledger.changes import difference, values_of

from ..models import Membership, Office, Unit, UnitKind
from .office import set_office

EDITABLE = ("name", "kind", "parent", "online", "phone", "address", "hours", "order")


@transaction.atomic
def add_unit(actor: Actor, unit: Unit) -> Unit:
    """Add one unit. Raises Invalid when its key or name is taken or malformed, or a parent loops."""
    _check_unit(unit)
    unit.save(force_insert=True)
    append(actor, "organisations.unit_added", "unit", unit.pk, _unit_payload(unit))
    return unit


@transaction.atomic
def edit_unit(actor: Actor, unit: Unit, changes: Mapping[str, Any]) -> Unit:
    """Change what `EDITABLE` names. Raises Invalid for a taken name, a parent that loops, or a unit with accounts
    whose members are still there when it is to go without (无账号)."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    before = values_of(unit, EDITABLE)
    for name, value in changes.items():
        setattr(unit, name, value)
    _check_unit(unit)
    if before["online"] and not unit.online and Membership.objects.filter(unit=unit, active=True).exists():
        raise Invalid(_("还不能保存"), {"online": _("还有在岗人员，请先办理结束任职，再改为无账号单位")})
    said = difference(before, values_of(unit, EDITABLE))
    if not said["after"]:
        raise Invalid(_("没有改动"))
    unit.save()
    append(actor, "organisations.unit_edited", "unit", unit.pk, said)
    return unit


@transaction.atomic
def end_unit(actor: Actor, unit: Unit, last_day: date) -> Unit:
    """The unit exists until `last_day`. That no open matter leans on it is asked by `cases`, which knows them.

    Raises Conflict while people or units belong to it, Invalid for the centre.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.kind == UnitKind.CENTRE:
        raise Invalid(_("中心本身不能停用"))
    if unit.valid_to is not None:
        raise Conflict(_("这个单位已经停用"))
    if count := Membership.objects.filter(unit=unit, active=True).count():
        raise Conflict(_("还有 %d 名在岗人员，请先逐人办理结束任职") % count)
    if below := Unit.objects.filter(parent=unit, valid_to__isnull=True).first():
        raise Conflict(_("%s还设在这个单位之下，请先改它的上级单位") % below.name)
    if unit.valid_from and last_day < unit.valid_from:
        raise Invalid(_("还不能保存"), {"last_day": _("不能早于起用日期")})
    unit.valid_to = last_day
    unit.save(update_fields=["valid_to"])
    append(actor, "organisations.unit_ended", "unit", unit.pk, difference({}, {"valid_to": last_day}))
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


def _unit_payload(unit: Unit) -> dict[str, object]:
    return {"key": unit.key, "name": unit.name, "kind": unit.kind, "online": unit.online}


def _check_unit(unit: Unit) -> None:
    others = Unit.objects.exclude(pk=unit.pk)
    if others.filter(key=unit.key).exists():
        raise Invalid(_("已有这个单位代号"), {"key": _("已有这个单位代号")})
    if others.filter(name=unit.name).exists():
        raise Invalid(_("已有同名单位"), {"name": _("已有同名单位")})
    try:
        unit.full_clean(validate_unique=False)
    except ValidationError as error:
        said = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("还有内容要补充或更正"), said) from error
    _check_parent(unit)
    if unit.kind == UnitKind.CENTRE and not unit.online:
        raise Invalid(_("还不能保存"), {"online": _("中心要有账号")})


def _check_parent(unit: Unit) -> None:
    """Upwards from a unit one never comes back to it."""
    above = unit.parent
    while above is not None:
        if above.pk == unit.pk and unit.pk is not None:
            raise Invalid(_("还不能保存"), {"parent": _("上级单位不能是本单位或它的下级")})
        above = above.parent
