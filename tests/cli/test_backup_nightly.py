"""Backups by night: when they are due, which go, what doctor says, and that the newest is really restored now and then."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from upgrade.office import Office, first_release
from yimen.cli import look_backup
from yimen.cli.keeping import keyset, nightly, proving, schedule, state
from yimen.cli.keeping.nightly import Nightly
from yimen.cli.progress import Failed
from yimen.foundation import crypto
from yimen.foundation.home import Home

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # eleven in the morning in Shanghai


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    crypto.make_keys(made)
    made.logs.mkdir()
    made.created_mark.write_text("2026-11-01T00:00:00+00:00\n")
    return made


def tried(home: Home, at: datetime, ok: bool = True, what: str = "backup") -> None:
    state.note(home, **{what: {"at": at.isoformat(), "ok": ok, "why": "full"}})
    if ok:
        state.note(home, **{f"good_{what}": {"at": at.isoformat(), "ok": ok, "file": "/b/yimen-x.yimen"}})


def due(home: Home, now: datetime = NOW, **env: str) -> bool:
    return schedule.backup_due(home, schedule.settings(home, env), now)


def test_a_night_is_half_past_two_where_the_office_is() -> None:
    at, zone = schedule.time(2, 30), ZoneInfo("Asia/Shanghai")
    assert schedule.last_planned(at, zone, NOW) == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert schedule.last_planned(at, zone, NOW.replace(hour=18, minute=29)) == datetime(
        2026, 11, 22, 18, 30, tzinfo=UTC
    )
    assert schedule.last_planned(at, zone, NOW.replace(hour=18, minute=30)) == NOW.replace(hour=18, minute=30)


@pytest.mark.parametrize(
    ("last", "ok", "is_due"),
    [
        (NOW - timedelta(hours=8), True, False),  # this night's was made
        (NOW - timedelta(hours=9), True, True),  # yesterday's was; the machine slept tonight
        (NOW - timedelta(minutes=30), False, False),  # it failed just now
        (NOW - timedelta(minutes=61), False, True),  # it may be tried again
        (NOW + timedelta(days=400), True, True),  # the clock was wrong then
    ],
)
def test_one_a_night_and_a_failed_one_again_after_an_hour(
    last: datetime, ok: bool, is_due: bool, home: Home
) -> None:
    tried(home, last, ok)
    assert due(home) is is_due


def test_a_new_home_waits_for_its_first_night_and_a_demonstration_makes_none(home: Home) -> None:
    assert due(home)
    home.created_mark.write_text((NOW - timedelta(hours=1)).isoformat())
    assert not due(home)
    home.created_mark.write_text("2026-11-01T00:00:00+00:00\n")
    home.demo_mark.touch()
    assert not due(home) and due(home, YIMEN_BACKUP_AT="02:30")
    home.demo_mark.unlink()
    assert not due(home, YIMEN_BACKUP_AT="off")


@pytest.mark.parametrize("env", [{"YIMEN_BACKUP_AT": "25:00"}, {"YIMEN_BACKUP_KEEP_DAYS": "-3"}])
def test_a_setting_that_cannot_be_meant_is_said_at_the_start(env: dict[str, str], home: Home) -> None:
    with pytest.raises(Failed, match="YIMEN_"):
        schedule.settings(home, env)


def test_old_ones_go_but_never_the_newest_three_nor_by_a_clock_that_runs_behind(home: Home) -> None:
    how = schedule.settings(home, {})
    found = [(NOW - timedelta(days=days), Path(f"{days}")) for days in (0, 1, 34, 36, 90)]
    assert schedule.outdated(found, how, NOW) == [Path("36"), Path("90")]
    assert schedule.outdated(found, how, NOW + timedelta(days=9999)) == [Path("36"), Path("90")]
    assert schedule.outdated(found, how, NOW - timedelta(days=1)) == []
    assert how.keep_days == 35


def test_a_drill_is_due_once_a_week(home: Home) -> None:
    how = schedule.settings(home, {})
    assert schedule.drill_due(home, how, NOW)
    tried(home, NOW - timedelta(days=6), what="drill")
    assert not schedule.drill_due(home, how, NOW) and schedule.drill_due(home, how, NOW + timedelta(days=1))
    assert not schedule.drill_due(home, schedule.settings(home, {"YIMEN_RESTORE_DRILL_DAYS": "0"}), NOW)


# --- what doctor says ---------------------------------------------------------------------------------------------


def said(home: Home, now: datetime = NOW) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"ok": [], "warn": [], "fault": []}
    for finding in look_backup.findings(home, now):
        found[finding.level].append(finding.what.en)
    return found


def test_an_office_that_keeps_nothing_is_warned(home: Home) -> None:
    assert said(home)["warn"] == [
        "the keys were never exported as they are now: with this disk gone, no backup opens",
        "there is no backup yet",
    ]


def test_an_office_that_keeps_everything_is_left_in_peace(home: Home, tmp_path: Path) -> None:
    keyset.export(home, tmp_path / "keys.txt")
    tried(home, NOW - timedelta(hours=8))
    tried(home, NOW - timedelta(days=3), what="drill")
    found = said(home)
    assert found["warn"] == found["fault"] == [] and len(found["ok"]) == 3
    assert "yimen-x.yimen was proved by a restore at 2026-11-20 03:00Z" in found["ok"]


def test_late_and_failed_ones_are_told(home: Home, tmp_path: Path) -> None:
    keyset.export(home, tmp_path / "keys.txt")
    tried(home, NOW - timedelta(days=3))
    tried(home, NOW - timedelta(days=20), what="drill")
    assert len(said(home)["warn"]) == 2
    state.note_done(home, "backup", False, why="the disk is full")
    state.note_done(home, "drill", False, why="cases_case: 3 → 2")
    assert said(home)["fault"] == [
        "the last backup failed: the disk is full",
        "the restore drill failed: cases_case: 3 → 2",
    ]


def test_a_rotated_key_must_be_exported_again(home: Home, tmp_path: Path) -> None:
    keyset.export(home, tmp_path / "keys.txt")
    assert keyset.is_exported(home)
    crypto.rotate_master(home)
    assert not keyset.is_exported(home)


def test_the_marks_of_a_restore_are_told(home: Home) -> None:
    home.restored_mark.write_text("{}")
    home.restoring_mark.touch()
    home.release_mark.write_text("99.0\n")
    found = said(home)
    assert len(found["fault"]) == 2 and "restored from a backup, not started since" in found["warn"]


# --- the work itself --------------------------------------------------------------------------------------------------


def wait(night: Nightly) -> None:
    deadline = time.monotonic() + 30
    while night.process is not None and time.monotonic() < deadline:
        night.beat()
        time.sleep(0.02)


def test_the_supervisor_starts_it_once_when_it_is_due_and_notes_its_death(home: Home) -> None:
    mark = home.root / "ran"
    command = [sys.executable, "-c", f"open({str(mark)!r}, 'a').write('x'); raise SystemExit(3)"]
    night = Nightly(home, command, dict(os.environ) | {"YIMEN_BACKUP_AT": "02:30"})
    night.beat()
    assert night.process is not None
    wait(night)
    assert mark.read_text() == "x" and state.read(home)["backup"]["why"] == "exit 3"
    night._next = 0.0
    night.beat()
    assert night.process is None and mark.read_text() == "x"  # not again within the hour
    assert state.read(home)["keep_days"] == 35 and state.read(home)["folder"] == str(home.backups)


@pytest.fixture(scope="module")
def office(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    folder.chmod(0o711)
    with first_release(folder / "home") as made:
        yield made


def test_a_night_backs_up_clears_away_and_restores_the_newest_for_proof(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
        monkeypatch.setenv(name, office.env[name])
    home = office.home
    how = schedule.settings(home, {})
    home.backups.mkdir()
    home.erasures.write_text('{"case": "x"}\n')
    (home.backups / ".yimen-x.yimen.abc.part").write_bytes(b"half")
    os.utime(home.backups / ".yimen-x.yimen.abc.part", (1, 1))
    (home.backups / "mine.yimen").write_bytes(b"not ours")
    assert nightly.run(home, how) is True, state.read(home)["drill"]
    kept = sorted(path.name for path in home.backups.iterdir())
    assert kept[:2] == ["erasures.jsonl", "mine.yimen"] and len(kept) == 3
    done = state.read(home)
    assert done["backup"]["ok"] and done["drill"]["ok"] and done["drill"]["file"].endswith(kept[2])
    assert done["drill"]["rows"] == done["backup"]["rows"] > 20_000
    assert not list(home.root.glob("drill-*"))

    # a second night, with a backup that was damaged on its way to the disk
    damaged = home.backups / kept[2]
    blob = bytearray(damaged.read_bytes())
    blob[-9] ^= 1
    damaged.write_bytes(blob)
    said = proving.prove(home, damaged)
    assert not said["ok"] and "nothing was changed" in said["why"]
    assert "nothing was changed" in state.read(home)["drill"]["why"] and state.read(home)["good_drill"]["ok"]
    shutil.rmtree(home.backups)
    with pytest.raises(Failed, match="no backup yet"):
        proving.latest(home, how)
