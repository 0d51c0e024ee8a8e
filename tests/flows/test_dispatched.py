"""② A walk-in is dispatched, returned once, answered, called back unsolved, sent back, and closed satisfied."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast
from yimen.cases.models import Case, ReturnRequest

pytestmark = pytest.mark.browser
TEXT = "夜里烧烤摊油烟大、吵闹到凌晨，睡不着觉，打了几次电话没人管。"


def _open(page: Any, case: Case) -> None:
    page.goto(f"/staff/cases/{case.uuid}/")


def _step(page: Any, case: Case, name: str, **fields: str) -> None:
    """Open the matter, take the step by its visible name, fill the fields by their labels, save."""
    _open(page, case)
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url("**/do/**")
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    _save(page, case)


def _choose(page: Any, *options: str) -> None:
    for option in options:
        page.get_by_label(option, exact=True).check(force=True)


def _save(page: Any, case: Case) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.uuid}/")


def _turn(page: Any, case: Case) -> str:
    _open(page, case)
    return str(page.locator(".next").inner_text())


def test_a_matter_goes_through_departments_and_comes_back_answered(visit: Any, cast: Cast) -> None:
    clerk, colleague = visit("clerk1"), visit("clerk2")
    clerk.goto("/staff/register/")
    clerk.get_by_label("反映什么").fill(TEXT)
    clerk.locator("#category input:checked").wait_for(state="attached")
    clerk.get_by_label("怎么称呼").fill("王先生")
    clerk.get_by_label("联系电话").fill("13900001111")
    clerk.get_by_role("button", name="登记并转办").click()
    clerk.wait_for_url("**/do/dispatch/")
    case = Case.objects.get()

    clerk.get_by_label("主办单位").select_option("chengguan")
    clerk.get_by_label("办理要求").fill("请今晚到现场。")
    _save(clerk, case)
    assert "轮到 城市管理办" in _turn(clerk, case)

    wrong = visit("handler.chengguan")
    wrong.goto("/staff/")
    wrong.get_by_role("link", name="夜里烧烤摊").click()
    assert "轮到您" in wrong.locator(".next").inner_text()
    _step(wrong, case, "申请退回", 理由="油烟噪声由综合行政执法队管。")
    _step(clerk, case, "同意退回")
    assert ReturnRequest.objects.get().agreed is True
    wrong.goto(f"/staff/cases/{case.uuid}/")
    assert "没有这件事" in wrong.locator("main").inner_text()

    director = visit("director")
    _open(director, case)
    director.get_by_role("link", name="甄别", exact=True).click()
    _choose(director, "服务诉求")
    _save(director, case)

    _open(clerk, case)
    clerk.locator(".next .btn").click()
    clerk.get_by_label("主办单位").select_option("zhifa")
    _save(clerk, case)

    handler, head = visit("handler.zhifa"), visit("head.zhifa")
    _step(handler, case, "签收")
    _step(handler, case, "开始办理")
    _open(handler, case)
    handler.get_by_role("button", name="已联系上").click()
    assert "已记下这次联系" in handler.locator("main").inner_text()
    _step(handler, case, "报结果", 办理结果="当晚到现场，责令停止露天烧烤。")
    _step(head, case, "审核通过")
    _open(handler, case)
    handler.locator(".next .btn").click()
    _choose(handler, "电话")
    _save(handler, case)

    colleague.goto("/staff/work/callback/")
    colleague.get_by_role("link", name="夜里烧烤摊").click()
    colleague.locator(".next .btn").click()
    _choose(colleague, "已联系上", "未解决", "不满意")
    colleague.get_by_label("来访人的话").fill("昨晚又摆出来了。")
    _save(colleague, case)
    case.refresh_from_db()
    assert (case.state, case.redos) == ("in_hand", 1)
    assert "退回重办" in colleague.locator(".tl").inner_text()

    _step(handler, case, "报结果", 办理结果="连续三晚值守，摊主已搬入店内，装好净化器。")
    _step(head, case, "审核通过")
    _open(handler, case)
    handler.locator(".next .btn").click()
    _choose(handler, "上门")
    _save(handler, case)
    _open(colleague, case)
    colleague.locator(".next .btn").click()
    _choose(colleague, "已联系上", "已解决", "满意")
    _save(colleague, case)
    _step(clerk, case, "办结")

    case.refresh_from_db()
    assert (case.state, case.rating, case.returns, case.redos) == ("closed", 4, 1, 1)
    assert case.accountable_person_id == cast["clerk1"].user.pk
    assert "已完成" in _turn(clerk, case)
