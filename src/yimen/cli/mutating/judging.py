"""The judge: a pytest run that collects once and then, for each mutant, forks and lets the tests meet it.

A process of its own (`python -m yimen.cli.mutating.judging ORDER.json`), started by the drill: `{"tests": [...],
"mutants": [[file, number], …], "seconds": 20, "jobs": 2, "out": "…"}`. Answers `{key: "killed" | "survived" | "slow"}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .mutants import Mutant, mutants, put_in

KILLED, SURVIVED = 0, 1


class Judge:
    """Runs instead of pytest's own loop, in the session that collected the tests."""

    def __init__(self, wanted: list[Mutant], seconds: int, jobs: int, house: bool = False) -> None:
        self.wanted, self.seconds, self.jobs, self.house = wanted, seconds, jobs, house
        self.verdicts: dict[str, str] = {}
        self.begun: dict[int, Mutant] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.house:
            build_house(session)
        if not self._whole_without_a_fault(session):
            raise pytest.UsageError("the tests fail without any mutant")
        for mutant in self.wanted:
            while len(self.begun) >= self.jobs:
                self._await_one()
            self._begin(session, mutant)
        while self.begun:
            self._await_one()
        return True

    def _whole_without_a_fault(self, session: pytest.Session) -> bool:
        child = self._fork(session, None)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == SURVIVED

    def _begin(self, session: pytest.Session, mutant: Mutant) -> None:
        self.begun[self._fork(session, mutant)] = mutant

    def _fork(self, session: pytest.Session, mutant: Mutant | None) -> int:
        child = os.fork()
        if child == 0:
            os._exit(_meet(session, mutant, self.seconds))
        return child

    def _await_one(self) -> None:
        child, status = os.wait()
        mutant = self.begun.pop(child, None)
        if mutant is None:
            return
        code = os.waitstatus_to_exitcode(status)
        self.verdicts[mutant.key] = "survived" if code == SURVIVED else "killed" if code == KILLED else "slow"
        sys.stderr.write(".S!"[("killed", "survived", "slow").index(self.verdicts[mutant.key])])
        sys.stderr.flush()


def build_house(session: pytest.Session) -> None:
    """The street of the access matrix, committed once: every fork looks at it over a connection of its own."""
    from django.db import connection
    from django.test import utils
    from pytest_django.plugin import blocking_manager_key

    from yimen.foundation import crypto
    from yimen.foundation.home import current

    world = _world(session)
    crypto.make_keys(current())
    with session.config.stash[blocking_manager_key].unblock():
        utils.setup_databases(verbosity=0, interactive=False)
        world.PREBUILT = world.build()
        connection.close()
    utils.setup_databases = lambda **_how: []  # the forks find it as it is
    utils.teardown_databases = lambda *_what, **_how: None


def _world(session: pytest.Session) -> Any:
    """The module of the street as the tests' own conftest knows it: under another name it would be another module."""
    for plugin in session.config.pluginmanager.get_plugins():
        if Path(getattr(plugin, "__file__", None) or "").match("tests/access/conftest.py"):
            return plugin.made
    raise LookupError("tests/access/conftest.py")


def _meet(session: pytest.Session, mutant: Mutant | None, seconds: int) -> int:
    """In the child: take the fault in, run test after test until one fails."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if mutant is not None:
        signal.alarm(seconds)  # a mutant that never comes to an end was noticed, too
    try:
        if mutant is not None:
            put_in(mutant)
        for item, following in _pairs(session.items):
            if _failed(item, following):
                return KILLED
    except Exception:
        return KILLED
    return SURVIVED


def _pairs(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _failed(item: pytest.Item, following: pytest.Item | None) -> bool:
    from _pytest.runner import runtestprotocol

    return any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def main(order_file: str) -> int:
    order: dict[str, Any] = json.loads(Path(order_file).read_text("utf-8"))
    every = {file: list(mutants(file)) for file in {file for file, _number in order["mutants"]}}
    judge = Judge(
        [every[file][number] for file, number in order["mutants"]],
        order["seconds"],
        order["jobs"],
        order.get("house", False),
    )
    begun = time.monotonic()
    code = pytest.main([*order["tests"], *order.get("more", [])], plugins=[judge])
    found = {"verdicts": judge.verdicts, "seconds": round(time.monotonic() - begun, 1), "code": int(code)}
    Path(order["out"]).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0 if len(judge.verdicts) == len(judge.wanted) else 1


if __name__ == "__main__":
    # The judge and the tests must see one module, not two.
    from yimen.cli.mutating import judging

    sys.exit(judging.main(sys.argv[1]))
