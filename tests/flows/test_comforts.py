"""Comforts under the hands: drafts that survive a dead battery, keys, common answers at the cursor, large text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cast import Cast, advance
from yimen.cases.models import Case
from yimen.ledger import sequencer

pytestmark = pytest.mark.browser
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
STORED = "Object.keys(localStorage).filter(key => key.startsWith('yimen:draft')).length"
AGE = """hours => Object.keys(localStorage).filter(k => k.startsWith('yimen:draft')).forEach(k => {
  const kept = JSON.parse(localStorage.getItem(k)); kept.at -= hours * 3600000; localStorage.setItem(k, JSON.stringify(kept)); })"""


def _stored(page: Any, count: int) -> None:
    """Wait for the ciphertext to be written. By asking again: the pages' own policy forbids what Playwright waits with."""
    for _try in range(50):
        if page.evaluate(STORED) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{page.evaluate(STORED)} drafts, not {count}")


def _new_tab(page: Any, path: str) -> Any:
    """As after a crash: the tab and all it held are gone, the browser's disk is not."""
    context = page.context
    page.close()
    fresh = context.new_page()
    fresh.goto(path)
    return fresh


def test_a_step_half_written_is_there_after_a_dead_battery(visit: Any, cast: Cast) -> None:
    case = cast["clerk1"].opens()
    page, path = visit("clerk1"), f"/staff/cases/{case.uuid}/do/answer/"
    page.goto(path)
    page.get_by_label("答复内容").fill("已经和物业约好周四上门。")
    _stored(page, 1)
    page = _new_tab(page, path)
    page.get_by_text("上次没写完的内容已经放回来了").wait_for()
    assert page.get_by_label("答复内容").input_value() == "已经和物业约好周四上门。"
    page.get_by_role("button", name="清空重写").click()
    page = _new_tab(page, path)
    page.wait_for_timeout(300)
    assert page.get_by_label("答复内容").input_value() == "" and page.evaluate(STORED) == 0


def test_the_next_visitors_form_asks_before_it_takes_the_last_ones_words(visit: Any, cast: Cast) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("楼上漏水，说了一半人走了。")
    page.get_by_text("多人来访", exact=True).click()
    _stored(page, 1)
    page.get_by_label("一共几人").fill("23")  # and away at once
    page.goto("/staff/register/")
    page.get_by_text("开头是：").wait_for()
    assert page.get_by_label("反映什么").input_value() == ""
    page.get_by_role("button", name="接着写那一份").click()
    assert page.get_by_label("反映什么").input_value() == "楼上漏水，说了一半人走了。"
    assert page.get_by_label("一共几人").is_visible() and page.get_by_label("一共几人").input_value() == "23"


def test_drafts_are_another_persons_secret_and_end_after_three_days(
    visit: Any, cast: Cast, live_server: Any
) -> None:
    case = cast["clerk1"].opens()
    path = f"/staff/cases/{case.uuid}/do/answer/"
    page = visit("clerk1")
    page.goto(path)
    page.get_by_label("答复内容").fill("只该我看见的半句话。")
    _stored(page, 1)
    other = visit("clerk2")
    other.goto(path)
    other.evaluate("all => Object.entries(all).forEach(([k, v]) => localStorage.setItem(k.replace(/draft:\\d+/, 'draft:' + document.body.dataset.user), v))",
                   page.evaluate("({...localStorage})"))  # fmt: skip
    other.reload()
    other.wait_for_timeout(300)
    assert other.get_by_label("答复内容").input_value() == ""
    page.evaluate(AGE, 71)
    page = _new_tab(page, path)
    page.get_by_text("上次没写完的内容已经放回来了").wait_for()
    _stored(page, 1)
    page.evaluate(AGE, 73)
    page = _new_tab(page, path)
    page.wait_for_timeout(300)
    assert page.get_by_label("答复内容").input_value() == "" and page.evaluate(STORED) == 0


def test_keys_open_tick_and_go_to_lists(visit: Any, cast: Cast) -> None:
    for number in range(3):
        cast["clerk1"].opens(f"第{number}盏路灯不亮。", "appearance")
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.locator("#main").focus()
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/staff/")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.locator(".pick:checked").count() == 2
    page.get_by_role("button", name="批量转办").click()
    page.get_by_label("主办单位").select_option("chengguan")
    page.get_by_role("button", name="办理这 2 件").click()
    page.get_by_text("2 件都已办好").wait_for()
    assert Case.objects.filter(state="dispatched").count() == 2
    page.goto("/staff/")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/cases/**")


def test_a_common_answer_goes_to_the_cursor_by_click_and_by_key(visit: Any, cast: Cast) -> None:
    case = cast["clerk1"].opens(category="utilities")
    page = visit("clerk1")
    page.goto(f"/staff/cases/{case.uuid}/do/answer/")
    box = page.get_by_label("答复内容")
    box.fill("前后")
    box.evaluate("el => el.setSelectionRange(1, 1)")
    page.get_by_role("button", name="插入：家里暖气不热找谁").click()
    text = box.input_value()
    assert text.startswith("前先打供热公司") and text.endswith("后")
    assert "/do/answer/" in page.url and Case.objects.get().state == "registered"
    box.fill("")
    page.keyboard.press("Alt+1")
    assert box.input_value().startswith("先打供热公司")
    page.get_by_label("按词查找").fill("工资 仲裁")
    shown = page.locator("[data-answer]:visible")
    assert shown.count() == 1 and "工资" in shown.inner_text()
    page.keyboard.press("Enter")
    assert Case.objects.get().state == "registered"


@pytest.mark.parametrize("width", [390, 1440])
def test_large_text_breaks_no_page_and_reads_well(
    visit: Any, cast: Cast, unreadable: Callable[[Any], list[str]], width: int
) -> None:
    clerk = cast["clerk1"]
    case = advance(
        cast,
        clerk.opens("有很长的经过。" * 200, place="永安小区 6 号楼", from_number="区信转〔2026〕86号"),
        "in_hand",
    )
    advance(cast, clerk.opens("第二件要办。"), "signed")
    fresh = clerk.opens("还没有转办的一件。")
    sequencer.catch_up()
    page = visit("clerk1", width=width)
    page.goto("/staff/help/")
    page.get_by_role("button", name="特大字").click()
    page.wait_for_selector("html.text-150")
    faults: dict[str, Any] = {}
    for path in (
        "/staff/", "/staff/work/all/?q=件", "/staff/register/", "/staff/search/?q=经过", f"/staff/cases/{case.uuid}/",
        f"/staff/cases/{case.uuid}/outside/", f"/staff/cases/{case.uuid}/note/", f"/staff/cases/{fresh.uuid}/do/answer/",
        "/staff/changes/", "/staff/released/", "/staff/help/", "/staff/filters/", "/staff/#rail", "/staff/contact/",
    ):  # fmt: skip
        page.goto(path)
        if page.evaluate(RUNS_OVER):
            faults[path] = "runs over"
        if found := unreadable(page):
            faults[path] = found
    assert faults == {}
