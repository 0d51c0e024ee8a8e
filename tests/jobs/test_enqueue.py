"""A job is asked for in the caller's transaction and carries ids only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone
from jobs_ground import clear, ran, rows

from yimen.jobs import enqueue, runner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    clear()
    yield
    clear()


def test_what_is_rolled_back_never_was() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("tests.note", number=1)
        assert rows() == [("tests.note", "todo", {"number": 1})]
        raise ZeroDivisionError
    assert rows() == []


def test_a_job_shows_itself_to_others_with_the_commit_only() -> None:
    seen: list[list[object]] = []
    with transaction.atomic():
        enqueue("tests.note", number=1)
        watching = threading.Thread(target=lambda: (seen.append(rows()), connection.close()))
        watching.start()
        watching.join()
    assert seen == [[]] and len(rows()) == 1


@pytest.mark.parametrize("wrong", ["王五", 1.5, {"name": "王五"}, ["王五"], b"1"])
def test_a_job_carries_ids_only(wrong: object) -> None:
    with pytest.raises(TypeError):
        enqueue("tests.note", number=wrong)  # type: ignore[arg-type]
    assert rows() == []


def test_ids_of_every_kind_are_carried() -> None:
    ref = UUID("018f0000-0000-7000-8000-000000000001")
    enqueue("tests.note", number=[1, 2], ref=ref, actor=None)
    assert rows() == [("tests.note", "todo", {"number": [1, 2], "ref": str(ref), "actor": None})]


def test_a_name_that_nobody_registered_is_refused_at_once() -> None:
    with pytest.raises(LookupError):
        enqueue("tests.nobody")


def test_one_waiting_job_of_a_key_is_enough() -> None:
    for number in (1, 2, 3):
        enqueue("tests.note", key="tests.note:1", number=number)
    enqueue("tests.note", key="tests.note:2", number=4)
    assert [args["number"] for _name, _status, args in rows()] == [1, 4]


def test_a_waiting_job_of_the_same_key_waits_for_the_commit_that_counts_on_it() -> None:
    """Else it would run before, miss what is being written, and nobody would run again."""
    enqueue("tests.note", key="one", number=1)
    with transaction.atomic():
        enqueue("tests.note", key="one", number=2)
        runner.run_due()
        assert ran == []
    runner.run_due()
    assert ran == [1]


def test_a_job_that_is_put_off_does_not_run_before_its_hour() -> None:
    enqueue("tests.note", at=timezone.now() + timedelta(hours=1), number=1)
    enqueue("tests.note", at=timezone.now() - timedelta(hours=1), number=2)
    runner.run_due()
    assert ran == [2]


def test_a_job_may_ask_for_another_in_its_own_transaction() -> None:
    enqueue("tests.chain", number=7)
    runner.run_due()
    runner.run_due()
    assert ran == [7]
    assert [status for _name, status, _args in rows()] == ["succeeded", "succeeded"]


def test_no_lock_over_the_whole_cluster_at_commit() -> None:
    """NOTIFY with each job would queue every commit behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgname = 'procrastinate_jobs_notify_queue_job_inserted_v1'"
        )
        assert cursor.fetchone() == ("D",)
