"""Real servers: they start, survive kill -9, run side by side, and refuse foreign data."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

import psycopg
import pytest

from yimen.localdb.cluster import Cluster
from yimen.localdb.errors import LocalDatabaseError

Make = Callable[..., Cluster]


def ask(cluster: Cluster, question: str) -> object:
    where = f"host={cluster.place.socket} port={cluster.place.port} user=postgres dbname=postgres"
    with psycopg.connect(where, autocommit=True) as connection:
        found = connection.execute(question)
        return found.fetchone()[0] if found.description else None  # type: ignore[index]


def pid_of(cluster: Cluster) -> int:
    return int((cluster.place.data / "postmaster.pid").read_text().split()[0])


def test_it_starts_answers_and_stops(make_cluster: Make) -> None:
    cluster = make_cluster()
    assert not cluster.ready()
    cluster.start()
    assert cluster.ready() and cluster.alive()
    assert ask(cluster, "SELECT 6 * 7") == 42
    cluster.stop()
    assert not cluster.ready() and not cluster.alive()


def test_it_listens_on_its_socket_only(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    assert ask(cluster, "SELECT current_setting('listen_addresses')") == ""


def test_chinese_text_is_kept_and_sorted_by_code_point(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    assert (
        ask(cluster, "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname='postgres'")
        == "UTF8"
    )
    assert (
        ask(cluster, "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','A','衙','一']) x")
        == "Ab一衙"
    )


def test_what_was_written_is_there_after_kill_9(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    ask(cluster, "CREATE TABLE kept AS SELECT 7 AS n")
    ask(cluster, "CHECKPOINT")
    os.kill(pid_of(cluster), signal.SIGKILL)
    while cluster.alive():
        time.sleep(0.01)
    assert (cluster.place.data / "postmaster.pid").exists()
    cluster.start()
    assert ask(cluster, "SELECT n FROM kept") == 7


def test_a_killed_server_that_nobody_reaped_yet_is_started_again(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    os.kill(pid_of(cluster), signal.SIGKILL)
    cluster.process, zombie = None, cluster.process  # another process than its parent finds it
    time.sleep(0.2)
    cluster.start()
    assert cluster.ready()
    assert zombie is not None and zombie.wait() == -signal.SIGKILL


def test_a_stale_pid_file_that_names_a_strangers_process_does_not_hinder(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    said = (cluster.place.data / "postmaster.pid").read_text()
    cluster.stop()
    options = {**cluster.place.user.popen_options(), "cwd": "/tmp"}
    stranger = subprocess.Popen(["sleep", "60"], **options)
    try:
        stale = cluster.place.data / "postmaster.pid"
        stale.write_text("\n".join([str(stranger.pid), *said.split("\n")[1:]]))
        cluster.place.user.own(stale)
        cluster.start()
        assert cluster.ready()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_running_server_is_adopted_and_can_be_stopped_by_another(make_cluster: Make) -> None:
    cluster = make_cluster()
    cluster.start()
    other = Cluster(cluster.place)
    other.start()
    assert other.process is None and other.alive()
    stopping = pid_of(cluster)
    assert cluster.process is not None
    other.stop(seconds=0.5)
    cluster.process.wait(10)
    assert not other.ready() and stopping


def test_two_run_side_by_side(make_cluster: Make) -> None:
    one, two = make_cluster("one"), make_cluster("two")
    one.start()
    two.start()
    ask(one, "CREATE TABLE mine ()")
    assert ask(two, "SELECT to_regclass('mine')") is None
    one.stop()
    assert two.ready()


def test_stopping_what_does_not_run_is_no_trouble(make_cluster: Make) -> None:
    make_cluster().stop()


def test_data_of_another_major_version_are_refused_with_a_way_out(make_cluster: Make) -> None:
    cluster = make_cluster()
    (cluster.place.data / "PG_VERSION").write_text("13\n")
    with pytest.raises(LocalDatabaseError, match=r"PG_BIN.*yimen backup") as refused:
        cluster.start()
    assert "PostgreSQL 13" in str(refused.value)


def test_a_server_that_cannot_start_says_why(make_cluster: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yimen.localdb.cluster.STALE_SECONDS", 0.5)
    cluster = make_cluster()
    with (cluster.place.data / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(LocalDatabaseError, match="no_such_setting"):
        cluster.start()


def test_a_half_made_directory_is_made_anew(make_cluster: Make) -> None:
    cluster = make_cluster()
    half = cluster.place.data.with_name("pg.new")
    cluster.place.data.rename(half)
    (half / "PG_VERSION").unlink()
    assert not cluster.created
    cluster.create(None, superuser="postgres", durable=False)
    assert cluster.created and not half.exists()
