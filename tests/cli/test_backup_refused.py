"""Whatever is wrong with a backup, a key or a target: one clear sentence, and nothing is changed."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upgrade.office import Office, first_release, new_database, point_to
from yimen.cli import preflight
from yimen.cli.keeping import archive, dump, hashes, keyset, marks, restoring, taking
from yimen.cli.keeping.archive import Archive, Head, Writer
from yimen.cli.progress import Failed
from yimen.foundation import crypto, release, streams
from yimen.foundation.home import Home


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> keyset.KeySet:
    home = Home(tmp_path_factory.mktemp("keys"))
    crypto.make_keys(home)
    return keyset.of_home(home)


@pytest.fixture(scope="module")
def small(keys: keyset.KeySet) -> bytes:
    """A whole little backup, in pieces of 64 bytes."""
    return written(keys)


def written(keys: keyset.KeySet, **head: Any) -> bytes:
    ring, out = keys.keyring(), io.BytesIO()
    current = ring.current.hex()
    usual = {"made_at": "2026-11-23T00:00:00+00:00", "app": "0.1.0", "postgresql": 15, "key_id": current}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "PIECE", 64)
        writer = Writer(out, Head(**({**usual, "masters": [current]} | head)), ring)
        writer.add("database.sql", iter([b"SELECT 1;\n" * 40]), packed=True)
        writer.add("files/a", iter([bytes(range(256))]))
        writer.close()
    return out.getvalue()


def prove(blob: bytes, keys: keyset.KeySet, tmp_path: Path) -> dict[str, int]:
    path = tmp_path / "b.yimen"
    path.write_bytes(blob)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "PIECE", 64)
        return Archive(path, keys.keyring()).prove()


def refused(
    blob: bytes, keys: keyset.KeySet, tmp_path: Path, match: str = "refused|no backup|unknown|wrong|newer"
) -> None:
    with pytest.raises(Failed, match=match) as said:
        prove(blob, keys, tmp_path)
    assert " / " in str(said.value)  # both languages


# --- every byte counts --------------------------------------------------------------------------------------------


def test_an_untouched_one_is_whole(small: bytes, keys: keyset.KeySet, tmp_path: Path) -> None:
    assert prove(small, keys, tmp_path) == {"database.sql": 400, "files/a": 256}


def test_a_turned_bit_at_any_byte_is_found(small: bytes, keys: keyset.KeySet, tmp_path: Path) -> None:
    for at in range(len(small)):
        refused(small[:at] + bytes([small[at] ^ 1 << at % 8]) + small[at + 1 :], keys, tmp_path)


def test_a_cut_at_any_byte_is_found(small: bytes, keys: keyset.KeySet, tmp_path: Path) -> None:
    for at in range(len(small)):
        refused(small[:at], keys, tmp_path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_put_in_taken_out_or_repeated_anywhere_are_found(
    data: st.DataObject, small: bytes, keys: keyset.KeySet, tmp_path: Path
) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(small)), st.integers(0, len(small)))))
    instead = data.draw(st.one_of(st.binary(max_size=40), st.just(small[start:end] * 2)))
    changed = small[:start] + instead + small[end:]
    if changed != small:
        refused(changed, keys, tmp_path)


# --- not for this key, not for this release -------------------------------------------------------------------------


def test_another_offices_key_is_named_as_wrong(small: bytes, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    crypto.make_keys(other)
    refused(
        small, keyset.of_home(other), tmp_path, match="wrong key: this backup needs master key [0-9a-f]{16}"
    )


def test_a_key_file_from_before_a_rotation_is_named_as_too_old(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    crypto.make_keys(home)
    before = keyset.of_home(home)
    crypto.rotate_master(home)
    ring = keyset.of_home(home).keyring()
    blob = written(keyset.of_home(home), masters=sorted(key.hex() for key in ring.masters))
    refused(blob, before, tmp_path, match="wrong key")
    assert prove(blob, keyset.of_home(home), tmp_path)


def test_what_is_no_backup_and_what_is_of_an_unknown_format(
    keys: keyset.KeySet, small: bytes, tmp_path: Path
) -> None:
    refused(b"PK\x03\x04", keys, tmp_path, match="no backup of Yimen")
    refused(b"", keys, tmp_path, match="no backup of Yimen")
    refused(small.replace(b"BACKUP 1", b"BACKUP 2", 1), keys, tmp_path, match="unknown backup format '2'")


def test_one_of_a_newer_release_asks_for_the_upgrade(keys: keyset.KeySet, tmp_path: Path) -> None:
    refused(written(keys, app="99.1.0"), keys, tmp_path, match="upgrade first")
    assert prove(written(keys, app=release.release()), keys, tmp_path)


def test_a_key_file_that_is_missing_cut_or_mistyped_is_said(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    crypto.make_keys(home)
    keyset.export(home, tmp_path / "keys.txt")
    text = (tmp_path / "keys.txt").read_text()
    digit = text.index("audit ") + 9
    wrong = text[:digit] + ("0" if text[digit] != "0" else "1") + text[digit + 1 :]
    for content, said in ((wrong, "mistyped"), (text[:-9], "mistyped"), ("hello\n", "no exported key file")):
        (tmp_path / "typed.txt").write_text(content)
        with pytest.raises(Failed, match=said):
            keyset.read(tmp_path / "typed.txt")
    with pytest.raises(Failed, match="cannot read the key file"):
        keyset.read(tmp_path / "none.txt")


def test_the_key_may_be_the_exported_file_typed_again_or_a_copy_of_the_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    crypto.make_keys(home)
    keyset.export(home, tmp_path / "keys.txt")
    typed = tmp_path / "typed.txt"
    typed.write_text((tmp_path / "keys.txt").read_text().replace("\n", "  \n\n").replace(" ", "   "))
    wanted = keyset.of_home(home).fingerprint
    for given_as in (tmp_path / "keys.txt", typed, home.keys, home.keys / "master-0001.key"):
        assert keyset.read(given_as).fingerprint == wanted
    assert (tmp_path / "keys.txt").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Failed, match="not overwritten"):
        keyset.export(home, tmp_path / "keys.txt")
    with pytest.raises(Failed, match="not inside the home"):
        keyset.export(home, home.root / "keys.txt")


# --- the target stays as it was ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def office(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with first_release(tmp_path_factory.mktemp("office") / "home") as made:
        (made.home.files / "a").write_bytes(b"content")
        yield made


@pytest.fixture(scope="module")
def backup(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "b.yimen"
    taking.take(office.home, office.addresses, path)
    return path


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with new_database() as addresses:
        for name, value in point_to(addresses).items():
            monkeypatch.setenv(name, value)
        yield Home(tmp_path / "deep" / "restored")


def restore(office: Office, source: Path, target: Home) -> restoring.Restored:
    return restoring.restore(source, target, keyset.of_home(office.home))


def nothing(target: Home) -> bool:
    return not target.root.exists() and dump.is_empty(os.environ["DATABASE_ADMIN_URL"])


@pytest.mark.parametrize("where", [0.3, 0.999999])
def test_a_damaged_backup_touches_neither_folder_nor_database(
    where: float, office: Office, backup: Path, target: Home, tmp_path: Path
) -> None:
    blob = bytearray(backup.read_bytes())
    blob[int(len(blob) * where)] ^= 4
    (tmp_path / "bad.yimen").write_bytes(blob)
    with pytest.raises(Failed, match="nothing was changed"):
        restore(office, tmp_path / "bad.yimen", target)
    assert nothing(target) and not target.root.parent.exists()


def test_a_folder_with_anything_in_it_is_left_alone(office: Office, backup: Path, target: Home) -> None:
    target.root.mkdir(parents=True)
    (target.root / "mine").write_text("mine")
    with pytest.raises(Failed, match="not empty"):
        restore(office, backup, target)
    assert [path.name for path in target.root.iterdir()] == ["mine"]
    assert dump.is_empty(os.environ["DATABASE_ADMIN_URL"])


def test_a_database_with_anything_in_it_is_left_alone(office: Office, backup: Path, target: Home) -> None:
    with psycopg.connect(os.environ["DATABASE_ADMIN_URL"]) as connection:
        connection.execute("CREATE TABLE mine (a int)")
    with pytest.raises(Failed, match="that database is not empty"):
        restore(office, backup, target)
    assert list(hashes.of_address(os.environ["DATABASE_ADMIN_URL"])[0]) == ["mine"]
    assert not target.root.exists()


def test_too_little_room_is_said_beforehand(
    office: Office, backup: Path, target: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 3})())
    with pytest.raises(Failed, match="not enough room"):
        restore(office, backup, target)
    assert nothing(target)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), SystemExit(143)]
)
@pytest.mark.parametrize("step", ["load_database", "_compare", "_finish"])
def test_a_restore_that_breaks_off_is_undone(
    step: str,
    error: BaseException,
    office: Office,
    backup: Path,
    target: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = getattr(restoring, step)

    def breaks(*given: Any) -> None:
        if step == "_compare":
            whole(*given)
        raise error

    monkeypatch.setattr(restoring, step, breaks)
    with pytest.raises(Failed if isinstance(error, OSError) else type(error)):
        restore(office, backup, target)
    assert nothing(target)


def test_a_table_that_came_out_different_undoes_the_whole(
    office: Office, backup: Path, target: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = restoring.load_database

    def loses(addresses: Any, *given: Any) -> None:
        whole(addresses, *given)
        with psycopg.connect(addresses.admin) as connection:
            connection.execute("DELETE FROM cases_contact WHERE id = (SELECT min(id) FROM cases_contact)")

    monkeypatch.setattr(restoring, "load_database", loses)
    with pytest.raises(Failed, match="cases_contact"):
        restore(office, backup, target)
    assert nothing(target)


def test_a_killed_restore_forbids_the_homes_use_and_is_begun_anew(
    office: Office, backup: Path, target: Home
) -> None:
    target.root.mkdir(parents=True)
    target.restoring_mark.touch()
    (target.root / "files").mkdir()
    (target.root / "files" / "half").write_bytes(b"half")
    with pytest.raises(Failed, match="cut short"):
        marks.refuse(target)
    restore(office, backup, target)
    assert hashes.files(target.files) == hashes.files(office.home.files)
    assert not target.restoring_mark.exists()


# --- homes of other releases ------------------------------------------------------------------------------------------------


def test_a_home_of_a_newer_release_is_refused_by_every_command(office: Office, tmp_path: Path) -> None:
    office.home.release_mark.write_text("99.0.0\n")
    try:
        for words in (
            ("admin", "x"),
            ("backup", str(tmp_path / "b")),
            ("verify-ledger",),
            ("keys", "rotate"),
        ):
            done = office.run(*words, "--home", str(office.home.root), check=False)
            assert done.returncode in (1, 2) and "newer release 99.0.0" in done.stderr, words
    finally:
        office.home.release_mark.unlink()
    assert not (tmp_path / "b").exists() and not preflight.is_running(office.home)


def test_the_head_alone_is_read_without_any_key(backup: Path) -> None:
    head, text = archive.read_head(backup)
    assert json.loads(text.split(b"\n", 1)[1])["id"] == head.id
