"""The room's two words. Procrastinate stands behind them and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, TaskNotFound

from yimen.foundation import prepared

from .patience import BACKOFF

Run = TypeVar("Run", bound=Callable[..., Any])
Ref = int | UUID | Sequence[int] | None
"""What a job may carry: ids. Names, phones, words and addresses stay in their own tables."""

SOON, SLOW = "soon", "slow"
"""Queues: what somebody waits for, and what may take minutes. `slow` gives way to `soon`."""


def task(name: str, *, queue: str = SOON) -> Callable[[Run], Run]:
    """Register what the job `room.verb` does. It may run twice (a killed worker's job runs again): make that harmless.

    A job that acts for somebody takes `actor`, that person's id, and checks access when it runs, not when it was asked.
    """

    def register(run: Run) -> Run:
        priority = -10 if queue == SLOW else 0
        app.task(name=name, queue=queue, priority=priority, retry=BACKOFF)(run)
        return run

    return register


def enqueue(name: str, *, key: str = "", at: datetime | None = None, **args: Ref) -> None:
    """Ask for a job in the caller's transaction: rolled back, it never was. Raises LookupError for an unknown name.

    With `key`, one waiting job of that key is enough; it is held until this transaction ends, so that it sees
    what is written here. `at` (aware) puts it off. Arguments are ids only: TypeError for anything else.
    """
    carried: dict[str, Any] = {field: _plain(value) for field, value in args.items()}
    if not key:
        queue, priority = _place(name)
        prepared.tell(_DEFER, [queue, name, priority, json.dumps(carried), at])
        return
    _place(name)
    job = app.configure_task(name, allow_unknown=False, schedule_at=at, queueing_lock=key)
    with transaction.atomic():
        while not _deferred(job, carried) and not _held(key):
            pass


_DEFER = """SELECT procrastinate_defer_jobs_v1(
 ARRAY[ROW(%s, %s, %s, NULL, NULL, %s::jsonb, %s::timestamptz)::procrastinate_job_to_defer_v1])"""
"""What procrastinate itself sends for one job, prepared: every registration asks for one."""


@cache
def _place(name: str) -> tuple[str, int]:
    """Queue and priority of a job. Raises LookupError for an unknown name."""
    try:
        job = app.configure_task(name, allow_unknown=False).job
    except TaskNotFound:
        raise LookupError(f"no job is called {name!r}") from None
    return job.queue, job.priority


def _deferred(job: Any, carried: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            job.defer(**carried)
    except AlreadyEnqueued:
        return False
    return True


def _held(key: str) -> bool:
    """Keep the waiting job of this key from starting before our commit; False when it has just started."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo' FOR SHARE", [key]
        )
        return cursor.fetchone() is not None


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, int) for one in value):
        return list(value)
    raise TypeError(f"a job carries ids only, not {type(value).__name__}")
