"""A small run of Schemathesis for each role; `./yimen drill api` is the large one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from cast import Cast
from yimen.cli import fuzz_players, fuzzing

CASES = 44  # for each role: two right and two wrong ones of every operation


@pytest.fixture
def application(cast: Cast, settings: Any) -> Iterator[Any]:
    """Called by WSGI on the test's own connection, which must outlive its requests."""
    settings.TOKEN_TRIES_PER_ADDRESS = 10**9
    cast["clerk1"].opens()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield get_wsgi_application()
    logging.getLogger("django.request").setLevel(logging.NOTSET)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    "who", ["clerk1", "director", "leader1", "handler.chengguan", "head.zhifa", "auditor", "admin"]
)
def test_no_request_breaks_it_breaches_its_description_or_gets_in_unasked(
    cast: Cast, application: Any, who: str
) -> None:
    schema = fuzzing.described(application)
    found = fuzzing.play(schema, fuzz_players.player_of(cast[who].user.pk), CASES, 20261123)
    assert found.cases == CASES and found.probes >= CASES // fuzzing.PROBED
    assert (found.failed, found.let_in) == (0, 0), json.dumps(found.failures, ensure_ascii=False, indent=1)
    assert not {status for status in found.statuses if status >= 500}


def test_what_breaks_is_found(cast: Cast, application: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_all: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("yimen.web.api.lookups.units", broken)
    schema = fuzzing.described(application)
    found = fuzzing.play(schema, fuzz_players.player_of(cast["clerk1"].user.pk), CASES, 1)
    assert found.failed and {one["operation"] for one in found.failures} == {"GET /api/v1/units"}


def test_each_role_has_somebody_to_play_it(cast: Cast) -> None:
    held = dict(fuzz_players.people_by_role())
    assert set(held) == {"clerk", "director", "leader", "handler", "head", "auditor", "admin"}
    assert held["clerk"] == cast["clerk1"].user.pk
