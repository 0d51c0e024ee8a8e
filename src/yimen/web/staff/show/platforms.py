"""复制块: a matter as plain text in the field order of the platforms it has to be typed into as well.

The order of each platform is data (`cases/data/platform_fields.csv`, with source and certainty). Always in Chinese:
that is what those platforms speak. People are masked unless the caller was allowed to reveal them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen import cases
from yimen.cases import dossier, queries
from yimen.cases.actions.people import Shown
from yimen.cases.actions.record import words_of
from yimen.cases.fields import RATINGS, SOLVED
from yimen.cases.models import Case
from yimen.cases.models.desk import SYSTEMS

FILE: Final = Path(cases.__file__).parent / "data" / "platform_fields.csv"


@dataclass(frozen=True, slots=True)
class Block:
    """One platform's text, a line a field: "label：value"."""

    platform: str
    name: object
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a platform, in its place; `source` and `certainty` say where the order was seen."""

    platform: str
    seq: int
    label: str
    key: str
    source: str
    certainty: str


@cache
def fields() -> tuple[Field, ...]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = [
            Field(row["platform"], int(row["seq"]), row["label"], row["key"], row["source"], row["certainty"])
            for row in csv.DictReader(stream)
        ]
    return tuple(sorted(rows, key=lambda row: (row.platform, row.seq)))


def blocks_of(case: Case, people: list[Shown]) -> list[Block]:
    """A block for each platform that has an order, in the order of `SYSTEMS`."""
    with translation.override("zh-hans"):
        values = {key: of(case) for key, of in _VALUES.items()} | _person(case, people)
        return [
            Block(platform, words, text, min(20, text.count("\n") + 2))
            for platform, words in SYSTEMS
            if (text := _text(platform, values))
        ]


def _text(platform: str, values: dict[str, str]) -> str:
    """Fields without a value are left out; a text of several lines is brought into one."""
    rows = [row for row in fields() if row.platform == platform]
    lines = [(row.label, " ".join(values[row.key].split())) for row in rows]
    return "\n".join(f"{label}：{value}" for label, value in lines if value)


def _person(case: Case, people: Iterable[Shown]) -> dict[str, str]:
    if case.anonymous:
        return {"visitor_name": _("匿名"), "phone": "", "address": ""}
    one = next((person for person in people if person.role == "visitor"), None)
    if one is None:
        return {"visitor_name": "", "phone": "", "address": ""}
    return {"visitor_name": one.name, "phone": one.phone, "address": one.address}


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _day(at: datetime | date | None) -> str:
    return (timezone.localtime(at) if isinstance(at, datetime) else at).strftime("%Y-%m-%d") if at else ""


def _result(case: Case) -> str:
    """What the unit reported, else what was answered at the counter."""
    if row := queries.last_result(case):
        return row.text
    return str(words_of(case, dossier.of(case).last_deed("answer")).get("reply", ""))


def _assisting(case: Case) -> str:
    rows = [row for row in queries.assignments_of(case) if row.role == "assist" and row.state != "returned"]
    return "、".join(row.unit.name for row in rows)


_VALUES: Final[dict[str, Callable[[Case], str]]] = {
    "number": lambda case: case.number,
    "channel": lambda case: str(case.get_channel_display()),
    "appeal": lambda case: str(case.get_appeal_display()),
    "received_on": lambda case: _day(case.received_at),
    "received_at": lambda case: _moment(case.received_at),
    "party_size": lambda case: str(case.party_size),
    "category": lambda case: case.category.name,
    "place": lambda case: case.place,
    "title": lambda case: case.title,
    "text": lambda case: case.text,
    "wish": lambda case: case.wish,
    "confidential": lambda case: _("是") if case.confidential else _("否"),
    "urgency": lambda case: str(case.get_urgency_display()),
    "from_body": lambda case: case.from_body,
    "from_number": lambda case: case.from_number,
    "from_on": lambda case: _day(case.from_on),
    "lead_unit": lambda case: case.lead_unit.name if case.lead_unit else "",
    "accountable_unit": lambda case: case.accountable_unit.name if case.accountable_unit else "",
    "assisting": _assisting,
    "handler": lambda case: case.handler.name if case.handler else "",
    "due_at": lambda case: _moment(case.due_at),
    "due_on": lambda case: _day(case.due_at),
    "result": _result,
    "rating": lambda case: str(dict(RATINGS).get(str(case.rating), "")),
    "solved": lambda case: str(dict(SOLVED).get(case.last_solved, "")),
}
PERSONAL: Final = ("visitor_name", "phone", "address")
assert {row.key for row in fields()} <= {*_VALUES, *PERSONAL}, "platform_fields.csv names an unknown key"
