"""What a person does about a dead job."""

from __future__ import annotations

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
