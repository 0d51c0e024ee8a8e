"""`./yimen verify-ledger`: exit status, plain words, one line of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.tampering import run, unguarded
from yimen.cli import catalog, verify_ledger
from yimen.foundation import crypto
from yimen.foundation.home import REPO, Home
from yimen.ledger.checkpoints import Checkpoints


@pytest.fixture
def office(place: Checkpoints, home: Home, tmp_path: Path) -> Home:
    """A home with the suite's keys and this test's checkpoints."""
    (tmp_path / "keys").symlink_to(home.keys)
    return Home(tmp_path)


@pytest.fixture
def edited(chain: object) -> None:
    with unguarded():
        run("UPDATE ledger_entry SET kind = 'case.withdrawn' WHERE subject_id = 4")


def test_an_honest_ledger_ends_with_0(
    chain: object, office: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_ledger.examine(office) == 0
    out = capsys.readouterr().out
    assert "已核验 9 条记录、3 个校验点" in out and "台账完整" in out


def test_tampering_ends_with_1_and_says_where(
    edited: None, office: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_ledger.examine(office) == 1
    out = capsys.readouterr().out
    assert "第 4 号记录" in out and "发现改动，共 2 处" in out


def test_json_is_one_line_with_codes_and_sentences(
    edited: None, office: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_ledger.examine(office, as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["result"] == "tampered" and said["numbered"] == 9
    assert said["counts"]["entry_changed"] == 1 == said["counts"]["entry_forged"]
    changed = next(f for f in said["findings"] if f["code"] == "entry_changed")
    assert changed["seq"] == 4 and "第 4 号" in changed["text"]


def test_hidden_repetitions_are_counted(
    chain: object, office: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yimen.ledger.findings.SHOWN", 4)
    with unguarded():
        run("UPDATE ledger_entry SET kind = 'case.withdrawn'")
    verify_ledger.examine(office)
    assert "同类问题另有 5 处（entry_changed）" in capsys.readouterr().out


def test_progress_is_shown_on_the_way(
    chain: object, office: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_ledger, "BEAT", 0)
    monkeypatch.setattr("yimen.ledger.verify.PROGRESS_EVERY", 4)
    verify_ledger.examine(office)
    assert [line.strip() for line in capsys.readouterr().err.splitlines()] == ["4 / 9", "8 / 9", "9 / 9"]


def test_without_keys_it_ends_with_2(
    chain: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_ledger.examine(Home(tmp_path / "elsewhere")) == 2
    assert "主密钥" in capsys.readouterr().err


def test_with_another_homes_keys_it_ends_with_2(chain: object, place: Checkpoints, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    crypto.make_keys(other)
    other.checkpoints.symlink_to(place.folder)
    assert verify_ledger.examine(other) == 2


def test_without_its_tables_it_ends_with_2(
    chain: object, office: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    run("DROP TABLE ledger_chain")
    assert verify_ledger.examine(office, as_json=True) == 2
    assert json.loads(capsys.readouterr().out)["result"] == "unchecked"


def _command(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "YIMEN_"))}
    settings = {"DJANGO_SETTINGS_MODULE": "yimen.settings.base", "PYTHONPATH": str(REPO / "src")}
    command = [sys.executable, "-m", "yimen.cli", "verify-ledger", "--home", str(home), *words]
    return subprocess.run(
        command, env={**kept, **settings, **environment}, capture_output=True, text=True, check=False
    )


def test_without_an_installation_the_command_ends_with_2(tmp_path: Path) -> None:
    done = _command(tmp_path / "nothing")
    assert done.returncode == 2 and "无法核验" in done.stderr and "Traceback" not in done.stderr


def test_without_a_database_the_command_ends_with_2(tmp_path: Path) -> None:
    crypto.make_keys(Home(tmp_path))
    nowhere = f"postgresql://{{}}@/x?host={tmp_path}"
    addresses = {"DATABASE_URL": nowhere.format("x"), "DATABASE_ADMIN_URL": nowhere.format("y")}
    done = _command(tmp_path, "--json", **addresses)
    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["result"] == "unchecked" and "Traceback" not in done.stderr


def test_the_command_is_in_the_catalogue() -> None:
    assert "核验台账" in catalog.commands()["verify-ledger"].help
