"""What the database itself refuses, whoever writes: no open matter without owner, clock and next step."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from cast import Cast, advance
from yimen.cases.actions import handover
from yimen.cases.models import Case, Clock
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.organisations.models import Membership


def refused(case: Case, **columns: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**columns)
        connection.check_constraints()


@pytest.mark.parametrize(
    "column",
    ["accountable_unit", "accountable_person", "holder_unit", "holder", "next_step", "clock", "due_at"],
)
def test_an_open_matter_cannot_lose(cast: Cast, column: str) -> None:
    refused(cast["clerk1"].opens(), **{column: None})


def test_a_closed_matter_may_be_without(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed")
    assert case.clock is None and case.next_step is None


def test_the_accountable_person_is_a_member_of_the_accountable_unit(cast: Cast) -> None:
    refused(cast["clerk1"].opens(), accountable_person=cast["handler.zhifa"].user)


def test_the_holder_is_a_member_of_the_holding_unit(cast: Cast) -> None:
    refused(cast["clerk1"].opens(), holder=cast["handler.zhifa"].user)


def test_another_states_next_step_is_refused(cast: Cast) -> None:
    refused(cast["clerk1"].opens(), next_step="sign")


def test_an_unknown_state_is_refused(cast: Cast) -> None:
    refused(cast["clerk1"].opens(), state="lost")


def test_a_state_cannot_change_without_its_next_step(cast: Cast) -> None:
    refused(cast["clerk1"].opens(), state="signed")


def test_a_clock_of_another_matter_cannot_govern(cast: Cast) -> None:
    one, other = cast["clerk1"].opens(), cast["clerk1"].opens()
    refused(one, clock=other.clock)


def test_the_due_date_is_the_governing_clocks(cast: Cast) -> None:
    from django.utils import timezone

    refused(cast["clerk1"].opens(), due_at=timezone.now())


def test_the_governing_clock_cannot_be_stopped_under_an_open_matter(cast: Cast) -> None:
    from django.utils import timezone

    case = cast["clerk1"].opens()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.filter(pk=case.clock_id).update(running=None, stopped_at=timezone.now())
        connection.check_constraints()


@pytest.mark.parametrize("who", ["clerk1", "handler.chengguan"])
def test_nobody_leaves_open_matters_behind(cast: Cast, who: str) -> None:
    advance(cast, cast["clerk1"].opens(), "in_hand")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=cast[who].user).update(active=False)


def test_after_hand_over_the_person_may_leave(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    director = cast["director"]
    member = Membership.objects.get(user=cast["clerk1"].user)
    with pytest.raises(Conflict, match="1 件"):
        handover.end_membership(director.actor, director.grants, member)
    assert handover.hand_over(director.actor, director.grants, cast["clerk1"].user, cast["clerk2"].user) == 1
    handover.end_membership(director.actor, director.grants, member)
    case.refresh_from_db()
    assert case.accountable_person == case.holder == cast["clerk2"].user


def test_matters_are_handed_only_to_members_and_only_by_those_in_charge(cast: Cast) -> None:
    advance(cast, cast["clerk1"].opens(), "in_hand")
    director, head = cast["director"], cast["head.chengguan"]
    with pytest.raises(Invalid):
        handover.hand_over(director.actor, director.grants, cast["clerk1"].user, cast["handler.zhifa"].user)
    with pytest.raises(Refused):
        handover.hand_over(head.actor, head.grants, cast["clerk1"].user, cast["clerk2"].user)
    with pytest.raises(Refused):
        handover.hand_over(
            cast["clerk2"].actor, cast["clerk2"].grants, cast["clerk1"].user, cast["clerk2"].user
        )
    assert handover.hand_over(head.actor, head.grants, cast["handler.chengguan"].user, head.user) == 1


def test_two_lead_units_at_once_are_refused(cast: Cast) -> None:
    from yimen.cases.models import Assignment

    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    row = Assignment.objects.get(case=case)
    row.pk, row.unit = None, cast.units["zhifa"]
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
