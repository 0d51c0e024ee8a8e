"""Which open matters of a place may be the same: by class, metres, time and words; whatever the order of typing."""

from __future__ import annotations

from datetime import timedelta
from math import cos, radians
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cast import Cast
from yimen.cases.actions.classes import load_classes
from yimen.cases.alikes import METRES, NEIGHBOURHOOD, SPOT, Report, like, likeness, metres, reported
from yimen.cases.classes import find
from yimen.cases.models import Case, EventClass

LNG, LAT = 102.41, 40.1


def away(right: float, up: float) -> dict[str, float]:
    """A point so many metres east and north of the first."""
    return {"lng": LNG + right / METRES / cos(radians(LAT)), "lat": LAT + up / METRES}


@given(st.floats(-300, 300), st.floats(-300, 300))
def test_metres_are_metres_and_the_same_both_ways(right, up):
    there = away(right, up)
    found = metres(LNG, LAT, there["lng"], there["lat"])
    assert found == pytest.approx((right**2 + up**2) ** 0.5, rel=1e-3, abs=1e-3)
    assert found == metres(there["lng"], there["lat"], LNG, LAT)
    assert metres(None, LAT, LNG, LAT) is None


@given(st.floats(0, 400), st.floats(0, 400), st.integers(0, 100), st.booleans(), st.booleans())
def test_further_away_is_never_more_alike(near, far, words, place, grid):
    near, far = sorted((near, far))
    more = likeness(near, words, same_place=place, same_grid=grid)
    assert more >= likeness(far, words, same_place=place, same_grid=grid)
    assert likeness(NEIGHBOURHOOD + 1, words, same_place=place, same_grid=grid) == 0
    assert likeness(SPOT, 0, same_place=False, same_grid=False) >= 50


pytestmark_db = pytest.mark.django_db


def lies(cast: Cast, text: str, key: str = "event:0102", at: Any = None, **more: Any) -> Case:
    """An open matter of a class at a place (its flow does not matter to the comparison)."""
    case = cast["clerk1"].opens(text, at=at)
    found = find(key)
    assert found is not None
    Case.objects.filter(pk=case.pk).update(event_class=found.row, **more)
    return Case.objects.select_related("event_class").get(pk=case.pk)


@pytest.fixture
def classes(cast: Cast) -> None:
    load_classes()


def ids(case: Case) -> list[int]:
    return [one.other_id for one in like(case)]


@pytestmark_db
def test_one_class_on_one_spot_is_offered_without_a_word_in_common(cast: Cast, classes: None) -> None:
    first = lies(cast, "垃圾桶满了，袋子堆到路边。", **away(0, 0))
    second = lies(cast, "这里又脏又臭，过路的人都绕开走。", **away(20, 20))
    assert ids(second) == [first.pk] and ids(first) == []


@pytestmark_db
def test_near_by_needs_words_and_further_away_is_another(cast: Cast, classes: None) -> None:
    first = lies(cast, "三号楼旁边垃圾桶满了没人清运，袋子堆到路边。", **away(0, 0))
    alike = lies(cast, "垃圾桶满了没人清运，堆到路边了。", **away(120, 0))
    other = lies(cast, "装修剩下的木板靠在墙根，好几天了。", **away(120, 10))
    far = lies(cast, "垃圾桶满了没人清运，堆到路边了。", **away(700, 0))
    assert ids(alike) == [first.pk]
    assert first.pk not in ids(other) and ids(far) == []


@pytestmark_db
def test_another_class_and_long_ago_are_not_offered(cast: Cast, classes: None) -> None:
    lies(cast, "垃圾桶满了。", "event:0104", **away(0, 0))
    lies(cast, "垃圾桶满了。", at=timezone.now() - timedelta(days=31), **away(0, 0))
    assert ids(lies(cast, "垃圾桶满了。", **away(0, 0))) == []


@pytestmark_db
def test_without_a_point_the_place_in_words_stands_for_it(cast: Cast, classes: None) -> None:
    first = lies(cast, "单元门口垃圾没人清运，味道很大。", place="永安小区6号楼")
    second = lies(cast, "垃圾没人清运，味道很大，请处理。", place="永安小区6号楼东侧", **away(0, 0))
    elsewhere = lies(cast, "垃圾没人清运。", place="槐安里2号楼")
    assert ids(second) == [first.pk] and ids(elsewhere) == []


@pytestmark_db
def test_before_it_is_kept_one_is_shown_only_what_one_may_see(cast: Cast, classes: None) -> None:
    first = lies(cast, "垃圾桶满了。", **away(0, 0))
    row = EventClass.objects.get(scheme="event", code="0102", valid_to=None)
    report = Report(row, "又满了", **away(10, 0))
    assert [one.other.pk for one in reported(cast["clerk2"].grants, report)] == [first.pk]
    assert reported(cast["handler.zhifa"].grants, report) == []
