"""Fifty reports with photos from two real browsers over a network that spoils three exchanges in ten: each exactly once.

The same course as `./yimen drill field`, before a server of the tests; there the server and the database are killed too.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.flows.field_ground import code_for, ground

from cast import Cast
from yimen.cli.drills import field
from yimen.cli.drills.pocket import empty, pockets
from yimen.cli.drills.spoiling import FAULTS, BadNetwork

__all__ = ["ground"]
pytestmark = pytest.mark.browser
REPORTS, SEED = 50, 20261123


def house() -> dict[str, Any]:
    """What the drill's own tally says of this database."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(field._TALLY, {})
    return dict(json.loads(said.getvalue()))


def test_fifty_reports_over_a_bad_network_arrive_once_with_their_photos(
    live_server: Any, ground: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from .conftest import CHROMIUM

    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: .ci/run installs one")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    host = urlsplit(live_server.url)
    codes = {name: code_for(ground, name) for name in ("worker1", "worker2")}
    with (
        BadNetwork((str(host.hostname), int(host.port or 80)), SEED) as network,
        pockets(network.url, codes) as phones,
    ):
        network.share = 0.3
        course = field.Course(None, phones, random.Random(SEED), REPORTS, 1)
        course.run(lambda one: 0)
        left = empty(phones, 300)
        made = {uuid: files for one in phones for uuid, files in one.made.items()}
        restarts = sum(one.restarts for one in phones)
    found = field.judged(made, left, house())
    assert found["ok"], json.dumps(found, ensure_ascii=False)
    assert (found["reports"], found["matters"], found["attachments"]) == (REPORTS, REPORTS, REPORTS)
    assert restarts >= 2 and network.tally.share() > 0.15 and set(network.tally.faults or ()) <= set(FAULTS)


def test_the_tally_finds_what_is_lost_doubled_or_altered() -> None:
    made = {"a": ["1"], "b": ["2"], "c": ["3"]}
    house = {
        "items": {"a": {"case": 1, "state": "done", "files": ["1"], "imported": False},
                  "b": {"case": 2, "state": "received", "files": ["x"], "imported": False}},
        "cases": 3, "attachments": 2, "keys": 3,
    }  # fmt: skip
    found = field.judged(made, [], house)
    assert (found["ok"], found["lost"], found["unequal"], found["unfinished"], found["doubled"]) == (
        False,
        1,
        1,
        1,
        1,
    )
    whole = {
        "items": {"a": {"case": 1, "state": "done", "files": ["1"], "imported": False}},
        "cases": 1,
        "attachments": 1,
    }
    assert field.judged({"a": ["1"]}, [], whole)["ok"]
    assert not field.judged({"a": ["1"]}, [{"uuid": "z", "state": "retry"}], whole)["ok"]
