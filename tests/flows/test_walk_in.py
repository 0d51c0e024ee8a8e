"""① A walk-in is answered on the spot: one counter, one minute, the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast
from yimen.cases.models import Case, SlipCode

pytestmark = pytest.mark.browser


def test_a_walk_in_is_answered_rated_and_closed_with_the_keyboard_alone(visit: Any, cast: Cast) -> None:
    page = visit("clerk1")
    page.goto("/staff/")
    page.keyboard.press("n")
    page.wait_for_url("**/register/")
    page.keyboard.press("Tab")  # past the link that skips the rail
    page.locator("#id_text").focus()
    page.keyboard.type("小区大门的道闸坏了，车进不来，物业电话没人接，问该找谁。")
    page.locator("#category input:checked").wait_for(state="attached")
    assert page.locator("#category input:checked + label").inner_text().strip() == "物业服务"
    page.locator("#id_place").focus()
    page.keyboard.type("春晓苑东门")
    page.keyboard.press("Tab")
    page.keyboard.type("今天能修好")
    page.keyboard.press("Tab")
    page.keyboard.type("陈女士")
    page.keyboard.press("Tab")
    page.keyboard.type("13800002071")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/registered/")

    case = Case.objects.get()
    assert case.number in page.locator("main").inner_text()
    assert page.evaluate("document.activeElement.innerText").strip().startswith("打印小票")
    with page.context.expect_page():
        page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert SlipCode.objects.filter(case=case).count() == 1

    page.get_by_role("link", name="当场答复").click()
    page.get_by_label("答复内容").fill("已当场联系物业，十分钟内派人抬杆，今天修好。")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.uuid}/")
    assert "来访人愿意评价的，由另一位同事登记" in page.locator(".next").inner_text()

    colleague = visit("clerk2")  # who answered never types the rating
    colleague.goto(f"/staff/cases/{case.uuid}/")
    colleague.get_by_role("link", name="登记评价").click()
    colleague.get_by_label("非常满意", exact=True).check(force=True)
    colleague.keyboard.press("Control+Enter")
    colleague.wait_for_url(f"**/cases/{case.uuid}/")

    page.reload()
    page.locator(".next .btn").click()
    page.get_by_role("button", name="办结").click()
    page.wait_for_url(f"**/cases/{case.uuid}/")

    case.refresh_from_db()
    assert (case.state, case.rating) == ("closed", 5)
    assert case.told_at is not None
    assert case.served_at is not None
    page.goto("/staff/")
    assert "没有轮到您的事项" in page.locator("main").inner_text()
