"""`./yimen up` for real: a home is made, served, killed, repaired and stopped. One home, told as one story."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from yimen.cli.answering import health
from yimen.cli.database import addresses_of, cluster_of
from yimen.foundation.home import REPO, Home

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the processes are told apart by /proc"
)


class Installation:
    """One home and the `up` process that serves it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "a home")
        self.said = folder / "said"
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "yimen.cli", *words, "--home", str(self.home.root)]

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command("up", "--no-demo", "--port", str(self.port)),
            stdout=self.said.open("wb"),
            stderr=subprocess.STDOUT,
            env=environment(),
        )
        deadline = time.monotonic() + 120
        while "is running\n" not in self.said.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.1)

    def status(self) -> int:
        return health("127.0.0.1", self.port, tls=False)[0]

    def children(self, word: str) -> list[psutil.Process]:
        assert self.process is not None
        return [
            each for each in psutil.Process(self.process.pid).children() if word in " ".join(each.cmdline())
        ]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(
            addresses_of(self.home, cluster_of(self.home)).app, autocommit=True
        ) as connection:
            found = connection.execute(question)
            return found.fetchall() if found.description else []

    def recovers(self) -> bool:
        """Well five times in a row, so that an answer from before the blow does not count."""
        well, deadline = 0, time.monotonic() + 60
        while well < 5 and time.monotonic() < deadline:
            well = well + 1 if self.status() == 200 else 0
            time.sleep(0.1)
        return well == 5


def environment() -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("YIMEN", "DATABASE", "DJANGO"))
    }
    return {**kept, "PYTHONPATH": str(REPO / "src")}


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="yimen-up-", dir="/tmp"))
    folder.chmod(0o711)
    made = Installation(folder)
    made.start()
    yield made
    if made.process is not None:
        made.process.terminate()
        made.process.wait(40)
    with contextlib.suppress(psutil.Error, OSError, ValueError):
        psutil.Process(int((made.home.pgdata / "postmaster.pid").read_text().split()[0])).kill()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_first_start_ends_with_a_healthy_address(installation: Installation) -> None:
    assert installation.status() == 200
    said = installation.said.read_text()
    assert f"http://127.0.0.1:{installation.port}/staff/" in said
    assert "[1/4]" in said and "[4/4]" in said
    assert "./yimen admin" in said


def test_the_home_is_private_and_no_demo_was_made(installation: Installation) -> None:
    home = installation.home
    for folder in (home.keys, home.files, home.logs, home.run):
        assert folder.stat().st_mode & 0o077 == 0, folder
    assert all(key.stat().st_mode & 0o077 == 0 for key in home.keys.iterdir())
    assert not home.demo_mark.exists() and home.created_mark.exists()


def test_the_server_knows_the_apps_role_only(installation: Installation) -> None:
    (server,) = installation.children("granian")
    env = server.environ()
    assert "yimen_app" in env["DATABASE_URL"] and "DATABASE_ADMIN_URL" not in env
    assert installation.ask("SELECT current_user") == [("yimen_app",)]


def test_a_second_up_on_the_same_home_is_refused(installation: Installation) -> None:
    again = subprocess.run(
        installation.command("up", "--port", "1"),
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert again.returncode == 1 and str(installation.port) in again.stderr


def test_a_killed_server_worker_or_database_is_started_again_at_once(installation: Installation) -> None:
    (server,) = installation.children("granian")
    server.kill()
    assert installation.recovers()
    installation.children("granian")[0].children()[0].kill()
    assert installation.recovers()
    installation.children("worker")[0].kill()
    psutil.Process(int((installation.home.pgdata / "postmaster.pid").read_text().split()[0])).kill()
    assert installation.recovers()
    assert installation.children("worker") and installation.children("granian")


def test_commands_use_the_running_database_and_leave_it_running(installation: Installation) -> None:
    done = subprocess.run(installation.command("seed"), capture_output=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    assert installation.status() == 200


def test_health_is_503_while_not_seeded(installation: Installation) -> None:
    installation.home.seeded_mark.unlink()
    assert installation.status() == 503
    installation.home.seeded_mark.touch()
    assert installation.status() == 200


def test_everything_killed_at_once_is_repaired_by_the_next_start(installation: Installation) -> None:
    installation.ask("SELECT pg_backend_pid()")  # a session that dies with the server
    installation.ask("INSERT INTO django_session VALUES ('kept', '', now())")
    assert installation.process is not None
    doomed = psutil.Process(installation.process.pid).children(recursive=True)
    for each in [psutil.Process(installation.process.pid), *doomed]:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    installation.process.wait()
    record = json.loads((installation.home.run / "up.json").read_text())
    assert record["port"] == installation.port
    installation.start()
    assert installation.status() == 200
    assert installation.ask("SELECT session_key FROM django_session") == [("kept",)]


def test_a_stop_signal_ends_everything_in_time(installation: Installation) -> None:
    assert installation.process is not None
    below = psutil.Process(installation.process.pid).children(recursive=True)
    begun = time.monotonic()
    installation.process.send_signal(signal.SIGTERM)
    assert installation.process.wait(40) == 0
    assert time.monotonic() - begun <= 30
    assert not [each for each in below if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert not (installation.home.run / "up.json").exists()


def test_a_command_starts_the_stopped_database_and_stops_it_again(installation: Installation) -> None:
    done = subprocess.run(installation.command("seed"), capture_output=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    assert not (installation.home.pgdata / "postmaster.pid").exists()


def test_a_home_whose_keys_are_gone_is_not_given_new_ones(installation: Installation) -> None:
    (installation.home.keys / "django").rename(installation.home.root / "django")
    refused = subprocess.run(
        installation.command("up", "--port", str(installation.port)),
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert refused.returncode == 1 and "keys" in refused.stderr
    assert not (installation.home.keys / "django").exists()
