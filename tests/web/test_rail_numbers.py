"""The rail's numbers are put into words once a day and person: at every moment they are what asking anew gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cast import Cast, Person, advance, play
from yimen.access.models import RoleGrant
from yimen.access.registry import Grants, grants_of
from yimen.access.roles import Role
from yimen.cases import queries
from yimen.cases.actions import reminders
from yimen.cases.models import Case, ReadUpTo
from yimen.foundation import counting
from yimen.foundation.actor import Actor
from yimen.web.staff import rail

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """A street with two matters of the first clerk's."""
    made = play()
    for _each in range(2):
        made["clerk1"].opens()
    return made


def anew(grants: Grants, mark: int | None) -> dict[str, int]:
    """What the same lists count, with the present itself in them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "NOW", timezone.now())
        return counting.counts(rail._counted(grants, mark))


def told(person: Person) -> dict[str, int]:
    grants = grants_of(Actor(person.user.pk, person.user.name, "web"))
    own = rail._own(grants, person.user.pk)
    found = rail._worded(grants, timezone.localdate(), own.mark is not None).ask(timezone.now(), own.mark)
    assert found == anew(grants, own.mark)
    return found


def test_the_numbers_follow_the_clock(cast: Cast) -> None:
    """Due in a month; then soon; then late: by the same words, whose present is put in each time."""
    at, seen = timezone.now(), []
    rail._worded.cache_clear()
    for days in (0, 30, 60, 90):
        with time_machine.travel(at + timedelta(days=days), tick=False):
            for name in ("clerk1", "director"):
                counts = told(cast.people[name])
            seen.append((counts["due-soon"], counts["overdue"]))
    assert seen[-1][1] > seen[0][1]


def test_within_a_day_nothing_is_put_into_words_twice(cast: Cast) -> None:
    rail._worded.cache_clear()
    for _once in range(3):
        told(cast.people["clerk1"])
    assert rail._worded.cache_info().misses == 1


def test_another_right_and_another_mark_are_other_words(cast: Cast) -> None:
    person = cast.people["clerk1"]
    before = told(person)
    assert "screening" not in before
    RoleGrant.objects.create(
        user=person.user, role=Role.DIRECTOR, unit=person.unit, since=timezone.localdate()
    )
    assert "screening" in told(person)
    ReadUpTo.objects.create(user=person.user, seq=10**9, at=timezone.now())
    assert told(person)["news"] == 0


def test_every_number_is_how_long_its_list_is(cast: Cast) -> None:
    """Also where a list is made of two: a unit leads one matter, holds another and has a third in both ways."""
    clerk, handler, head = cast["clerk1"], cast["handler.chengguan"], cast["head.chengguan"]
    second = cast.joins("second", "经办二", "chengguan", Role.HANDLER)
    led, held, both = (advance(cast, clerk.opens(), state) for state in ("dispatched", "accepted", "signed"))
    Case.objects.filter(pk=led.pk).update(
        holder_unit=clerk.unit, holder=clerk.user, accountable_unit=clerk.unit
    )
    Case.objects.filter(pk=held.pk).update(lead_unit=cast.units["zhifa"])
    handler.does(both, "assign", handler=str(second.user.pk))
    due = Case.objects.filter(open=True).latest("due_at").due_at
    assert due is not None
    for at in (timezone.now(), due - timedelta(hours=1), due + timedelta(days=1)):
        with time_machine.travel(at, tick=False):
            reminders.remind_due()
            for name in (*cast.people, "second"):
                told(cast[name])
                grants = cast[name].grants
                counts = queries.counts(grants)
                assert counts == {each: queries.worklist(grants, each).count() for each in counts}, (name, at)
    assert queries.counts(head.grants)["unit"] == 3
    assert queries.counts(handler.grants)["reminded"] == 3, "one held, two as the unit's liaison"
