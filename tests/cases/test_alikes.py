"""Which open matters may be the same as a new one; a person decides, and what was dismissed stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cast import LEAK, Cast, advance
from yimen.cases.actions import alikes as verbs
from yimen.cases.actions import desk
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.alikes import like, overlap, suggestions
from yimen.cases.jobs import alikes_of
from yimen.cases.models import Alike, Case
from yimen.foundation.errors import Missing, Refused
from yimen.ledger.models import Entry

pytestmark = pytest.mark.django_db
AGAIN = "楼上卫生间漏水，客厅吊顶泡塌了，找了物业三次都没有结果。"
OTHER = "小区门口路灯坏了半个月，晚上看不清台阶，老人摔了一跤。"


def _pair(cast: Cast) -> tuple[Case, Case]:
    first, second = cast["clerk1"].opens(LEAK), cast["clerk2"].opens(AGAIN)
    alikes_of(second.pk)
    return first, second


def _offered(cast: Cast, case: Case, who: str = "clerk2") -> list[str]:
    return [one.other.number for one in suggestions(cast[who].grants, case)]


def _jobs(case: Case) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE args->>'case' = %s AND task_name = 'cases.alikes'",
            [str(case.pk)],
        )
        return [status for (status,) in cursor.fetchall()]


def test_the_same_thing_told_twice_is_found_and_something_else_is_not(cast: Cast) -> None:
    first, second = _pair(cast)
    third = cast["clerk1"].opens(OTHER)
    alikes_of(third.pk)
    assert _offered(cast, second) == [first.number]
    assert _offered(cast, third) == [] == _offered(cast, first)


def test_every_registration_asks_for_the_job(cast: Cast) -> None:
    assert _jobs(cast["clerk1"].opens()) == ["todo"]


def test_one_place_needs_fewer_words_in_common(cast: Cast) -> None:
    near = {"place": "和平里 5 号楼 3 单元"}
    first = cast["clerk1"].opens("五号楼三单元电梯停了，老人下不了楼，物业说等配件。", **near)
    second = cast["clerk2"].opens("电梯停了两天，楼里有坐轮椅的，请催物业。", **near)
    elsewhere = cast["clerk2"].opens("电梯停了两天，楼里有坐轮椅的，请催物业。", place="东直门 1 号院")
    assert [one.other_id for one in like(second)] == [first.pk]
    assert first.pk not in [one.other_id for one in like(elsewhere)]


def test_only_open_matters_of_the_same_category_and_of_late_are_offered(cast: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=61)
    cast["clerk1"].opens(LEAK, at=long_ago)
    cast["clerk1"].opens(LEAK, category="safety")
    advance(cast, cast["clerk1"].opens(LEAK), "closed")
    assert like(cast["clerk2"].opens(AGAIN)) == []


def test_a_sealed_matter_is_in_no_suggestion(cast: Cast) -> None:
    clerk = cast["clerk1"]
    sealed = hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"])
    assert like(sealed) == []
    assert _jobs(sealed) == []


def test_who_may_not_see_the_other_is_not_told_of_it(cast: Cast) -> None:
    _first, second = _pair(cast)
    assert _offered(cast, second, "handler.zhifa") == []


def test_dismissed_stays_dismissed_and_stands_in_the_ledger(cast: Cast) -> None:
    first, second = _pair(cast)
    clerk = cast["clerk2"]
    verbs.dismiss(clerk.actor, clerk.grants, second.uuid, first.uuid)
    alikes_of(second.pk)
    assert _offered(cast, second) == []
    assert Alike.objects.get().dismissed_by_id == clerk.user.pk
    assert Entry.objects.filter(kind="case.alike_dismissed", subject_id=second.pk).count() == 1
    with pytest.raises(Missing):
        verbs.dismiss(clerk.actor, clerk.grants, second.uuid, first.uuid)


def test_only_the_desk_dismisses(cast: Cast) -> None:
    first, second = _pair(cast)
    with pytest.raises((Missing, Refused)):
        verbs.dismiss(cast["handler.zhifa"].actor, cast["handler.zhifa"].grants, second.uuid, first.uuid)
    assert Alike.objects.get().dismissed_at is None


def test_linked_or_dispatched_it_is_not_asked_again(cast: Cast) -> None:
    first, second = _pair(cast)
    desk.link(cast["clerk2"].actor, cast["clerk2"].grants, second.uuid, first.uuid)
    assert _offered(cast, second) == []
    first, second = _pair(cast)
    second = cast["clerk2"].does(second, "dispatch", unit="chengguan")
    assert _offered(cast, second) == []


def test_a_job_that_runs_twice_suggests_once(cast: Cast) -> None:
    _first, second = _pair(cast)
    alikes_of(second.pk)
    assert Alike.objects.count() == 1
    alikes_of(10**9)  # its matter is gone


def test_short_texts_say_too_little() -> None:
    assert overlap("漏水了", "漏水了") == 0
    assert overlap(LEAK, LEAK) == 100
    assert overlap(LEAK, OTHER) < 20
