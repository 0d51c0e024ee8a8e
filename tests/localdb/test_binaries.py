"""The order in which PostgreSQL's programs are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from yimen.localdb import binaries
from yimen.localdb.errors import LocalDatabaseError


def programs(folder: Path, version: str = "17.2") -> Path:
    """A folder that looks like PostgreSQL's bin."""
    folder.mkdir(parents=True)
    for name in binaries.NEEDED:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No wheel, no system versions: only what a test adds."""
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(binaries, "_wheel_folder", lambda: None)
    return tmp_path


def test_pg_bin_comes_first(machine: Path) -> None:
    named = programs(machine / "named", "16.1")
    programs(machine / "system" / "17" / "bin")
    assert binaries.find({"PG_BIN": str(named), "PATH": ""}) == binaries.Binaries(named, 16)


def test_an_unusable_pg_bin_is_an_error_and_not_skipped(machine: Path) -> None:
    programs(machine / "system" / "17" / "bin")
    with pytest.raises(LocalDatabaseError, match="PG_BIN"):
        binaries.find({"PG_BIN": str(machine / "nowhere"), "PATH": ""})


def test_the_wheel_comes_before_the_path(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel, on_path = programs(machine / "wheel", "18.1"), programs(machine / "path")
    monkeypatch.setattr(binaries, "_wheel_folder", lambda: wheel)
    assert binaries.find({"PATH": str(on_path)}) == binaries.Binaries(wheel, 18, carried=True)


def test_the_path_comes_before_the_systems_versions(machine: Path) -> None:
    on_path = programs(machine / "path", "15.9")
    programs(machine / "system" / "17" / "bin")
    assert binaries.find({"PATH": str(on_path)}).folder == on_path


def test_the_newest_of_the_systems_versions_is_taken(machine: Path) -> None:
    programs(machine / "system" / "9.6" / "bin", "9.6.1")
    programs(machine / "system" / "15" / "bin", "15.3")
    newest = programs(machine / "system" / "17" / "bin", "17.1")
    assert binaries.find({"PATH": ""}).folder == newest


def test_versions_before_15_are_not_used(machine: Path) -> None:
    programs(machine / "system" / "14" / "bin", "14.11")
    with pytest.raises(LocalDatabaseError, match="postgresql"):
        binaries.find({"PATH": ""})


def test_a_folder_with_a_program_missing_is_passed_over(machine: Path) -> None:
    (programs(machine / "path") / "initdb").unlink()
    assert binaries.inspect(machine / "path") is None


def test_the_carried_programs_run_from_a_copy(found: binaries.Binaries, tmp_path: Path) -> None:
    if not found.carried:
        pytest.skip("the wheel is not what this machine uses")
    copy = binaries.carry(found, tmp_path / "copy")
    assert binaries.major_of(copy.folder / "postgres") == found.major
    assert binaries.carry(found, tmp_path / "copy") == copy  # and only once
