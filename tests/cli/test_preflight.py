"""What is said before anything slow begins."""

from __future__ import annotations

import argparse
import fcntl
import json
import socket
from pathlib import Path

import pytest

from yimen.cli import preflight, up
from yimen.cli.progress import Failed
from yimen.foundation.home import Home


def options(home: Path, *words: str) -> argparse.Namespace:
    return up.parse(["--home", str(home), *words])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_free_port_and_an_empty_home_are_fine(tmp_path: Path) -> None:
    preflight.check(options(tmp_path, "--port", str(free_port())), {})


def test_a_port_in_use_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the server does it
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failed, match="--port"):
            preflight.check(options(tmp_path, "--port", str(port)), {})


def test_a_reserved_port_lets_our_own_server_in_and_nobody_else() -> None:
    port = free_port()
    with preflight.reserve_port("127.0.0.1", port), socket.socket() as server:
        with pytest.raises(Failed, match="in use"):
            preflight.reserve_port("127.0.0.1", port)
        server.bind(("127.0.0.1", port))
        server.listen()
    preflight.reserve_port("127.0.0.1", port).close()


def test_an_address_that_is_not_ours_is_said() -> None:
    with pytest.raises(Failed, match="cannot use the address"):
        preflight.reserve_port("192.0.2.1", free_port())


def test_a_home_that_runs_is_not_started_twice(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    (home.run / "up.json").write_text(json.dumps({"pid": 42, "port": 1, "address": "http://127.0.0.1:8123"}))
    with (home.run / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Failed, match=r"8123.*42"):
            preflight.check(options(tmp_path), {})
    assert not preflight.is_running(home)


def test_the_port_of_our_own_killed_server_does_not_stop_the_repair(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run.mkdir()
    with socket.socket() as orphan:
        orphan.bind(("127.0.0.1", 0))
        orphan.listen()
        port = orphan.getsockname()[1]
        (home.run / "up.json").write_text(json.dumps({"port": port}))
        preflight.check(options(tmp_path, "--port", str(port)), {})


@pytest.mark.parametrize("given", ["DATABASE_URL", "DATABASE_ADMIN_URL"])
def test_one_database_address_alone_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(Failed, match="DATABASE_ADMIN_URL"):
        preflight.check(options(tmp_path), {given: "postgresql:///x"})


def test_certificate_and_key_belong_together(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="--tls-key"):
        preflight.check(options(tmp_path, "--tls-cert", "c.pem"), {})
    with pytest.raises(Failed, match=r"c\.pem"):
        preflight.check(options(tmp_path, "--tls-cert", "c.pem", "--tls-key", "k.pem"), {})


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_an_impossible_port_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(SystemExit):
        options(tmp_path, f"--port={port}")
