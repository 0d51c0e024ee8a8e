"""The lamp reported by phone, in a real browser; and the centre's pages of places read well for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast
from places import Places, advance, settle
from yimen.cases.actions import district
from yimen.cases.actions import routing as keeping
from yimen.cases.models import Case, RoutingRule

pytestmark = pytest.mark.browser
LAMP = "facility:0118"
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def places(cast: Cast) -> Places:
    found = settle(cast)
    who = cast["director"]
    row = RoutingRule(subject=LAMP, unit=cast.units["chengguan"], valid_from=timezone.localdate())
    keeping.add_rule(who.actor, who.grants, row)
    return found


def test_a_lamp_is_reported_by_phone_sent_with_one_click_and_found_on_the_map(
    visit: Any, places: Places
) -> None:
    page = visit("clerk1")
    page.goto("/staff/event/")
    page.fill("#id_text", "石桥头两盏路灯不亮，过桥看不清台阶。")
    page.fill("#id_place", "三社区第1网格")
    page.wait_for_selector("#similar :text('路灯')")
    page.fill("#id_point", "102.405,40.105")
    page.fill("#id_phone", "13800000000")
    page.click("form#report button.btn-primary")
    page.wait_for_url("**/triage/")
    assert "按派遣规则（路灯" in page.inner_text("main")
    case = Case.objects.latest("pk")
    places["worker1"].does(places["clerk1"].does(case, "ask_verify"), "confirm")
    page.reload()
    page.click("button:has-text('受理、立案并派遣')")
    page.wait_for_url(f"**/staff/cases/{case.uuid}/")
    assert "已派遣" in page.inner_text("main")
    page.goto("/staff/map/")
    page.click("svg.matters a.mark.one circle")
    page.wait_for_url(f"**/staff/cases/{case.uuid}/")


def test_the_map_is_walked_with_the_keyboard_alone_and_without_scripts(visit: Any, places: Places) -> None:
    case = places.reports(kind=LAMP, channel="grid", lng=102.405, lat=40.105)
    page = visit("clerk1", scripts=False)
    page.goto("/staff/map/")
    page.focus("svg.matters a.mark")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/staff/cases/{case.uuid}/")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_centres_pages_of_places_read_well(
    visit: Any, places: Places, unreadable: Callable[[Any], list[str]], width: int, scheme: str
) -> None:
    lamp = {"kind": LAMP, "channel": "above", "lat": 40.105}
    raised = places.reports("clerk1", lng=102.4011, **lamp)
    busy = advance(places, places.reports("clerk1", lng=102.4055, **lamp), "handling")
    for _again in range(2):
        places.reports("clerk1", lng=102.4085, **lamp)
    clerk = places["clerk1"]
    district.prepare(clerk.actor, clerk.grants, busy.uuid)
    addresses = {
        "clerk1": ["/staff/event/", "/staff/map/", "/staff/work/triage/", f"/staff/cases/{raised.uuid}/triage/",
                   f"/staff/cases/{busy.uuid}/", f"/staff/cases/{raised.uuid}/do/prepare_district/"],
        "director": ["/staff/routing/", "/staff/routing/add/", "/staff/routing/?subject=facility:0118"],
        "leader1": ["/staff/district/", f"/staff/cases/{busy.uuid}/do/refuse_district/"],
        "admin": ["/staff/admin/rows/classes/", "/staff/admin/rows/classes/add/"],
    }  # fmt: skip
    faults: dict[str, Any] = {}
    for sign_in, paths in addresses.items():
        page = visit(sign_in, width=width, scheme=scheme)
        for path in paths:
            assert page.goto(path).status == 200, path
            if found := unreadable(page):
                faults[path] = found
            if page.evaluate(RUNS_OVER):
                faults[f"{path} runs over"] = True
    assert faults == {}
