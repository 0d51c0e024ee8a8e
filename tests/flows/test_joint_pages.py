"""Pages of what is done together, on a screen and on a phone: they read well for everybody; the desk needs no mouse."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast, advance
from yimen.cases.actions import callback_rules, joint, limits
from yimen.cases.actions.callbacks import record_callback, record_persons
from yimen.cases.actions.people import Person
from yimen.cases.models import Case, UnsolvedDecision

pytestmark = pytest.mark.browser
RUNS_OVER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LISTED = (Person("李一", "13800002071"), Person("赵二", "13800002072"))


def _service(cast: Cast, text: str, **more: Any) -> Case:
    director = cast["director"]
    case = cast["clerk1"].opens(text, "utilities", **more)
    return limits.screen(director.actor, director.grants, case.uuid, flow="service")


def _decided(cast: Cast) -> UnsolvedDecision:
    caller, handler = cast["clerk2"], cast["handler.chengguan"]
    case = advance(cast, _service(cast, "楼道灯不亮，报修三次。", phone="13800002079"), "told")
    said = {"outcome": "reached", "solved": "no"}
    case = record_callback(caller.actor, caller.grants, case.uuid, said)
    case = handler.does(case, "report", result="换了灯具")
    case = handler.does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")
    record_callback(caller.actor, caller.grants, case.uuid, said)
    cast["director"].does(Case.objects.get(pk=case.pk), "close", note="产权有争议，已引导协商")
    return UnsolvedDecision.objects.select_related("case").get()


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_of_what_is_done_together_read_well(
    visit: Any, cast: Cast, unreadable: Any, width: int
) -> None:
    callback_rules.load_shipped()
    clerk, caller = cast["clerk1"], cast["clerk2"]
    main = clerk.does(_service(cast, "整栋楼暖气不热。"), "dispatch", unit="chengguan", assisting=["gongre"])
    member = joint.merge(clerk.actor, clerk.grants, _service(cast, "家里暖气不热。").uuid, main=main.number)
    many = advance(cast, _service(cast, "停水三天。", party_size=9, representatives=LISTED), "told")
    heard = {0: {"outcome": "reached", "solved": "yes", "rating": "4", "comment": "来水了"}}
    record_persons(caller.actor, caller.grants, many.uuid, heard)
    row = _decided(cast)
    page = visit("clerk2", width=width)
    faults = {}
    for path in (
        f"/staff/callbacks/?at={many.uuid}", "/staff/assisting/", f"/staff/cases/{main.uuid}/",
        f"/staff/cases/{member.uuid}/", f"/staff/cases/{many.uuid}/", f"/staff/cases/{row.case.uuid}/",
        f"/staff/cases/{row.case.uuid}/decisions/{row.pk}/", f"/staff/cases/{main.uuid}/do/split/",
        f"/staff/cases/{main.uuid}/do/merge/",
    ):  # fmt: skip
        page.goto(path)
        if found := [*unreadable(page), *(["runs over"] if page.evaluate(RUNS_OVER) else [])]:
            faults[path] = found
    assert faults == {}


def test_the_desk_calls_one_after_the_other_with_the_keyboard_alone(visit: Any, cast: Cast) -> None:
    texts = ("路灯不亮，晚上看不清。", "井盖松动，车一过就响。")
    cases = [advance(cast, _service(cast, text, phone="13800002071"), "told") for text in texts]
    page = visit("clerk2")
    page.goto("/staff/callbacks/")
    for text in texts:
        page.get_by_role("heading", name=text[:6]).wait_for()
        for name in ("outcome", "solved", "rating"):
            page.locator(f"input[name={name}]").first.focus()
            page.keyboard.press("Space")
        page.keyboard.press("Control+Enter")
    page.get_by_text("没有等着您回访的事项").wait_for()
    assert set(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("state", "rating")) == {
        ("called_back", 5)
    }
