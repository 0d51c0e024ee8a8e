"""What the office asks of a grid worker: tasks with photos before and after, the day's log, and how a phone is let in."""

from __future__ import annotations

from typing import Any

import pytest
from tests.flows.field_ground import PIN, Phone, code_for, ground, phones

from cast import Cast
from yimen.cases.actions import events
from yimen.cases.models import Attachment, Case
from yimen.intake.field import log as days
from yimen.intake.field.models import FieldDevice

__all__ = ["ground", "phones"]
pytestmark = pytest.mark.browser
UNFIT = [
    (
        {"user_agent": "Mozilla/5.0 (Linux; Android 10) Chrome/107 Mobile MicroMessenger/8.0.30"},
        "请换浏览器打开",
    ),
]


@pytest.fixture
def task(ground: Cast) -> Case:
    """A resident's matter that the centre wants to be looked at by whoever answers for the grid."""
    clerk = ground["clerk1"]
    form = events.EventReport(
        "路边一堆垃圾", "event:0102", channel="phone", place="永安小区", lng=116.305, lat=39.905
    )
    case = events.report(clerk.actor, clerk.grants, form)
    ground["director"].does(case, "ask_verify") if case.state == "raised" else None
    return Case.objects.get(pk=case.pk)


def test_a_task_is_done_without_a_signal_and_arrives(phones: Any, ground: Cast, task: Case) -> None:
    phone: Phone = phones()
    page = phone.enter(code_for(ground, task.holder.sign_in))
    page.goto("/field/#tasks")
    page.get_by_role("link", name="暴露垃圾").wait_for()
    phone.context.set_offline(True)
    page.get_by_role("link", name="暴露垃圾").click()
    page.get_by_role("button", name="属实", exact=True).click()
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="已写好").wait_for()
    page.goto("/field/#tasks")
    page.get_by_text("已写好，待发送").wait_for()
    phone.context.set_offline(False)
    phone.sent()
    task.refresh_from_db()
    assert (task.state, task.verified) == ("raised", "yes")


def test_the_days_log_writes_itself_and_goes_with_one_tap(phones: Any, ground: Cast) -> None:
    phone: Phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    phone.picks("暴露垃圾")
    page.get_by_role("button", name="当场解决了").click()
    phone.hands_in("已解决，上报")
    phone.sent()
    page.goto("/field/#log")
    number = Case.objects.get().number
    page.get_by_text(number).wait_for()
    page.get_by_text("补一条").click()
    page.get_by_label("做了什么").fill("入户宣传换成了楼道巡查")
    phone.hands_in("补上", click_count=2)  # an impatient finger
    phone.sent()
    page.get_by_label("天气").fill("晴")
    phone.hands_in(page.locator("#log-send button").inner_text())
    phone.sent()
    day = days.of(ground["worker1"].user, page_day(page))
    assert day.sent_at is not None and day.weather == "晴"
    assert sum("楼道巡查" in str(line) for line in day.lines) == 1


def page_day(page: Any) -> Any:
    from datetime import date

    return date.fromisoformat(page.evaluate("() => new Date().toLocaleDateString('sv-SE')"))


@pytest.mark.parametrize(("kind", "words"), UNFIT)
def test_what_is_missing_is_explained(phones: Any, ground: Cast, kind: dict[str, Any], words: str) -> None:
    phone: Phone = phones(**kind)
    phone.page.goto("/field/#e=ABCD")
    phone.page.get_by_role("heading", name=words).wait_for()
    assert "/field/#e=ABCD" in phone.page.locator(".address").inner_text()


def test_without_https_it_says_what_is_missing(phones: Any, ground: Cast, live_server: Any) -> None:
    phone: Phone = phones()
    phone.context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    phone.page.goto("/field/")
    phone.page.get_by_role("heading", name="这个网址不能安全上报").wait_for()


def test_a_code_is_good_once_and_a_lost_answer_does_not_cost_it(phones: Any, ground: Cast) -> None:
    first: Phone = phones()
    code, lost = code_for(ground, "worker1"), []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(1)
            route.fetch()
            route.abort()

    first.context.route("**/field/api/enrol", lose)
    first.page.goto(f"/field/#e={code}")
    first.page.get_by_role("button", name="登记", exact=True).click()
    first.page.get_by_text("没有连上中心").wait_for()
    first.enter(code)
    assert FieldDevice.objects.count() == 1
    second: Phone = phones()
    second.page.goto(f"/field/#e={code}")
    second.page.get_by_role("button", name="登记", exact=True).click()
    second.page.get_by_text("这个登记码不对或已过期").wait_for()


def test_english_is_a_tap_away_and_stays_without_a_signal(phones: Any, ground: Cast) -> None:
    phone: Phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.wait_for_function("() => navigator.serviceWorker.controller")
    phone.context.set_offline(True)
    page.goto("/field/#more")
    page.get_by_role("link", name="English").click()
    page.locator("html[lang=en]").wait_for()
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"


def test_it_opens_quickly_on_an_old_phone(phones: Any, ground: Cast) -> None:
    """Six times slower than this machine; from the phone's own cache, as on every day but the first."""
    phone: Phone = phones()
    page = phone.enter(code_for(ground, "worker1"))
    page.wait_for_function("() => navigator.serviceWorker.controller")
    phone.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.reload()
    page.get_by_role("heading", name="输入口令").wait_for()
    shown = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert shown < 3000
    phone.unlock()
    phone.picks("暴露垃圾")
    phone.shoots()
    phone.hands_in("上报")
    phone.sent()
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
def test_every_screen_reads_well_for_everybody(
    phones: Any, ground: Cast, task: Case, unreadable: Any, scheme: str
) -> None:
    phone: Phone = phones(scheme="dark" if scheme == "sun" else scheme)
    page, faults = phone.page, {}
    if scheme == "sun":
        phone.context.add_init_script("localStorage.setItem('yimen-field-sun', 'sun')")

    def look(name: str) -> None:
        page.wait_for_timeout(150)
        if found := unreadable(page):
            faults[name] = found
        if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults[name + " runs over"] = True
        if small := page.evaluate(SMALL):
            faults[name + " too small"] = small

    page.goto("/field/")
    page.get_by_role("heading", name="登记这部手机").wait_for()
    look("enrol")
    phone.enter(code_for(ground, task.holder.sign_in))
    phone.picks("燃气管道破裂")
    phone.shoots()
    look("report")
    page.get_by_role("button", name="更多").first.click()
    look("classes")
    page.get_by_role("button", name="返回").click()
    page.get_by_role("button", name="在图上点").click()
    look("map")
    page.locator("dialog").get_by_role("button", name="返回").click()
    page.get_by_role("button", name="抹一下").click()
    look("brush")
    page.get_by_role("button", name="不抹了").click()
    phone.context.set_offline(True)
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("heading", name="已写好").wait_for()
    look("sent")
    for name in ("outbox", "log", "more", "tasks", f"task/{task.uuid}", f"act/{task.uuid}/deny"):
        page.goto(f"/field/#{name}")
        look(name)
    page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    page.goto("/field/#more")
    page.get_by_role("button", name="锁上").click()
    look("unlock")
    phone.unlock(PIN)
    assert faults == {}


SMALL = """() => Array.from(document.querySelectorAll('button, a, summary, .slot, .choice, input:not([type=file]), textarea'))
  .filter(element => element.offsetParent && !element.closest('.choice > *') && !element.classList.contains('visually-hidden')
    && !element.classList.contains('skip') && !(element.tagName === 'A' && element.closest('p')) && element.type !== 'checkbox')
  .filter(element => { const box = element.getBoundingClientRect(); return box.height < 43.5 || box.width < 43.5; })
  .map(element => element.outerHTML.slice(0, 90))"""


def test_every_screen_fits_in_english_too(phones: Any, ground: Cast, task: Case, unreadable: Any) -> None:
    phone: Phone = phones()
    page = phone.enter(code_for(ground, task.holder.sign_in))
    page.goto("/field/?lang=en#report")
    page.locator("html[lang=en]").wait_for()
    page.locator("#pin").fill(PIN)
    page.keyboard.press("Enter")
    page.locator("body.inside").wait_for()
    faults: dict[str, Any] = {}
    for name in ("report", "outbox", "log", "more", "tasks", f"task/{task.uuid}"):
        page.goto(f"/field/?lang=en#{name}")
        page.wait_for_timeout(300)
        if found := unreadable(page) + page.evaluate(SMALL):
            faults[name] = found
        if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults[name + " runs over"] = True
    assert faults == {}
