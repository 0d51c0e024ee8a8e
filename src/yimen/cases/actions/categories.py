"""Loading the office's categories from a data file."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from ..models import Category

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "categories.csv"


def load_categories(path: Path = SHIPPED, valid_from: date = date(2000, 1, 1)) -> int:
    """Create the shipped categories that are not there yet; gives how many were added. Existing rows stay."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    have = set(Category.objects.values_list("key", flat=True))
    new = [_category(row, order, valid_from) for order, row in enumerate(rows) if row["key"] not in have]
    Category.objects.bulk_create(new)
    return len(new)


def _category(row: dict[str, str], order: int, valid_from: date) -> Category:
    return Category(
        key=row["key"],
        name=row["name"],
        name_en=row["name_en"],
        short=row["short"],
        default_unit=row["default_unit"],
        dispatch_mode=row["dispatch_mode"],
        urgency=row["urgency"] or "normal",
        words=[word for word in row["words"].split("|") if word],
        order=order,
        valid_from=valid_from,
    )
