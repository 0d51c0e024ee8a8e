"""Whether the database still refuses changes: triggers, functions, keys of the tables, privileges."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

from django.db import connection

from yimen.ledger.findings import Report

TABLES = ("ledger_entry", "ledger_chain", "ledger_pending")
_laid = import_module("yimen.ledger.migrations.0001_initial")
_narrowed = import_module("yimen.ledger.migrations.0002_erasure")
# pg_trigger.tgtype: ROW 1, BEFORE 2, INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32
_REFUSES, _ENQUEUES = 2 + 8 + 16 + 32, 4


class Guard(NamedTuple):
    """A trigger as pg_trigger shows it: table, name, when, always on, without conditions, what it runs."""

    table: str
    name: str
    when: int
    enabled: str
    narrowed: bool
    body: str


GUARDS = (
    Guard("ledger_entry", "ledger_entry_append_only", _REFUSES, "A", False, _narrowed.REFUSE),
    Guard("ledger_chain", "ledger_chain_append_only", _REFUSES, "A", False, _narrowed.REFUSE),
    Guard("ledger_entry", "ledger_entry_enqueue", _ENQUEUES, "A", False, _laid.ENQUEUE),
)
_TRIGGERS = """SELECT c.relname, t.tgname, t.tgtype, t.tgenabled::text,
  t.tgqual IS NOT NULL OR t.tgattr::text <> '', p.prosrc
 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE t.tgrelid IN (SELECT to_regclass(n) FROM unnest(%s::text[]) n) AND NOT t.tgisinternal"""
_RULES = """SELECT c.relname, r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
 WHERE r.ev_class IN (SELECT to_regclass(n) FROM unnest(%s::text[]) n)"""
_SHAPES = """SELECT n, c.relkind::text, c.relpersistence::text, c.relrowsecurity FROM unnest(%s::text[]) n
 LEFT JOIN pg_class c ON c.oid = to_regclass(n)"""
_UNIQUE = """SELECT c.relname, string_agg(a.attname, ',') FROM pg_index i
 JOIN pg_class c ON c.oid = i.indrelid
 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
 WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL
   AND i.indrelid IN (SELECT to_regclass(n) FROM unnest(%s::text[]) n)
 GROUP BY c.relname, i.indexrelid"""
KEYS = {
    ("ledger_entry", "id"),
    ("ledger_chain", "seq"),
    ("ledger_chain", "entry_id"),
    ("ledger_pending", "entry_id"),
}
# A role that owns or rules the database can give itself anything: named once, not held against it here.
_ROLES = """SELECT r.rolname, r.rolsuper OR pg_has_role(r.oid, c.relowner, 'USAGE') FROM pg_roles r, pg_class c
 WHERE r.rolname IN (current_user, 'yimen_app') AND c.oid = to_regclass('ledger_entry')"""
_POWERS = """SELECT t, p FROM unnest(ARRAY['ledger_entry', 'ledger_chain']) t,
  unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p WHERE has_table_privilege(%s, t, p)"""


def inspect(report: Report) -> None:
    """Add to `report` everything that lets the ledger be changed from now on."""
    _tables(report)
    _triggers(report)
    _privileges(report)


def _tables(report: Report) -> None:
    for table, kind, persistence, row_security in _rows(_SHAPES, list(TABLES)):
        if (kind, persistence, row_security) != ("r", "p", False):
            report.add("table_changed", table=table, name=f"{kind} {persistence} {row_security}")
    for table, column in sorted(KEYS - set(_rows(_UNIQUE, list(TABLES)))):
        report.add("table_changed", table=table, name=f"UNIQUE ({column})")


def _triggers(report: Report) -> None:
    found = {(guard.table, guard.name): guard for guard in map(Guard._make, _rows(_TRIGGERS, list(TABLES)))}
    for guard in GUARDS:
        present = found.pop((guard.table, guard.name), None)
        if code := _wrong(guard, present):
            report.add(code, name=guard.name)
    for table, name in [*found, *_rows(_RULES, list(TABLES))]:
        report.add("trigger_foreign", table=table, name=name)


def _wrong(guard: Guard, present: Guard | None) -> str:
    if present is None:
        return "trigger_missing"
    if present.enabled != guard.enabled:
        return "trigger_off"
    return "" if present == guard else "trigger_changed"


def _privileges(report: Report) -> None:
    for role, rules_all in _rows(_ROLES):
        if rules_all:
            report.add("app_owns", role=role)
            continue
        for table, power in _rows(_POWERS, role):
            report.add("privilege", role=role, table=table, name=power)


def _rows(statement: str, *values: Any) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        yield from cursor.fetchall()
