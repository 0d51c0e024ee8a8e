"""What a database and a folder hold, as figures that can be compared: rows and a digest for each table and file.

A table's digest does not depend on the order of its rows nor on the version of PostgreSQL: the sum of the first and of
the second 64 bits of each row's SHA-256, taken of the row as text under fixed settings. It finds what was lost or changed
by accident; that nobody forged the file is proved by its seal (archive.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Table = tuple[int, str]
"""Rows, digest."""

_SETTINGS = (
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",
)
_TABLES = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
 AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"""
_SEQUENCES = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
 AND c.relkind = 'S' ORDER BY 1"""
_ROWS = """SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint), 0),
  coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint), 0)
 FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS h FROM {table} t) hashed"""


def settle(connection: psycopg.Connection[Any]) -> None:
    """The settings under which rows are read; before the transaction that reads them."""
    for statement in _SETTINGS:
        connection.execute(statement)


def tables(connection: psycopg.Connection[Any]) -> dict[str, Table]:
    """Every table of the schema `public`. Reads all of it: a million rows take about three seconds."""
    return {name: _table(connection, name) for (name,) in connection.execute(_TABLES).fetchall()}


def _table(connection: psycopg.Connection[Any], name: str) -> Table:
    row = connection.execute(sql.SQL(_ROWS).format(table=sql.Identifier("public", name))).fetchone()
    count, left, right = row or (0, 0, 0)
    return int(count), f"{int(left) % 2**64:016x}{int(right) % 2**64:016x}"


def sequences(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The number that each sequence gives next."""
    found = {}
    for (name,) in connection.execute(_SEQUENCES).fetchall():
        statement = sql.SQL("SELECT last_value + is_called::int FROM {}").format(
            sql.Identifier("public", name)
        )
        row = connection.execute(statement).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def rights(connection: psycopg.Connection[Any], role: str) -> list[str]:
    """What a role may do, one line each: "table_name SELECT". For comparing two databases."""
    found = connection.execute(
        """SELECT c.relname || ' ' || a.privilege_type FROM pg_class c, aclexplode(c.relacl) a, pg_roles r
           WHERE c.relnamespace = 'public'::regnamespace AND r.oid = a.grantee AND r.rolname = %s
           UNION ALL
           SELECT p.proname || '() ' || a.privilege_type FROM pg_proc p, aclexplode(p.proacl) a
           LEFT JOIN pg_roles r ON r.oid = a.grantee
           WHERE p.pronamespace = 'public'::regnamespace AND (r.rolname = %s OR a.grantee = 0) ORDER BY 1""",
        [role, role],
    )
    return [line for (line,) in found.fetchall()]


def of_address(address: str) -> tuple[dict[str, Table], dict[str, int]]:
    """Tables and sequences of a database, in one transaction."""
    with psycopg.connect(address) as connection:
        settle(connection)
        return tables(connection), sequences(connection)


def differences(before: Mapping[str, Table], after: Mapping[str, Table]) -> list[str]:
    """Each table that is not equal, in a few words; empty when all are."""
    return [
        f"{name}: {_said(before.get(name))} → {_said(after.get(name))}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _said(table: Table | None) -> str:
    return "—" if table is None else f"{table[0]} ({table[1][:8]})"


def files(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its path inside."""
    return {
        str(path.relative_to(folder)): of_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
