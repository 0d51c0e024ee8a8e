"""Filling a home with matters by COPY into the real tables, as many as asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.utils import timezone

from yimen.calendars import queries as calendars
from yimen.ledger import sequencer

from . import street
from .aside import Connection, aside
from .matters import Ids, Matters

AT_ONCE = 5000
"""Matters in memory before they are copied."""
Tell = Callable[[str], None]


def load(address: str, rows: int, seed: int, tell: Tell) -> int:
    """Bring the home to `rows` matters; gives how many were added. `address` is the tables' owner's.

    Django must be set up for the same home, the server and its sequencer must not run. Everything is one
    transaction: all of it or nothing.
    """
    sequencer.catch_up()
    with psycopg.connect(address) as connection:
        missing = rows - _counted(connection)
        if missing <= 0:
            return 0
        matters = Matters(street.read(), _ids(connection), seed, _now())
        with aside(connection, [table.name for table in matters.tables.values()], tell):
            _copy(connection, matters, missing, tell)
            _settle(connection, matters)
    _look_over(address, [table.name for table in matters.tables.values()], tell)
    return missing


def _now() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


def _copy(connection: Connection, matters: Matters, count: int, tell: Tell) -> None:
    with connection.cursor() as cursor, calendars.held():
        for done in matters.invent(count):
            if done % AT_ONCE == 0 or done == count:
                for table in matters.tables.values():
                    table.flush(cursor)
                tell(f"事项 {done}/{count} matters")


def _counted(connection: Connection) -> int:
    return int(_ask(connection, "SELECT count(*) FROM cases_case"))


def _ids(connection: Connection) -> Ids:
    """Where the numbers stand; the year's numbers go on where the office's own sequence is."""
    tail = connection.execute("SELECT seq, mac FROM ledger_chain ORDER BY seq DESC LIMIT 1").fetchone()
    years = range(_now().year - 7, _now().year + 1)
    return Ids(
        case=_last(connection, "cases_case"),
        clock=_last(connection, "cases_clock"),
        entry=_last(connection, "ledger_entry"),
        seq=tail[0] if tail else 0,
        mac=tail[1] if tail else b"",
        numbers={year: int(_ask(connection, "SELECT next_case_number(%s)", year)) for year in years},
    )


def _last(connection: Connection, table: str) -> int:
    """A number above every one given out so far, also to rows that are gone."""
    return int(_ask(connection, "SELECT nextval(pg_get_serial_sequence(%s, 'id'))", table))


def _settle(connection: Connection, matters: Matters) -> None:
    """The sequences go on after the loaded rows."""
    ids = matters.ids
    for table, last in (("cases_case", ids.case), ("cases_clock", ids.clock), ("ledger_entry", ids.entry)):
        _ask(connection, "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", table, last)
    for year, last in ids.numbers.items():
        _ask(connection, "SELECT setval(%s::regclass, %s)", f"case_number_{year}", last)


def _look_over(address: str, tables: list[str], tell: Tell) -> None:
    """What a table has from autovacuum after a while: statistics and the map of pages everybody sees."""
    tell("统计 statistics: VACUUM ANALYZE")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) " + ", ".join(tables))


def _ask(connection: Connection, words: str, *values: Any) -> Any:
    row = connection.execute(words, values or None).fetchone()
    assert row
    return row[0]
