"""Statements that are asked many thousand times a day, prepared on the server: parsed and planned once a connection.

Everything else goes through the ORM. Who asks here writes the SQL in one obvious place and says why it pays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


class _Prepared(psycopg.Cursor[Any]):
    """Binds on the server and prepares at the first use; Django's own cursor writes the values into the text."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> _Prepared:
        super().execute(query, params, **{**more, "prepare": True})
        return self


def ask(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one prepared statement on Django's connection, in its transaction; gives the rows, if it answers any.

    Raises Django's database errors, and is seen by `execute_wrapper` and by those who count queries.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        plain = _Prepared(connection.connection)
    with connection._prepare_cursor(plain) as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall()) if plain.description else []
