"""What keeps the database from changing the ledger is itself watched."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from ledger.pen import say
from ledger.tampering import run
from yimen.ledger import guards, queries, sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.findings import Report
from yimen.ledger.verify import verify

pytestmark = pytest.mark.django_db
ENTRY, CHAIN, QUEUE = (guard.name for guard in guards.GUARDS)
APP = f"ledger_test_app_{os.getpid()}"
NO_OP = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"

OPENINGS = {
    "trigger off": (f"ALTER TABLE ledger_entry DISABLE TRIGGER {ENTRY}", "trigger_off"),
    "chain trigger off": (f"ALTER TABLE ledger_chain DISABLE TRIGGER {CHAIN}", "trigger_off"),
    "queue trigger off": (f"ALTER TABLE ledger_entry DISABLE TRIGGER {QUEUE}", "trigger_off"),
    "all triggers off": ("ALTER TABLE ledger_entry DISABLE TRIGGER ALL", "trigger_off"),
    "trigger not always on": (f"ALTER TABLE ledger_entry ENABLE TRIGGER {ENTRY}", "trigger_off"),
    "trigger for replicas only": (f"ALTER TABLE ledger_chain ENABLE REPLICA TRIGGER {CHAIN}", "trigger_off"),
    "trigger gone": (f"DROP TRIGGER {ENTRY} ON ledger_entry", "trigger_missing"),
    "chain trigger gone": (f"DROP TRIGGER {CHAIN} ON ledger_chain", "trigger_missing"),
    "queue trigger gone": (f"DROP TRIGGER {QUEUE} ON ledger_entry", "trigger_missing"),
    "function emptied": (f"CREATE OR REPLACE FUNCTION ledger_refuse_change() {NO_OP}", "trigger_changed"),
    "queue function emptied": (f"CREATE OR REPLACE FUNCTION ledger_enqueue() {NO_OP}", "trigger_changed"),
    "trigger without truncate": (
        f"""CREATE OR REPLACE TRIGGER {ENTRY} BEFORE UPDATE OR DELETE ON ledger_entry
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
        ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER {ENTRY}""",
        "trigger_changed",
    ),
    "trigger of one column": (
        f"""CREATE OR REPLACE TRIGGER {ENTRY} BEFORE UPDATE OF id OR DELETE OR TRUNCATE ON ledger_entry
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
        ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER {ENTRY}""",
        "trigger_changed",
    ),
    "trigger that never fires": (
        f"""CREATE OR REPLACE TRIGGER {CHAIN} BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_chain
        FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION ledger_refuse_change();
        ALTER TABLE ledger_chain ENABLE ALWAYS TRIGGER {CHAIN}""",
        "trigger_changed",
    ),
    "another function": (
        f"""CREATE FUNCTION let_it() {NO_OP};
        CREATE OR REPLACE TRIGGER {ENTRY} BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
        FOR EACH STATEMENT EXECUTE FUNCTION let_it(); ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER {ENTRY}""",
        "trigger_changed",
    ),
    "a trigger that swallows entries": (
        f"""CREATE FUNCTION swallow() {NO_OP};
        CREATE TRIGGER b BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION swallow()""",
        "trigger_foreign",
    ),
    "a trigger on the queue": (
        f"""CREATE FUNCTION swallow() {NO_OP};
        CREATE TRIGGER b BEFORE INSERT ON ledger_pending FOR EACH ROW EXECUTE FUNCTION swallow()""",
        "trigger_foreign",
    ),
    "a rule that swallows entries": (
        "CREATE RULE quiet AS ON INSERT TO ledger_entry DO INSTEAD NOTHING",
        "trigger_foreign",
    ),
    "a rule that swallows links": (
        "CREATE RULE quiet AS ON INSERT TO ledger_chain DO INSTEAD NOTHING",
        "trigger_foreign",
    ),
    "rows hidden": ("ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY", "table_changed"),
    "a table that a crash empties": ("ALTER TABLE ledger_chain SET UNLOGGED", "table_changed"),
    "numbers not unique": ("ALTER TABLE ledger_chain DROP CONSTRAINT ledger_chain_pkey", "table_changed"),
    "entries not unique": ("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_pkey", "table_changed"),
    "links not unique": (
        "ALTER TABLE ledger_chain DROP CONSTRAINT ledger_chain_entry_id_key",
        "table_changed",
    ),
    "a view instead of the queue": (
        "ALTER TABLE ledger_pending RENAME TO aside; CREATE VIEW ledger_pending AS TABLE aside",
        "table_changed",
    ),
}


def inspected() -> Report:
    report = Report()
    guards.inspect(report)
    return report


def test_as_migrated_nothing_is_found() -> None:
    report = inspected()
    assert report.clean and set(report.counts) == {"app_owns"}


@pytest.mark.parametrize("name", OPENINGS)
def test_every_opening_is_found(name: str) -> None:
    statement, code = OPENINGS[name]
    run(statement)
    report = inspected()
    assert report.counts[code] and not report.clean


# --- the app's role ------------------------------------------------------------------------------------


@pytest.fixture
def app() -> Iterator[str]:
    """A role that may read and write as the app's does; everything after runs under it."""
    run(f"CREATE ROLE {APP}")
    run(f"GRANT SELECT, INSERT ON ledger_entry, ledger_chain TO {APP}")
    run(f"GRANT SELECT, INSERT, DELETE ON ledger_pending TO {APP}")
    run(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}")
    run(f"SET LOCAL ROLE {APP}")
    yield APP
    run("RESET ROLE")


def test_the_app_can_append_number_and_verify_with_no_more_than_that(app: str, place: Checkpoints) -> None:
    say()
    assert sequencer.run_once(place) == 1 and queries.head() == 1
    place.note(*sequencer._tail())
    report = verify(place)
    assert report.clean and not report.findings


@pytest.mark.parametrize("power", ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER"])
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_chain"])
def test_a_power_too_many_is_found(app: str, table: str, power: str) -> None:
    run("RESET ROLE")
    run(f"GRANT {power} ON {table} TO {APP}")
    run(f"SET LOCAL ROLE {APP}")
    report = inspected()
    assert report.counts["privilege"] == 1
    assert {table, power} <= {str(fact) for f in report.findings for fact in f.facts.values()}


def test_an_app_that_owns_the_ledger_is_named(app: str) -> None:
    run("RESET ROLE")
    run(f"ALTER TABLE ledger_entry OWNER TO {APP}")
    run(f"SET LOCAL ROLE {APP}")
    assert inspected().counts["app_owns"] == 1


def test_the_migration_takes_back_what_default_privileges_gave() -> None:
    run(f"CREATE ROLE {APP}")
    run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_entry, ledger_chain, ledger_pending TO {APP}")
    run(guards._laid.WITHHOLD)
    powers = run(
        "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE']) p WHERE has_table_privilege(%s, 'ledger_entry', p)",
        APP,
    )
    assert sorted(p for (p,) in powers) == ["INSERT", "SELECT"]
    assert run("SELECT has_table_privilege(%s, 'ledger_pending', 'DELETE')", APP) == [(True,)]
