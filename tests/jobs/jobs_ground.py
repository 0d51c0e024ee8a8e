"""Small jobs for the tests of the queue, and a look at its tables."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, transaction

from yimen.jobs import enqueue, task
from yimen.jobs.door import SLOW

ran: list[Any] = []


@task("tests.note")
def note(number: Any = None, **other: Any) -> None:
    ran.append(number)


@task("tests.slow", queue=SLOW)
def slow(number: int) -> None:
    ran.append(number)


@task("tests.fail")
def fail(number: int) -> None:
    raise ValueError("not this time")


@task("tests.chain")
def chain(number: int) -> None:
    with transaction.atomic():
        enqueue("tests.note", number=number)


def clear() -> None:
    ran.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def rows() -> list[tuple[str, str, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, args::text FROM procrastinate_jobs ORDER BY id")
        return [(name, status, json.loads(args)) for name, status, args in cursor.fetchall()]
