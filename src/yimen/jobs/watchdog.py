"""Outside the runner: gives back what a killed one was doing, and clears away what is long done.

A killed runner's jobs stay `doing` (procrastinate#307). Each round is one statement on its own; it waits for no lock
and leaves none behind (#1408), so two watchdogs do no harm.
"""

from __future__ import annotations

import logging
import threading
import time

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import connection

from .patience import TRIES
from .runner import DEAD_AFTER

log = logging.getLogger(__name__)
EVERY, SWEEP_EVERY = 5.0, 3600.0
AT_ONCE = 500

_RESCUE = """
WITH stalled AS (
    SELECT job.id, job.attempts FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %(silent)s))
    ORDER BY job.id LIMIT %(most)s FOR UPDATE OF job SKIP LOCKED
)
SELECT id, CASE WHEN attempts + 1 >= %(tries)s
    THEN procrastinate_finish_job_v1(id, 'failed', false)
    ELSE procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) END
FROM stalled"""

_SWEEP = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
    WHERE job.status = ANY(%(ended)s::procrastinate_job_status[]) AND event.type::text = job.status::text
      AND event.at < now() - make_interval(days => %(days)s)
    LIMIT %(most)s)"""


def rescue(silent: float = DEAD_AFTER) -> int:
    """Give back the jobs of runners that were silent for so many seconds; answers how many.

    One that has killed its runner too often is dead: it would kill the next one too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESCUE, {"silent": silent, "most": AT_ONCE, "tries": TRIES})
        found = cursor.rowcount
    if found:
        log.warning("jobs: %d of a killed runner given back", found)
    return found


def sweep(most: int = 5000) -> int:
    """Delete jobs that ended long enough ago: done ones after JOBS_KEEP_DAYS, dead ones after JOBS_DEAD_DAYS."""
    done = _swept(["succeeded", "cancelled", "aborted"], settings.JOBS_KEEP_DAYS, most)
    return done + _swept(["failed"], settings.JOBS_DEAD_DAYS, most)


def _swept(ended: list[str], days: int, most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, {"ended": ended, "days": days, "most": most})
        return int(cursor.rowcount)


def run_forever(stop: threading.Event, *, every: float = EVERY) -> None:
    """Watch until `stop` is set. Several instances do no harm."""
    swept = 0.0
    while not stop.is_set():
        try:
            rescue()
            if time.monotonic() - swept > SWEEP_EVERY or not swept:
                sweep()
                swept = time.monotonic()
        except (AnyDatabaseError, OSError) as error:
            log.error("watchdog: %s; trying again", str(error).strip())
        finally:
            connection.close()
        stop.wait(every)
