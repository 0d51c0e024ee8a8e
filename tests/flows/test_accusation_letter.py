"""⑧ A letter accusing a cadre: handed over unopened, and for everybody else it is not there."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast
from yimen.cases.models import Case

pytestmark = pytest.mark.browser

# What somebody who was not let in may open to look for it.
LOOKS = ("/staff/", "/staff/work/all/", "/staff/work/unit/", "/staff/work/overdue/", "/staff/changes/",
         "/staff/search/?q=密件", "/staff/search/?q=检举", "/staff/search/?q=纪工委")  # fmt: skip


def _handed_over(page: Any) -> Case:
    page.goto("/staff/register/")
    page.get_by_role("link", name="检举控告：只登记移交").click()
    page.wait_for_url("**/accusation/")
    assert page.locator("main textarea").count() == 1, (
        "only the names to keep out: nothing for what the letter says"
    )
    page.get_by_label("移交给").select_option(label="纪工委")
    fold = page.locator("fieldset:has(input[name=named_units]) summary")
    if fold.count():
        fold.first.click()
    page.get_by_label("综合行政执法队", exact=True).check(force=True)
    page.get_by_label("被反映的工作人员").fill("zhifa负责人")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/cases/*/")
    return Case.objects.get(sealed=True)


def test_only_the_hand_over_is_kept_and_nobody_else_finds_it(visit: Any, cast: Cast) -> None:
    cast["clerk1"].opens("小区路灯不亮。", "appearance")
    clerk = visit("clerk1")
    case = _handed_over(clerk)
    assert (case.state, case.text, case.search_text, case.place) == ("closed", "", "", "")
    shown = clerk.locator("main").inner_text()
    assert "已移交纪工委" in shown
    assert "zhifa负责人" not in shown and "综合行政执法队" not in shown
    committee = visit("handler.jiwei")
    committee.goto(f"/staff/cases/{case.uuid}/")
    assert "已移交纪工委" in committee.locator("main").inner_text()

    for who in (
        "head.zhifa",
        "handler.zhifa",
        "clerk2",
        "director",
        "leader1",
        "handler.chengguan",
    ):
        page = visit(who)
        page.goto(f"/staff/cases/{case.uuid}/")
        assert "没有这件事" in page.locator("main").inner_text(), who
        for address in (*LOOKS, f"/staff/search/?q={case.number}"):
            page.goto(address)
            seen = page.locator("main").inner_text().replace(f"“{case.number}”", "")
            assert case.number not in seen, (who, address)
            assert str(case.uuid) not in page.content(), (who, address)


def test_it_is_in_no_count_figure_or_export(visit: Any, cast: Cast) -> None:
    cast["clerk1"].opens("小区路灯不亮。", "appearance")
    director = visit("director")
    director.goto("/staff/work/all/")
    before = director.locator("#rail").inner_text()
    rows, figures = _exported(director), _figures(director)
    assert rows and figures
    _handed_over(visit("clerk1"))
    director.goto("/staff/work/all/")
    assert director.locator("#rail").inner_text() == before
    assert _exported(director) == rows
    assert _figures(director) == figures


def _exported(page: Any) -> list[tuple[Any, ...]]:
    """The register's rows below its heads; the sheet's own time of writing is left out."""
    import io

    from openpyxl import load_workbook

    body = page.request.get("/staff/work/all/register.xlsx").body()
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [
        row
        for row in sheet.iter_rows(values_only=True)
        if row and isinstance(row[0], int | str) and len([c for c in row if c]) > 5
    ]


def _figures(page: Any) -> list[str]:
    page.goto("/staff/figures/")
    return [cell.inner_text() for cell in page.locator("main table td").all()]
