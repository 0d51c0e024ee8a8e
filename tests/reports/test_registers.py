"""台账: the columns of the trade, no people, no formulas, exactly the rows of the filter."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from tests.reports.world import MORNING, after, call, service

from cast import Cast, advance
from yimen.cases import queries
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.foundation.errors import Invalid, Missing
from yimen.reports import registers
from yimen.reports.cells import CELLS
from yimen.reports.workbook import workbook

HEADS = 3


def book(cast: Cast, name: str = "visits", who: str = "clerk1", **filters: str) -> Any:
    found = registers.rows(cast[who].grants, name, MORNING.date(), timezone.localdate(), filters)
    return load_workbook(io.BytesIO(registers.export(name, found)[0])).active


def lines(cast: Cast, name: str = "visits", who: str = "clerk1", **filters: str) -> list[dict[str, Any]]:
    rows = list(book(cast, name, who, **filters).iter_rows(min_row=HEADS, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_every_column_has_a_value_a_source_and_words_in_both_languages() -> None:
    for row in registers.read("registers"):
        assert row["code"] in CELLS and row["source"] and row["zh"] and row["en"] and row["status"]
    assert set(registers.COLUMNS) == set(registers.REGISTERS)


def test_the_register_of_visits_tells_a_matter_from_receipt_to_rating(cast: Cast) -> None:
    case = service(cast, "dispatched")
    case = cast["clerk1"].does(case, "recall", at=after(0.1), reason="转错")
    case = cast["clerk1"].does(case, "dispatch", at=after(0.1), unit="chengguan", assisting=["zhifa"])
    case = call(cast, advance_on(cast, case), after(1), outcome="reached", solved="yes", rating="5")
    (line,) = lines(cast)
    assert line["编号"] == case.number and line["收到日期"] == "2026-03-02" and line["人数"] == 1
    assert (line["主办单位"], line["协办单位"]) == ("城市管理办", "综合行政执法队")
    assert line["办理结果"] == "已修好" and line["满意度"] == "非常满意" and line["处理方式"] == "转办"
    assert line["答复送达日期"] == "2026-03-02" and line["回访日期"] == "2026-03-03"
    assert line["办理时限"] == "2026-03-09"


def advance_on(cast: Cast, case: Any) -> Any:
    unit, head, at = cast["handler.chengguan"], cast["head.chengguan"], after(0.2)
    for who, verb, data in ((unit, "sign", {}), (unit, "start", {}), (unit, "report", {"result": "已修好", "without": "口头答复"}),
                            (head, "verify", {}), (unit, "tell", {"way": "phone"})):  # fmt: skip
        case = who.does(case, verb, at=at, **data)
    return case


def test_dispatches_and_calls_have_registers_of_their_own(cast: Cast) -> None:
    case = service(cast, "dispatched")
    case = cast["handler.chengguan"].does(
        case, "request_return", at=after(0.1), reason="电 13800002071 不属本单位"
    )
    cast["clerk1"].does(case, "agree_return", at=after(0.2))
    call(cast, service(cast, "told"), after(1), outcome="reached", solved="no", rating="1", comment="没修好")
    first, second = lines(cast, "dispatches")
    assert (first["承办单位"], first["异议答复"], first["承办情况"]) == ("城市管理办", "同意退回", "已退回")
    assert "13800002071" not in first["异议（退回申请）"] and "电话已隐去" in first["异议（退回申请）"]
    assert second["回复内容"] == "已修好漏点，商定赔偿。"
    (told,) = lines(cast, "callbacks")
    assert (told["满意度"], told["不满意原因"], told["处理"]) == ("非常不满意", "没修好", "退回重办")
    assert lines(cast, "supervisions") == [] and lines(cast, "petitions") == []


def test_people_are_in_no_register(cast: Cast) -> None:
    case = cast["clerk1"].opens(
        "漏水，电 138 0000 2071 联系。", name="欧阳兰", phone="13800002071", address="永安里"
    )
    advance(cast, case, "closed")
    text = "".join(str(lines(cast, name)) for name in registers.REGISTERS)
    assert case.number in text and "欧阳兰" not in text and "2071" not in text and "永安里" not in text


def test_a_name_typed_into_a_title_or_a_result_leaves_the_house_in_no_register(cast: Cast) -> None:
    case = cast["clerk1"].opens("欧阳兰家漏水。", name="欧阳兰", place="欧阳兰家门口")
    for who, verb, data in (("clerk1", "dispatch", {"unit": "chengguan", "require": "联系欧阳兰"}), ("handler.chengguan", "sign", {}),
                            ("handler.chengguan", "accept", {}), ("handler.chengguan", "start", {}),
                            ("handler.chengguan", "report", {"result": "已与欧阳兰谈妥", "decision": "support"})):  # fmt: skip
        case = cast[who].does(case, verb, **data)
    told = "".join(str(lines(cast, name)) for name in registers.REGISTERS)
    assert "某某家漏水" in told and "已与某某谈妥" in told and "联系某某" in told and "欧阳兰" not in told


def test_a_sealed_matter_is_in_no_register_for_anybody(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"])
    assert clerk.sees(case)
    for name in registers.REGISTERS:
        assert lines(cast, name) == []
    found = registers.of_matters(queries.visible_to(clerk.grants))
    assert registers.export("visits", found)[1] == 0


def test_a_register_holds_exactly_the_rows_of_its_filter(cast: Cast) -> None:
    service(cast, "in_hand")
    other = service(cast, "in_hand", unit="zhifa", category="appearance")
    for filters in ({"unit": "zhifa"}, {"category": "appearance"}, {"unit": "zhifa", "state": "in_hand"}):
        assert [line["编号"] for line in lines(cast, **filters)] == [other.number]
        assert [line["来源件编号"] for line in lines(cast, "dispatches", **filters)] == [other.number]
    assert lines(cast, state="closed") == []
    assert len(lines(cast, who="head.zhifa")) == 1


@pytest.mark.parametrize(
    "typed", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")']
)
def test_what_was_typed_never_becomes_a_formula(cast: Cast, typed: str) -> None:
    cast["clerk1"].opens(typed, place=typed)
    cell = next(c for c in next(book(cast).iter_rows(min_row=HEADS + 1)) if c.value == typed)
    assert cell.data_type == "s" and cell.hyperlink is None


def test_a_title_or_note_is_no_formula_either() -> None:
    sheet = load_workbook(io.BytesIO(workbook("=1+1", ["@x"], [("=a", 5)], [["=b"]]))).active
    assert all(cell.data_type == "s" for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_headings_stay_in_sight_and_on_every_page(cast: Cast) -> None:
    service(cast, "closed")
    sheet = book(cast)
    assert sheet.freeze_panes == "B4" and sheet.print_title_rows == "$1:$3"
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDE"]
    assert widths == [column.width for column in registers.COLUMNS["visits"][:5]]
    assert "共 1 行" in sheet["A2"].value


def test_control_characters_and_emoji_do_not_break_it(cast: Cast) -> None:
    cast["clerk1"].opens("楼上\x0b漏水😀㛃")
    assert "楼上漏水😀㛃" in str(lines(cast))


def test_too_long_a_list_is_refused_with_a_way_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "MOST", 1)
    for _n in range(2):
        cast["clerk1"].opens()
    with pytest.raises(Invalid, match="筛选"):
        lines(cast)
    with pytest.raises(Missing):
        registers.register("people")


def test_more_rows_need_no_more_queries(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(4):
        service(cast, "told")
    with django_assert_max_num_queries(9):
        lines(cast)
    with django_assert_max_num_queries(10):
        lines(cast, "dispatches")
