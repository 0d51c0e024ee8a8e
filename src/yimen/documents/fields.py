"""The fields of each form, read once from the shipped list. Layouts and, later, DOCX name these keys only."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).parent / "data" / "form_fields.csv"


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `need` is required, optional or omit; `status` is the certainty mark (S, X, M, D)."""

    form: str
    key: str
    label: str
    type: str
    need: str
    status: str
    note: str


def read(path: Path = LIST) -> dict[str, tuple[Field, ...]]:
    """Form id → its fields, in the order of the form."""
    forms: dict[str, list[Field]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            forms.setdefault(row["form_id"], []).append(_field(row))
    return {form: tuple(fields) for form, fields in forms.items()}


def _field(row: dict[str, str]) -> Field:
    label = row["field_zh"].replace("(", "（").replace(")", "）")
    return Field(row["form_id"], row["key"], label, row["type"], row["need"], row["status"], row["note"])


def titles(path: Path = LIST) -> dict[str, str]:
    """Form id → its name, in the order of the list."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["form_id"]: row["form_zh"].replace("(", "（").replace(")", "）")
            for row in csv.DictReader(file)
        }


FIELDS = read()
TITLES = titles()


def printed(form: str) -> tuple[Field, ...]:
    """The fields that may stand on paper: all but those the list says to omit."""
    return tuple(field for field in FIELDS[form] if field.need != "omit")


def labels(form: str) -> dict[str, str]:
    """Key → the words printed beside it."""
    return {field.key: field.label for field in printed(form)}
