"""Two people at the same moment: the database itself lets no loop of stand-ins and no second lead through."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.races.racing import at_once

from yimen.foundation.errors import Invalid
from yimen.grids import actions
from yimen.grids.kinds import PostRole
from yimen.grids.models import GridPost, Leave

from .ground import ACTOR, DAY, SINCE, person, street

TODAY = date(2026, 11, 23)


@pytest.mark.django_db(transaction=True)
def test_three_stand_ins_planned_at_once_never_close_a_loop() -> None:
    people = [person(name) for name in "abc"]
    for _round in range(5):
        Leave.objects.all().delete()
        pairs = zip(people, [*people[1:], people[0]], strict=True)
        told = at_once(*[lambda a=a, b=b: actions.take_leave(ACTOR, a, TODAY, TODAY, b) for a, b in pairs])
        assert sum(isinstance(one, Invalid) for one in told) == 1
        assert Leave.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_leads_named_at_once_are_one() -> None:
    _top, _community, (west, east) = street()
    for n, grid in enumerate((west, east)):
        both = [person(f"a{n}"), person(f"b{n}")]
        told = at_once(*[lambda u=u, g=grid: actions.post(ACTOR, u, g, PostRole.LEAD, SINCE) for u in both])
        assert sum(isinstance(one, Invalid) for one in told) == 1
        assert GridPost.objects.filter(grid=grid).count() == 1


@pytest.mark.django_db
def test_rows_written_past_the_verb_are_held_by_the_table() -> None:
    a, b, c = (person(name) for name in "abc")
    Leave.objects.create(user=a, stand_in=b, since=TODAY, until=TODAY + 4 * DAY)
    Leave.objects.create(user=b, stand_in=c, since=TODAY + DAY, until=TODAY + 2 * DAY)
    for user, stand_in, since, until, rule in (
        (c, a, TODAY + 2 * DAY, TODAY + 9 * DAY, "leave_no_loop"), (a, None, TODAY + 4 * DAY, TODAY + 5 * DAY, "leave_once_a_day"),
        (c, c, TODAY, TODAY, "leave_no_loop"), (c, None, TODAY, TODAY - DAY, "leave_period"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Leave.objects.create(user=user, stand_in=stand_in, since=since, until=until)
        assert refused.value.__cause__.diag.constraint_name == rule  # type: ignore[union-attr]
    Leave.objects.create(user=c, stand_in=a, since=TODAY + 3 * DAY, until=TODAY + 4 * DAY)


@pytest.mark.django_db
def test_writers_past_the_verb_wait_for_each_other() -> None:
    """Two rows that only together make a loop: the second sees the first, whoever is quicker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'grids_leave_guard'")
        assert "pg_advisory_xact_lock" in cursor.fetchone()[0]
