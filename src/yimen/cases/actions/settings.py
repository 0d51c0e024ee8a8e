"""The director sets the office's figures for reminders, urging and supervision."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import actions as ledger
from yimen.organisations.models import UnitKind
from yimen.organisations.queries import units

from .. import pressure_settings
from ..models import PressureSetting

MOST = 365


def change(actor: Actor, grants: Grants, key: str, value: str) -> None:
    """Set one figure. What it was and is stays in the ledger. Raises Invalid beside the figure's own key."""
    require(grants, "cases.set_pressure")
    before = pressure_settings.settings().get(key)
    if before is None:
        raise Invalid(_("没有这一项"))
    value = _checked(before, value.strip())
    if value == before.value:
        return
    with transaction.atomic():
        row, _made = PressureSetting.objects.update_or_create(key=key, defaults={"value": value})
        payload = {"key": key, "was": before.value, "now": value}
        ledger.append(actor, "pressure.set", "pressure_setting", row.pk, payload)


def _checked(setting: pressure_settings.Setting, value: str) -> str:
    if setting.unit == "text":
        if len(value) > 8:
            raise Invalid(_("还有内容要补充或更正"), {setting.key: _("最多 %d 字") % 8})
        return value
    if setting.unit == "body":
        if value and not units().filter(key=value, kind=UnitKind.DISTRICT).exists():
            raise Invalid(_("还有内容要补充或更正"), {setting.key: _("没有这个区级单位")})
        return value
    if not value.isascii() or not value.isdecimal() or not 1 <= int(value) <= MOST:
        raise Invalid(_("还有内容要补充或更正"), {setting.key: _("请填 1 到 %d 的整数") % MOST})
    return str(int(value))
