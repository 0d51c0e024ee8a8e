"""What a person does about a dead job, and what a destroyed matter takes along."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def again(job: int) -> bool:
    """Put a dead job back into its queue, with all its tries; False when it is not (or no longer) dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now()"
            " WHERE id = %s AND status = 'failed'",
            [job],
        )
        return cursor.rowcount == 1


def forget(case_id: int, ref: UUID) -> int:
    """Delete every job that was put in for this matter, done or not; answers how many. Their arguments are ids only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE (args ->> 'case' = ANY(%s) OR args::text LIKE %s)"
            " AND status <> 'doing'",
            [[str(case_id), str(ref)], f"%{ref}%"],
        )
        return int(cursor.rowcount)
