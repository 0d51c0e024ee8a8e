"""Two people save contradicting rules at the same moment: one is kept, the other reads which."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.races.racing import at_once

from cast import Cast
from yimen.cases import routes, routing
from yimen.cases.actions import routing as keeping
from yimen.cases.actions.classes import load_classes
from yimen.cases.models import RoutingRule
from yimen.foundation.errors import Invalid


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_there_are_no_rules_before_the_races() -> None:
    assert not RoutingRule.objects.exists()


@pytest.mark.parametrize("ahead", [0, 3])
def test_of_two_contradicting_rules_one_is_kept(stage: Cast, django_db_blocker: Any, ahead: int) -> None:
    with django_db_blocker.unblock():
        load_classes()
        director, today = stage["director"], timezone.localdate()
        grants, actor = director.grants, director.actor

        def saves(unit: str, since: int) -> Any:
            row = RoutingRule(
                subject="event:0102", unit=stage.units[unit], valid_from=today + timedelta(days=since)
            )
            return lambda: keeping.add_rule(actor, grants, row)

        try:
            made = at_once(saves("zhifa", 0), saves("chengguan", ahead))
            assert sorted(isinstance(one, Invalid) for one in made) == [False, True], made
            assert RoutingRule.objects.count() == 1
            assert routing.conflicts(routes.rules_on(today + timedelta(days=ahead))) == []
        finally:
            RoutingRule.objects.all().delete()
