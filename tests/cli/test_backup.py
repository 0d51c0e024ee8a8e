"""A backup holds everything of one moment and nothing of the keys; a restore of it is equal, table by table."""

from __future__ import annotations

import errno
import json
import os
import secrets
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from upgrade.office import Office, first_release, new_database, point_to
from yimen.cli import backup
from yimen.cli.keeping import archive, dump, hashes, keyset, restoring, taking
from yimen.cli.keeping.archive import Archive, Writer
from yimen.cli.progress import Failed
from yimen.foundation.home import Home


@pytest.fixture(scope="module")
def office(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with first_release(tmp_path_factory.mktemp("office") / "home") as made:
        for name, content in (("ab/1.original", secrets.token_bytes(700_000)), ("ab/1.clean", b"")):
            (made.home.files / name).parent.mkdir(exist_ok=True)
            (made.home.files / name).write_bytes(content)
        yield made


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home that does not exist, and an empty database that the environment names."""
    with new_database() as addresses:
        for name, value in point_to(addresses).items():
            monkeypatch.setenv(name, value)
        yield Home(tmp_path / "restored")


def take(office: Office, path: Path) -> taking.Taken:
    return taking.take(office.home, office.addresses, path)


def restore(office: Office, source: Path, target: Home, **more: Any) -> restoring.Restored:
    return restoring.restore(source, target, keyset.of_home(office.home), **more)


def rights(address: str, role: str) -> list[str]:
    with psycopg.connect(address) as connection:
        return hashes.rights(connection, role)


# --- what it is ----------------------------------------------------------------------------------------------


def test_its_head_says_what_it_is_and_the_rest_says_nothing(office: Office, tmp_path: Path) -> None:
    office.ask("CREATE TABLE IF NOT EXISTS plain (word text); INSERT INTO plain VALUES ('very-plain-word')")
    taken = take(office, tmp_path / "b.yimen")
    whole = taken.path.read_bytes()
    head = json.loads(whole.split(b"\n", 1)[1].split(b"\n\n")[0])
    assert whole.startswith(b"YIMEN-BACKUP 1\n") and head["id"] == taken.head.id
    assert head["postgresql"] == dump.major_of(office.addresses.admin) and head["made_at"] and head["app"]
    assert head["key_id"] == keyset.of_home(office.home).keyring().current.hex()
    assert b"very-plain-word" not in whole and b"CREATE TABLE" not in whole
    inside = {
        m.name: b"".join(m.blocks)
        for m in Archive(taken.path, keyset.of_home(office.home).keyring()).members()
    }
    secrets_of = [line.split()[-1].encode() for line in keyset.of_home(office.home).lines()]
    assert not [name for name, content in inside.items() for word in secrets_of if word in content + whole]
    assert b"very-plain-word" in inside["database.sql"] and "files/ab/1.original" in inside
    assert taken.path.stat().st_mode & 0o777 == 0o600
    office.ask("DROP TABLE plain")


def test_a_restore_is_equal_in_tables_sequences_rights_and_files(
    office: Office, tmp_path: Path, target: Home
) -> None:
    take(office, tmp_path / "b.yimen")
    restore(office, tmp_path / "b.yimen", target)
    here, there = os.environ["DATABASE_ADMIN_URL"], office.addresses.admin
    assert hashes.of_address(here) == hashes.of_address(there)
    roles = [dump.roles_of(app, admin).app for app, admin in (
        (os.environ["DATABASE_URL"], here), (office.addresses.app, there))]  # fmt: skip
    assert roles[0] != roles[1] and rights(here, roles[0]) == rights(there, roles[1]) != []
    assert hashes.files(target.files) == hashes.files(office.home.files)
    assert hashes.files(target.checkpoints) == hashes.files(office.home.checkpoints)
    for name in ("CREATED", "DEMO"):
        assert (target.root / name).read_bytes() == (office.home.root / name).read_bytes()
    assert keyset.of_home(target).fingerprint == keyset.of_home(office.home).fingerprint
    assert not target.restoring_mark.exists() and target.restored_mark.exists()
    moved = Office(target, type(office.addresses)(os.environ["DATABASE_URL"], here))
    said = json.loads(moved.run("verify-ledger", "--json", "--home", str(target.root), check=False).stdout)
    assert said["counts"].keys() <= {"trigger_changed"}, said  # its function is the first release's
    assert said["numbered"] == 5783 and said["checkpoints"] > 5
    refused = moved.run("admin", "somebody", "--home", str(target.root), check=False)
    assert (
        refused.returncode == 1 and "./yimen up" in refused.stderr
    )  # nobody works on it before it is settled


def test_everything_of_one_moment_while_people_go_on_writing(
    office: Office, tmp_path: Path, target: Home
) -> None:
    """As the rooms do: the file first, then the row that names it."""
    office.ask("CREATE TABLE paper (id serial PRIMARY KEY, name text, twin text)")
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        with psycopg.connect(office.addresses.admin, autocommit=True) as connection:
            while not over.is_set():
                name = f"zz/{secrets.token_hex(4)}"
                (office.home.files / name).parent.mkdir(exist_ok=True)
                (office.home.files / name).write_bytes(name.encode())
                with connection.transaction():
                    connection.execute("INSERT INTO paper (name, twin) VALUES (%s, %s)", [name, name])
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(20)
        taken = take(office, tmp_path / "b.yimen")
    finally:
        over.set()
        writer.join()
    restore(office, tmp_path / "b.yimen", target)
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM paper WHERE name = twin")]
        assert len(names) == taken.manifest["tables"]["paper"][0] > 0
    assert all((target.files / name).read_text() == name for name in names)
    office.ask("DROP TABLE paper")


def test_a_file_destroyed_while_the_backup_runs_is_counted_as_gone(
    office: Office, tmp_path: Path, target: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    doomed, whole = office.home.files / "ab/doomed", taking._add_files
    doomed.write_bytes(b"x")

    def destroyed(*given: Any) -> Any:
        doomed.unlink()
        return whole(*given)

    monkeypatch.setattr(taking, "_add_files", destroyed)
    assert take(office, tmp_path / "b.yimen").gone == ["ab/doomed"]
    restore(office, tmp_path / "b.yimen", target)
    assert not (target.files / "ab/doomed").exists()


def test_half_written_files_are_left_out(office: Office, tmp_path: Path) -> None:
    (office.home.files / "ab/tmpa1b2c3d4").write_bytes(b"half")
    taken = take(office, tmp_path / "b.yimen")
    (office.home.files / "ab/tmpa1b2c3d4").unlink()
    assert "ab/tmpa1b2c3d4" not in taken.manifest["files"] and "ab/1.clean" in taken.manifest["files"]


def test_memory_stays_small_however_large_a_file_is(tmp_path: Path, office: Office) -> None:
    ring, size = keyset.of_home(office.home).keyring(), 96 * archive.BLOCK
    head = archive.Head("2026-01-01T00:00:00+00:00", "0.1", 15, ring.current.hex(), [ring.current.hex()])
    block = bytes(archive.BLOCK)
    tracemalloc.start()
    with (tmp_path / "large").open("wb") as out:
        writer = Writer(out, head, ring)
        writer.add("zeros", iter([block] * 96), packed=True)
        writer.add("files/large", iter([block] * 96))
        writer.close()
    sizes = Archive(tmp_path / "large", ring).prove()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes == {"zeros": size, "files/large": size} and peak < 12 * archive.BLOCK, peak


# --- what can go wrong while it is made -------------------------------------------------------------------------


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_an_existing_file_is_never_overwritten(office: Office, tmp_path: Path) -> None:
    (tmp_path / "b.yimen").write_text("mine")
    with pytest.raises(Failed, match="not overwritten"):
        take(office, tmp_path / "b.yimen")
    assert (tmp_path / "b.yimen").read_text() == "mine" and left(tmp_path) == ["b.yimen"]


def test_a_name_taken_meanwhile_is_not_overwritten_either(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, whole = tmp_path / "b.yimen", taking._manifest

    def slow(*given: Any) -> Any:
        target.write_text("theirs")
        return whole(*given)

    monkeypatch.setattr(taking, "_manifest", slow)
    with pytest.raises(Failed, match="not overwritten"):
        take(office, target)
    assert target.read_text() == "theirs" and left(tmp_path) == ["b.yimen"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (KeyboardInterrupt(), None),
    ],
)
def test_a_full_or_dead_disk_or_ctrl_c_leaves_no_half_file(
    error: BaseException, said: str | None, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> Any:
        raise error

    monkeypatch.setattr(taking, "_add_files", fail)
    with pytest.raises(Failed if said else KeyboardInterrupt, match=said):
        take(office, tmp_path / "b.yimen")
    assert left(tmp_path) == []


def test_a_dump_that_breaks_off_leaves_no_half_file(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "client", lambda name, major: "/bin/false")
    with pytest.raises(Failed, match="pg_dump"):
        take(office, tmp_path / "b.yimen")
    assert left(tmp_path) == []


def test_two_backups_at_once_are_one_too_many(office: Office, tmp_path: Path) -> None:
    with taking.only_one(office.home), pytest.raises(Failed, match="under way"):
        take(office, tmp_path / "b.yimen")
    assert left(tmp_path) == []


def test_a_start_under_way_is_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yimen.cli.preflight.is_running", lambda home: True)
    monkeypatch.setattr(backup, "START_PATIENCE", 0.0)
    with pytest.raises(Failed, match="does not finish starting"):
        backup._await_start(office.home)
    office.home.seeded_mark.touch()
    backup._await_start(office.home)


def test_a_folder_that_is_not_there_is_said(office: Office, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot write"):
        take(office, tmp_path / "none" / "b.yimen")


def test_no_client_program_that_fits_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Failed, match="fits PostgreSQL 99"):
        dump.client("pg_dump", 99)


def test_no_password_reaches_a_command_line() -> None:
    env = dump.environment("postgresql://owner:geheim@/yimen?host=/run/x&port=5433")
    assert env["PGPASSWORD"] == "geheim" and env["PGHOST"] == "/run/x" and env["PGUSER"] == "owner"


def test_rights_follow_the_names_of_this_office_and_rows_are_left_alone() -> None:
    text = (
        b"SET transaction_timeout = 0;\nSET x = 1;\nCOPY public.t (a) FROM stdin;\n"
        b"GRANT ALL TO yimen_app;\nSET transaction_timeout = 0;\n\\.\n"
        b"GRANT SELECT ON TABLE public.t TO yimen_app;\n"
        b"ALTER DEFAULT PRIVILEGES FOR ROLE yimen_owner IN SCHEMA public GRANT SELECT ON TABLES TO yimen_app;\n"
        b"REVOKE ALL ON TABLE public.t FROM yimen_owner;\n"
    )
    old, here = dump.Roles("yimen_owner", "yimen_app"), dump.Roles("o", "an App")
    blocks = [text[at : at + 11] for at in range(0, len(text), 11)]
    assert b"".join(dump.adapted(blocks, old, here, 15)) == (
        b"SET x = 1;\nCOPY public.t (a) FROM stdin;\n"
        b"GRANT ALL TO yimen_app;\nSET transaction_timeout = 0;\n\\.\n"
        b'GRANT SELECT ON TABLE public.t TO "an App";\n'
        b'ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA public GRANT SELECT ON TABLES TO "an App";\n'
        b"REVOKE ALL ON TABLE public.t FROM o;\n"
    )
    assert b"".join(dump.adapted([text], old, old, 18)) == text


# --- the commands, on a private database --------------------------------------------------------------------------


def test_the_commands_on_a_home_with_its_own_database_that_is_stopped(office: Office, tmp_path: Path) -> None:
    """restore FILE --home DIR --key FILE; then backup of that home, which is not running, and does not run after."""
    (tmp_path / "keep").mkdir()
    office.run("keys", "export", str(tmp_path / "keep" / "keys.txt"), "--home", str(office.home.root))
    take(office, tmp_path / "b.yimen")
    tmp_path.chmod(0o711)
    env = {name: value for name, value in office.env.items() if not name.startswith("DATABASE_")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "yimen.cli", *words], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    new = tmp_path / "new home"
    key = str(tmp_path / "keep" / "keys.txt")
    said = run("restore", str(tmp_path / "b.yimen"), "--home", str(new), "--key", key)
    assert "./yimen up --home" in said
    assert not (new / "pg" / "postmaster.pid").exists()
    (new / "RESTORED").unlink()  # as if it had been started once
    again = json.loads(run("backup", str(tmp_path / "again.yimen"), "--home", str(new), "--json"))
    assert again["rows"] == sum(
        rows for rows, _digest in hashes.of_address(office.addresses.admin)[0].values()
    )
    assert not (new / "pg" / "postmaster.pid").exists()
    first, second = (
        Archive(path, keyset.of_home(office.home).keyring())
        for path in (tmp_path / "b.yimen", tmp_path / "again.yimen")
    )
    assert _manifest(first)["tables"] == _manifest(second)["tables"]


def _manifest(source: Archive) -> dict[str, Any]:
    found = {}
    for member in source.members():
        if member.name == taking.MANIFEST:
            found = json.loads(b"".join(member.blocks))
    return found
