"""What a change of the set-up leaves behind: the values before and after, and only those that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model


def values_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """These columns of a row as a payload takes them (foreign keys as ids)."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in names}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """{"before": …, "after": …} with the names whose value changed; both empty when nothing did."""
    names = [name for name in after if before.get(name) != after[name]]
    return {
        "before": {name: before.get(name) for name in names},
        "after": {name: after[name] for name in names},
    }
