"""Reading at any size: counts that stop, the newest that match whichever way they are looked for, and inside the scope."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast, advance
from yimen.cases import queries
from yimen.cases.access import reach
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.models import Case
from yimen.foundation import counting

ROLES = ("clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan", "handler.zhifa",
         "handler.jiwei", "head.jiwei", "auditor", "admin")  # fmt: skip
WORDS = ("漏水", "漏", "吊顶 物业", "城市管理办", "LED", "led", "led 漏水", "没有这个词")


@pytest.fixture
def street(cast: Cast) -> Cast:
    for state in ("registered", "dispatched", "in_hand", "closed"):
        advance(cast, cast["clerk1"].opens(), state)
    advance(cast, cast["clerk2"].opens("楼道LED灯不亮，天花板漏水。"), "signed", unit="zhifa")
    clerk = cast["clerk1"]
    hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[cast.units["zhifa"]])
    return cast


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("text", WORDS)
def test_every_way_of_searching_finds_the_same_in_the_same_order(
    street: Cast, monkeypatch: Any, who: str, text: str
) -> None:
    grants, found = street[who].grants, []
    for latest, within in ((1, -1), (1, 100), (100, -1), (3, 0)):
        monkeypatch.setattr(queries, "LATEST", latest)
        monkeypatch.setattr(queries, "WITHIN_REACH", within)
        found.append([case.pk for case in queries.search(grants, text)])
    read = [
        case.pk
        for case in queries.visible_to(grants).order_by("-received_at", "-id")
        if all(word.lower() in case.search_text.lower() for word in text.split())
    ]
    assert found == [read] * len(found)


@pytest.mark.parametrize("text", ["漏水", "漏"])
def test_a_short_page_holds_the_newest(street: Cast, monkeypatch: Any, text: str) -> None:
    grants = street["director"].grants
    whole = [case.pk for case in queries.search(grants, text)]
    for latest in (1, 3, 100):
        monkeypatch.setattr(queries, "LATEST", latest)
        assert [case.pk for case in queries.search(grants, text, size=2)] == whole[:2]


@pytest.mark.parametrize("who", ROLES)
def test_whatever_one_may_see_is_within_reach(street: Cast, who: str) -> None:
    grants = street[who].grants
    near = reach(grants)
    seen = queries.visible_to(grants)
    assert near is None or set(seen) == set(seen.filter(pk__in=near))


def test_a_count_is_exact_up_to_its_most_and_then_says_more(cast: Cast) -> None:
    for _n in range(4):
        cast["clerk1"].opens()
    rows, none = Case.objects.all(), Case.objects.none()
    assert counting.counts({"a": rows, "none": none}, most=4) == {"a": 4, "none": 0}
    assert counting.counts({"a": rows}, most=3) == {"a": 4}
    assert (counting.said(4, 4), counting.said(4, 3)) == ("4", "3+")
    assert (counting.said(999), counting.said(1000)) == ("999", "999+")


def test_counts_of_a_list_above_999_stop(cast: Cast, monkeypatch: Any) -> None:
    for _n in range(3):
        cast["clerk1"].opens()
    plain = counting.counts
    monkeypatch.setattr(counting, "counts", lambda wanted: plain(wanted, most=2))
    assert queries.counts(cast["clerk1"].grants)["mine"] == 3


def test_short_columns_and_tables_come_together(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    rows = Case.objects.order_by("pk")
    assert counting.columns({"titles": rows.values("title"), "none": rows.none().values("title")}) == {
        "titles": [case.title],
        "none": [],
    }
    assert counting.tables({"a": rows.values("pk", "number"), "none": rows.none().values("pk")}) == {
        "a": [{"pk": case.pk, "number": case.number}],
        "none": [],
    }
    assert counting.counts({}) == {}


def test_open_loads_are_what_rests_on_each(cast: Cast) -> None:
    advance(cast, cast["clerk1"].opens(), "in_hand")
    cast["clerk2"].opens()
    ids = [cast[who].user.pk for who in ("clerk1", "clerk2", "handler.chengguan", "head.chengguan")]
    resting = queries.open_loads(ids)
    assert {pk: resting.get(pk, 0) for pk in ids} == {pk: queries.open_matters_of(pk).count() for pk in ids}
