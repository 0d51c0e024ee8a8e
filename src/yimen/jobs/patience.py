"""How often a failing job is tried, and how long it rests in between. Afterwards it is dead: `failed`, for a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

TRIES = 8
FIRST, FACTOR, LONGEST = 5.0, 3.0, 3600.0
"""Seconds: 5 s, 15 s, 45 s, 2, 7, 20 minutes, then an hour: half an hour of a broken neighbour is outlived."""


def rest(attempts: int) -> timedelta:
    """The pause after so many tries that failed before this one."""
    return timedelta(seconds=min(LONGEST, FIRST * FACTOR**attempts))


class Backoff(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts + 1 >= TRIES:
            return None
        return RetryDecision(retry_at=datetime.now(UTC) + rest(job.attempts))


BACKOFF = Backoff()
