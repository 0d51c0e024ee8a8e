"""The office's own figures for reminders, urging and supervision: shipped as data, changed by a row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .models import PressureSetting
from .shipped import rows


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
    return {row["key"]: row for row in rows("pressure_settings.csv")}


def shipped(key: str) -> str:
    return _shipped()[key]["value"]


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
