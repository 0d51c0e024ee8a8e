"""What an office sets for its figures: data/settings.csv, and an override in the environment for each row."""

from __future__ import annotations

import csv
import os
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"
_NAMED: Final = {"fairly_satisfied": "YIMEN_FAIRLY_SATISFIED_WEIGHT"}  # had its name before the others


def read(name: str) -> list[dict[str, str]]:
    """The rows of one shipped table."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def _shipped() -> dict[str, str]:
    return {row["key"]: row["value"] for row in read("settings")}


def value(key: str) -> str:
    """`YIMEN_FIGURES_<KEY>` in the environment, else the shipped value. Raises KeyError for an unknown key."""
    return os.environ.get(_NAMED.get(key, f"YIMEN_FIGURES_{key.upper()}")) or _shipped()[key]


def number(key: str) -> Decimal:
    return Decimal(value(key))
