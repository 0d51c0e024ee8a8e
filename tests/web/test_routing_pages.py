"""派遣规则 on the pages: tried over the last year first, contradictions said beside the field, only the director."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from tests.grids import ground

from cast import Cast
from yimen.cases.models import EventClass, RoutingRule
from yimen.grids.models import Grid

from .staff_ground import Enter, in_use

RULES = "/staff/routing/"


@pytest.fixture
def street(cast: Cast) -> list[Grid]:
    in_use(cast)
    for code, name in (("0102", "暴露垃圾"), ("0104", "道路不洁")):
        EventClass.objects.get_or_create(
            scheme="event", code=code, valid_to=None,
            defaults={"name": name, "big_name": "市容环境", "kind": "event", "category_key": "appearance", "source": "test",
                      "certainty": "D", "valid_from": date(2000, 1, 1)},
        )  # fmt: skip
    return ground.street()[2]


def given(**more: Any) -> dict[str, Any]:
    return {
        "subject": "event:0102",
        "hours": "any",
        "unit": "zhifa",
        "certainty": "D",
        "valid_from": timezone.localdate(),
    } | more


def seen_in(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found, "the effect was not shown"
    return found.group(1)


def test_a_rule_is_tried_before_it_is_saved(cast: Cast, enter: Enter, street: list[Grid]) -> None:
    director = enter("director")
    tried = director.post(f"{RULES}add/", given(place=street[0].pk))
    assert "试算结果" in tried.content.decode() and not RoutingRule.objects.exists()
    saved = director.post(f"{RULES}add/", given(place=street[0].pk, seen=seen_in(tried)))
    assert saved.status_code == 302
    assert RoutingRule.objects.get().place == street[0]
    page = director.get(RULES, {"subject": "event:0102", "place": street[0].pk}).content.decode()
    assert "按派遣规则（暴露垃圾，g1-1，任何时间）派给综合行政执法队" in page


def test_what_was_changed_after_the_trial_is_tried_anew(enter: Enter, street: list[Grid]) -> None:
    director = enter("director")
    mark = seen_in(director.post(f"{RULES}add/", given()))
    again = director.post(f"{RULES}add/", given(unit="chengguan", seen=mark))
    assert "试算结果" in again.content.decode() and not RoutingRule.objects.exists()


def test_a_contradiction_is_said_beside_the_class_before_anything_is_tried(
    enter: Enter, street: list[Grid]
) -> None:
    director = enter("director")
    director.post(f"{RULES}add/", given(seen=seen_in(director.post(f"{RULES}add/", given()))))
    refused = director.post(f"{RULES}add/", given(unit="chengguan"))
    page = refused.content.decode()
    assert refused.status_code == 400 and "两条矛盾" in page and "试算结果" not in page


def test_a_rule_is_changed_from_a_day_and_ended(enter: Enter, street: list[Grid]) -> None:
    director = enter("director")
    director.post(f"{RULES}add/", given(seen=seen_in(director.post(f"{RULES}add/", given()))))
    row = RoutingRule.objects.get()
    change = given(subject="event:01", assisting=["chengguan"])
    address = f"/staff/routing/{row.pk}/"
    director.post(address, change | {"seen": seen_in(director.post(address, change))})
    row.refresh_from_db()
    assert (row.subject, row.assisting) == ("event:01", ["chengguan"])
    director.post(f"/staff/routing/{row.pk}/end/", {"last_day": timezone.localdate()})
    row.refresh_from_db()
    assert row.valid_to == timezone.localdate()


def test_nobody_else_keeps_rules(enter: Enter, street: list[Grid]) -> None:
    for who in ("clerk1", "leader1", "admin", "head.zhifa"):
        assert enter(who).get(RULES).status_code == 403
        assert enter(who).post(f"{RULES}add/", given()).status_code == 403
