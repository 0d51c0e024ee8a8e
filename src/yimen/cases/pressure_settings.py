"""The office's own figures for reminders, urging and supervision: shipped as data, changed by a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.db.models import IntegerField, Subquery
from django.db.models.functions import Cast, Coalesce

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


def settings(rows: Iterable[PressureSetting] | None = None) -> dict[str, Setting]:
    """Every figure by its key. One query, none with the office's own `rows` at hand."""
    own = {row.key: row.value for row in (PressureSetting.objects.all() if rows is None else rows)}
    return {
        key: Setting(**{**row, "value": own.get(key, row["value"]), "shipped": row["value"]})
        for key, row in _shipped().items()
    }


def own(key: str) -> Coalesce:
    """A figure as the database reads it inside another question: the office's own, else the shipped one."""
    row = PressureSetting.objects.filter(key=key).annotate(size=Cast("value", IntegerField()))
    return Coalesce(Subquery(row.values("size")), int(shipped(key)))


def text(key: str) -> str:
    return settings()[key].value


def number(key: str, rows: Iterable[PressureSetting] | None = None) -> int:
    return int(settings(rows)[key].value)
