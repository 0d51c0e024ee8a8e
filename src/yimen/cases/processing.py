"""个人信息处理活动记录 (个人信息保护法 §§55–56): made from the declared table of models and today's retention classes."""

from __future__ import annotations

from dataclasses import dataclass

from .fates import Fate, fates
from .models import RetentionClass
from .retention import MATTERS, rules
from .shipped import rows


@dataclass(frozen=True, slots=True)
class Activity:
    """One purpose: whose details, which, on what basis, who gets them, how long, how they are guarded."""

    key: str
    what: str
    purpose: str
    basis: str
    persons: str
    recipients: str
    safeguards: str
    personal: tuple[str, ...]
    kept: tuple[RetentionClass, ...]
    tables: tuple[str, ...]


def activities() -> list[Activity]:
    """One for each purpose, with the columns that the table of models declares. One query."""
    known = rules()
    return [_activity(row, [fate for fate in fates() if fate.activity == row["activity"]], known)
            for row in rows("processing.csv")]  # fmt: skip


def _activity(row: dict[str, str], mine: list[Fate], known: dict[str, RetentionClass]) -> Activity:
    keys = dict.fromkeys(key for fate in mine for key in _classes(fate))
    said = {name: value for name, value in row.items() if name != "activity"}
    return Activity(
        key=row["activity"], **said, personal=tuple(dict.fromkeys(fate.personal for fate in mine if fate.personal)),
        kept=tuple(known[key] for key in keys if key in known), tables=tuple(fate.label for fate in mine),
    )  # fmt: skip


def _classes(fate: Fate) -> tuple[str, ...]:
    """What goes with its matter is kept as long as the matter."""
    return (fate.key,) if fate.key else MATTERS if fate.fate in ("matter", "counted", "function") else ()
