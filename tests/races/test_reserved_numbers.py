"""One number on one paper: two clerks who type it in at once, and a batch asked for twice at once."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.races.racing import at_once

from cast import Cast
from yimen.cases.actions import numbers
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case, ReservedNumber


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_a_number_is_read_in_its_full_form_however_it_was_typed() -> None:
    for typed in (
        "永〔2026〕00012",
        "永(2026)12",
        "2026 12",
        "http://x/?reserved=%E6%B0%B8%E3%80%942026%E3%80%9500012",
    ):
        assert numbers.read(typed) == "永〔2026〕00012"


def test_two_clerks_with_the_same_paper_make_one_matter(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        clerk = stage["clerk1"]
        for _round in range(4):
            row = numbers.reserve(clerk.actor, clerk.grants, uuid4(), 1)[0]
            form = Registration(
                text="漏水", category="neighbour", reserved_number=row.number, received_at=timezone.now()
            )
            people = (stage["clerk1"], stage["clerk2"])
            got = at_once(*(partial(open_case, who.actor, who.grants, form) for who in people))
            assert sorted(isinstance(one, Case) for one in got) == [False, True]
            row.refresh_from_db()
            assert row.case is not None and row.case.number == row.number


def test_a_batch_asked_for_twice_at_once_is_reserved_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        clerk, batch = stage["clerk1"], uuid4()
        at_once(*[partial(numbers.reserve, clerk.actor, clerk.grants, batch, 3)] * 3)
        assert ReservedNumber.objects.filter(batch=batch).count() == 3
