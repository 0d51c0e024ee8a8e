"""How the queues stand: how old the oldest job is, what is dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# A job is due from when it was put in, or from the hour it was put off to.
_QUEUES = """
SELECT job.queue_name, count(*), now() - min(coalesce(job.scheduled_at, event.at, now()))
FROM procrastinate_jobs job
LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
WHERE job.status IN ('todo', 'doing') AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
GROUP BY job.queue_name ORDER BY job.queue_name"""

_DEAD = """
SELECT job.id, job.task_name, job.attempts, max(event.at) FROM procrastinate_jobs job
LEFT JOIN procrastinate_events event ON event.job_id = job.id
WHERE job.status = 'failed' GROUP BY job.id ORDER BY job.id LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Queue:
    """`waiting` counts what is due and not done; `oldest` is how long the first of them has been due."""

    name: str
    waiting: int
    oldest: timedelta


@dataclass(frozen=True, slots=True)
class Dead:
    """A job that was tried as often as it may be, and failed; a person looks why and asks again."""

    id: int
    name: str
    tries: int
    at: datetime | None


def queues() -> list[Queue]:
    """Queues with work that is due; none when everything is done."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES)
        return [Queue(*row) for row in cursor.fetchall()]


def oldest() -> timedelta:
    """Of every queue."""
    return max((queue.oldest for queue in queues()), default=timedelta())


def dead(most: int = 100) -> list[Dead]:
    with connection.cursor() as cursor:
        cursor.execute(_DEAD, [most])
        return [Dead(*row) for row in cursor.fetchall()]


def count_dead() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        return int(cursor.fetchone()[0])
