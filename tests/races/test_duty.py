"""The roster under two hands at once: the same days filled twice, one place swapped away twice, one need raised twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from tests.grids.duty_ground import planned, staffed
from tests.grids.ground import street
from tests.races.racing import at_once

from cast import Cast, play
from yimen.cases.models import Case
from yimen.foundation.errors import YimenError
from yimen.grids import duty
from yimen.grids.actions import calls, premises, roster, swaps
from yimen.grids.models import DutyHandover, DutyShift, DutySwap
from yimen.intake.actions.places import raise_need

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        yield staffed(play())
        call_command("flush", interactive=False, verbosity=0)


def _refused(got: list[object]) -> int:
    return sum(isinstance(one, YimenError) for one in got)


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_the_stage_stands() -> None:
    assert not DutyShift.objects.exists()


def test_the_same_days_filled_twice_at_once_are_filled_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        director, first = stage["director"], timezone.localdate() + DAY
        for part in range(3):
            days = [first + DAY * (part * 10 + n) for n in range(5)]
            deeds = [
                partial(
                    roster.fill, director.actor, director.grants, [planned(stage, day, who) for day in days]
                )
                for who in ("clerk1", "clerk2")
            ]
            assert _refused(at_once(*deeds)) == 1
            people = DutyShift.objects.filter(day__in=days).values_list("person", flat=True)
            assert len(people) == 5 and len(set(people)) == 1


def test_one_swap_approved_by_two_at_once_changes_places_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        director, leader, first = stage["director"], stage["leader1"], timezone.localdate() + 60 * DAY
        roster.fill(
            director.actor, director.grants, [planned(stage, first + DAY * n, who, leader="director") for n, who in enumerate(("clerk1", "clerk2"))]
        )  # fmt: skip
        mine, theirs = duty.shifts(first, first + DAY)
        clerk, other = stage["clerk1"], stage["clerk2"]
        row = swaps.ask_swap(clerk.actor, clerk.grants, mine.pk, other.user.pk, theirs.pk)
        swaps.agree(other.actor, other.grants, row.pk)
        got = at_once(*(partial(swaps.approve, who.actor, who.grants, row.pk) for who in (director, leader)))
        assert _refused(got) == 1
        assert [one.person for one in duty.shifts(first, first + DAY)] == [other.user, clerk.user]
        assert DutySwap.objects.get(pk=row.pk).state == "approved"


def test_a_hand_over_is_taken_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        director, first = stage["director"], timezone.localdate() + 80 * DAY
        rows = [planned(stage, first, "clerk1"), planned(stage, first + DAY, "clerk2", "clerk3")]
        roster.fill(director.actor, director.grants, rows)
        row, clerk = duty.shifts(first, first)[0], stage["clerk1"]
        calls.give(clerk.actor, clerk.grants, row.pk, "无", "", at=row.ends_at)
        deeds = (
            partial(calls.take, stage[who].actor, stage[who].grants, row.pk, at=row.ends_at)
            for who in ("clerk2", "clerk3")
        )
        assert _refused(at_once(*deeds)) == 1
        assert DutyHandover.objects.get(shift=row).taken_by_id is not None


def test_a_need_tapped_twice_at_once_is_one_matter(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        grid, clerk = street(1)[2][0], stage["clerk1"]
        said = premises.Described("惠民超市", "shop", "永安路 12 号", grid)
        place = premises.add_premise(clerk.actor, clerk.grants, said)
        for _round in range(3):
            need, before = (
                premises.need(clerk.actor, clerk.grants, place.uuid, "路灯不亮"),
                Case.objects.count(),
            )
            people = (stage["clerk1"], stage["clerk2"])
            got = at_once(*(partial(raise_need, who.actor, who.grants, need.pk) for who in people))
            assert _refused(got) == 1 and Case.objects.count() == before + 1
