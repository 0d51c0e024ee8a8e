"""Night grill smoke, called in without a name: enforcement leads, the market office assists, no rating is owed."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast
from yimen.access.roles import Role
from yimen.cases.models import AssistResult, Callback, Case
from yimen.organisations.models import Unit

pytestmark = pytest.mark.browser
TEXT = "每晚十点以后烧烤摊油烟呛人，划拳吵到凌晨两点，孩子没法睡。"


def _open(page: Any, case: Case) -> None:
    page.goto(f"/staff/cases/{case.uuid}/")


def _step(page: Any, case: Case, name: str, **fields: str) -> None:
    _open(page, case)
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url("**/do/**")
    for label, value in fields.items():
        page.get_by_label(label, exact=True).fill(value)
    _save(page, case)


def _save(page: Any, case: Case) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/cases/{case.uuid}/")


def _choose(page: Any, *options: str) -> None:
    for option in options:
        page.get_by_label(option, exact=True).check(force=True)


def _market_office(cast: Cast) -> None:
    cast.units["shichang"] = Unit.objects.create(key="shichang", name="市场监管所", kind="stationed")
    cast.joins("handler.shichang", "市场所经办", "shichang", Role.OFFICER, liaison=True)


def _registered(clerk: Any) -> Case:
    clerk.goto("/staff/register/")
    clerk.get_by_label("反映什么").fill(TEXT)
    clerk.locator("#category input:checked").wait_for(state="attached")
    clerk.get_by_text("电话、书信、匿名").click()
    clerk.get_by_label("怎么来的").select_option("phone")
    clerk.get_by_label("匿名", exact=False).first.check(force=True)
    clerk.get_by_label("小票当场交给来访人", exact=False).uncheck(force=True)
    clerk.get_by_role("button", name="登记并转办").click()
    clerk.wait_for_url("**/do/dispatch/")
    return Case.objects.get()


def test_two_units_answer_and_an_anonymous_matter_closes_without_a_rating(
    visit: Any, cast: Cast, unreadable: Any
) -> None:
    _market_office(cast)
    clerk, director = visit("clerk1"), visit("director")
    case = _registered(clerk)
    assert case.anonymous and case.channel == "phone"
    _open(director, case)
    director.get_by_role("link", name="甄别", exact=True).click()
    _choose(director, "服务诉求")
    _save(director, case)

    _open(clerk, case)
    clerk.locator(".next .btn").click()
    clerk.get_by_label("主办单位").select_option("zhifa")
    fold = clerk.locator("fieldset:has(input[name=assisting]) summary")
    if fold.count():
        fold.first.click()
    _choose(clerk, "市场监管所")
    clerk.get_by_label("办理要求", exact=False).fill("请今晚到现场；市场所查证照和油烟净化。")
    _save(clerk, case)

    lead = visit("handler.zhifa")
    _step(lead, case, "签收")
    _step(lead, case, "开始办理")
    _open(lead, case)
    lead.locator(".next .btn").click()
    lead.get_by_label("办理结果", exact=True).fill("当晚到场，责令停止露天烧烤。")
    lead.keyboard.press("Control+Enter")
    lead.locator(".errors").wait_for()
    assert "请写明为什么不等协办答复" in lead.locator("main").inner_text()
    assert "还没有答复" in lead.locator("#helped + *").inner_text()

    helper = visit("handler.shichang")
    helper.goto("/staff/")
    helper.get_by_role("link", name="协办").click()
    helper.wait_for_url("**/assisting/")
    assert unreadable(helper) == []
    helper.get_by_role("link", name="每晚十点以后").click()
    _step(helper, case, "协办签收")
    _step(helper, case, "协办报结果", 办理结果="证照齐全，责令三日内装好油烟净化器，已装。")
    assert AssistResult.objects.get().assignment.unit.name == "市场监管所"

    _open(lead, case)
    lead.locator(".next .btn").click()
    assert "责令三日内装好油烟净化器" in lead.locator("main").inner_text()
    assert lead.get_by_label("不等协办的理由").count() == 0
    lead.get_by_label("办理结果", exact=True).fill("连续三晚值守，摊主已搬入店内，不再占道。")
    _save(lead, case)
    head = visit("head.zhifa")
    _step(head, case, "审核通过")
    _open(lead, case)
    lead.locator(".next .btn").click()
    _choose(lead, "当面")
    _save(lead, case)

    caller = visit("clerk2")
    caller.goto("/staff/callbacks/")
    assert "每晚十点以后" in caller.locator("h1").inner_text()
    assert unreadable(caller) == []
    assert caller.get_by_label("匿名，无法回访").is_checked()
    caller.keyboard.press("Control+Enter")
    caller.get_by_text("没有等着您回访的事项").wait_for()

    _step(clerk, case, "办结")
    case.refresh_from_db()
    assert (case.state, case.rating, case.last_outcome) == ("closed", None, "not_owed")
    assert Callback.objects.get(case=case).outcome == "not_owed"
    assert "登记评价" not in clerk.locator("#can + .do").inner_text()
