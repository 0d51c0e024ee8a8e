"""Who answers: the rule by itself against a slow one, then posts, leaves and stand-ins in the database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from yimen.foundation.errors import Conflict, Invalid
from yimen.grids import actions, duty, queries, wording
from yimen.grids.answering import Absence, Person, Place, Post, Roster, Why, answer, loop
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import GridPost, Leave
from yimen.ledger.models import Entry

from .ground import ACTOR, DAY, SINCE, made, person, posts, street

TODAY = date(2026, 11, 23)  # a Monday
NOON = datetime(2026, 11, 23, 10, 0, tzinfo=timezone.get_fixed_timezone(480))
PLACES = {
    1: Place(1, Level.STREET, None, "街道"), 2: Place(2, Level.COMMUNITY, 1, "社区"), 3: Place(3, Level.GRID, 2, "网格"),
}  # fmt: skip


def someone(pk: int, active: bool = True) -> Person:
    return Person(pk, f"p{pk}", active)


def roster(away: dict[int, Person | None] | None = None, **by_role: Any) -> Roster:
    """worker3=[1] posts person 1 as worker of place 3."""
    found: dict[int, list[Post]] = {}
    for name, people in by_role.items():
        role, place = PostRole(name[:-1]), int(name[-1])
        for one in people:
            user = one if isinstance(one, Person) else someone(one)
            found.setdefault(place, []).append(Post(user, place, role))
    return Roster(found, away or {})


def names(found: Any) -> list[int]:
    return [one.user.pk for one in found]


def test_the_posted_answer_where_nobody_is_away() -> None:
    found = answer(3, PLACES, roster(worker3=[1, 2], lead3=[5]))
    assert names(found.workers) == [1, 2] and found.lead and found.lead.user.pk == 5
    assert found.first == found.workers[0] and found.above is None and found.reasons == ()


def test_a_stand_in_answers_and_a_chain_goes_on_to_its_end() -> None:
    found = answer(3, PLACES, roster({1: someone(7), 7: someone(8)}, worker3=[1]))
    assert names(found.workers) == [8] and found.workers[0].instead_of == ("p1", "p7")
    assert [reason.why for reason in found.reasons] == [Why.STAND_IN, Why.NO_LEAD]


def test_whoever_fills_two_posts_answers_once_and_in_their_own_name() -> None:
    found = answer(3, PLACES, roster({1: someone(2)}, worker3=[1, 2]))
    assert names(found.workers) == [2] and found.workers[0].instead_of == ()


def test_where_nobody_is_left_the_level_above_answers_and_then_the_next() -> None:
    nobody = {1: None}
    up = answer(3, PLACES, roster(nobody, worker3=[1], lead2=[4], lead1=[9]))
    assert up.workers == () and up.above and up.above.user.pk == 4 and up.above.place.pk == 2
    higher = answer(3, PLACES, roster({1: None, 4: None}, worker3=[1], lead2=[4], lead1=[9]))
    assert higher.above and higher.above.user.pk == 9
    assert Why.ABOVE in {reason.why for reason in higher.reasons}


def test_a_lead_alone_keeps_the_matter_at_the_grid() -> None:
    found = answer(3, PLACES, roster(lead3=[5], lead2=[4]))
    assert found.first == found.lead and found.above is None


def test_nobody_at_all_is_said() -> None:
    found = answer(3, PLACES, roster())
    assert found.first is None and found.reasons[-1].why == Why.NOBODY


def test_an_account_that_is_off_answers_for_nothing_unless_somebody_stands_in() -> None:
    gone = someone(1, active=False)
    assert answer(3, PLACES, roster(worker3=[gone])).reasons[0].why == Why.OFF
    assert names(answer(3, PLACES, roster({1: someone(2)}, worker3=[gone])).workers) == [2]


def test_a_community_is_answered_for_by_its_lead() -> None:
    found = answer(2, PLACES, roster(lead2=[4]))
    assert found.workers == () and found.first == found.lead and found.reasons == ()


# --- chains: the rule against days counted one by one

ABSENCES = st.builds(
    lambda user, other, start, length: Absence(
        user, None if other == user else other, TODAY + start * DAY, TODAY + (start + length) * DAY
    ),
    st.integers(0, 4), st.integers(0, 4), st.integers(0, 8), st.integers(0, 4),
)  # fmt: skip


def slowly(absences: list[Absence], new: Absence) -> bool:
    """Whether on some day the chain from `new` comes back to its person."""
    for offset in range((new.until - new.since).days + 1):
        day, here = new.since + offset * DAY, new.stand_in
        for _step in range(len(absences) + 1):
            if here == new.user:
                return True
            onward = [one for one in absences if one.user == here and one.since <= day <= one.until]
            here = onward[0].stand_in if onward else None
    return False


@given(st.lists(ABSENCES, max_size=12))
def test_a_loop_is_found_exactly_where_days_counted_one_by_one_find_it(drawn: list[Absence]) -> None:
    kept: list[Absence] = []
    for one in drawn:
        if any(other.user == one.user and other.meets(one) for other in kept):
            continue
        found = loop(kept, one)
        assert bool(found) == slowly(kept, one)
        if found:
            assert found[0] == found[-1] == one.user
        else:
            kept.append(one)


# --- rows


@pytest.fixture
def rows(db: None) -> Any:
    return street()


@pytest.mark.django_db
def test_the_answer_at_a_moment_follows_posts_and_leaves(rows: Any) -> None:
    top, community, (west, _east) = rows
    anna, ben, cara = person("anna"), person("ben"), person("cara")
    posts(anna, west)
    posts(cara, community, PostRole.LEAD)
    assert [one.user.name for one in queries.answering(west, NOON).workers] == ["ANNA"]
    actions.take_leave(ACTOR, anna, TODAY, TODAY + DAY, ben)
    assert [one.user.name for one in queries.answering(west, NOON).workers] == ["BEN"]
    actions.take_leave(ACTOR, ben, TODAY + DAY, TODAY + DAY)
    tomorrow = queries.answering(west, NOON + DAY)
    assert tomorrow.above and tomorrow.above.user.name == "CARA"
    assert "g1-1的ANNA不在岗" in "".join(wording.reasons(queries.answering(west, NOON)))
    assert queries.answering(west, NOON + 2 * DAY).first == queries.answering(west, NOON - DAY).first
    assert queries.answering(top, NOON).first is None


@pytest.mark.django_db
def test_many_grids_cost_as_many_questions_as_one(rows: Any, django_assert_num_queries: Any) -> None:
    _top, community, grids = rows
    posts(person("anna"), grids[0])
    queries.answering(grids[0], NOON)
    with django_assert_num_queries(4):  # the map's revision, the calendar's, posts, leaves
        queries.answering_all([community, *grids], NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "open_"), [(7, False), (8, True), (11, True), (12, False), (14, True), (17, True), (18, False)]
)
def test_outside_business_hours_the_duty_is_asked(rows: Any, hour: int, open_: bool) -> None:
    west = rows[2][0]
    posts(person("anna"), west)
    at = NOON.replace(hour=hour)
    with patch.object(duty, "on_duty", return_value=None) as asked:
        found = queries.answering(west, at)
    assert asked.called != open_
    assert (Why.NO_DUTY in {reason.why for reason in found.reasons}) != open_
    assert found.first and found.first.user.name == "ANNA"


@pytest.mark.django_db
def test_on_a_day_off_the_person_on_duty_comes_first_and_the_sentence_names_them(rows: Any) -> None:
    class Shift:
        person, phone = "值班的人", "0931-000 0110"

    with patch.object(duty, "on_duty", return_value=Shift()):
        found = queries.answering(rows[2][0], NOON - DAY)  # a Sunday
    assert found.on_duty.person == "值班的人"
    assert "值班的人" in wording.reasons(found)[0]


@pytest.mark.django_db
def test_every_level_has_a_lead_and_only_grids_have_workers(rows: Any) -> None:
    top, community, (west, _east) = rows
    special = made(Level.SPECIALIST, 1, 90, community, name="消防专属")
    leads = [person(f"lead{n}") for n in range(4)]
    for user, grid in zip(leads, (top, community, west, special), strict=True):
        posts(user, grid, PostRole.LEAD)
        assert queries.answering(grid, NOON).lead.user.pk == user.pk  # type: ignore[union-attr]
    with pytest.raises(Invalid) as refused:
        posts(person("w"), community)
    assert "role" in refused.value.fields


@pytest.mark.django_db
def test_one_person_has_one_post_of_a_kind_at_a_time_and_a_grid_one_lead(rows: Any) -> None:
    west = rows[2][0]
    anna, ben = person("anna"), person("ben")
    posts(anna, west, PostRole.LEAD)
    with pytest.raises(Invalid) as twice:
        posts(anna, west, PostRole.LEAD, SINCE + DAY)
    with pytest.raises(Invalid) as second:
        posts(ben, west, PostRole.LEAD, SINCE + DAY)
    assert "person" in twice.value.fields and "ANNA" in second.value.fields["role"]
    actions.end_post(ACTOR, GridPost.objects.get(user=anna).pk, SINCE + 9 * DAY)
    posts(ben, west, PostRole.LEAD, SINCE + 10 * DAY)
    posts(anna, west)


@pytest.mark.django_db
def test_a_post_outside_the_life_of_its_grid_or_of_an_account_that_is_off_is_refused(rows: Any) -> None:
    west = rows[2][0]
    for user, since, field in (
        (person("a"), SINCE - DAY, "since"),
        (person("b", active=False), SINCE, "person"),
    ):
        with pytest.raises(Invalid) as refused:
            posts(user, west, since=since)
        assert set(refused.value.fields) == {field}
    with pytest.raises(Invalid):
        actions.post(ACTOR, person("c"), west, PostRole.WORKER, SINCE, SINCE - DAY)


@pytest.mark.django_db
def test_a_post_ends_once_and_one_that_never_began_is_taken_out(rows: Any) -> None:
    west, today = rows[2][0], timezone.localdate()
    row = posts(person("a"), west)
    actions.end_post(ACTOR, row.pk, today)
    with pytest.raises(Conflict):
        actions.end_post(ACTOR, row.pk, today + DAY)
    ahead = posts(person("b"), west, since=today + 9 * DAY)
    actions.end_post(ACTOR, ahead.pk, today)
    assert not GridPost.objects.filter(pk=ahead.pk).exists()
    assert Entry.objects.filter(kind="grids.post_ended").count() == 2


@pytest.mark.django_db
def test_leave_is_refused_twice_a_day_in_a_loop_and_for_oneself(rows: Any) -> None:
    a, b, c = person("a"), person("b"), person("c")
    actions.take_leave(ACTOR, a, TODAY, TODAY + 5 * DAY, b)
    actions.take_leave(ACTOR, b, TODAY + 2 * DAY, TODAY + 3 * DAY, c)
    for user, since, until, stand_in, field in (
        (a, TODAY + 5 * DAY, TODAY + 6 * DAY, None, "since"), (c, TODAY + 3 * DAY, TODAY + 4 * DAY, a, "stand_in"),
        (c, TODAY, TODAY, c, "stand_in"), (c, TODAY, TODAY - DAY, None, "until"),
        (c, TODAY, TODAY, person("off", active=False), "stand_in"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.take_leave(ACTOR, user, since, until, stand_in)
        assert set(refused.value.fields) == {field}
    actions.take_leave(ACTOR, c, TODAY + 4 * DAY, TODAY + 4 * DAY, a)
    assert Leave.objects.count() == 3


@pytest.mark.django_db
def test_back_earlier_shortens_and_before_it_began_takes_it_out(rows: Any) -> None:
    a = person("a")
    row = actions.take_leave(ACTOR, a, TODAY, TODAY + 5 * DAY)
    assert actions.end_leave(ACTOR, row.pk, TODAY + DAY).until == TODAY + DAY
    with pytest.raises(Conflict):
        actions.end_leave(ACTOR, row.pk, TODAY + 2 * DAY)
    actions.end_leave(ACTOR, row.pk, TODAY - DAY)
    assert not Leave.objects.exists()
    assert Entry.objects.filter(kind__startswith="grids.leave").count() == 3


def test_business_hours_are_told_in_the_offices_own_time(db: None) -> None:
    assert queries.in_business_hours(datetime(2026, 11, 23, 1, 0, tzinfo=timezone.get_fixed_timezone(0)))
    assert not queries.in_business_hours(datetime(2026, 11, 23, 13, 0, tzinfo=timezone.get_fixed_timezone(0)))
    assert not queries.in_business_hours(NOON - timedelta(days=1))
