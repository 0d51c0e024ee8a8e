"""⑩ A lift dispute sent down, its paper four days late: accepted, extended, answered by a letter, review requested."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast
from yimen.cases.models import Case, Clock, Extension, Letter, Review, ServiceReceipt
from yimen.organisations.models import Unit

pytestmark = pytest.mark.browser
TEXT = "区信访局转来：紫荆花园5号楼加装电梯，一楼住户反对，认为遮光、有噪声，要求停工重新协商。"
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def _fill(page: Any, *chosen: str, **fields: str) -> None:
    for option in chosen:
        page.get_by_label(option, exact=True).check(force=True)
    for label, value in fields.items():
        control = page.get_by_label(label, exact=True)
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def _save(page: Any) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/do/" not in url and "/new/" not in url)


def _step(page: Any, case: Case, verb: str, *chosen: str, **fields: str) -> None:
    page.goto(f"/staff/cases/{case.uuid}/do/{verb}/")
    _fill(page, *chosen, **fields)
    _save(page)


def _next(page: Any, case: Case) -> str:
    page.goto(f"/staff/cases/{case.uuid}/")
    return str(page.locator(".next").inner_text())


def _go_on(page: Any, case: Case, label: str, *chosen: str, **fields: str) -> None:
    """From the next-step line into the letter, and its step."""
    assert "轮到您" in _next(page, case)
    page.locator(".next .btn").click()
    page.wait_for_url("**/letters/**")
    page.get_by_role("link", name=label, exact=True).click()
    page.wait_for_url("**/do/**")
    _fill(page, *chosen, **fields)
    _save(page)


def test_a_lift_dispute_is_extended_served_and_goes_to_review(
    visit: Any, cast: Cast, unreadable: Any
) -> None:
    Unit.objects.create(key="xinfang", name="区信访局", kind="district", online=False)
    clerk, director = visit("clerk1"), visit("director")
    handler, head = visit("handler.chengguan"), visit("head.chengguan")
    received = timezone.localtime() - timedelta(days=4)
    clerk.goto("/staff/register/")
    clerk.get_by_label("反映什么").fill(TEXT)
    clerk.locator("#category input:checked").wait_for(state="attached")
    clerk.get_by_label("怎么称呼").fill("柳先生")
    clerk.get_by_label("联系电话").fill("13900007515")
    clerk.get_by_text("上级来文", exact=True).click()
    _fill(clerk, 来文单位="区信访局", 来文文号="区信转〔2026〕918号")
    clerk.get_by_text("补录", exact=True).click()
    clerk.get_by_label("实际收到时间").fill(received.strftime("%Y-%m-%dT%H:%M"))
    clerk.keyboard.press("Control+Enter")
    clerk.wait_for_url("**/registered/")
    case = Case.objects.get()
    assert (timezone.now() - case.received_at).days == 4

    _step(director, case, "screen", "信访事项")
    _step(clerk, case, "dispatch", 主办单位="chengguan", 办理要求="纸质件晚到四天，请抓紧。")
    for verb in ("sign", "accept", "start"):
        _step(handler, case, verb)
    _step(handler, case, "ask_extension", 延长多少="15", 理由="采光和噪声需要第三方检测")
    _step(head, case, "approve_extension", "书面", 告知的内容="延期十五天，等检测报告")
    assert Extension.objects.get().state == "approved"
    limit = Clock.objects.get(case=case, kind="conclude", running=True)
    assert limit.extend == 15 and limit.charged_unit == cast.units["chengguan"]
    _step(
        handler,
        case,
        "report",
        "解释说明",
        办理结果="采光符合标准，表决程序合法。",
        政策法规依据="《民法典》第二百七十八条",
    )
    _step(head, case, "verify")

    handler.goto(f"/staff/cases/{case.uuid}/")
    handler.get_by_role("link", name="起草处理（答复）意见书").click()
    assert handler.get_by_label("认定的事实和理由").input_value() == "采光符合标准，表决程序合法。"
    assert "柳先生" not in handler.content()
    assert unreadable(handler) == []
    _fill(handler, 处理意见的内容="停工要求没有依据；已协调给予一楼补偿。")
    _save(handler)
    letter = Letter.objects.get()
    _go_on(handler, case, "送审")
    head.goto("/staff/letters/")
    assert "待审核" in head.locator("main").inner_text()
    assert unreadable(head) == []
    head.get_by_role("link", name="处理（答复）意见书").click()
    head.wait_for_url(f"**/letters/{letter.uuid}/")
    assert unreadable(head) == []
    _go_on(head, case, "审核通过")
    _go_on(head, case, "签发")
    letter.refresh_from_db()
    assert letter.number.startswith("永街信〔")
    _go_on(handler, case, "登记用印")

    phone = visit("handler.chengguan", width=390)
    phone.goto(f"/staff/cases/{case.uuid}/letters/{letter.uuid}/do/serve/")
    assert not phone.evaluate(RUNS_OVER)
    _go_on(handler, case, "登记送达", "本人", 送达方式="post", 挂号信编号="XA00012345610")
    assert ServiceReceipt.objects.get().way == "post"
    case.refresh_from_db()
    assert (case.state, case.served_way) == ("told", "post")
    assert unreadable(handler) == []

    clerk.goto(f"/staff/cases/{case.uuid}/")
    assert "以前请求复查" in clerk.locator("main").inner_text()
    clerk.get_by_role("link", name="登记复查请求").click()
    today = timezone.localdate()
    _fill(
        clerk,
        "书面",
        请求日期=today.isoformat(),
        复查复核机关="区信访局",
        请求和理由="检测没有通知我到场，请求撤销。",
    )
    _save(clerk)
    review = Review.objects.get()
    assert review.authority_unit and review.right_until > timezone.now() + timedelta(days=28)
    assert "登记复查意见" in _next(clerk, case)
    _step(clerk, case, "decide_review", "维持", 作出日期=today.isoformat(),
          送达时间=timezone.localtime().strftime("%Y-%m-%dT%H:%M"), 意见书文号="区信复〔2026〕3号")  # fmt: skip
    case.refresh_from_db()
    assert case.state == "reviewed"
    clerk.goto(f"/staff/cases/{case.uuid}/")
    assert "以前请求复核" in clerk.locator("main").inner_text()
    assert unreadable(clerk) == []
