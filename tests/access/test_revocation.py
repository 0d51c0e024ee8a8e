"""What is taken away holds at the next request: a role, a membership, a grant, an account, a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from yimen.access.models import RoleGrant
from yimen.accounts import actions
from yimen.accounts.models import StaffSession
from yimen.cases.models import SealedExclusion, SealedGrant
from yimen.foundation.actor import Actor

from .doors import ask, enter, undrawn
from .world import World, leaves


def path(world: World, relation: str) -> str:
    return f"/staff/cases/{world.matters[relation].uuid}/"


@pytest.mark.parametrize(
    ("who", "relation"), [("handler", "lead"), ("clerk", "fresh"), ("stand_in", "awaiting")]
)
def test_a_role_that_ends_opens_nothing_at_the_next_request(world: World, who: str, relation: str) -> None:
    client = enter(world, who)
    with undrawn():
        assert ask(client, "GET", path(world, relation)).status == 200
        leaves(world.people[who])
        assert ask(client, "GET", path(world, relation)).status == 404
        assert ask(client, "GET", "/staff/registers/visits.xlsx").status == 403


def test_a_unit_whose_part_was_ended_sees_nothing_at_the_next_request(world: World) -> None:
    client, cast = enter(world, "handler"), world.cast
    with undrawn():
        assert ask(client, "GET", path(world, "asked_back")).status == 200
        cast["clerk1"].does(world.matters["asked_back"], "agree_return")
        assert ask(client, "GET", path(world, "asked_back")).status == 404


def test_a_sealed_matter_closes_with_its_grant_and_at_being_named(world: World) -> None:
    client, sealed = enter(world, "handler"), world.matters["sealed_granted"]
    with undrawn():
        assert ask(client, "GET", path(world, "sealed_granted")).status == 200
        SealedExclusion.objects.create(case=sealed, user=world.people["handler"].user)
        assert ask(client, "GET", path(world, "sealed_granted")).status == 404
        SealedExclusion.objects.filter(case=sealed).delete()
        SealedGrant.objects.filter(case=sealed, user=world.people["handler"].user).delete()
        assert ask(client, "GET", path(world, "sealed_granted")).status == 404


def test_an_account_that_is_switched_off_is_out_at_the_next_request(world: World) -> None:
    client, user = enter(world, "clerk"), world.people["clerk"].user
    with undrawn():
        assert ask(client, "GET", "/staff/").status == 200
        type(user).objects.filter(pk=user.pk).update(is_active=False)
        assert ask(client, "GET", "/staff/").denied


def test_a_session_that_an_administrator_ends_is_over_at_the_next_request(world: World) -> None:
    client = enter(world, "clerk")
    client.get("/staff/work/mine/")
    row = StaffSession.objects.get(user=world.people["clerk"].user)
    security = world.people["security"]
    actions.end(Actor(security.user.pk, security.user.name), row, "administrator")
    assert not Session.objects.filter(session_key=row.session_key).exists()
    assert ask(client, "GET", "/staff/work/mine/").denied


def test_a_stand_in_acts_until_the_last_day_and_not_a_day_longer(world: World) -> None:
    client = enter(world, "stand_in")
    today = timezone.localdate()
    with undrawn():
        RoleGrant.objects.filter(user=world.people["stand_in"].user).update(until=today)
        assert ask(client, "GET", path(world, "awaiting")).status == 200
        RoleGrant.objects.filter(user=world.people["stand_in"].user).update(until=today - timedelta(days=1))
        assert ask(client, "GET", path(world, "awaiting")).status == 404
