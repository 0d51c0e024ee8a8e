"""Several small questions asked of the database in one statement: counts that stop, and short columns.

Each question is an ordinary queryset, so what a person may see is asked where it always is; only the round trips
are saved. A count stops one above `MOST`: whether a list holds a thousand or a million makes no difference to it.

Putting twenty querysets into words costs a page more than their answer. What is asked again and again is `worded` once
with stand-ins for what differs, `NOW` for the present and `MARK` for a number, and then only asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg.types.numeric import Int8

from . import prepared

MOST = 999
Rows: TypeAlias = "QuerySet[Any, Any]"
Question: TypeAlias = tuple[str, tuple[Any, ...]]  # a scalar expression and its parameters
NOW = datetime(9000, 1, 1, tzinfo=UTC)  # the present, and moments counted from it
MARK = -(10**9)
_FAR = timedelta(days=3660)


def counts(wanted: Mapping[str, Rows], most: int = MOST) -> dict[str, int]:
    """How many rows each queryset has; `most` + 1 stands for every number above `most`. One statement."""
    return ask({name: _count(rows, most) for name, rows in wanted.items()})


def worded(wanted: Mapping[str, Rows], most: int = MOST) -> Worded:
    """The counts of these querysets, ready to be asked: `NOW` and `MARK` may stand in their conditions."""
    return _worded({name: _count(rows, most) for name, rows in wanted.items()})


def worded_columns(wanted: Mapping[str, Rows]) -> Worded:
    """The same for `columns`."""
    return _worded({name: _column(rows) for name, rows in wanted.items()})


@dataclass(frozen=True, slots=True)
class Worded:
    """Questions in words, as one statement that the database plans once a connection: planning twenty counts takes as
    long as counting. Whoever keeps them keeps them by everything else that their conditions were made from."""

    names: tuple[str, ...]
    statement: str
    values: tuple[Any, ...]

    def ask(self, now: datetime | None = None, mark: int | None = None) -> dict[str, Any]:
        """As `counts` or `columns`, for this present and this number. One statement."""
        rows = prepared.ask(self.statement, [_put(each, now, mark) for each in self.values])
        return dict(zip(self.names, rows[0], strict=True))


def _worded(questions: Mapping[str, Question]) -> Worded:
    return Worded(tuple(questions), *prepared.shaped(*_together(questions)))


def _together(questions: Mapping[str, Question]) -> Question:
    words = ", ".join(sql for sql, _params in questions.values())
    return f"SELECT {words}", tuple(each for _sql, params in questions.values() for each in params)


def _put(value: Any, now: datetime | None, mark: int | None) -> Any:
    if now is not None and isinstance(value, datetime) and abs(value - NOW) < _FAR:
        return now + (value - NOW)
    return Int8(mark) if mark is not None and value == MARK else value


def columns(wanted: Mapping[str, Rows]) -> dict[str, list[Any]]:
    """The values of querysets of one column each (`values`), in their order. One statement."""
    return ask({name: _column(rows) for name, rows in wanted.items()})


def tables(wanted: Mapping[str, Rows]) -> dict[str, list[dict[str, Any]]]:
    """The rows of querysets of named columns (`values`), numbers and texts only. One statement."""
    return tables_and_counts(wanted, {})[0]


def tables_and_counts(
    wanted: Mapping[str, Rows], counted: Mapping[str, Rows], most: int = MOST
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, int]]:
    """Both, as `tables` and as `counts` give them. One statement; a name stands in one of the two."""
    asked = {name: _table(rows) for name, rows in wanted.items()}
    found = ask(asked | {name: _count(rows, most) for name, rows in counted.items()})
    tables = {name: json.loads(found[name]) if found[name] else [] for name in wanted}
    return tables, {name: found[name] for name in counted}


def said(count: int, most: int = MOST) -> str:
    """A count in words: exact up to `most`, else "999+"."""
    return f"{most}+" if count > most else str(count)


def ask(questions: Mapping[str, Question]) -> dict[str, Any]:
    """The answer to each scalar expression, by name."""
    if not questions:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*_together(questions))
        return dict(zip(questions, cursor.fetchone(), strict=True))


def _count(rows: Rows, most: int) -> Question:
    narrow = (rows if rows.query.combinator else _narrowed(rows))[: most + 1]
    try:
        sql, params = narrow.query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT count(*) FROM ({sql}) AS found)", params


def _narrowed(rows: Rows) -> Rows:
    return rows.select_related(None).order_by().values("pk")


def _column(rows: Rows) -> Question:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "ARRAY[]::text[]", ()
    return f"ARRAY({sql})", params


def _table(rows: Rows) -> Question:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return "NULL", ()
    return f"(SELECT json_agg(t)::text FROM ({sql}) AS t)", params


__all__ = [
    "MARK",
    "MOST",
    "NOW",
    "Worded",
    "columns",
    "counts",
    "said",
    "tables",
    "tables_and_counts",
    "worded",
    "worded_columns",
]
