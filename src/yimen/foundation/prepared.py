"""Statements that are asked many thousand times a day, prepared on the server: parsed and planned once a connection.

Everything else goes through the ORM. Who asks here writes the SQL in one obvious place and says why it pays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections

_ONLY_WHEN_ASKED = 2**30


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
            here.connection.prepare_threshold = _ONLY_WHEN_ASKED
        plain = _Prepared(here.connection)
    with here._prepare_cursor(plain) as cursor:
        cursor.execute(statement, list(values))
        yield cursor
