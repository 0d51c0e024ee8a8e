"""Two merges at once: into each other, or one into what is being merged away. Never a chain, never a dead wait."""

from __future__ import annotations

from typing import Any

import pytest
from tests.races.racing import at_once

from cast import Cast
from yimen.cases.actions.joint import merge, split
from yimen.cases.models import Case, Merge


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_nothing_is_merged_before_the_races() -> None:
    assert not Merge.objects.exists()


def _into(cast: Cast, who: str, case: Case, main: Case) -> Any:
    person = cast[who]
    return lambda: merge(person.actor, person.grants, case.uuid, main=main.number)


@pytest.mark.parametrize("turn", range(5))
def test_two_merges_into_each_other_make_one(stage: Cast, django_db_blocker: Any, turn: int) -> None:
    with django_db_blocker.unblock():
        one, two = stage["clerk1"].opens(), stage["clerk1"].opens()
        results = at_once(_into(stage, "clerk1", one, two), _into(stage, "clerk2", two, one))
        assert sum(isinstance(result, Case) for result in results) == 1, results
        assert Merge.objects.filter(case__in=[one.pk, two.pk]).count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_no_chain_grows_between_two_clerks(stage: Cast, django_db_blocker: Any, turn: int) -> None:
    with django_db_blocker.unblock():
        first, middle, last = (stage["clerk1"].opens() for _one in range(3))
        at_once(_into(stage, "clerk1", first, middle), _into(stage, "clerk2", middle, last))
        mains = set(Merge.objects.values_list("main", flat=True))
        assert not Merge.objects.filter(case__in=mains).exists()


def test_a_form_sent_twice_splits_once(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case, clerk = stage["clerk1"].opens(), stage["clerk1"]
        before = Case.objects.count()
        act = lambda: split(  # noqa: E731
            clerk.actor, clerk.grants, case.uuid, text="楼道堆物", category="safety", version=case.version
        )
        at_once(act, act)
        assert Case.objects.count() == before + 1
