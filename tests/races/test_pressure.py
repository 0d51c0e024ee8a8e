"""Pressure on two real connections: numbers without a gap, one request, one reminder."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from tests.races.racing import at_once

from cast import Cast, advance
from yimen.cases.actions import extensions, limits, pressure, reminders, supervision
from yimen.cases.models import Case, Extension, Reminder, Supervision, Urge
from yimen.ledger.models import Entry

DAY = timedelta(days=1)


def _case(cast: Cast, days: int = 4) -> Case:
    at = timezone.now() - days * DAY
    director = cast["director"]
    case = limits.screen(
        director.actor, director.grants, cast["clerk1"].opens(at=at).uuid, flow="service", at=at
    )
    return advance(cast, case, "in_hand", at=at)


def _urged(cast: Cast, case: Case) -> None:
    clerk, at = cast["clerk1"], timezone.now() - 3 * DAY
    reminders.remind(clerk.actor, clerk.grants, case.uuid, at=at)
    for each in range(3):
        pressure.urge(clerk.actor, clerk.grants, case.uuid, words="请办", at=at + each * DAY)


@pytest.mark.django_db
def test_the_test_database_is_there() -> None:
    """Asks for the database, which `stage` cannot do by itself."""


def test_numbers_of_orders_signed_at_once_have_no_gap(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        director, cases = stage["director"], [_case(stage) for _n in range(4)]
        for case in cases:
            _urged(stage, case)
        draft = supervision.Draft(words="限期办结", due_on=timezone.localdate() + DAY)
        sign = partial(supervision.supervise, director.actor, director.grants)
        signed = [partial(sign, case.uuid, draft) for case in cases]
        wrong = partial(sign, cases[1].uuid, replace(draft, instructed_by=0))
        results = at_once(*signed, partial(sign, cases[0].uuid, draft), wrong)
        assert sum(isinstance(each, Supervision) for each in results) == 4, results
        assert sorted(Supervision.objects.values_list("serial", flat=True)) == [1, 2, 3, 4]
        assert Entry.objects.filter(kind="case.supervised").count() == 4


def test_one_request_and_one_decision_win(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case, handler, head = _case(stage), stage["handler.chengguan"], stage["head.chengguan"]
        ask = partial(
            extensions.ask_extension, handler.actor, handler.grants, case.uuid, amount=2, reason="难"
        )
        assert sum(isinstance(each, Extension) for each in at_once(ask, ask)) == 1
        own = (head.actor, head.grants, case.uuid)
        yes = partial(extensions.approve_extension, *own, told_way="phone")
        no = partial(extensions.refuse_extension, *own, reason="够用")
        assert sum(isinstance(each, Extension) for each in at_once(yes, no)) == 1
        assert Extension.objects.filter(case=case).count() == 1


def test_two_workers_remind_once_and_two_clerks_urge_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case, clerk = _case(stage), stage["clerk1"]
        at = case.due_at - DAY
        at_once(partial(reminders.remind_due, at), partial(reminders.remind_due, at))
        assert Reminder.objects.filter(case=case).count() == 1
        assert Entry.objects.filter(kind="case.reminded", subject_id=case.pk).count() == 1
        urge = partial(pressure.urge, clerk.actor, clerk.grants, case.uuid, words="请办", at=at)
        assert sum(isinstance(each, Urge) for each in at_once(urge, urge)) == 1
