"""Help and commands, read without importing anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from yimen.cli import catalog
from yimen.foundation.home import REPO


def bare(*words: str) -> subprocess.CompletedProcess[str]:
    """The launcher under a Python without any installed package."""
    command = [sys.executable, "-I", "-S", str(REPO / "yimen"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_help_needs_nothing_installed_and_names_the_commands() -> None:
    shown = bare("--help")
    assert shown.returncode == 0
    for name in ("up", "doctor", "test", "check"):
        assert f"\n  {name} " in shown.stdout
    assert "日常运行 Day to day" in shown.stdout and "安装、启动并保持运行" in shown.stdout


def test_hidden_commands_stay_out_of_help() -> None:
    shown = bare().stdout
    assert "\n  worker" not in shown and "\n  seed" not in shown


def test_a_mistyped_command_is_told_the_near_one() -> None:
    told = bare("docter")
    assert told.returncode == 2
    assert "doctor" in told.stderr and told.stdout == ""


def test_up_explains_its_options_before_anything_is_installed() -> None:
    shown = bare("up", "--help").stdout
    for option in ("--port", "--host", "--no-demo", "--home", "--tls-cert", "--tls-key"):
        assert option in shown


def test_every_command_has_help_in_both_languages() -> None:
    for command in catalog.commands().values():
        assert command.help_en or " / " in command.help, command.name


def test_constants_are_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "verify_ledger.py").write_text(
        'HELP: str = _("核对台账")\nNEEDS_DATABASE = False\nDB_ROLE = "admin"\n'
    )
    (tmp_path / "import_.py").write_text('HELP = "导入 / import"\nraise RuntimeError("never run")\n')
    (tmp_path / "other.py").write_text("def helper(): ...\n")
    found = catalog.commands(tmp_path)
    assert set(found) == {"verify-ledger", "import"}
    assert found["verify-ledger"].help == "核对台账"
    assert (found["verify-ledger"].needs_database, found["verify-ledger"].db_role) == (False, "admin")
    assert found["import"].module == "yimen.cli.import_"


def test_one_line_help_with_english_beside_is_split(tmp_path: Path) -> None:
    (tmp_path / "thing.py").write_text('HELP = "做事 / do it"\n')
    text = catalog.help_text(catalog.commands(tmp_path))
    assert "  thing          做事\n" in text and "\n                 do it\n" in text


@pytest.mark.parametrize("words", [[], ["-h"], ["help"]])
def test_all_ways_of_asking_show_the_same(words: list[str]) -> None:
    assert bare(*words).stdout == catalog.help_text(catalog.commands())
