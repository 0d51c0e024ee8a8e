"""A grid worker sees a problem, reports it in three taps with or without a signal, and nothing is lost on the way."""

from __future__ import annotations

import io
import json
import wave
from typing import Any

import pytest
from PIL import Image
from tests.flows.field_ground import code_for, ground, phones, photo

from cast import Cast
from yimen.cases.models import Attachment, Case
from yimen.intake.field.models import FieldItem
from yimen.organisations.models import Office

__all__ = ["ground", "phones"]
pytestmark = pytest.mark.browser


def test_three_taps_without_a_signal_arrive_once_with_their_photo(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    assert "e=" not in page.url
    page.wait_for_function("() => navigator.serviceWorker.controller")
    phone.context.set_offline(True)
    page.locator("#kinds input").first.click()
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    assert page.locator("#count").inner_text() == "1 件待发送"
    assert Case.objects.count() == 0

    page.reload()  # no signal: the shell comes from the phone
    phone.unlock()
    assert page.locator("#count").inner_text() == "1 件待发送"
    phone.context.set_offline(False)
    phone.sent()

    case = Case.objects.get()
    item = FieldItem.objects.get()
    assert (case.channel, case.reported_by, item.state) == ("grid", ground["worker1"].user, "done")
    assert Attachment.objects.filter(case=case).count() == 1
    assert phone.kept("files") == []
    kept = phone.kept("items")
    assert [(row["state"], row["number"], "envelope" in row, "hidden" in row) for row in kept] == [
        ("sent", case.number, False, False)
    ]


def test_what_lies_on_the_phone_cannot_be_read_without_the_pin(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.context.set_offline(True)
    phone.picks("暴露垃圾")
    page.locator("#text").fill("海棠苑后门有一堆装修垃圾")
    phone.shoots()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    stored = json.dumps(phone.kept("items"), ensure_ascii=False)
    assert "海棠苑" not in stored and "暴露垃圾" not in stored
    assert (
        "hidden" not in phone.kept("items")[0]
    )  # not even with it: what is ready is sealed to the office alone
    page.goto("/field/#outbox")
    page.locator("#queue li").wait_for()
    assert "海棠苑" not in page.locator("main").inner_text()
    device = page.evaluate("""async () => new Promise(done => { const asked = indexedDB.open("yimen-field"); asked.onsuccess = () => {
      const row = asked.result.transaction("device").objectStore("device").get("this");
      row.onsuccess = () => done(row.result.privateKey.extractable); }; })""")
    assert device is False


def test_a_photo_is_made_small_and_says_nothing_of_its_camera(phones: Any, ground: Cast) -> None:
    phone = phones()
    phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    phone.shoots(content=photo(3000))
    phone.hands_in("上报")
    phone.sent()
    from yimen.cases.actions.attach import open_file

    row = Attachment.objects.get()
    _row, data = open_file(ground["worker1"].actor, ground["worker1"].grants, row.case.uuid, row.uuid)
    assert max(Image.open(io.BytesIO(data)).size) == 1600
    assert b"SECRET-CAMERA" not in data


def test_a_finger_makes_a_face_coarse_before_anything_leaves(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    phone.shoots()
    before = phone.kept("files")
    page.get_by_role("button", name="抹一下").click()
    canvas = page.locator("canvas.brush")
    page.wait_for_function("() => document.querySelector('canvas.brush')?.width > 400")
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=12)
    page.mouse.up()
    page.get_by_role("button", name="好了").click()
    page.wait_for_function("() => !document.querySelector('dialog')")
    after = before
    for _wait in range(12):
        page.wait_for_timeout(1000)  # a picture is written when the page has nothing else to do
        after = phone.kept("files")
        if len(after) == 1 and after[0]["id"] != before[0]["id"]:
            break
    assert len(after) == 1 and after[0]["id"] != before[0]["id"]
    phone.hands_in("上报")
    phone.sent()
    assert Attachment.objects.count() == 1


def test_solved_on_the_spot_is_three_taps(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.locator(".choice", has_text="暴露垃圾").locator("input").click()
    page.get_by_role("button", name="当场解决了").click()
    page.get_by_role("button", name="已解决，上报").click()
    page.get_by_role("heading", name="已记为当场解决").wait_for()
    phone.sent()
    case = Case.objects.get()
    assert (case.state, case.settled_on_spot) == ("closed", True)


def test_the_place_is_one_point_and_only_when_asked_for(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.reports("不带位置")
    page.goto("/field/#report/new")
    phone.picks("暴露垃圾")
    page.get_by_role("button", name="带上现在的位置").click()
    page.get_by_text("误差约 12 米").wait_for()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    phone.sent()
    without, given = Case.objects.order_by("id")
    assert (without.lng, without.lat) == (None, None)
    assert (given.lng, given.lat, given.crs) == (116.305, 39.905, "wgs84")


def test_a_pin_on_the_outlines_needs_no_signal(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_timeout(300)
    phone.context.set_offline(True)
    phone.picks("暴露垃圾")
    page.get_by_role("button", name="在图上点").click()
    page.locator("#pin-map path.own").wait_for()
    page.locator("#pin-map").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="就是这里").click()
    page.get_by_text("带上图上点的位置").wait_for()
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    phone.context.set_offline(False)
    phone.sent()
    case = Case.objects.get()
    assert case.lng == pytest.approx(116.305, abs=0.002) and case.lat == pytest.approx(39.905, abs=0.002)
    assert case.grid is not None and case.grid.number == 8


def test_a_draft_is_there_again_after_the_battery_died(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    page.locator("#text").fill("写到一半")
    phone.shoots()
    page.wait_for_timeout(600)
    drafted = phone.kept("items")[0]["uuid"]
    page.reload()
    phone.unlock()
    assert page.locator("#text").input_value() == "写到一半"
    assert page.locator(".photo").count() == 1
    phone.hands_in("上报")
    phone.sent()
    assert str(FieldItem.objects.get().uuid) == drafted


def test_leaving_the_page_keeps_what_was_just_typed_and_makes_no_draft_of_an_untouched_form(
    phones: Any, ground: Cast
) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    leave = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(leave)
    page.wait_for_timeout(500)
    assert phone.kept("items") == []
    page.evaluate("window.setTimeout = () => 1")  # the pause after the last key never ends
    page.locator("#text").fill("刚写")
    assert phone.kept("items") == []
    page.evaluate(leave)
    page.wait_for_timeout(500)
    assert [row["state"] for row in phone.kept("items")] == ["draft"]
    page.reload()
    phone.unlock()
    page.wait_for_function("() => document.querySelector('#text').value === '刚写'")


def test_emergency_numbers_stand_first_and_large_for_an_urgent_class(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("燃气管道破裂")
    calls = page.locator(".urgent.now")
    assert [calls.locator("a").nth(n).get_attribute("href") for n in range(3)] == [
        "tel:110",
        "tel:119",
        "tel:120",
    ]


def test_a_film_that_is_too_large_is_not_taken_along(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    film = {"name": "VID.mp4", "mimeType": "video/mp4", "buffer": b"\0" * (21 * 1024 * 1024)}
    page.locator(".slot", has_text="视频").locator("input").set_input_files(film)
    page.get_by_text("视频太长或太大").wait_for()
    assert phone.kept("files") == []


def silence(seconds: int) -> bytes:
    """So many seconds that every browser can measure, whatever codecs it has; 8 kB each."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000 * seconds))
    return out.getvalue()


@pytest.mark.parametrize(("seconds", "taken"), [(12, 1), (90, 0)])
def test_a_film_that_is_too_long_is_not_taken_along(
    phones: Any, ground: Cast, seconds: int, taken: int
) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    film = {"name": "VID.mp4", "mimeType": "video/mp4", "buffer": silence(seconds)}
    page.locator(".slot", has_text="视频").locator("input").set_input_files(film)
    if taken:
        page.locator(".photo").wait_for()
    else:
        page.get_by_text("视频太长或太大").wait_for()
    assert len(phone.kept("files")) == taken


def test_a_new_version_takes_over_while_nobody_is_inside(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.wait_for_function("() => navigator.serviceWorker.controller")
    Office.objects.update(duty_phone="0931-000 0119")
    page.reload()
    page.locator("a[href='tel:0931-000 0119']").first.wait_for()
    phone.unlock()


def test_a_broken_file_of_the_shell_is_never_kept(phones: Any, ground: Cast) -> None:
    """What a captive portal says to the first visit does not fit the hash: no half shell, and the next visit is whole."""
    phone = phones()
    phone.context.route("**/precache.json", lambda route: route.fulfill(status=200, body="<h1>Wi-Fi</h1>"))
    page = phone.page
    page.goto("/field/")
    page.get_by_role("heading", name="登记这部手机").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("() => navigator.serviceWorker.controller") is None
    phone.context.unroute("**/precache.json")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller")


def test_what_the_office_would_refuse_is_said_before_it_is_sealed(phones: Any, ground: Cast) -> None:
    phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_text("请选一个类别").wait_for()
    phone.picks("暴露垃圾")
    page.get_by_text("有居民在等答复").click()
    page.get_by_label("怎么称呼").fill("陈女士")
    page.get_by_label("电话", exact=True).fill("一三八")
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_text("请填写电话号码").wait_for()
    page.get_by_label("电话", exact=True).fill("13800002071")
    phone.hands_in("上报")
    phone.sent()
    assert Case.objects.count() == 1
