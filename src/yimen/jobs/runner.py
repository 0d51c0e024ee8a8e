"""The job runner: a process of its own that takes jobs one after the other and says how each ended."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg.errors import RaiseException

log = logging.getLogger(__name__)
AT_ONCE = 2
POLL = 0.5
"""Seconds between looks. No LISTEN: see migration 0001."""
BEAT, DEAD_AFTER = 2.0, 10.0
"""Seconds: a living runner says so every two; one that was silent for ten is taken for dead (watchdog.py)."""
GRACE = 8.0
"""Seconds for jobs under way when asked to stop; what needs longer runs again elsewhere."""
AFTER_ERROR = 1.0


def run_forever(stop: threading.Event) -> None:
    """Work until `stop` is set. Survives the loss of its database: it begins anew, under a new worker's number."""
    while not stop.is_set():
        try:
            asyncio.run(_work(stop))
        except Exception as error:
            log.error("jobs: %s; trying again", str(error).strip() or type(error).__name__)
        stop.wait(AFTER_ERROR)


def run_due() -> None:
    """Run what is due now and come back: for tests and drills."""
    asyncio.run(_work(threading.Event(), wait=False))


async def _work(stop: threading.Event, *, wait: bool = True) -> None:
    at_work = _Runner()
    async with at_work.open_async():
        working = asyncio.create_task(at_work.run_worker_async(wait=wait, **_HOW))
        while not (working.done() or stop.is_set() or at_work.lost.is_set()):
            await asyncio.wait([working], timeout=0.2)
        if not working.done():
            working.cancel()  # jobs under way are finished first
        await asyncio.gather(working, return_exceptions=at_work.lost.is_set() or stop.is_set())


_HOW: dict[str, Any] = {
    "concurrency": AT_ONCE,
    "fetch_job_polling_interval": POLL,
    "listen_notify": False,
    "install_signal_handlers": False,
    "shutdown_graceful_timeout": GRACE,
    "update_heartbeat_interval": BEAT,
    "stalled_worker_timeout": DEAD_AFTER,
}


class _Runner(DjangoApp):
    """The same tasks over connections of its own, so that a job which enqueues does it on Django's, in its transaction."""

    def __init__(self) -> None:
        pool: dict[str, Any] = {"min_size": 1, "max_size": 3, "timeout": 5.0}
        super().__init__(connector=PsycopgConnector(kwargs=connector_params(), **pool))
        app.perform_import_paths()  # type: ignore[no-untyped-call]
        self.tasks = app.tasks
        self.lost = asyncio.Event()
        self.job_manager = _Steady(self.connector, self.lost)


class _Steady(JobManager):
    """Says how a job ended until the database has heard it. Else a live runner would keep it `doing` for ever."""

    TRIES, PAUSE = 20, 0.5

    def __init__(self, connector: Any, lost: asyncio.Event) -> None:
        super().__init__(connector)
        self._lost = lost

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await self._tell(lambda: super(_Steady, self).finish_job(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await self._tell(lambda: super(_Steady, self).retry_job(job, retry_at, priority, queue, lock))

    async def _tell(self, say: Callable[[], Awaitable[None]]) -> None:
        for _ in range(self.TRIES):
            try:
                return await say()
            except ConnectorException as error:
                if isinstance(error.__cause__, RaiseException):
                    return None  # it was heard the first time, or the watchdog gave the job to another
                await asyncio.sleep(self.PAUSE)
        self._lost.set()  # begin anew: what this runner held is given back
        return None
