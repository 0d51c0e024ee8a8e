"""Any table opens: encodings, delimiters, workbooks, JSON lines; what cannot be opened is said plainly."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest
from importfiles import (
    BOARD,
    BOARD_HEADERS,
    csv_bytes,
    laughing_xlsx,
    write_csv,
    write_lines,
    write_xlsx,
    xlsx_bomb,
)

from yimen.foundation.errors import Invalid
from yimen.intake.importer.reading import detect_encoding, open_table


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_reads_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [[cell.replace("\xa0", "") for cell in row] for row in BOARD]  # gbk has no such blank
    table = open_table(
        write_csv(tmp_path / "a.csv", BOARD_HEADERS, rows, encoding=encoding, delimiter=delimiter)
    )
    assert table.headers == BOARD_HEADERS
    assert [list(row.cells.values()) for row in table.rows()] == [
        [c.replace("\r\n", "\n") for c in r] for r in rows
    ]


def test_a_table_can_be_read_twice(tmp_path: Path) -> None:
    table = open_table(write_csv(tmp_path / "a.csv", BOARD_HEADERS, BOARD))
    assert list(table.rows()) == list(table.rows()) and len(table.samples()) == 3


def test_rows_are_numbered_by_the_line_where_they_begin(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["id", "text"], [["1", "a\nb\nc"], ["2", "d"], ["3", "e"]])
    assert [row.number for row in open_table(path).rows()] == [2, 5, 6]


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n\n1,a\n,,\n\n2,b\n\n", encoding="utf-8")
    assert [row.cells["id"] for row in open_table(path).rows()] == ["1", "2"]


def test_a_title_line_above_the_headers_is_passed_over(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx",
        {"台账": [["一季度来访台账", None, None], ["编号", "时间", "内容"], [1, "2024-01-01", "路灯坏"]]},
    )
    table = open_table(path)
    assert table.headers == ["编号", "时间", "内容"]
    assert [row.number for row in table.rows()] == [3]


def test_equal_and_empty_headers_get_names_of_their_own(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["时间", "时间", "", "内容 ", ""], [["1", "2", "3", "4", ""]])
    assert open_table(path).headers == ["时间", "时间′", "第3列", "内容"]


def test_a_row_with_too_many_cells_is_a_problem_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,a\n2,b,c\n3,d,\n4\n", encoding="utf-8")
    assert [bool(row.problem) for row in open_table(path).rows()] == [False, True, False, False]


def test_a_stray_byte_does_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(["id", "内容"], [["1", "路灯坏了"], ["2", "好"]]) + b"3,\xff\xfe\r\n")
    assert detect_encoding(path) == ("utf-8", True)
    assert next(row.cells["内容"] for row in open_table(path).rows()) == "路灯坏了"


def test_nul_bytes_do_not_stop_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text\n1,a\x00b\n2,c\n")
    assert [row.cells["text"] for row in open_table(path).rows()] == ["ab", "c"]


def test_a_cell_beyond_all_measure_loses_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,a\n2," + "x" * 2_100_000 + "\n3,c\n", encoding="utf-8")
    assert [row.cells["id"] for row in open_table(path).rows()] == ["1", "\ufffd", "3"]
    assert csv.field_size_limit() == 2_000_000


def test_a_workbook_gives_values_not_formulas(tmp_path: Path) -> None:
    rows = [
        ["编号", "时间", "数", "内容"],
        [7, datetime(2024, 1, 2, 3, 4), 2.0, "=1+1"],
        [8, 45000.5, 2.5, "#N/A"],
    ]
    table = open_table(write_xlsx(tmp_path / "a.xlsx", {"表一": rows}))
    first, second = (row.cells for row in table.rows())
    assert first == {"编号": 7, "时间": datetime(2024, 1, 2, 3, 4), "数": 2, "内容": ""}
    assert second["时间"] == 45000.5 and second["内容"] == ""


def test_the_first_visible_sheet_with_content_is_taken(tmp_path: Path) -> None:
    sheets = {"说明": [["只有一行"]], "藏": [["id", "内容"], [1, "x"]], "数据": [["编号", "内容"], [1, "y"]]}
    table = open_table(write_xlsx(tmp_path / "a.xlsx", sheets, hidden=("藏",)))
    assert table.headers == ["编号", "内容"] and "数据" in table.form


def test_json_lines_take_every_key_and_mark_bad_lines(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl", [{"id": 1, "text": "甲"}, {"id": 2, "text": "乙", "tags": ["x"]}, [1], 5]
    )
    path.write_text(path.read_text(encoding="utf-8") + "{broken\n\n", encoding="utf-8")
    rows = list(open_table(path).rows())
    assert open_table(path).headers == ["id", "text", "tags"]
    assert [bool(row.problem) for row in rows] == [False, False, True, True, True]
    assert rows[1].cells["tags"] == '["x"]'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "空的"), (b" \n ", "空的"), (b"\xd0\xcf\x11\xe0" + bytes(500), "xls"), (b"[1,2]", "JSON"), (b"{}\n", "没有一行"),
     (b"PK\x03\x04garbage", "损坏"), (b",,,\n,,\n", "表头")],
)  # fmt: skip
def test_what_cannot_be_opened_is_said_plainly(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(Invalid, match=sentence):
        open_table(tmp_path / "a.csv")


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="读不了"):
        open_table(tmp_path / "nowhere.csv")


def test_a_workbook_that_swells_is_refused_before_it_does(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="太大"):
        open_table(xlsx_bomb(tmp_path / "b.xlsx"))


def test_entities_within_entities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="损坏"):
        open_table(laughing_xlsx(tmp_path / "l.xlsx"))


def test_an_archive_is_no_workbook(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as box:
        box.writestr("x.csv", "a,b")
    with pytest.raises(Invalid, match="压缩包"):
        open_table(tmp_path / "a.xlsx")


def test_a_workbook_of_headers_only_has_no_data(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有数据"):
        open_table(write_xlsx(tmp_path / "a.xlsx", {"表": [["编号", "内容"]]}))


def test_thousands_of_columns_are_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [f"c{n}" for n in range(400)], [["1"] * 400])
    with pytest.raises(Invalid, match="列数"):
        open_table(path)
