"""`/healthz` says 200 only when everything is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.test import Client

from yimen.foundation.home import Home
from yimen.web import health


@pytest.fixture(autouse=True)
def _forgetful() -> Iterator[None]:
    health._settled.clear()
    yield
    health._settled.clear()


@pytest.fixture
def seeded(home: Home) -> Iterator[None]:
    home.seeded_mark.touch()
    yield
    home.seeded_mark.unlink(missing_ok=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
def test_it_is_well_when_migrated_and_seeded(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_it_is_503_before_seeding(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "seeding"})


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
def test_it_is_503_with_a_migration_outstanding(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "migrating"})


@pytest.mark.usefixtures("seeded")
def test_it_is_503_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def cursor(self) -> None:
            raise OperationalError("gone")

        def close(self) -> None:
            return None

    monkeypatch.setattr(health, "connection", Gone())
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


@pytest.mark.django_db
@pytest.mark.usefixtures("seeded")
def test_the_migrations_are_looked_up_once(client: Client, django_assert_num_queries: object) -> None:
    client.get("/healthz")
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/healthz")
