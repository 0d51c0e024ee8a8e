"""Children are kept alive, ended with everything below them, and found again after their supervisor was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from yimen.cli import services, supervisor
from yimen.cli.services import MARK, Service, end_orphans

SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]
WITH_CHILD = [
    sys.executable,
    "-S",
    "-c",
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)']);"
    "time.sleep(60)",
]
STUBBORN = [
    sys.executable,
    "-S",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def until(what: Callable[[], object], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[list[str]], Service]]:
    made: list[Service] = []

    def make_service(command: list[str]) -> Service:
        service = Service("x", command, dict(os.environ), tmp_path / "log")
        made.append(service)
        service.start()
        return service

    yield make_service
    for service in made:
        service.finish(time.monotonic())


def test_a_dead_service_is_started_again(make: Callable[[list[str]], Service]) -> None:
    service = make(SLEEPER)
    assert service.process is not None
    first = service.process.pid
    os.kill(first, signal.SIGKILL)
    assert until(service.watch)
    assert until(lambda: not service.watch() and service.process is not None)
    assert service.process.pid != first


def test_one_that_dies_again_and_again_waits_longer_each_time(make: Callable[[list[str]], Service]) -> None:
    service = make([sys.executable, "-S", "-c", ""])
    pauses = []
    while len(pauses) < 3:
        if service.watch():
            pauses.append(service.pause)
            service.started -= service.pause
        time.sleep(0.01)
    assert pauses == [0.5, 1.0, 2.0]


def test_what_a_dead_service_leaves_behind_is_ended(make: Callable[[list[str]], Service]) -> None:
    service = make(WITH_CHILD)
    assert service.process is not None
    parent = psutil.Process(service.process.pid)
    assert until(lambda: parent.children())
    (child,) = parent.children()
    parent.kill()
    assert until(service.watch)
    assert until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_stubborn_service_is_ended_at_the_deadline(make: Callable[[list[str]], Service]) -> None:
    service = make(STUBBORN)
    assert until(lambda: service.log.read_text())
    service.ask_to_stop()
    begun = time.monotonic()
    service.finish(begun + 0.5)
    assert 0.4 < time.monotonic() - begun < 5
    assert service.process is not None and service.process.returncode == -signal.SIGKILL


def test_stopping_asks_all_before_it_waits(make: Callable[[list[str]], Service]) -> None:
    both = [make(SLEEPER), make(SLEEPER)]
    begun = time.monotonic()
    supervisor.stop(both)
    assert time.monotonic() - begun < services.LONGEST_PAUSE
    assert [service.process.returncode for service in both if service.process] == [-signal.SIGTERM] * 2


def test_orphans_of_this_home_are_ended_and_others_are_not(tmp_path: Path) -> None:
    def sleeper(home: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(SLEEPER, env={**os.environ, MARK: str(home)}, start_new_session=True)

    ours, others = sleeper(tmp_path / "ours"), sleeper(tmp_path / "others")
    try:
        assert until(lambda: end_orphans(tmp_path / "ours") == 1)  # the mark shows once the program runs
        assert ours.poll() is not None and others.poll() is None
    finally:
        for process in (ours, others):
            process.kill()
            process.wait()


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's death"
)
def test_a_service_does_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from yimen.cli.services import Service;"
        f"s = Service('x', {SLEEPER!r}, dict(os.environ), Path({str(tmp_path / 'log')!r})); s.start();"
        "print(s.process.pid, flush=True); time.sleep(60)"
    )
    env = {**os.environ, "PYTHONPATH": "src"}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=env)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    assert until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
