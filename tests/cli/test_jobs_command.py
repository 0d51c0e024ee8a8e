"""What the operator sees of the queues, and how a dead job is put back."""

from __future__ import annotations

import argparse

import pytest
from django.db import connection

from yimen.cli import jobs, look_database
from yimen.jobs import enqueue

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead() -> None:
    enqueue("cases.alikes", case=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8")


def test_a_dead_job_is_listed_and_put_back(dead: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert jobs.run(argparse.Namespace(again=False)) == 1
    assert "cases.alikes" in capsys.readouterr().out
    assert jobs.run(argparse.Namespace(again=True)) == 0
    assert jobs.run(argparse.Namespace(again=False)) == 0
    assert "soon: 1" in capsys.readouterr().out


def test_doctor_says_old_and_dead_jobs(dead: None) -> None:
    found = list(look_database._jobs())
    assert [finding.level for finding in found] == ["fault"] and "./yimen jobs --again" in found[0].lines(
        "en"
    )
    enqueue("cases.alikes", case=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes'")
    assert "20 minutes" in next(iter(look_database._jobs())).lines("en")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert [finding.level for finding in look_database._jobs()] == ["ok"]
