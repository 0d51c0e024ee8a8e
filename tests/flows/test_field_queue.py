"""The queue of the phone: what happens to one thing never happens to another, and nothing goes but by a receipt or a word."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from tests.flows.field_ground import PIN, Phone, code_for, ground, phones

from cast import Cast
from yimen.cases.models import Attachment, Case
from yimen.intake.field import enrolment
from yimen.intake.field.models import FieldDevice, FieldItem

__all__ = ["ground", "phones"]
pytestmark = pytest.mark.browser
ITEMS = "**/field/api/items/**"
PORTAL = "<html><title>Wi-Fi</title><h1>请先登录</h1></html>"


@pytest.fixture
def phone(phones: Any, ground: Cast) -> Phone:
    made: Phone = phones()
    made.enter(code_for(ground, "worker1"))
    return made


def states(phone: Phone) -> list[str]:
    return [row["state"] for row in phone.kept("items")]


def waits(phone: Phone, state: str) -> None:
    phone.page.goto("/field/#outbox")
    phone.page.locator("#queue .tag", has_text=state).first.wait_for()


def test_a_captive_portal_is_no_receipt(phone: Phone) -> None:
    phone.context.route(ITEMS, lambda route: route.fulfill(status=200, content_type="text/html", body=PORTAL))
    phone.reports("门户")
    waits(phone, "稍后再试")
    assert phone.page.get_by_text("没有连上中心").is_visible()
    phone.context.unroute(ITEMS)
    phone.sent()
    assert Case.objects.count() == 1


def test_a_receipt_of_something_else_deletes_nothing(phone: Phone) -> None:
    other = {
        "yimen": 1,
        "item": "0" * 8,
        "body_sha256": "0" * 64,
        "state": "done",
        "files": {},
        "done": [],
        "number": "x",
    }
    phone.context.route(ITEMS, lambda route: route.fulfill(json=other))
    phone.reports("别的回执")
    waits(phone, "稍后再试")
    assert phone.kept("items")[0]["envelope"]
    phone.context.unroute(ITEMS)
    phone.sent()


def test_an_answer_that_is_lost_makes_no_second_matter(phone: Phone) -> None:
    lost: list[str] = []

    def lose(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.context.route(ITEMS, lose)
    phone.reports("答复丢了")
    waits(phone, "稍后再试")
    phone.page.get_by_role("button", name="立即发送").click()
    phone.page.wait_for_timeout(300)
    phone.sent()
    assert (len(lost), Case.objects.count(), FieldItem.objects.count()) == (2, 1, 1)


def test_one_stuck_item_never_blocks_the_others(phone: Phone) -> None:
    refusal = {"yimen": 1, "code": "invalid", "message": "这一件要改", "fields": {"text": "说明太长"}}
    stuck: list[str] = []

    def refuse(route: Any) -> None:
        stuck[:] = stuck or [route.request.url]
        if route.request.url == stuck[0]:
            route.fulfill(status=422, json=refusal)
        else:
            route.continue_()

    phone.context.route(ITEMS, refuse)
    phone.reports("卡住的一件")
    phone.page.wait_for_function("() => document.querySelector('#count span').textContent.startsWith('1')")
    phone.reports("后来的一件")
    waits(phone, "要您处理")
    phone.page.get_by_text("这一件要改 说明太长").wait_for()
    phone.page.locator("#sent-rows li").wait_for()
    assert [case.text for case in Case.objects.all()] == ["后来的一件"]

    with phone.page.expect_download() as download:
        phone.page.get_by_role("button", name="导出这件").click()
    told = json.loads(Path(download.value.path()).read_text())
    assert (told["yimen_field_export"], len(told["items"])) == (1, 1)
    assert told["items"][0]["uuid"] in stuck[0] and told["items"][0]["envelope"]["v"] == 1

    phone.context.unroute(ITEMS)
    phone.page.get_by_role("button", name="再试一次").click()
    phone.sent()
    assert sorted(case.text for case in Case.objects.all()) == ["卡住的一件", "后来的一件"]


def test_only_the_workers_own_word_throws_something_away(phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.reports("不要了")
    phone.page.goto("/field/#outbox")
    phone.page.get_by_role("button", name="丢弃").click()
    phone.page.get_by_role("button", name="不了").click()
    assert states(phone) == ["ready"]
    phone.page.get_by_role("button", name="丢弃").click()
    phone.page.locator("dialog").get_by_role("button", name="丢弃").click()
    phone.page.get_by_text("都已发出").wait_for()
    assert phone.kept("items") == []


def test_a_switched_off_phone_keeps_everything_and_exports_it(phone: Phone, ground: Cast) -> None:
    lead = ground["lead8"]
    enrolment.switch_off(lead.actor, lead.grants, FieldDevice.objects.get().uuid)
    phone.reports("停用以后写的")
    phone.page.goto("/field/#outbox")
    phone.page.get_by_text("已被中心停用").wait_for()
    assert Case.objects.count() == 0
    with phone.page.expect_download() as download:
        phone.page.get_by_role("button", name="全部导出").click()
    assert len(json.loads(Path(download.value.path()).read_text())["items"]) == 1
    assert states(phone) == ["retry"]


def test_what_was_carried_to_the_office_is_taken_in_once_and_the_phone_learns_it(
    phone: Phone, ground: Cast, visit: Any
) -> None:
    page = phone.page
    phone.context.route(ITEMS, lambda route: route.abort())
    page.goto("/field/#report/new")
    phone.picks("暴露垃圾")
    page.locator("#text").fill("带到中心的一件")
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    page.goto("/field/#outbox")
    with page.expect_download() as download:
        page.get_by_role("button", name="全部导出").click()
    carried = {
        "name": "a.json",
        "mimeType": "application/json",
        "buffer": Path(download.value.path()).read_bytes(),
    }

    desk = visit("clerk1")
    desk.goto("/staff/field/import/")
    desk.locator("input[type=file]").set_input_files(carried)
    desk.get_by_role("button", name="打开看看").click()
    desk.get_by_text("带到中心的一件").wait_for()
    desk.get_by_role("button", name="全部收下").click()
    desk.get_by_role("heading", name="结果").wait_for()
    assert (Case.objects.get().text, Attachment.objects.count()) == ("带到中心的一件", 1)

    phone.context.unroute(ITEMS)
    phone.sent()
    assert (Case.objects.count(), Attachment.objects.count(), phone.kept("files")) == (1, 1, [])


def test_leaving_with_something_unsent_warns_keeps_and_sends_it(phone: Phone) -> None:
    page = phone.page
    phone.context.set_offline(True)
    phone.reports("退出前写的")
    page.goto("/field/#more")
    page.get_by_role("button", name="退出").click()
    page.get_by_text("还有 1 件没有发出").wait_for()
    page.locator("dialog").get_by_role("button", name="退出").click()
    page.get_by_role("heading", name="输入口令").wait_for()
    assert page.locator("#count").inner_text() == "1 件待发送"
    phone.context.set_offline(False)
    phone.sent()  # without the PIN
    assert Case.objects.get().text == "退出前写的"


def test_a_wrong_pin_opens_nothing_and_costs_time(phone: Phone) -> None:
    phone.page.reload()
    for _try in range(6):
        phone.page.get_by_label("口令", exact=True).fill("000000")
        phone.page.get_by_role("button", name="打开").click()
        phone.page.get_by_text("口令不对").wait_for()
        phone.page.wait_for_function("() => document.querySelector('#pin').value === ''")
    phone.page.get_by_label("口令", exact=True).fill(PIN)
    phone.page.get_by_role("button", name="打开").click()
    phone.page.get_by_text("试错太多次").wait_for()
    assert not phone.page.locator("body.inside").count()


def test_two_workers_share_a_phone_and_neither_reads_the_other(phones: Any, ground: Cast) -> None:
    phone: Phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.context.set_offline(True)
    phone.reports("张小丽写的")
    phone.context.route(ITEMS, lambda route: route.abort())
    phone.context.set_offline(False)
    page.goto("/field/#more")
    page.get_by_role("link", name="再加一个人").click()
    page.get_by_label("登记码").fill(code_for(ground, "worker2"))
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_label("口令", exact=True).fill("246802")
    page.get_by_label("再输一遍").fill("246802")
    page.get_by_role("button", name="好了").click()
    page.get_by_role("heading", name="看到了什么").wait_for()
    assert FieldDevice.objects.count() == 1
    page.goto("/field/#outbox")
    page.get_by_text("打不开的一件").wait_for()
    assert "张小丽写的" not in page.locator("main").inner_text()
    phone.context.unroute(ITEMS)
    phone.reports("李强写的")
    phone.sent()
    said = {case.text: case.reported_by.name for case in Case.objects.select_related("reported_by")}
    assert said == {"张小丽写的": "张小丽", "李强写的": "李强"}


def test_two_open_pages_send_each_thing_once(phone: Phone) -> None:
    phone.context.set_offline(True)
    for number in range(6):
        phone.reports(f"第 {number} 件")
    second = phone.context.new_page()
    second.goto("/field/")
    phone.context.set_offline(False)
    second.evaluate("window.dispatchEvent(new Event('online'))")
    phone.sent()
    assert (Case.objects.count(), FieldItem.objects.count()) == (6, 6)


def test_tasks_older_than_three_days_are_gone_and_unsent_words_are_not(phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.reports("三天没有信号")
    with time_machine.travel(timezone.now() + timedelta(hours=73), tick=True):
        phone.page.clock.install(time=timezone.now())
        phone.page.reload()
        phone.unlock()
        assert phone.page.locator("#count").inner_text() == "1 件待发送"
        phone.page.goto("/field/#tasks")
        phone.page.get_by_text("还没有下载任务").wait_for()


def test_words_written_while_a_picture_goes_up_do_not_wait_behind_it(phone: Phone) -> None:
    asked: list[str] = []

    def slow(route: Any) -> None:
        asked.append(route.request.method)
        if route.request.method == "PUT":
            phone.page.wait_for_timeout(1500)
        route.continue_()

    phone.context.route(ITEMS, slow)
    page = phone.page
    page.goto("/field/#report/new")
    phone.picks("暴露垃圾")
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    phone.reports("后来写的")
    phone.sent()
    assert Case.objects.count() == 2
    assert asked.index("POST", 1) < len(asked) - 1 - asked[::-1].index("PUT")


def test_a_picture_goes_on_where_it_was_cut_also_after_the_page_was_closed(phone: Phone) -> None:
    """Pieces of 256 KB: two arrive, the line breaks, the page is closed; the third goes first when it is opened again."""
    offsets: list[int] = []

    def cut(route: Any) -> None:
        offsets.append(int(route.request.url.split("offset=")[1].split("&")[0]))
        if len(offsets) == 3:
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/files/**", cut)
    page = phone.page
    page.goto("/field/#report/new")
    phone.picks("暴露垃圾")
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    waits(phone, "稍后再试")
    page.get_by_text("已发 512 KB").wait_for()
    page.reload()
    phone.sent()
    assert offsets == [0, 262144, 524288, 524288, 786432]
    assert Attachment.objects.count() == 1


def test_a_refused_file_is_told_and_the_words_have_arrived(phone: Phone) -> None:
    said = {"yimen": 1, "code": "file_refused", "message": "照片读不出来"}
    phone.context.route("**/files/**", lambda route: route.fulfill(status=422, json=said))
    page = phone.page
    page.goto("/field/#report/new")
    phone.picks("暴露垃圾")
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    waits(phone, "要您处理")
    page.get_by_text("文字已收到，有照片没有收下：照片读不出来").wait_for()
    assert (Case.objects.count(), Attachment.objects.count()) == (1, 0)
    page.get_by_role("button", name="知道了").click()
    page.get_by_text("都已发出").wait_for()
