"""⑤ A charging cable hangs in the stairwell again: two units return the matter, the director decides who does it."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast
from yimen.cases.models import Case

pytestmark = pytest.mark.browser
TEXT = "楼道里又有人从家里拉电线下楼充电，飞线从三楼垂到一楼，怕着火。"


def _step(page: Any, case: Case, verb: str, *chosen: str, **fields: str) -> None:
    """Open a step of the matter, choose, fill by label, save with the keyboard."""
    page.goto(f"/staff/cases/{case.uuid}/do/{verb}/")
    for option in chosen:
        page.get_by_label(option, exact=True).check(force=True)
    for label, value in fields.items():
        control = page.get_by_label(label, exact=True)
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert "/do/" not in page.url, page.locator("main").inner_text()


def _turn(page: Any, case: Case) -> str:
    page.goto(f"/staff/cases/{case.uuid}/")
    return str(page.locator(".next").inner_text())


def test_two_units_return_the_stairwell_and_the_director_decides(
    visit: Any, cast: Cast, unreadable: Any
) -> None:
    clerk, director = visit("clerk1"), visit("director")
    clerk.goto("/staff/register/")
    clerk.get_by_label("反映什么").fill(TEXT)
    clerk.locator("#category input:checked").wait_for(state="attached")
    clerk.get_by_label("怎么称呼").fill("赵女士")
    clerk.get_by_label("联系电话").fill("13900002222")
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url("**/registered/")
    case = Case.objects.get()

    for unit, why in (("chengguan", "楼道内由执法队牵头。"), ("zhifa", "小区内消防隐患不归我队。")):
        _step(clerk, case, "dispatch", 主办单位=unit)
        handler = visit(f"handler.{unit}")
        _step(handler, case, "request_return", 理由=why)
        assert "轮到您" in _turn(clerk, case), "the sender answers within the day"
        _step(clerk, case, "agree_return")

    case.refresh_from_db()
    assert (case.returns, case.holder_id) == (2, cast["director"].user.pk)
    seen = _turn(clerk, case)
    assert "刘主任" in seen
    assert clerk.locator(".next .btn").count() == 0, "the clerk is not offered what would be refused"
    clerk.goto("/staff/")
    assert (
        "飞线" not in clerk.locator("main .rows").inner_text()
        if clerk.locator("main .rows").count()
        else True
    )

    director.goto("/staff/weekly/")
    assert case.number in director.locator("main").inner_text()
    assert "被退回两次" in director.locator("main").inner_text()
    assert unreadable(director) == []
    assert "轮到您" in _turn(director, case)
    director.locator(".next .btn").click()
    director.wait_for_url("**/do/designate/")
    director.get_by_label("主办单位").select_option("zhifa")
    director.get_by_label("理由", exact=True).fill("两次退回，由执法队牵头清理并商物业建充电棚，不得再退。")
    director.keyboard.press("Control+Enter")
    director.wait_for_url(f"**/cases/{case.uuid}/")

    handler, head = visit("handler.zhifa"), visit("head.zhifa")
    assert "轮到您" in _turn(handler, case)
    assert handler.get_by_role("link", name="申请退回").count() == 0
    _step(handler, case, "sign")
    case.refresh_from_db()
    if case.flow == "petition":
        _step(handler, case, "accept")
    _step(handler, case, "start")
    _step(
        handler,
        case,
        "report",
        *(["予以支持"] if case.flow == "petition" else []),
        办理结果="飞线已剪除，充电棚本周开工。",
    )
    _step(head, case, "verify")
    _step(handler, case, "tell", "电话")
    colleague = visit("clerk2")
    _step(colleague, case, "call_back", "已联系上", "已解决", "满意")
    _step(clerk, case, "close")
    case.refresh_from_db()
    assert (case.state, case.returns, case.designated) == ("closed", 2, True)
