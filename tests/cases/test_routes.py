"""Routing rules as rows: kept by date, contradictions refused, tried over what has been before they hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cast import Cast
from yimen.cases import routes, routing
from yimen.cases.actions import routing as keeping
from yimen.cases.models import EventClass, RoutingRule
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.grids.kinds import Level
from yimen.grids.models import Grid, GridRevision
from yimen.ledger.models import Entry

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def classes(cast: Cast) -> dict[str, EventClass]:
    """Two events and a facility."""
    made = {}
    for code, name, big, kind in (
        ("0102", "暴露垃圾", "市容环境", "event"), ("0104", "道路不洁", "市容环境", "event"), ("0101", "上水井盖", "公用设施", "facility"),
    ):  # fmt: skip
        row, _new = EventClass.objects.get_or_create(
            scheme=kind, code=code, valid_to=None,
            defaults={"name": name, "big_name": big, "kind": kind, "category_key": "other", "owner_first": kind == "facility",
                      "source": "test", "certainty": "D", "valid_from": date(2000, 1, 1)},
        )  # fmt: skip
        made[f"{kind}:{code}"] = row
    return made


@pytest.fixture
def places(cast: Cast) -> dict[str, Grid]:
    """A street, a community, two grids."""
    unit = cast.units["chengguan"]

    def grid(code: str, level: Level, parent: Grid | None = None) -> Grid:
        return Grid.objects.create(code=code, scheme="practice", name=code, level=level, parent=parent, unit=unit, valid_from=date(2020, 1, 1))  # fmt: skip

    street = grid("990101007000", Level.STREET)
    community = grid("990101007001", Level.COMMUNITY, street)
    found = {"street": street, "community": community}
    found |= {name: grid(f"990101007001{name}", Level.GRID, community) for name in ("01", "02")}
    GridRevision.objects.update_or_create(pk=1, defaults={"token": "0" * 31 + "7"})
    return found


def rule(cast: Cast, unit: str, subject: str = "", place: Grid | None = None, **more: Any) -> RoutingRule:
    given = {"hours": routing.ANY, "valid_from": today()} | more
    return RoutingRule(subject=subject, place=place, unit=cast.units[unit], **given)


def add(cast: Cast, unit: str, subject: str = "", place: Grid | None = None, **more: Any) -> RoutingRule:
    who = cast["director"]
    return keeping.add_rule(who.actor, who.grants, rule(cast, unit, subject, place, **more))


def test_a_rule_is_kept_with_its_entry_and_only_by_the_director(cast, classes, places):
    row = add(cast, "zhifa", "event:0102", places["community"], assisting=["chengguan"])
    entry = Entry.objects.filter(kind="routing_rule.added", subject_id=row.pk).get()
    assert entry.payload["after"]["subject"] == "event:0102"
    clerk = cast["clerk1"]
    with pytest.raises(Refused):
        keeping.add_rule(clerk.actor, clerk.grants, rule(cast, "zhifa", "event:0104"))


def test_two_rules_that_say_the_same_are_refused_until_one_has_ended(cast, classes, places):
    first = add(cast, "zhifa", "event:0102", places["01"])
    with pytest.raises(Invalid) as refused:
        add(cast, "chengguan", "event:0102", places["01"])
    assert "综合行政执法队" in str(refused.value.fields["subject"])
    add(cast, "chengguan", "event:0102", places["01"], hours=routing.AFTER)  # says more
    who = cast["director"]
    keeping.end_rule(who.actor, who.grants, first, today())
    with pytest.raises(Invalid):
        add(cast, "chengguan", "event:0102", places["01"])  # both on that last day
    add(cast, "chengguan", "event:0102", places["01"], valid_from=today() + DAY)


def test_the_database_refuses_a_second_open_ended_rule_whoever_writes_it(cast, classes):
    rule(cast, "zhifa").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(cast, "chengguan", valid_from=today() + DAY).save()


def test_a_change_holds_from_its_day_and_may_not_run_into_another_rule(cast, classes, places):
    row, who = add(cast, "zhifa", "event:0102"), cast["director"]
    add(cast, "chengguan", "event:0104")
    with pytest.raises(Invalid):
        keeping.revise_rule(who.actor, who.grants, row, today() + DAY, {"subject": "event:0104"})
    new = keeping.revise_rule(who.actor, who.grants, row, today() + DAY, {"unit": cast.units["chengguan"]})
    row.refresh_from_db()
    assert (row.valid_to, new.valid_from, new.unit.key) == (today(), today() + DAY, "chengguan")
    with pytest.raises(Conflict):
        keeping.end_rule(who.actor, who.grants, row, today())


@pytest.mark.parametrize(
    ("unit", "more", "field"),
    [
        ("centre", {}, "unit"),
        ("zhifa", {"assisting": ["zhifa"]}, "assisting"),
        ("zhifa", {"assisting": ["nobody"]}, "assisting"),
        ("zhifa", {"subject": "event:9876"}, "subject"),
        ("zhifa", {"place": "street"}, "place"),
    ],
)
def test_what_a_rule_may_not_say(cast, classes, places, unit, more, field):
    given = dict(more)
    if "place" in given:
        given["place"] = places[given["place"]]
    with pytest.raises(Invalid) as refused:
        add(cast, unit, **given)
    assert set(refused.value.fields) == {field}


def test_the_facts_of_a_place_name_the_grid_and_its_community(classes, places):
    at = timezone.make_aware(timezone.datetime(2026, 3, 2, 10))  # a Monday morning
    inside = routes.facts(classes["event:0102"], places["01"], at)
    assert (inside.grid, inside.community, inside.business) == (places["01"].pk, places["community"].pk, True)
    above = routes.facts(classes["facility:0101"], places["community"], at.replace(hour=23))
    assert (above.grid, above.community, above.owner_first, above.business) == (
        None,
        places["community"].pk,
        True,
        False,
    )
    nowhere = routes.facts(classes["event:0102"], None, at)
    assert (nowhere.grid, nowhere.community) == (None, None)


def test_a_rule_for_a_unit_that_has_ended_does_not_hold(cast, classes):
    add(cast, "zhifa", "event:0102")
    assert len(routes.rules_on(today())) == 1
    unit = cast.units["zhifa"]
    unit.valid_to = today() - DAY
    unit.save()
    assert routes.rules_on(today()) == []


def test_a_list_says_each_rule_in_words_what_says_more_first(cast, classes, places):
    add(cast, "zhifa")
    add(cast, "chengguan", "event:01", places["community"], hours=routing.AFTER)
    add(cast, "chengguan", "event:0102", assisting=["zhifa"])
    found = routes.lines(list(RoutingRule.objects.select_related("unit", "place")))
    assert [(one.what, one.where, one.when) for one in found] == [
        ("暴露垃圾", "各处", "任何时间"), ("市容环境", "990101007001", "下班时间"), ("各类", "各处", "任何时间"),
    ]  # fmt: skip
    assert found[0].assisting == ["综合行政执法队"]
    route = routing.route(
        [routes.rule_of(found[0].row)], routes.facts(classes["event:0102"], None, timezone.now())
    )
    assert routes.because(route) == "按派遣规则（暴露垃圾，各处，任何时间）派给城市管理办"
