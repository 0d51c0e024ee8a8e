"""What becomes of every table when a period ends: one declared row a model (data/retention_map.csv).

`matter`: the rows go with their matter (`path` leads to it). `counted`: the row stays as a fact to count, what could
speak of a person or of the content is emptied (`columns`). `function`: append-only, deleted by `cases_erase` in the
database. `period`: rows go by a class and a date of their own (`path`); with `columns` they are emptied instead, with
`column=value` only such rows go. `ledger`, `jobs`: see `actions/erasing.py`. `kept`: stays, `why` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.db import models

from .shipped import rows

FATES: Final = ("matter", "counted", "function", "period", "ledger", "jobs", "kept")


@dataclass(frozen=True, slots=True)
class Fate:
    """One row of the table; `label` as Django names a model (app.Model)."""

    label: str
    fate: str
    path: str
    columns: tuple[str, ...]
    key: str
    activity: str
    personal: str
    why: str

    @property
    def model(self) -> type[models.Model]:
        return _model(self.label)

    @property
    def only(self) -> dict[str, str]:
        """Which rows alone: from `column=value`."""
        return dict(part.split("=", 1) for part in self.columns if "=" in part)

    @property
    def emptied(self) -> dict[str, Any]:
        """Column → the value that says nothing."""
        return {name: _nothing(self.model, name) for name in self.columns if "=" not in name}


@cache
def fates() -> tuple[Fate, ...]:
    """In the order of the file: what stands on another row comes after it or does not matter (deferred keys)."""
    return tuple(
        Fate(
            row["model"], row["fate"], row["path"], tuple(filter(None, row["columns"].split("|"))), row["class"],
            row["activity"], row["personal"], row["why"],
        )
        for row in rows("retention_map.csv")
    )  # fmt: skip


def of_kind(*kinds: str) -> list[Fate]:
    return [fate for fate in fates() if fate.fate in kinds]


@cache
def _model(label: str) -> type[models.Model]:
    known = {one._meta.label: one for one in apps.get_models(include_auto_created=True)}
    return known[label]


def _nothing(model: type[models.Model], name: str) -> Any:
    field = model._meta.get_field(name)
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""
