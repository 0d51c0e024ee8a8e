"""The shipped classes of events and facilities: loaded once, then the office's own."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..models import EventClass
from ..shipped import rows

SHIPPED = "event_classes.csv"


def load_classes() -> int:
    """Create the shipped classes that the office never had; gives how many. What it has is never touched again."""
    have = set(EventClass.objects.values_list("scheme", "code"))
    new = [_class(row, order) for order, row in enumerate(rows(SHIPPED), start=1)]
    return len(EventClass.objects.bulk_create([row for row in new if (row.scheme, row.code) not in have]))


def _class(row: dict[str, str], order: int) -> EventClass:
    shaped: dict[str, Any] = {
        "limit_amount": int(row["limit_amount"]) if row["limit_amount"] else None,
        "evidence": row["evidence"].split(),
        "owner_first": bool(row["owner_first"]),
        "urgent": bool(row["urgent"]),
        "words": [word for word in row["words"].split("|") if word],
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }
    return EventClass(**row | shaped, order=order)
