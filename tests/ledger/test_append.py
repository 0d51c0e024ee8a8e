"""Appending: one INSERT in the business transaction, and no way to change it afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.pen import CLERK, say
from yimen.foundation.actor import SYSTEM
from yimen.foundation.errors import Invalid
from yimen.ledger import actions, queries
from yimen.ledger.models import Entry, Link, Pending

pytestmark = pytest.mark.django_db


def test_an_entry_is_written_by_one_insert(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        actions.append(CLERK, "case.registered", "case", 1, {"state": "registered"})


def test_what_is_answered_is_what_is_stored() -> None:
    at = datetime(2026, 2, 1, 1, 2, 3, 4, tzinfo=UTC)
    entry = say(5, "case.closed", payload={"sum": Decimal("3600.00"), "on": at}, sealed=b"\0\1", at=at)
    found = Entry.objects.get(pk=entry.pk)
    for field in Entry._meta.concrete_fields:
        stored, said = getattr(found, field.attname), getattr(entry, field.attname)
        assert (bytes(stored) if isinstance(stored, memoryview) else stored) == said, field.attname
    assert found.payload == {"sum": "3600.00", "on": "2026-02-01T01:02:03.000004+00:00"}
    assert (found.actor_id, found.actor_label, found.via) == (7, "刘敏", "web")


def test_without_a_time_it_happened_now() -> None:
    before = datetime.now(UTC)
    assert before <= say().at <= datetime.now(UTC)


def test_the_system_acts_without_a_user() -> None:
    assert say(actor=SYSTEM).actor_id is None


@pytest.mark.parametrize("kind", ["", "Case.Closed", "办结", "case closed", "a" * 65, ".case", "case\n"])
def test_kinds_are_lower_case_words(kind: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        say(kind=kind)


@pytest.mark.parametrize("payload", [{"a": "x\0y"}, {"a": 1.5}, {"a\0": 1}, {"a": "字" * 400_000}])
def test_what_cannot_be_kept_is_refused_before_the_database(payload: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        say(payload=payload)
    assert not Entry.objects.exists()


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(Invalid):
        say(actor=type(CLERK)(7, "刘\0敏"))


def test_two_equal_entries_are_two_entries() -> None:
    at = datetime(2026, 2, 1, tzinfo=UTC)
    first, second = say(at=at), say(at=at)
    assert first.origin != second.origin


def test_an_entry_waits_for_its_number() -> None:
    entry = say()
    assert list(Pending.objects.values_list("entry_id", flat=True)) == [entry.pk]
    assert queries.lag().waiting == 1 and queries.head() == 0


def test_a_rolled_back_entry_never_was() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.append(CLERK, "case.registered", "case", 1, {})
        raise ZeroDivisionError
    assert not Entry.objects.exists() and not Pending.objects.exists()


CHANGES = [
    "UPDATE {} SET {} = {}",
    "UPDATE {} SET {} = {} WHERE false",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
]


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_chain"])
def test_the_database_refuses_every_change_even_to_a_superuser(table: str, change: str, role: str) -> None:
    say()
    column = {"ledger_entry": "kind", "ledger_chain": "mac"}[table]
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = {role}")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(change.format(table, column, column))
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_the_queue_is_filled_even_in_replica_mode() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    say()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert Pending.objects.count() == 1


def test_the_framework_cannot_change_an_entry_either() -> None:
    entry = say()
    entry.kind = "case.closed"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()


def test_history_is_of_one_subject_and_in_order() -> None:
    first, _other, second = say(1), say(2), say(1, "case.closed")
    assert list(queries.entries_of("case", 1)) == [first, second]
    assert not queries.entries_of("user", 1)


def test_a_reader_by_number_sees_each_entry_once(number_all: Any) -> None:
    entries = [say(n) for n in range(1, 8)]
    number_all()
    seen: list[int] = []
    last = 0
    while page := queries.after(last, limit=3):
        seen += [numbered.entry.pk for numbered in page]
        last = page[-1].seq
    assert seen == [entry.pk for entry in entries] and last == queries.head() == 7


def test_a_reader_stops_loudly_where_an_entry_is_gone(number_all: Any) -> None:
    say()
    number_all()
    Link.objects.create(seq=2, entry_id=10**9, mac=b"")
    with pytest.raises(LookupError, match="verify-ledger"):
        queries.after(0)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.append(CLERK, "case.registered", "case", 1, {})
    assert not Entry.objects.exists()
