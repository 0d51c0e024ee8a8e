"""The same creation sent from eight connections at once makes one matter: one number, one entry, one job."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests.races.racing import at_once

from cast import LEAK, Cast
from yimen.accounts import actions as accounts
from yimen.accounts import tokens
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict
from yimen.ledger.models import Entry

EIGHT = 8


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_there_is_nothing_before_the_races() -> None:
    assert not Case.objects.exists()


def jobs_of(case: Case) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'case' = %s", [str(case.pk)])
        return int(cursor.fetchone()[0])


def only_one(key: Any) -> Case:
    case = Case.objects.get(client_key=key)
    assert Entry.objects.filter(subject="case", subject_id=case.pk, kind="case.opened").count() == 1
    assert jobs_of(case) == 1
    return case


@pytest.mark.parametrize("turn", range(3))
def test_the_action_makes_one_matter_of_eight(stage: Cast, django_db_blocker: Any, turn: int) -> None:
    with django_db_blocker.unblock():
        key, clerk = uuid4(), stage["clerk1"]
        form = Registration(text=LEAK, category="neighbour", client_key=key)
        found = at_once(*[partial(open_case, clerk.actor, clerk.grants, form)] * EIGHT)
        assert {getattr(one, "pk", one) for one in found} == {only_one(key).pk}


def test_other_words_under_the_same_key_are_a_conflict_for_all_but_one(
    stage: Cast, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        key, clerk = uuid4(), stage["clerk1"]
        forms = [Registration(text=f"{LEAK}{n}", category="neighbour", client_key=key) for n in range(EIGHT)]
        found = at_once(*[partial(open_case, clerk.actor, clerk.grants, form) for form in forms])
        assert sum(isinstance(one, Conflict) for one in found) == EIGHT - 1, found
        only_one(key)


@pytest.fixture(scope="module")
def token(stage: Cast, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock():
        user = stage["clerk1"].user
        row = accounts.issue(
            Actor(None, "operator", "cli"), user, "race", list(tokens.SCOPES), 1, per_minute=0
        )
        return str(accounts.collect(Actor(None, "operator", "cli"), row.pk, user.pk)[1])


@pytest.mark.parametrize("turn", range(3))
def test_the_machines_door_makes_one_matter_of_eight(
    stage: Cast, token: str, django_db_blocker: Any, turn: int
) -> None:
    with django_db_blocker.unblock():
        key = uuid4()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(key)}

        def send() -> tuple[int, str]:
            answer = Client(headers=headers).post(
                "/api/v1/cases", {"text": LEAK, "category": "neighbour"}, content_type="application/json"
            )
            return answer.status_code, answer.json().get("id")

        assert set(at_once(*[send] * EIGHT)) == {(201, str(only_one(key).uuid))}
