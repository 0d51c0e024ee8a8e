"""Limits that the office adds for one category or urgency: the most specific holds, the law's stay as they are."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from yimen.calendars import actions, own_rules, queries
from yimen.calendars.models import ClockRule
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.models import Entry

pytestmark = pytest.mark.django_db
ADMIN = Actor(user_id=7, label="admin", via="web")


@pytest.fixture(autouse=True)
def _shipped() -> None:
    actions.load_shipped()


def today(offset: int = 0) -> date:
    return timezone.localdate() + timedelta(days=offset)


def given(**more: Any) -> dict[str, Any]:
    return {"flow": "service", "step": "conclude", "category": "noise", "urgency": "", "amount": 3,
            "unit": "natural_day", "extend_max": 0, "what": "三日办结", "article": "街道规定", "certainty": "D",
            "source": "党工委会议纪要", "valid_from": today()} | more  # fmt: skip


def limit(category: str = "noise", urgency: str = "normal", on: date | None = None) -> int:
    return queries.rule_for(
        "service", "conclude", category=category, urgency=urgency, on=on or today()
    ).amount


def test_an_added_rule_holds_for_its_category_from_its_day_and_the_urgent_rule_stays_above_it() -> None:
    row = own_rules.add_rule(ADMIN, given(valid_from=today(3)))
    assert (limit(), limit(on=today(3)), limit("heating", on=today(3))) == (7, 3, 7)
    assert limit(urgency="urgent", on=today(3)) == 24
    own_rules.add_rule(ADMIN, given(urgency="urgent", amount=12, unit="clock_hour"))
    assert limit(urgency="urgent") == 12
    entry = Entry.objects.filter(kind="calendars.rule_added").order_by("id")[0]
    assert (entry.subject_id, entry.payload["after"]["amount"], entry.actor_label) == (row.pk, 3, "admin")
    assert row.day_zero == "received"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": ""}, "category"),
        ({"valid_from": date(2026, 1, 1)}, "valid_from"),
        ({"certainty": "S"}, "certainty"),
        ({"certainty": "M"}, "certainty"),
        ({"step": "reviewing"}, "step"),
        ({"amount": 0}, "amount"),
        ({"what": ""}, "what"),
        ({"flow": "petition", "amount": 50}, "amount"),
        ({"flow": "petition", "amount": 90}, "amount"),
        ({"flow": "petition", "amount": 60, "extend_max": 90}, "amount"),
        ({"flow": "petition", "step": "inform", "amount": 30}, "amount"),
    ],
    ids=str,
)
def test_what_may_not_be_added_is_refused_beside_its_field(wrong: dict[str, Any], field: str) -> None:
    before = ClockRule.objects.count()
    with pytest.raises(Invalid) as refused:
        own_rules.add_rule(ADMIN, given(**wrong))
    assert field in refused.value.fields and ClockRule.objects.count() == before
    assert not Entry.objects.filter(kind="calendars.rule_added").exists()


def test_a_place_has_one_rule_at_a_time() -> None:
    row = own_rules.add_rule(ADMIN, given())
    for day in (today(), today(5)):
        with pytest.raises(Invalid, match="还不能保存"):
            own_rules.add_rule(ADMIN, given(valid_from=day))
    own_rules.end_rule(ADMIN, row, today(4))
    with pytest.raises(Invalid):
        own_rules.add_rule(ADMIN, given(valid_from=today(4)))
    own_rules.add_rule(ADMIN, given(valid_from=today(5), amount=2))
    assert (limit(on=today(4)), limit(on=today(5))) == (3, 2)


def test_an_ended_rule_gives_way_to_the_general_one_and_is_never_loaded_again() -> None:
    row = own_rules.add_rule(ADMIN, given())
    with pytest.raises(Invalid):
        own_rules.end_rule(ADMIN, row, today(-1))
    own_rules.end_rule(ADMIN, row, today(2))
    actions.load_shipped()
    assert (limit(on=today(2)), limit(on=today(3))) == (3, 7)
    with pytest.raises(Conflict):
        own_rules.end_rule(ADMIN, row, today(9))
    assert Entry.objects.get(kind="calendars.rule_ended").subject_id == row.pk


def test_a_rule_that_came_with_the_product_is_not_ended() -> None:
    for code in ("XF-15N", "FW-24H", "FW-7D"):
        with pytest.raises(Invalid):
            own_rules.end_rule(ADMIN, ClockRule.objects.get(code=code), today(9))


def test_the_law_is_not_got_round_by_revising_an_equal_rule_nor_by_letting_one_outlast_it() -> None:
    equal = given(flow="petition", amount=60, extend_max=30)
    row = own_rules.add_rule(ADMIN, equal)
    with pytest.raises(Invalid) as refused:
        actions.revise_rule(row, today(1), {"amount": 90}, ADMIN)
    assert "信访工作条例" in str(refused.value.fields["amount"])
    new = {"amount": 45, "article": "《信访工作条例》（2027）第三十四条", "source": "国务院公报"}
    law = ClockRule.objects.get(code="XF-60")
    with pytest.raises(Invalid, match=row.code):
        actions.revise_rule(law, today(9), new, ADMIN)
    own_rules.end_rule(ADMIN, row, today(8))
    assert actions.revise_rule(law, today(9), new, ADMIN).amount == 45
