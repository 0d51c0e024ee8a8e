"""Each alarm rings when it must, and only then."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from cast import Cast, play
from yimen.reports import alarms
from yimen.reports.alarms import Alarm, ringing

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture
def street(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """Nothing rings: calendars to the end of 2026, no job, all numbered, disk enough."""
    cast = play()
    monkeypatch.setattr(
        alarms.shutil, "disk_usage", lambda _path: SimpleNamespace(free=100 * alarms.GIGABYTE)
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pending")
        cursor.execute("DELETE FROM procrastinate_jobs")
    yield cast


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_all_is_quiet(street: Cast) -> None:
    assert ringing(NOW) == []


def test_an_old_job_rings_for_its_queue(street: Cast) -> None:
    street["clerk1"].opens()
    sql("DELETE FROM ledger_pending")
    assert ringing(NOW) == []
    sql("UPDATE procrastinate_events SET at = now() - interval '11 minutes'")
    assert ringing(NOW) == [Alarm("job", 11, "soon")]
    sql("UPDATE procrastinate_jobs SET status = 'doing'")
    assert ringing(NOW) == [Alarm("job", 11, "soon")]  # held by a killed runner is no better
    sql("UPDATE procrastinate_jobs SET status = 'succeeded'")
    assert ringing(NOW) == []


def test_a_job_that_is_put_off_does_not_ring_before_its_hour(street: Cast) -> None:
    street["clerk1"].opens()
    sql("DELETE FROM ledger_pending")
    sql("UPDATE procrastinate_events SET at = now() - interval '11 minutes'")
    sql("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    assert ringing(NOW) == []


def test_a_dead_job_rings(street: Cast) -> None:
    street["clerk1"].opens()
    sql("DELETE FROM ledger_pending")
    sql("UPDATE procrastinate_jobs SET status = 'failed'")
    assert ringing(NOW) == [Alarm("dead", 1)]


def test_a_sequencer_that_stands_still_rings(street: Cast, settings: Any) -> None:
    street["clerk1"].opens()
    assert ringing(NOW) == []
    settings.ALARM_LEDGER_SECONDS = -1
    assert [alarm.kind for alarm in ringing(NOW)] == ["ledger"]


def _state(settings: Any, **facts: Any) -> None:
    settings.HOME.backup_state.parent.mkdir(parents=True, exist_ok=True)
    settings.HOME.backup_state.write_text(json.dumps(facts))


def test_a_restore_that_was_not_proved_for_long_rings(street: Cast, settings: Any) -> None:
    def said(days: int) -> dict[str, str]:
        return {"at": (NOW - timedelta(days=days)).isoformat()}

    try:
        _state(settings, backup=said(1), good_backup=said(1), good_drill=said(35))
        assert ringing(NOW) == []
        _state(settings, backup=said(1), good_backup=said(1), good_drill=said(40))
        assert ringing(NOW) == [Alarm("restore", 40)]
        settings.HOME.backup_state.write_text("torn")
        assert ringing(NOW) == []
    finally:
        settings.HOME.backup_state.unlink()


@pytest.mark.parametrize(("day", "left"), [("2026-11-01", None), ("2026-11-02", 59), ("2027-02-01", 0)])
def test_holidays_that_end_in_less_than_sixty_days_ring(street: Cast, day: str, left: int | None) -> None:
    found = ringing(datetime.fromisoformat(f"{day}T04:00:00+00:00"))
    assert found == ([] if left is None else [Alarm("holidays", left, "2027")])


def test_a_full_disk_rings(street: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms.shutil, "disk_usage", lambda _path: SimpleNamespace(free=3 * alarms.GIGABYTE))
    assert ringing(NOW) == [Alarm("disk", 3)]


def test_the_log_tells_it(
    street: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()

    def once() -> list[Alarm]:
        stop.set()
        return [Alarm("job", 11, "soon")]

    monkeypatch.setattr(alarms, "ringing", once)
    monkeypatch.setattr(alarms, "connection", SimpleNamespace(close=lambda: None))
    with caplog.at_level(logging.ERROR):
        alarms.watch(stop, every=0.01)
    assert "ALARM job soon 11" in caplog.text
