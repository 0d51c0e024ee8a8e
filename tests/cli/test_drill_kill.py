"""kill -9 in the middle of work, in small: what the drill says, and that its verdict can be a bad one."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import pytest

from yimen.cli.drills import kill

GOOD: dict[str, Any] = {
    "lost": 0, "doubled": 0, "misnamed": 0, "without_job": 0, "without_entry": 0, "steps_lost": 0, "steps_doubled": 0,
    "jobs_not_done": 0, "unanswered": 0, "wrong_answers": [], "jobs_interrupted": 2, "jobs_resumed": 2,
    "acknowledged": 9, "chain_ok": True, "alarm_fired": True, "alarm_silent_again": True,
}  # fmt: skip


def test_a_good_end_is_good() -> None:
    assert kill.judged(GOOD)["ok"]


@pytest.mark.parametrize(
    "bad",
    [
        *(
            {name: 1}
            for name in ("lost", "doubled", "misnamed", "without_job", "without_entry", "unanswered")
        ),
        *({name: 1} for name in ("steps_lost", "steps_doubled", "jobs_not_done", "jobs_resumed")),
        {"wrong_answers": ["404"]},
        {"chain_ok": False},
        {"acknowledged": 0},
        {"alarm_fired": False},
        {"alarm_silent_again": False},
    ],
    ids=str,
)
def test_every_promise_that_broke_is_a_bad_end(bad: dict[str, Any]) -> None:
    assert not kill.judged(GOOD | bad)["ok"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the processes are told apart by /proc")
def test_three_kills_lose_nothing() -> None:
    found = kill.run(argparse.Namespace(kills=3, clients=3, seed=4))
    assert found["ok"], found
    assert found["kills_by_kind"] == {"jobs": 1, "postgres": 1, "server": 1}
    assert found["acknowledged"] >= 3 and found["steps_acknowledged"] >= 1 and found["jobs_interrupted"] >= 1
