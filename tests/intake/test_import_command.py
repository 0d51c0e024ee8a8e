"""`./yimen import`: what the operator sees, is asked, and gets."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import pytest
from importfiles import BOARD, BOARD_HEADERS, write_csv, write_lines, write_xlsx

from cast import Cast
from yimen.cli import catalog, import_
from yimen.foundation.errors import Invalid
from yimen.foundation.home import Home
from yimen.intake.models import ImportedRecord

Shown = tuple[int, list[str], str]


def yimen(*words: str) -> int:
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    return import_.run(parser.parse_args(words))


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(write_csv(tmp_path / "board.csv", BOARD_HEADERS, BOARD))


def answering(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Somebody sits at a terminal and types."""
    terminal = io.StringIO(words)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", terminal)


def test_the_command_is_listed_under_its_name() -> None:
    command = catalog.commands()["import"]
    assert command.needs_database and command.group == "data" and command.help


def test_the_last_line_counts(cast: Cast, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert yimen(file, "--yes") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == "imported: 3, already there: 0, rejected: 0"
    assert "3/3 100%" in err and "█" not in out
    assert yimen(file, "--yes") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "imported: 0, already there: 3, rejected: 0"


def test_the_proposal_shows_columns_samples_and_what_stays_outside(
    cast: Cast, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    yimen(file, "--dry-run")
    out = capsys.readouterr().out
    assert "留言详情" in out and "晚上回家看不见路" in out and "2024/4/5 9:03:07" in out
    assert "--map reporter=留言用户" in out and "完整性指标" in out and "U1" not in out
    assert "来源：board" in out


def test_without_a_terminal_and_without_yes_nothing_is_written(cast: Cast, file: str, capsys: pytest.CaptureFixture[str],
                                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert yimen(file) == 2
    out, err = capsys.readouterr()
    assert "留言详情" in out and "--yes" in err and "--map" in err
    assert ImportedRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "status", "rows"), [("y\n", 0, 3), ("是\n", 0, 3), ("n\n", 1, 0), ("\n", 1, 0), ("", 1, 0)]
)
def test_at_a_terminal_the_operator_decides(cast: Cast, file: str, monkeypatch: pytest.MonkeyPatch,
                                             typed: str, status: int, rows: int) -> None:  # fmt: skip
    answering(monkeypatch, typed)
    assert yimen(file) == status and ImportedRecord.objects.count() == rows


def test_a_rehearsal_asks_nobody_and_writes_nothing(
    cast: Cast, file: str, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert yimen(file, "--dry-run") == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "imported: 3, already there: 0, rejected: 0" and "没有写入" in out
    assert ImportedRecord.objects.count() == 0 and not (home.root / "imports").exists()


def test_rejects_go_to_the_home_and_the_path_is_said(
    cast: Cast, tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(
        tmp_path / "board.csv", BOARD_HEADERS, [*BOARD, ["9", "", "", "某天", "路灯坏了", "", "", ""]]
    )
    yimen(str(path), "--yes")
    out = capsys.readouterr().out
    kept = home.root / "imports" / "board.rejected.csv"
    assert str(kept) in out and "某天" in kept.read_text(encoding="utf-8-sig") and "1 × 看不懂的时间" in out
    kept.unlink()
    kept.parent.rmdir()


@pytest.mark.parametrize(
    ("name", "named", "source"),
    [
        ("a.csv", None, "a"),
        ("a.b.xlsx", None, "a.b"),
        ("a.rejected.csv", None, "a"),
        ("a.csv", " 热线 ", "热线"),
    ],
)
def test_the_source_is_the_stem_unless_named(name: str, named: str | None, source: str) -> None:
    assert import_.source_of(Path(name), named) == source


@pytest.mark.parametrize("named", ["", "  ", "x" * 61])
def test_a_source_needs_a_usable_name(named: str) -> None:
    with pytest.raises(Invalid, match="来源名称"):
        import_.source_of(Path("a.csv"), named)


def test_orders_change_the_mapping_and_may_stand_before_the_file(cast: Cast, file: str) -> None:
    assert yimen("--map", "title=", "text=留言主题", file, "--yes") == 0
    assert ImportedRecord.objects.count() == 3
    from yimen.intake.models import QueuedMatter

    assert QueuedMatter.objects.get().text == "菜场早上太吵"


def test_without_a_file_the_operator_is_told(db: None) -> None:
    with pytest.raises(Invalid, match="要导入的文件"):
        yimen("--map", "text=内容")


def test_denied_columns_are_said_to_stay_outside(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "d.csv", ["编号", "内容", "民族"], [["1", "井盖松动很危险", "某族"]])
    yimen(str(path), "--dry-run")
    out = capsys.readouterr().out
    assert "不导入“民族”" in out and "某族" not in out


def test_samples_hide_the_numbers_of_people(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(
        tmp_path / "d.csv", ["编号", "内容", "电话"], [["1", "打13812345678找我", "13812345678"]]
    )
    yimen(str(path), "--dry-run", "--map", "phone=电话")
    out = capsys.readouterr().out
    assert "138****5678" in out and "13812345678" not in out


@pytest.mark.parametrize("form", ["xlsx", "jsonl"])
def test_other_forms_come_in_the_same_way(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    if form == "xlsx":
        path = write_xlsx(tmp_path / "a.xlsx", {"表": [BOARD_HEADERS, *BOARD]})
    else:
        path = write_lines(
            tmp_path / "a.jsonl", [dict(zip(BOARD_HEADERS, row, strict=True)) for row in BOARD]
        )
    yimen(str(path), "--yes")
    assert capsys.readouterr().out.splitlines()[-1] == "imported: 3, already there: 0, rejected: 0"
    csv_path = write_csv(tmp_path / "a.csv", BOARD_HEADERS, BOARD)
    yimen(str(csv_path), "--yes")
    assert capsys.readouterr().out.splitlines()[-1] == "imported: 0, already there: 3, rejected: 0"
