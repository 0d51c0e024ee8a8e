"""A leader signs between two meetings, on a phone: from the list two clicks, nothing typed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from cast import Cast, submitted
from yimen.cases.models import Case, Instruction

pytestmark = pytest.mark.browser
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
THUMB = 44  # CSS pixels


def _wages(cast: Cast, words: str) -> Case:
    return submitted(cast, cast["clerk1"].opens(words, "wages"), days=5, assisting=["zhifa"])


class Thumb:
    """Counts what a person does with one thumb; every target must be large enough for it."""

    def __init__(self, page: Any) -> None:
        self.page, self.clicks = page, 0

    def tap(self, role: str, name: str) -> None:
        target = self.page.get_by_role(role, name=name, exact=True).first
        box = target.bounding_box()
        assert box and box["height"] >= THUMB and box["width"] >= THUMB, (name, box)
        target.click()
        self.clicks += 1


def test_an_instruction_is_signed_on_a_phone_in_two_clicks(visit: Any, cast: Cast) -> None:
    case = _wages(cast, "包工头欠十一人工资，约八万元。")
    page = visit("leader1", width=390)
    page.goto("/staff/")
    page.get_by_role("link", name="菜单").click()
    page.get_by_role("link", name="待批示 1").click()
    page.wait_for_url("**/staff/instructions/")
    assert "请到现场查明" in page.locator("main").inner_text()
    thumb, started = Thumb(page), time.monotonic()

    thumb.tap("link", "同意")
    page.wait_for_url("**/sign/**")
    assert "城市管理办" in page.locator("main").inner_text()
    assert page.get_by_role("radio", name="同意", exact=True).is_checked()
    thumb.tap("button", "确认")
    page.wait_for_url("**/staff/instructions/")

    took = time.monotonic() - started
    case.refresh_from_db()
    assert thumb.clicks == 2 and took < 15, took
    assert case.state == "dispatched" and case.lead_unit == cast.units["chengguan"]
    assert (Instruction.objects.get().words, Instruction.objects.get().leader) == (
        "同意",
        cast["leader1"].user,
    )
    assert "没有等着您批示的事项" in page.locator("main").inner_text()

    unit = visit("handler.chengguan")
    unit.goto(f"/staff/cases/{case.uuid}/")
    shown = unit.locator("main").inner_text()
    assert "轮到您" in shown and "同意" in shown and "请到现场查明" in shown


def test_several_are_signed_with_one_phrase_without_a_script(visit: Any, cast: Cast) -> None:
    cases = [_wages(cast, f"第{n}家工厂欠薪。") for n in "一二三"]
    page = visit("leader1", width=390, scripts=False)
    page.goto("/staff/instructions/")
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_role("button", name="阅", exact=True).click()
    page.get_by_role("button", name="确认", exact=True).click()
    page.wait_for_url("**/staff/instructions/")
    assert "已批示 2 件" in page.locator("main").inner_text()
    for case in cases:
        case.refresh_from_db()
    assert sorted(case.state for case in cases) == ["awaiting", "dispatched", "dispatched"]


def test_the_clerk_submits_by_keyboard_and_the_proposal_is_read_back(visit: Any, cast: Cast) -> None:
    case = cast["clerk1"].opens("包工头欠十一人工资。", "wages")
    page = visit("clerk1")
    page.goto(f"/staff/cases/{case.uuid}/")
    page.locator(".next .btn").click()
    page.wait_for_url("**/do/submit/")
    page.get_by_label("拟办意见").fill("请核实拖欠数额，督促支付。")
    page.get_by_label("主办单位").select_option("zhifa")
    page.get_by_label("呈送领导").select_option(label="何书记")
    page.get_by_label("办理时限").fill("3")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.uuid}/")
    shown = page.locator("main").inner_text()
    assert "轮到 综治中心 何书记" in shown and "请核实拖欠数额" in shown and "3 个工作日" in shown


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_these_pages_read_well_for_everybody(
    visit: Any, cast: Cast, unreadable: Callable[[Any], list[str]], width: int, scheme: str
) -> None:
    waiting, spoken = _wages(cast, "甲厂欠薪。"), _wages(cast, "乙厂欠薪。")
    cast["clerk1"].does(spoken, "record_instruction", instruction="同意", recorded="voice")
    urgent = cast["clerk1"].opens("楼道起火隐患。", "safety")
    cast["clerk1"].does(urgent, "dispatch", unit="chengguan")
    row = Instruction.objects.get()
    do = f"/staff/cases/{waiting.uuid}/do"
    addresses = {
        "leader1": ["/staff/instructions/", f"/staff/instructions/sign/?on={waiting.uuid}.2&phrase=请××牵头办理",
                    f"/staff/cases/{spoken.uuid}/instructions/{row.uuid}/strike/", f"{do}/instruct/"],
        "director": ["/staff/instructions/", "/staff/instructions/phrases/", f"{do}/redirect/"],
        "clerk1": [f"/staff/cases/{spoken.uuid}/", f"/staff/cases/{urgent.uuid}/", f"{do}/record_instruction/"],
    }  # fmt: skip
    faults: dict[str, Any] = {}
    for who, paths in addresses.items():
        page = visit(who, width=width, scheme=scheme)
        for path in paths:
            if page.goto(path).status != 200:
                faults[path] = "is not there"
            elif found := unreadable(page):
                faults[path] = found
            if page.evaluate(RUNS_OVER):
                faults[f"{path} runs over"] = True
    assert faults == {}
