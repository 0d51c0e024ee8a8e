"""The suite's ground: one throw-away home, and one private PostgreSQL unless YIMEN_TEST_DATABASE_URL names another."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations

from yimen.foundation import crypto
from yimen.foundation.home import Home

_APPEND_ONLY = {
    "ledger_entry",
    "ledger_chain",
    "cases_instruction",
    "cases_instructionmark",
    "cases_lettertext",
}


# What a flush leaves behind, so that a test of another file finds it: jobs, and the numbers' sequences of each year.
_LEFT = (
    "TRUNCATE procrastinate_jobs CASCADE",
    r"""DO $$ DECLARE name text; BEGIN
     FOR name IN SELECT sequencename FROM pg_sequences WHERE sequencename LIKE 'case\_number\_%' LOOP
      EXECUTE format('DROP SEQUENCE %I', name); END LOOP; END $$""",
)


@pytest.fixture(scope="session", autouse=True)
def _session_home() -> Home:
    """The home that settings/test.py made (and removes at exit), with its keys."""
    home: Home = settings.HOME
    for folder in (home.keys, home.files, home.logs, home.run, home.checkpoints):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    crypto.make_keys(home)
    return home


@pytest.fixture
def home(_session_home: Home) -> Home:
    """The session's home: `settings.HOME` and YIMEN_HOME point to it and its keys exist."""
    return _session_home


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Starts the private PostgreSQL for the first test that asks for a database."""
    if os.environ.get("YIMEN_TEST_DATABASE_URL"):
        yield
        return
    from yimen.localdb import throwaway

    with throwaway.cluster() as where:
        connections["default"].settings_dict.update(
            HOST=str(where.socket), PORT=str(where.port), USER=where.superuser, PASSWORD=""
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def _the_suite_may_empty_the_ledger() -> Iterator[None]:
    """Tests with `transaction=True` end with TRUNCATE, which the ledger's triggers refuse: off for that moment."""
    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, style: object, tables: list[str], **how: bool) -> list[str]:
        guarded = [table for table in tables if table in _APPEND_ONLY]
        switch = "ALTER TABLE {0} {1} TRIGGER {0}_append_only".format
        off = [switch(table, "DISABLE") for table in guarded]
        on = [switch(table, "ENABLE ALWAYS") for table in guarded]
        return [*off, *plain(self, style, tables, **how), *on, *_LEFT]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield
