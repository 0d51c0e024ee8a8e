"""Worklists, counts and search: what is mine and due, the same number everywhere, and Chinese found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, advance
from yimen.cases import queries
from yimen.foundation.errors import Missing

LISTS = list(queries.COUNTED)


@pytest.mark.parametrize(
    "who", ["clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan", "auditor"]
)
def test_counts_are_what_opening_the_list_shows(cast: Cast, who: str) -> None:
    now = timezone.now()
    for state in ("registered", "dispatched", "in_hand", "reported", "told", "closed"):
        advance(cast, cast["clerk1"].opens(at=now - timedelta(days=3)), state, at=now - timedelta(days=2))
    grants = cast[who].grants
    counted = queries.counts(grants)
    for name in LISTS:
        assert counted[name] == len(queries.page(queries.worklist(grants, name), size=100).rows), name


def test_the_most_urgent_stands_first_and_pages_follow_without_gap(cast: Cast) -> None:
    made = {cast["clerk1"].opens().pk for _n in range(7)}
    seen: list[int] = []
    after = ""
    for _page in range(4):
        page = queries.page(queries.worklist(cast["clerk1"].grants, "mine"), after, size=2)
        seen += [case.pk for case in page.rows]
        after = page.after
    assert len(seen) == 7 and set(seen) == made and after == ""


def test_a_broken_page_address_is_not_a_crash(cast: Cast) -> None:
    with pytest.raises(Missing):
        queries.page(queries.worklist(cast["clerk1"].grants, "mine"), "nonsense")


def test_an_unknown_list_is_missing(cast: Cast) -> None:
    with pytest.raises(Missing):
        queries.worklist(cast["clerk1"].grants, "people")


@pytest.mark.parametrize(("filters", "found"), [({"category": "neighbour"}, 2), ({"state": "registered"}, 1),
                         ({"unit": "chengguan"}, 1), ({"channel": "phone"}, 0), ({"q": "漏水"}, 2), ({"q": "暖气"}, 0)])  # fmt: skip
def test_filters_narrow_a_list(cast: Cast, filters: dict[str, str], found: int) -> None:
    cast["clerk1"].opens()
    advance(cast, cast["clerk1"].opens(), "signed")
    assert queries.filtered(queries.worklist(cast["clerk1"].grants, "all"), filters).count() == found


@pytest.mark.parametrize(
    "text", ["漏水", "吊顶", "楼上卫生间", "三社区", "城市管理办", "邻里漏水", "漏水 三社区", "塌", "6-2-301"]
)
def test_a_matter_is_found_by_its_words(cast: Cast, text: str) -> None:
    case = cast["clerk1"].opens(place="三社区 6-2-301")
    case = cast["clerk1"].does(case, "dispatch", unit="chengguan")
    assert queries.search(cast["clerk1"].grants, text) == [case]


@pytest.mark.parametrize("text", ["水漏", "漏 暖气", "陈女士", "13800002071", "%", "_"])
def test_what_was_not_said_is_not_found(cast: Cast, text: str) -> None:
    cast["clerk1"].opens(place="三社区", name="陈女士", phone="13800002071")
    assert queries.search(cast["clerk1"].grants, text) == []


def test_search_stays_inside_what_the_person_may_see(cast: Cast) -> None:
    advance(cast, cast["clerk1"].opens(), "signed")
    assert queries.search(cast["handler.zhifa"].grants, "漏水") == []
    assert len(queries.search(cast["handler.chengguan"].grants, "漏水")) == 1


def test_similar_open_matters_nearby_are_shown_for_the_clerk_to_judge(cast: Cast) -> None:
    case = cast["clerk1"].opens(place="永安小区 6-2-301")
    advance(cast, cast["clerk1"].opens(place="永安小区 6-2-301"), "closed")
    assert queries.similar_open(cast["clerk1"].grants, place="永安小区") == [case]
    assert queries.similar_open(cast["clerk1"].grants, place=" ") == []


@pytest.mark.parametrize(
    ("text", "key"),
    [("楼上漏水把吊顶泡坏了", "neighbour"), ("暖气不热", "utilities"), ("工地拖欠工资", "wages"), ("夜里烧烤油烟", "noise"),
     ("电梯老坏", "housing"), ("楼道飞线充电", "safety")],
)  # fmt: skip
def test_a_category_is_suggested_from_the_words(cast: Cast, text: str, key: str) -> None:
    assert queries.suggest(text)[0].key == key


def test_nothing_is_suggested_without_a_hint(cast: Cast) -> None:
    assert queries.suggest("啊啊啊") == []


def test_a_list_costs_the_same_queries_for_one_and_for_many(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    grants = cast["clerk1"].grants
    for _n in range(3):
        cast["clerk1"].opens()
        with django_assert_num_queries(1):
            for case in queries.page(queries.worklist(grants, "mine")).rows:
                assert case.category.name and case.holder.name and case.clock.explain
    with django_assert_num_queries(1):
        queries.counts(grants)


def test_imported_history_stays_out_of_daily_lists_until_somebody_takes_a_step(cast: Cast) -> None:
    from yimen.cases.actions.importing import Answered, import_answered
    from yimen.organisations.models import Membership

    long_ago = timezone.now() - timedelta(days=900)
    form = Answered(text="路灯不亮。", title="路灯不亮", category="other", received_at=long_ago, reply="已修",
                    replied_at=long_ago + timedelta(days=3), source="file")  # fmt: skip
    director = cast["director"]
    member = Membership.objects.select_related("unit").get(user=cast["clerk1"].user)
    case = import_answered(director.actor, director.grants, member, cast.units["chengguan"], form)
    assert case.state == "reported" and case.holder == director.user and case.due_at > timezone.now()
    counted = queries.counts(director.grants)
    assert (counted["history"], counted["mine"], counted["overdue"], counted["due-soon"]) == (1, 0, 0, 0)
    case = director.does(case, "verify")
    assert queries.counts(director.grants)["history"] == 0
    assert queries.counts(cast["handler.chengguan"].grants)["mine"] == 1
