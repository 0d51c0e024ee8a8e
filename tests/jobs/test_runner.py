"""What becomes of jobs: done, tried again, dead; given back when their runner was killed; deleted when long done."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from jobs_ground import clear, ran, rows

from yimen.jobs import actions, enqueue, queries, runner, watchdog
from yimen.jobs.patience import TRIES, rest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    clear()
    yield
    clear()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def states() -> list[str]:
    return [state for _name, state, _args in rows()]


def doing(worker: str, attempts: int = 0) -> None:
    """A job as a killed runner leaves it: `worker` is the age of its last sign of life, or NULL."""
    enqueue("tests.note", number=1)
    sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", worker)
    sql(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s,"
        " worker_id = (SELECT max(id) FROM procrastinate_workers)",
        attempts,
    )


def test_a_failing_job_rests_and_is_tried_again_and_is_dead_at_last() -> None:
    enqueue("tests.fail", number=1)
    for turn in range(TRIES):
        runner.run_due()
        assert states() == ["todo" if turn + 1 < TRIES else "failed"]
        sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at > now()")
    assert [(one.name, one.tries) for one in queries.dead()] == [("tests.fail", TRIES)]


def test_between_tries_it_rests_ever_longer() -> None:
    enqueue("tests.fail", number=1)
    runner.run_due()
    runner.run_due()
    assert states() == ["todo"]
    rests = [rest(tries).total_seconds() for tries in range(TRIES - 1)]
    assert rests == sorted(rests) and rests[0] == 5 and sum(rests) > 3600


def test_a_person_puts_a_dead_job_back() -> None:
    enqueue("tests.note", number=5)
    sql("UPDATE procrastinate_jobs SET status = 'failed', attempts = %s", TRIES)
    one = queries.dead()[0]
    assert actions.again(one.id) and not actions.again(one.id)
    runner.run_due()
    assert ran == [5]


def test_what_a_killed_runner_was_doing_is_given_back_and_done() -> None:
    doing("16 seconds")
    assert watchdog.rescue() == 1
    assert states() == ["todo"]
    runner.run_due()
    assert ran == [1] and states() == ["succeeded"]


def test_what_a_living_runner_is_doing_is_left_to_it() -> None:
    doing("2 seconds")
    assert watchdog.rescue() == 0
    assert states() == ["doing"]


def test_a_job_whose_runner_is_forgotten_is_given_back() -> None:
    doing("2 seconds")
    sql("DELETE FROM procrastinate_workers")
    assert watchdog.rescue() == 1


def test_a_job_that_kills_every_runner_is_dead_one_day() -> None:
    doing("16 seconds", attempts=TRIES - 1)
    watchdog.rescue()
    assert states() == ["failed"]


def test_the_rescue_waits_for_no_lock() -> None:
    """procrastinate#1408: a rescue that waits, or that is waited for, stops the queue."""
    doing("16 seconds")
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            sql("SELECT 1 FROM procrastinate_jobs FOR UPDATE")
            held.set()
            leave.wait(10)
        connection.close()

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait(10)
    begun = time.monotonic()
    assert watchdog.rescue() == 0 and time.monotonic() - begun < 2
    leave.set()
    holding.join()
    assert watchdog.rescue() == 1


def test_long_done_jobs_are_deleted_and_dead_ones_are_kept_longer() -> None:
    for number in range(4):
        enqueue("tests.note", number=number)
    sql("UPDATE procrastinate_jobs SET status = 'doing'")
    sql("UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'number' = '0'")
    sql("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing' AND args->>'number' < '3'")
    sql(
        "UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id IN"
        " (SELECT id FROM procrastinate_jobs WHERE args->>'number' <> '2')",
        f"{settings.JOBS_KEEP_DAYS} days 1 hour",
    )
    assert watchdog.sweep() == 1
    assert [(args["number"], state) for _name, state, args in rows()] == [
        (0, "failed"),
        (2, "succeeded"),
        (3, "doing"),
    ]


def test_how_old_the_oldest_job_of_each_queue_is() -> None:
    assert queries.queues() == [] and queries.oldest() == timedelta()
    enqueue("tests.note", number=1)
    sql("UPDATE procrastinate_events SET at = now() - interval '7 minutes'")
    enqueue("tests.slow", number=2)
    found = {queue.name: queue for queue in queries.queues()}
    assert found["soon"].waiting == 1 and timedelta(minutes=7) <= found["soon"].oldest < timedelta(minutes=8)
    assert found["slow"].oldest < timedelta(minutes=1) and queries.oldest() >= found["soon"].oldest


_RUNNER = """
import os, signal, sys, threading
import django
django.setup()
from yimen.jobs import runner, task
import time
@task("tests.long")
def long(number):
    print("begun", flush=True)
    time.sleep(float(number))
    print("done", flush=True)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
runner.run_forever(stop)
"""


def _runner() -> subprocess.Popen[str]:
    where = connection.settings_dict
    at = urlencode({"host": where["HOST"], "port": where["PORT"] or 5432})
    url = f"postgresql://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}?{at}"
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
        "PYTHONPATH": "src",
        "DATABASE_URL": url,
    }
    return subprocess.Popen(
        [sys.executable, "-c", _RUNNER], env=env, cwd=settings.REPO, stdout=subprocess.PIPE, text=True
    )


def _says(process: subprocess.Popen[str], seconds: float = 20) -> str:
    """Its next line; fails when it stays silent."""
    assert process.stdout is not None
    ready, _w, _x = select.select([process.stdout], [], [], seconds)
    if not ready:
        process.kill()
        raise AssertionError("the runner says nothing")
    return process.stdout.readline().strip()


def _long(seconds: int) -> None:
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('soon', 'tests.long', %s)",
        f'{{"number": {seconds}}}',
    )


def test_asked_to_stop_it_finishes_what_it_is_doing() -> None:
    _long(2)
    process = _runner()
    assert _says(process) == "begun"
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    assert process.wait(12) == 0 and time.monotonic() - begun < 10
    assert _says(process) == "done" and states() == ["succeeded"]


def test_killed_in_the_middle_its_job_is_given_to_the_next() -> None:
    _long(60)
    process = _runner()
    assert _says(process) == "begun"
    process.kill()
    process.wait()
    assert states() == ["doing"] and watchdog.rescue() == 0  # it may only be slow
    sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '16 seconds'")
    assert watchdog.rescue() == 1 and states() == ["todo"]


def test_a_runner_whose_database_was_taken_away_begins_anew() -> None:
    process = _runner()
    try:
        _wait_for_worker()
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        _long(0)
        assert _says(process) == "begun"
    finally:
        process.terminate()
        process.wait(12)
    assert states() == ["succeeded"]


def _wait_for_worker() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_workers")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("no runner came")
