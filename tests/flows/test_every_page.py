"""Every page for everybody: axe-core finds nothing, nothing runs over the edge, light and dark, desk and phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.grids import duty_ground, ground

from cast import Cast, advance
from yimen.cases.actions import limits
from yimen.cases.models import Category
from yimen.foundation.actor import SYSTEM
from yimen.grids.actions import calls, premises
from yimen.intake.actions.queue import enqueue
from yimen.intake.models import DailyLine, DailyLog, QueuedMatter

pytestmark = pytest.mark.browser
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def addresses(cast: Cast) -> dict[str, list[str]]:
    """What there is to look at: matters in several states, a queue, and the pages around them."""
    clerk, director = cast["clerk1"], cast["director"]
    case = clerk.opens(
        name="陈女士", phone="13800002071", place="永安小区 6 号楼", party_size=3, urgency="urgent"
    )
    told = advance(
        cast, clerk.opens("暖气不热，家中有老人，要求尽快恢复供热并说明退费办法。", "utilities"), "told"
    )
    closed = advance(cast, clerk.opens("路灯不亮。", "appearance"), "closed")
    resting = advance(cast, clerk.opens("等着鉴定的事。"), "in_hand")
    limits.suspend(director.actor, director.grants, resting.uuid, ground="appraisal", note="等鉴定")
    row = QueuedMatter(source="messages", record_id="1", title="停水", text="停水三天。", channel="import",
                       category=Category.objects.get(key="utilities"), recorded_at=timezone.now())  # fmt: skip
    with transaction.atomic():
        enqueue(SYSTEM, row)
    do = f"/staff/cases/{case.uuid}/do"
    grids = ground.street()[2]
    post = ground.posts(ground.person("anna"), grids[0])
    shifts = duty_ground.shifts(cast, ("clerk1",), ("clerk1", "clerk2"), ("clerk1",))
    on = shifts[0] if shifts[0].ends_at > timezone.now() else shifts[1]
    calls.add_call(clerk.actor, clerk.grants, on.pk, "路灯不亮", "已派人", "城市管理办")
    calls.give(clerk.actor, clerk.grants, on.pk, "路灯已修", "催供热")
    place = premises.add_premise(
        clerk.actor,
        clerk.grants,
        premises.Described("惠民超市", "shop", "永安路 12 号", grids[0], "值班经理", "0931-000 1234"),
    )
    premises.visit(clerk.actor, clerk.grants, place.uuid, "通道畅通")
    need = premises.need(clerk.actor, clerk.grants, place.uuid, "门前路灯不亮")
    logged = DailyLog.objects.create(
        user=post.user, day=timezone.localdate(), sent_at=timezone.now(), sent_to=clerk.user
    )
    DailyLine.objects.create(log=logged, kind="patrol", words={"item": "消防通道"}, at=timezone.now())
    return {
        "": ["/", "/?text=large", f"/m/{case.number}", "/field/", "/nothing/"],
        "clerk1": [
            "/staff/", "/staff/work/overdue/", "/staff/work/all/?q=暖气&state=told", "/staff/register/",
            "/staff/enquiry/", "/staff/returning/", "/staff/search/?q=暖气", "/staff/queue/",
            f"/staff/queue/{row.uuid}/", "/staff/accusation/", f"/staff/cases/{case.uuid}/?in=mine&returning=1",
            f"/staff/cases/{case.uuid}/registered/", f"/staff/cases/{case.uuid}/people/", f"{do}/dispatch/",
            f"{do}/guide/", f"{do}/correct/", f"/staff/cases/{told.uuid}/", f"/staff/cases/{closed.uuid}/",
            f"/staff/cases/{resting.uuid}/",
            "/staff/handover/", f"{do}/verify/",
            "/staff/duty/", "/staff/duty/month/", f"/staff/duty/shifts/{on.pk}/", f"/staff/duty/shifts/{shifts[2].pk}/swap/",
            "/staff/premises/", "/staff/premises/add/", "/staff/premises/import/", f"/staff/premises/{place.uuid}/",
            f"/staff/premises/{place.uuid}/edit/", f"/staff/premises/needs/{need.pk}/",
            "/staff/field/", "/staff/field/code/", "/staff/field/import/", "/staff/field/logs/",
            f"/staff/field/logs/{logged.pk}/",
        ],
        "director": ["/staff/duty/fill/", "/staff/duty/hours/", f"/staff/duty/days/{shifts[2].day}/", "/staff/handover/", "/staff/figures/", "/staff/figures/?by=unit", "/staff/figures/received/", "/staff/grids/coverage/", "/staff/grids/exchange/", f"/staff/grids/{grids[1].pk}/post/", f"/staff/grids/posts/{post.pk}/leave/", "/staff/figures/exceptions/", "/staff/registers/", "/staff/sheets/week/", "/staff/work/screening/", f"{do}/screen/", f"/staff/cases/{told.uuid}/"],
        "auditor": ["/staff/", "/staff/admin/history/"],
        "leader1": ["/staff/grids/", f"/staff/grids/{grids[0].pk}/", f"/staff/grids/{grids[0].pk}/poster/"],
        "admin": [
            "/staff/admin/", "/staff/admin/units/", "/staff/admin/units/zhifa/", "/staff/admin/units/zhifa/join/",
            "/staff/admin/rows/categories/", "/staff/admin/rules/", "/staff/admin/calendar/", "/staff/admin/roles/",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_reads_well_for_everybody(
    visit: Any,
    addresses: dict[str, list[str]],
    unreadable: Callable[[Any], list[str]],
    width: int,
    scheme: str,
    settings: Any,
) -> None:
    settings.DEMO = True
    faults: dict[str, Any] = {}
    for sign_in, paths in addresses.items():
        page = visit(sign_in, width=width, scheme=scheme)
        for path in paths:
            page.goto(path)
            if found := unreadable(page):
                faults[path] = found
            if page.evaluate(RUNS_OVER):
                faults[f"{path} runs over"] = True
    assert faults == {}


def test_everything_folded_out_reads_well_too(
    visit: Any, addresses: dict[str, list[str]], unreadable: Callable[[Any], list[str]]
) -> None:
    page = visit("clerk1", width=390)
    for path in ("/staff/register/", addresses["clerk1"][10], "/staff/enquiry/", "/staff/#rail"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        assert unreadable(page) == [], path
        assert not page.evaluate(RUNS_OVER), path


def test_at_twice_the_size_nothing_is_cut_off(visit: Any, addresses: dict[str, list[str]]) -> None:
    page = visit("clerk1", width=720)  # 1440 at 200 % zoom
    for path in addresses["clerk1"]:
        page.goto(path)
        assert not page.evaluate(RUNS_OVER), path


def test_a_refused_form_is_announced_and_reads_well(
    visit: Any, unreadable: Callable[[Any], list[str]]
) -> None:
    page = visit("clerk1")
    page.goto("/staff/register/")
    page.keyboard.press("Control+Enter")
    page.locator(".errors").wait_for()
    assert page.evaluate("document.activeElement.className") == "errors"
    assert unreadable(page) == []
    page.get_by_role("link", name="反映什么：").click()
    assert page.evaluate("location.hash") == "#id_text"
