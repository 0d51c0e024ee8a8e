"""Numbers without gaps, in one order, nothing lost, whatever interrupts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.pen import say
from ledger.tampering import run, unguarded
from yimen.ledger import queries, sequencer
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.models import Entry, Link, Pending
from yimen.ledger.verify import verify

pytestmark = pytest.mark.django_db


def numbers() -> list[tuple[int, int]]:
    return list(Link.objects.order_by("seq").values_list("seq", "entry_id"))


def test_nothing_to_do_is_nothing_done(place: Checkpoints) -> None:
    assert sequencer.run_once(place) == 0 and queries.head() == 0


def test_entries_are_numbered_in_the_order_of_their_ids(number_all: Callable[[], int]) -> None:
    entries = [say(n) for n in range(5)]
    assert number_all() == 5
    assert numbers() == [(seq, entry.pk) for seq, entry in enumerate(entries, 1)]
    assert not Pending.objects.exists()


def test_a_batch_takes_five_hundred_at_most(place: Checkpoints, number_all: Callable[[], int]) -> None:
    with transaction.atomic():
        for n in range(501):
            say(n)
    assert sequencer.run_once(place) == 500
    assert sequencer.run_once(place) == 1
    assert numbers()[-1][0] == 501


def test_an_id_committed_late_still_gets_a_number(number_all: Callable[[], int]) -> None:
    """The reason for a queue: an id may become visible after higher ones were numbered."""
    late, soon = say(1), say(2)
    run("DELETE FROM ledger_pending WHERE entry_id = %s", late.pk)
    number_all()
    run("INSERT INTO ledger_pending VALUES (%s)", late.pk)
    number_all()
    assert numbers() == [(1, soon.pk), (2, late.pk)]


def test_many_entries_of_one_statement_are_all_queued(number_all: Callable[[], int]) -> None:
    say()
    run("INSERT INTO ledger_entry (kind, subject, subject_id, actor_label, via, at, payload, origin)"
        " SELECT 'case.x', 'case', n, '', 'x', now(), '{}', '' FROM generate_series(1, 50) n")  # fmt: skip
    assert number_all() == 51


def test_a_failure_between_linking_and_dequeuing_changes_nothing(
    place: Checkpoints, number_all: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        say(n)
    with monkeypatch.context() as patch:
        patch.setattr(sequencer, "_INSERT", sequencer._INSERT + "; SELECT 1/0")
        with pytest.raises(DatabaseError):
            sequencer.run_once(place)
    assert not numbers() and Pending.objects.count() == 4
    assert number_all() == 4 and verify(place).clean


def test_a_rolled_back_batch_leaves_no_checkpoint(place: Checkpoints) -> None:
    say()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sequencer.run_once(place)
        raise ZeroDivisionError
    assert place.head() is None and place.lines() == []


def test_an_entry_queued_twice_gets_no_second_number(
    number_all: Callable[[], int], place: Checkpoints, caplog: pytest.LogCaptureFixture
) -> None:
    entry = say()
    number_all()
    run("INSERT INTO ledger_pending VALUES (%s)", entry.pk)
    with caplog.at_level(logging.CRITICAL):
        number_all()
    assert numbers() == [(1, entry.pk)] and str(entry.pk) in caplog.text and verify(place).clean


def test_a_queue_row_without_an_entry_stays_as_evidence_and_blocks_nothing(
    number_all: Callable[[], int],
) -> None:
    run("INSERT INTO ledger_pending VALUES (-1)")
    entry = say()
    assert number_all() == 1
    assert numbers() == [(1, entry.pk)] and Pending.objects.filter(entry_id=-1).exists()


@pytest.mark.parametrize(
    "payload", ['{"a": 1.5}', '{"a": 1e300}', "[]", '"text"', "null", '{"a": ' + "9" * 6000 + "}"]
)
def test_nothing_put_in_by_hand_can_stop_the_sequencer(
    payload: str, place: Checkpoints, number_all: Callable[[], int]
) -> None:
    run("INSERT INTO ledger_entry (kind, subject, subject_id, actor_label, via, at, payload, origin)"
        " VALUES ('case.x', 'case', 1, '', 'x', '-infinity', %s, '')", payload)  # fmt: skip
    assert number_all() == 1
    report = verify(place)
    assert set(report.counts) - {"app_owns"} == {"entry_forged"}


def test_a_contradicted_head_is_said_loudly_but_stops_nothing(
    number_all: Callable[[], int], place: Checkpoints, caplog: pytest.LogCaptureFixture
) -> None:
    say()
    number_all()
    with unguarded():
        run("UPDATE ledger_chain SET mac = sha256('x')")
    say()
    with caplog.at_level(logging.CRITICAL):
        assert number_all() == 1
    assert "contradicts checkpoint 1" in caplog.text


def test_this_home_is_where_the_keys_are(home: Any) -> None:
    assert sequencer.this_home().folder == home.checkpoints


# --- one at a time: real sessions ----------------------------------------------------------------------


@pytest.fixture
def elsewhere() -> Any:
    """Another session on the same database."""
    other = connection.copy()
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_while_another_session_is_at_it_nothing_is_numbered(place: Checkpoints, elsewhere: Any) -> None:
    say()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
        assert sequencer.run_once(place) == 0 and sequencer.catch_up(place) == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [sequencer.LOCK])
    assert sequencer.run_once(place) == 1


@pytest.fixture
def own_home(place: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> Checkpoints:
    monkeypatch.setattr(sequencer, "this_home", lambda: place)
    monkeypatch.setattr(sequencer, "AFTER_ERROR", 0.02)
    return place


@pytest.mark.django_db(transaction=True)
def test_a_second_instance_leaves_when_told_not_to_wait(own_home: Checkpoints, elsewhere: Any) -> None:
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
        assert sequencer.run_forever(wait=False) is False


@pytest.mark.django_db(transaction=True)
def test_a_second_instance_takes_over_when_the_first_is_gone(own_home: Checkpoints, elsewhere: Any) -> None:
    say()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sequencer.LOCK])
    with running():
        assert queries.head() == 0
        elsewhere.close()
        wait_for(lambda: queries.head() == 1)


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_commit_and_head_is_made_good_at_the_next_start(own_home: Checkpoints) -> None:
    say()
    sequencer.run_once(own_home)
    for file in own_home.folder.iterdir():
        file.unlink()
    with running():
        wait_for(lambda: own_home.head() is not None)
    assert verify(own_home).clean and len(own_home.lines()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_loss_of_its_connection_is_survived(own_home: Checkpoints) -> None:
    with running():
        for round_number in range(1, 4):
            say()
            wait_for(lambda n=round_number: queries.head() == n)
            run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
    assert verify(own_home).clean and Entry.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_at_the_second_place_is_survived(
    own_home: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OSError(28, "No space left on device")] * 3)
    honest = Checkpoints.note

    def note(self: Checkpoints, *said: Any) -> None:
        if error := next(failures, None):
            raise error
        honest(self, *said)

    monkeypatch.setattr(Checkpoints, "note", note)
    with running():
        say()
        wait_for(lambda: own_home.head() is not None)
    assert verify(own_home).clean


class running:
    """The sequencer in a thread for the length of a block."""

    def __enter__(self) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=sequencer.run_forever, args=(self.stop,))
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("did not happen in time")
