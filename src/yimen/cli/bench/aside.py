"""Taking indexes, foreign keys and triggers off before a load and putting them back after it.

What is put back is what was there, word for word: the database builds each index anew and checks each key over
every row, so that a loaded table holds what a table filled by the application holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]
TRIGGERS = {"cases_case": "reports_follow", "ledger_entry": "ledger_entry_enqueue"}
"""Off during a load, which writes itself what they would write: the memory of figures, the ledger's chain."""

_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND conrelid = ANY(%s::regclass[]) ORDER BY conname"""
_INDEXES = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = ANY(%s::regclass[])
 AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1"""
_FIRES = "SELECT tgenabled::text FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s"
_ON = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA", "D": "DISABLE"}


@contextmanager
def aside(connection: Connection, tables: Sequence[str], tell: Callable[[str], None]) -> Iterator[None]:
    """Within the block the tables have neither plain indexes nor foreign keys. Needs their owner."""
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    keys = connection.execute(_KEYS, [list(tables)]).fetchall()
    indexes = connection.execute(_INDEXES, [list(tables)]).fetchall()
    fired = {table: _fires(connection, table) for table in TRIGGERS}
    for table, key, _words in keys:
        _run(connection, f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    for index, _words in indexes:
        _run(connection, f"DROP INDEX {index}")
    for table in TRIGGERS:
        _run(connection, f"ALTER TABLE {table} DISABLE TRIGGER {TRIGGERS[table]}")
    yield
    for table, how in fired.items():
        _run(connection, f"ALTER TABLE {table} {how} TRIGGER {TRIGGERS[table]}")
    for done, (index, words) in enumerate(indexes, start=1):
        tell(f"索引 {done}/{len(indexes)} indexes: {index}")
        _run(connection, words)
    tell(f"外键 {len(keys)} foreign keys")
    for table, key, words in keys:
        _run(connection, f"ALTER TABLE {table} ADD CONSTRAINT {key} {words}")


def _fires(connection: Connection, table: str) -> str:
    row = connection.execute(_FIRES, [table, TRIGGERS[table]]).fetchone()
    assert row
    return _ON[row[0]]


def _run(connection: Connection, words: str) -> None:
    """A statement out of the catalogue's own names and definitions."""
    connection.execute(sql.SQL(words))
