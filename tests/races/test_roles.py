"""Two grants at once: nobody ends up with two of the three administrators' roles, nor with one of them beside work."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests.races.racing import at_once

from cast import Cast
from yimen.access import actions as access
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.foundation.actor import Actor

OPERATOR = Actor(None, "operator", "cli")


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_nobody_is_called_both_before_the_races() -> None:
    assert not User.objects.filter(sign_in__startswith="both").exists()


@pytest.mark.parametrize("second", [Role.SECURITY, Role.AUDITOR, Role.CLERK])
def test_of_two_roles_that_exclude_each_other_one_is_given(
    stage: Cast, django_db_blocker: Any, second: Role
) -> None:
    with django_db_blocker.unblock():
        user = User.objects.create(sign_in=f"both-{second}", name="两样", password="!")

        def give(role: Role) -> Any:
            return lambda: access.grant(OPERATOR, user, role, stage.units["centre"], timezone.localdate())

        results = at_once(give(Role.ADMIN), give(second))
        assert sum(isinstance(result, RoleGrant) for result in results) == 1, results
        assert RoleGrant.objects.filter(user=user).count() == 1
