"""Under the hands: keys, drafts, files, and what still works without a script."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from cast import Cast
from yimen.cases.models import Attachment, Case

pytestmark = pytest.mark.browser
PASTE = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0)), box = new DataTransfer();
  box.items.add(new File([bytes], name, {type: "image/png"}));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: box, bubbles: true, cancelable: true}));
}"""
DROP = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0)), box = new DataTransfer();
  box.items.add(new File([bytes], name, {type: "image/png"}));
  document.querySelector("[data-files]").dispatchEvent(new DragEvent("drop", {dataTransfer: box, bubbles: true, cancelable: true}));
}"""
DRAFTS = "Object.entries(sessionStorage).filter(([key]) => key.startsWith('yimen:draft')).map(([, value]) => value).join()"


def test_j_and_k_move_enter_opens_slash_searches_and_question_mark_helps(visit: Any, cast: Cast) -> None:
    for number in range(3):
        cast["clerk1"].opens(f"第{number}盏路灯不亮。", "appearance")
    page = visit("clerk1")
    page.goto("/staff/")
    first = page.locator("[data-rows] .name a")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.innerText") == first.nth(1).inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "seek"
    page.keyboard.type("jk/n?")  # typing in a field moves nothing
    assert page.locator("#seek").input_value() == "jk/n?"
    page.locator("#main").focus()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.get_by_label("使用单键操作").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert "/cases/" in page.url


def test_tab_reaches_the_text_through_the_link_that_skips_the_rail(visit: Any, cast: Cast) -> None:
    page = visit("clerk1")
    page.goto("/staff/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_rail_opens_and_shuts_on_a_phone(visit: Any) -> None:
    page = visit("clerk1", width=390)
    page.goto("/staff/")
    assert not page.locator("#rail").is_visible()
    page.get_by_role("link", name="菜单").click()
    assert page.locator("#rail").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#rail").is_visible()


def test_a_draft_survives_a_reload_without_names_or_phones_and_goes_when_saved(
    visit: Any, cast: Cast
) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("楼道里飞线充电，晚上一直充，怕着火。")
    page.get_by_label("怎么称呼").fill("欧阳兰")
    page.get_by_label("联系电话").fill("13800002071")
    page.wait_for_timeout(700)
    kept = page.evaluate(DRAFTS)
    assert "飞线充电" in kept
    assert "欧阳兰" not in kept
    assert "13800002071" not in kept
    sealed = page.evaluate("Object.values(localStorage).join()")  # what outlives the tab is ciphertext
    assert sealed and not any(words in sealed for words in ("飞线充电", "欧阳兰", "13800002071"))
    page.reload()
    assert "飞线充电" in page.get_by_label("反映什么").input_value()
    assert page.get_by_label("怎么称呼").input_value() == ""
    assert page.get_by_text("上次没写完的内容已经放回来了").is_visible()
    page.locator("#category input").first.check(force=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/registered/")
    assert page.evaluate(DRAFTS) == "" and page.evaluate("Object.keys(localStorage).length") == 0
    page.goto("/staff/register/")
    assert page.get_by_label("反映什么").input_value() == ""


def test_a_refused_step_gives_the_text_back_and_keeps_the_draft(visit: Any, cast: Cast) -> None:
    case = cast["clerk1"].opens()
    page = visit("clerk1")
    page.goto(f"/staff/cases/{case.uuid}/do/answer/")
    page.get_by_label("答复内容").fill("写了很久的答复，不能丢。")
    cast["clerk2"].does(case, "dispatch", unit="chengguan")
    page.keyboard.press("Control+Enter")
    page.locator("body[data-error-page]").wait_for()
    assert "写了很久的答复，不能丢。" in page.locator("main").inner_text()
    assert "写了很久的答复" in page.evaluate(DRAFTS)


def test_another_person_in_the_same_window_finds_no_draft(visit: Any, cast: Cast, live_server: Any) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("只该我看见的半句话")
    page.wait_for_timeout(700)
    page.evaluate("document.querySelector('form[data-leave] button').click()")
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate(DRAFTS) == ""


def test_pressing_twice_quickly_sends_once(visit: Any, cast: Cast) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("路灯不亮，晚上看不清。")
    page.locator("#category input").first.check(force=True)
    page.evaluate("const b = document.querySelector('button[data-default]'); b.click(); b.click()")
    page.wait_for_url("**/registered/")
    assert Case.objects.count() == 1


def _picture(colour: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (24, 16), colour).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_screenshot_is_pasted_and_a_photo_dropped(visit: Any, cast: Cast) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("墙皮掉了一大块。")
    page.locator("#category input").first.check(force=True)
    page.evaluate(PASTE, ["image.png", _picture("teal")])
    assert page.locator("[data-files] li").count() == 1
    assert "截图-" in page.locator("[data-files] li").inner_text()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/registered/")
    case = Case.objects.get()
    page.goto(f"/staff/cases/{case.uuid}/")
    page.evaluate(DROP, ["现场.png", _picture("navy")])
    page.get_by_role("button", name="移除 现场.png").wait_for()
    page.get_by_role("button", name="添加附件").click()
    page.get_by_text("已收下 1 个附件").wait_for()
    assert Attachment.objects.filter(case=case).count() == 2


def test_without_a_script_a_matter_is_still_registered_and_answered(visit: Any, cast: Cast) -> None:
    page = visit("clerk1", scripts=False)
    page.goto("/staff/register/")
    page.get_by_label("反映什么").fill("楼上卫生间漏水，把我家吊顶泡塌了。")
    page.get_by_role("button", name="按内容推荐类别").click()
    assert page.locator("#category-neighbour").is_checked()
    page.get_by_role("button", name="登记并当场答复").click()
    page.wait_for_url("**/do/answer/")
    page.get_by_label("答复内容").fill("已约双方今天下午到场。")
    page.get_by_role("button", name="当场答复").click()
    page.wait_for_url("**/cases/*/")
    assert Case.objects.get().state == "answered"


def test_the_residents_page_works_without_a_script_on_a_small_old_phone(visit: Any) -> None:
    page = visit("", width=320, scripts=False)
    page.goto("/")
    assert page.get_by_role("link", name="110").is_visible()
    page.get_by_role("link", name="放大字号").click()
    assert page.locator(".portal.large").count() == 1
