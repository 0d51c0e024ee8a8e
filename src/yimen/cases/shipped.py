"""What this room ships as data: rows of `data/*.csv`, and such rows as the law or the office lists for a period."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from django.utils import translation

DATA: Final = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row with its words, its article and how sure we are of it; `valid_to` is the last day, None while it holds."""

    key: str
    zh: str
    en: str
    article: str
    certainty: str
    source: str
    valid_from: date
    valid_to: date | None

    @property
    def words(self) -> str:
        return self.en if translation.get_language() == "en" else self.zh

    def valid(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


L = TypeVar("L", bound=Listed)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file, in its order."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def listed(kind: type[L], name: str, **shapes: type) -> dict[str, L]:
    """Every row by its key, ended ones too. Columns named in `shapes` hold several words, given in that shape."""
    return {row["key"]: kind(**_read(row, shapes)) for row in rows(name)}


def _read(row: dict[str, str], shapes: dict[str, type]) -> dict[str, Any]:
    found: dict[str, Any] = row | {name: shape(row[name].split()) for name, shape in shapes.items()}
    found["valid_from"] = date.fromisoformat(row["valid_from"])
    found["valid_to"] = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return found
