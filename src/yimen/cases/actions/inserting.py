"""A new matter with all that belongs to it, in two prepared statements: its numbers, then its rows.

Raw SQL, here alone: through the ORM the same rows are eight statements, compiled anew each time, and opening a
matter is what happens most (docs/operating/speed.md). The rows travel as one JSON document; `jsonb_populate_record`
gives each value the type of its column, so that checks, keys and triggers work as for any other insert.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils import timezone

from yimen.foundation import prepared

from ..models import Case, CaseKey, Clock, Participant, PhoneIndex

MOST_CLOCKS: Final = 4
_CLOCK: Final = "nextval('cases_clock_id_seq') AS clock_{}"
_NUMBERS: Final = f"""SELECT nextval('cases_case_id_seq') AS case_id,
 CASE WHEN %s THEN next_case_number(%s) END AS serial,
 {", ".join(_CLOCK.format(place) for place in range(1, MOST_CLOCKS + 1))}"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Ids for a matter and its first clocks; `serial` is its number in the year, None when it takes none."""

    case: int
    serial: int | None
    clocks: tuple[int, ...]


def numbers(year: int, *, serial: bool) -> Numbers:
    """The next ones of their sequences: nobody else gets them, whatever becomes of the transaction."""
    case, number, *clocks = prepared.ask(_NUMBERS, [serial, year])[0]
    return Numbers(case, number, tuple(clocks))


def insert(
    case: Case,
    clocks: Sequence[Clock],
    key: CaseKey,
    people: Sequence[Participant],
    phones: Sequence[PhoneIndex],
) -> None:
    """Write them all; every clock has its id already. Raises IntegrityError as any insert does."""
    made: list[models.Model] = [case, *clocks, key, *people, *phones]
    now = timezone.now()
    given = {
        "matter": _row(case, now), "clocks": [_row(one, now) for one in clocks], "key": _row(key, now),
        "people": [_row(one, now) for one in people], "phones": [_row(one, now) for one in phones],
    }  # fmt: skip
    prepared.tell(_insert(), [json.dumps(given, ensure_ascii=False, default=_plain)])
    for row in made:
        row._state.adding, row._state.db = False, "default"


@cache
def _insert() -> str:
    """Clocks before the matter that leans on them; the rest in any order, its keys are asked at commit."""
    others = {"clocks": Clock, "key": CaseKey, "people": Participant, "phones": PhoneIndex}
    with_ids = ("clocks", "key")
    parts = [
        f"made_{name} AS (\n  {_into(model, name, keyed=name in with_ids)})" for name, model in others.items()
    ]
    given = "given AS MATERIALIZED (SELECT %s::jsonb AS it)"
    return "WITH " + ",\n".join([given, *parts]) + "\n" + _into(Case, "matter", keyed=True)


def _into(model: Any, name: str, *, keyed: bool) -> str:
    table = model._meta.db_table
    columns = ", ".join(f'"{column}"' for column, *_rest in _fields(model) if keyed or column != "id")
    how = "record" if name in ("matter", "key") else "recordset"
    rows = f"jsonb_populate_{how}(NULL::{table}, it->'{name}')"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM given, {rows}"


@cache
def _fields(model: Any) -> tuple[tuple[str, str, bool], ...]:
    """Columns that are written, all but those that the database works out itself: name, attribute, whether it takes
    the present moment."""
    return tuple(
        (one.column, one.attname, getattr(one, "auto_now_add", False))
        for one in model._meta.concrete_fields
        if not one.generated
    )


def _row(row: Any, now: datetime) -> dict[str, Any]:
    given, found = row.__dict__, {}
    for column, attribute, moment in _fields(row.__class__):
        if moment:
            given[attribute] = now
        found[column] = given[attribute]
    return found


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no column takes {type(value).__name__}")
