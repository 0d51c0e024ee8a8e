"""A kept connection that the server has ended is noticed before a request says anything on it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, connection


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_not_usable_and_is_made_anew() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.is_usable(), "nothing waits on a connection that rests"
    old = connection.connection
    with psycopg.connect(**{k: v for k, v in connection.get_connection_params().items() if k in ("host", "port", "user", "dbname", "password")}, autocommit=True) as other:  # fmt: skip
        other.execute("SELECT pg_terminate_backend(%s)", [old.info.backend_pid])
    deadline = time.monotonic() + 5
    while connection.is_usable() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not connection.is_usable()
    connection.health_check_enabled, connection.health_check_done = True, False
    with connection.cursor() as cursor:  # as the first statement of a request
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection is not old


def test_no_connection_is_not_usable() -> None:
    fresh = connection.copy()
    assert not fresh.is_usable()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "2026-11-23 07:08:09",
        "2026-11-23 07:08:09.5",
        "1969-12-31 23:59:59.999999",
        "9000-01-01 00:00:00.000001",
    ],
)
def test_a_moment_is_read_as_it_was_written(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s || '+00')::timestamptz", [words])
        found = cursor.fetchone()[0]
    assert (found, found.tzinfo) == (datetime.fromisoformat(words).replace(tzinfo=UTC), UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["infinity", "0044-03-15 00:00:00+00 BC", "10000-01-01 00:00:00+00"])
def test_a_moment_that_no_calendar_of_ours_holds_is_refused_and_not_bent(words: str) -> None:
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT %s::timestamptz", [words])
        cursor.fetchone()
