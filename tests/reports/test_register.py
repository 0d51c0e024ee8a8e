"""The workbook: the columns of the trade, no people, no formulas."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from cast import Cast, advance
from yimen.cases import queries
from yimen.foundation.errors import Invalid
from yimen.reports import register


def sheet_of(cast: Cast) -> list[tuple[object, ...]]:
    rows = queries.worklist(cast["clerk1"].grants, "all").order_by("id")
    book = load_workbook(io.BytesIO(register.workbook(rows, "全部在办", cutoff=timezone.now())))
    return list(book.active.iter_rows(values_only=True))


def test_the_workbook_says_what_it_is_and_holds_one_line_a_matter(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(place="三社区"), "in_hand")
    lines = sheet_of(cast)
    assert lines[0][0] == "全部在办" and "共 1 件" in str(lines[0][1])
    assert lines[1][0] == "编号" and len(lines[1]) == len(register.COLUMNS)
    assert lines[2][0] == case.number and "三社区" in lines[2] and "城市管理办" in lines[2]


def test_people_are_not_in_it(cast: Cast) -> None:
    cast["clerk1"].opens(name="欧阳兰", phone="13800002071", address="永安小区")
    text = str(sheet_of(cast))
    assert "欧阳兰" not in text and "2071" not in text


@pytest.mark.parametrize(
    "typed", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")']
)
def test_what_was_typed_never_becomes_a_formula(cast: Cast, typed: str) -> None:
    cast["clerk1"].opens(typed, place=typed)
    rows = queries.worklist(cast["clerk1"].grants, "all")
    book = load_workbook(io.BytesIO(register.workbook(rows, "x", cutoff=timezone.now())))
    cell = next(cell for cell in next(book.active.iter_rows(min_row=3)) if cell.value == typed)
    assert cell.data_type == "s" and cell.hyperlink is None


def test_control_characters_and_emoji_do_not_break_it(cast: Cast) -> None:
    cast["clerk1"].opens("楼上\x0b漏水😀㛃")
    assert "楼上漏水😀㛃" in str(sheet_of(cast))


def test_too_long_a_list_is_refused_with_a_way_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST", 1)
    for _n in range(2):
        cast["clerk1"].opens()
    with pytest.raises(Invalid, match="筛选"):
        sheet_of(cast)
