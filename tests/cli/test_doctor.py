"""Doctor says what is wrong and what to do; only faults fail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from yimen.cli import doctor, install, look_machine
from yimen.cli.findings import Finding, fault, ok, warn
from yimen.foundation.home import Home


@pytest.fixture
def lived(tmp_path: Path) -> Home:
    """A home that looks like one which was started once and stopped."""
    home = Home(tmp_path / "home")
    for folder in (home.keys, home.files, home.logs, home.run):
        folder.mkdir(mode=0o700, parents=True)
    home.created_mark.write_text("2026-01-01T00:00:00+00:00\n")
    for name in (*look_machine.KEYS, "master-0001.key"):
        (home.keys / name).write_text("x")
        (home.keys / name).chmod(0o600)
    return home


def faults(found: Iterable[Finding]) -> list[str]:
    return [finding.what.en for finding in found if finding.level == "fault"]


def test_a_healthy_stopped_home_has_only_the_reminder_that_it_is_stopped(lived: Home) -> None:
    found = list(look_machine.home(lived))
    assert faults(found) == []
    assert [finding.what.en for finding in found if finding.level == "warn"] == ["the service is not running"]


def test_a_home_that_is_not_there_is_a_fault_with_the_way_out(tmp_path: Path) -> None:
    (found,) = look_machine.home(Home(tmp_path / "none"))
    assert found.level == "fault" and found.todo and "./yimen up" in found.todo.zh


def test_a_missing_key_is_named(lived: Home) -> None:
    (lived.keys / "audit.key").unlink()
    assert faults(look_machine.home(lived)) == ["keys are missing: audit.key"]


def test_keys_that_others_can_read_are_named(lived: Home) -> None:
    (lived.keys / "django").chmod(0o644)
    assert faults(look_machine.home(lived)) == ["others can read keys: django"]


@pytest.mark.parametrize(("free", "level"), [(0.5, "fault"), (3, "warn"), (50, "ok")])
def test_a_full_disk_is_told_before_it_stops_the_database(
    free: float, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=free * look_machine.GIGABYTE)
    monkeypatch.setattr(look_machine.shutil, "disk_usage", lambda path: usage)
    assert [finding.level for finding in look_machine._disk(tmp_path)] == [level]


def test_a_clock_before_the_homes_first_day_is_a_fault(lived: Home) -> None:
    before = datetime(2025, 12, 31, tzinfo=UTC)
    assert len(faults(look_machine._clock(lived, before))) == 1
    assert faults(look_machine._clock(lived, before + timedelta(days=2))) == []


def test_a_killed_run_is_told_apart_from_a_stopped_one(lived: Home) -> None:
    (lived.run / "up.json").write_text(json.dumps({"pid": 1, "port": 1}))
    assert "the last run was killed" in faults(look_machine.home(lived))


def test_a_first_start_that_was_broken_off_is_told(lived: Home) -> None:
    lived.created_mark.unlink()
    assert faults(look_machine.home(lived)) == ["the first start has not come through"]


def test_a_home_that_cannot_be_written_is_told(lived: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_machine, "_writable", lambda path: path != lived.run)
    (told,) = faults(look_machine.home(lived))
    assert told == f"cannot write to {lived.run}"


def test_parts_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        install, "missing", lambda development: [("安装 Python 软件包 · Python packages", print)]
    )
    assert faults(look_machine.clone()) == ["not done yet: Python packages"]


@pytest.mark.parametrize(
    ("found", "status", "last"),
    [
        ([ok("好", "fine")], 0, "一切正常"),
        ([warn("慢", "slow", "等", "wait")], 0, "0 个故障，1 个提醒"),
        ([warn("慢", "slow", "等", "wait"), fault("坏", "broken", "修", "mend")], 1, "1 个故障，1 个提醒"),
    ],
)
def test_only_faults_fail(
    found: list[Finding],
    status: int,
    last: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "findings", lambda home: found)
    assert doctor.run(SimpleNamespace(home="x", lang="zh")) == status  # type: ignore[arg-type]
    assert capsys.readouterr().out.rstrip().endswith(last)


def test_english_is_there_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "findings", lambda home: [fault("坏", "broken", "修", "mend")])
    doctor.run(SimpleNamespace(home="x", lang="en"))  # type: ignore[arg-type]
    assert capsys.readouterr().out == "✗ broken\n    → mend\n\n1 faults, 0 warnings\n"
