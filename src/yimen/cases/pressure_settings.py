"""The office's own figures for reminders, urging and supervision: shipped as data, changed by a row."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import actions as ledger

from .models import PressureSetting

DATA: Final = Path(__file__).resolve().parent / "data"
MOST: Final = 365


@dataclass(frozen=True, slots=True)
class Setting:
    """One figure with what it means; `value` is the office's own where it set one, else the shipped one."""

    key: str
    value: str
    unit: str
    zh: str
    en: str
    certainty: str
    source: str
    shipped: str


@cache
def _shipped() -> dict[str, dict[str, str]]:
    with (DATA / "pressure_settings.csv").open(encoding="utf-8", newline="") as stream:
        return {row["key"]: row for row in csv.DictReader(stream)}


def settings() -> dict[str, Setting]:
    """Every figure by its key. One query."""
    own = dict(PressureSetting.objects.values_list("key", "value"))
    return {
        key: Setting(**{**row, "value": own.get(key, row["value"]), "shipped": row["value"]})
        for key, row in _shipped().items()
    }


def text(key: str) -> str:
    return settings()[key].value


def number(key: str) -> int:
    return int(text(key))


def change(actor: Actor, grants: Grants, key: str, value: str) -> None:
    """Set one figure; the director's. What it was and is stays in the ledger. Raises Invalid."""
    require(grants, "cases.set_pressure")
    before = settings().get(key)
    if before is None:
        raise Invalid(_("没有这一项"))
    value = _checked(before, value.strip())
    if value == before.value:
        return
    with transaction.atomic():
        row, _made = PressureSetting.objects.update_or_create(key=key, defaults={"value": value})
        ledger.append(
            actor, "pressure.set", "pressure_setting", row.pk, {"key": key, "was": before.value, "now": value}
        )


def _checked(setting: Setting, value: str) -> str:
    if setting.unit == "text":
        if len(value) > 8:
            raise Invalid(_("还有内容要补充或更正"), {setting.key: _("最多 %d 字") % 8})
        return value
    if not value.isdecimal() or not 1 <= int(value) <= MOST:
        raise Invalid(_("还有内容要补充或更正"), {setting.key: _("请填 1 到 %d 的整数") % MOST})
    return str(int(value))
