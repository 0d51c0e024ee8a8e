"""Statements that are asked many thousand times a day, prepared on the server: parsed and planned once a connection.

Everything else goes through the ORM. Who asks here writes the SQL in one obvious place and says why it pays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import sql
from psycopg.types.numeric import Int2, Int4, Int8

_ONLY_WHEN_ASKED = 2**30
_KEPT = 50  # statements a connection keeps prepared; the largest takes a megabyte
_MARKS = re.compile("%[s%]")


class _Prepared(psycopg.Cursor[Any]):
    """Binds on the server and prepares at the first use; Django's own cursor writes the values into the text."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> _Prepared:
        super().execute(query, params, **{**more, "prepare": True})
        return self


def ask(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one prepared statement on Django's connection, in its transaction; gives the rows that it answers.

    Raises Django's database errors, and is seen by `execute_wrapper` and by those who count queries.
    """
    with _sent(statement, values) as cursor:
        return list(cursor.fetchall())


def tell(statement: str, values: Sequence[Any] = ()) -> None:
    """The same where no answer is wanted: what `in_one_go` is made of."""
    with _sent(statement, values):
        pass


def shaped(statement: str, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """The same statement with what makes its shape written into it: texts, flags and small numbers, which partial
    indexes are recognised by. Keys, days and moments stay values, so that one plan serves everybody of the same
    rights. Both as the ORM words them (`query.sql_with_params`)."""
    waiting, left = iter(values), []

    def put(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return mark[0]
        value = next(waiting)
        if not _differs(value):
            return sql.Literal(value).as_string(connection.connection).replace("%", "%%")
        left.append(Int8(value) if isinstance(value, int) else value)
        return "%s"

    connection.ensure_connection()
    return _MARKS.sub(put, statement), tuple(left)


def _differs(value: Any) -> bool:
    """Keys come as plain or eight-byte integers; numbers of fewer bytes are counts and constants."""
    return isinstance(value, (int, date, UUID)) and not isinstance(value, (bool, Int2, Int4))


@contextmanager
def in_one_go() -> Iterator[None]:
    """Within the block what is told travels without waiting for the one before, the beginning of a transaction too; what
    is asked is waited for as ever. The block ends when all of it was done.

    What the database refuses is raised at the end of the block, as it would be by the statement itself; nothing of
    the block holds then.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@contextmanager
def _sent(statement: str, values: Sequence[Any]) -> Iterator[Any]:
    here = connections[DEFAULT_DB_ALIAS]  # looked up once: every word of `connection` would look it up again
    here.ensure_connection()
    with here.wrap_database_errors:
        if here.connection.prepare_threshold is None:  # Django's setting; with it nothing is ever prepared
            here.connection.prepare_threshold, here.connection.prepared_max = _ONLY_WHEN_ASKED, _KEPT
        plain = _Prepared(here.connection)
    with here._prepare_cursor(plain) as cursor:
        cursor.execute(statement, list(values))
        yield cursor
