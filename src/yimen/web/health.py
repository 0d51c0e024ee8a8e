"""`/healthz`: 200 only when migrated, seeded and able to serve; 503 otherwise. Answered before anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

PATH = "/healthz"
_settled: set[str] = set()
"""What was once found done and cannot become undone while this process lives."""


class HealthMiddleware:
    """First in the list: no session, no sign-in, no host rule stands before the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH:
            return self.get_response(request)
        answer = state()
        response = JsonResponse(answer, status=200 if answer["status"] == "ok" else 503)
        response["Cache-Control"] = "no-store"
        return response


def state() -> dict[str, str]:
    """`{"status": "ok"}` or the first thing that is missing. Says nothing about the data."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not migrated():
            return {"status": "migrating"}
    except DatabaseError:
        connection.close()
        return {"status": "no database"}
    return {"status": "ok"} if seeded() else {"status": "seeding"}


def migrated() -> bool:
    """Every migration of this code is applied; asked until it is true, then remembered."""
    if "migrated" not in _settled:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _settled.add("migrated")
    return True


def seeded() -> bool:
    """The mark that `./yimen up` leaves after the shipped tables (and the demo) are in the database."""
    return bool(settings.HOME.seeded_mark.exists())
