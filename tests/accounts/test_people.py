"""Accounts, the demo's accounts, one-time links."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from yimen.access.registry import grants_of
from yimen.access.roles import Role
from yimen.accounts import actions, queries
from yimen.accounts.models import Invitation, MfaReset, User
from yimen.cli import admin
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry
from yimen.organisations.models import Office, Unit

pytestmark = pytest.mark.django_db
OPERATOR = Actor(None, "operator", "cli")
GOOD = "水桶在门后第三格"


def test_a_sign_in_name_is_taken_once_in_any_case() -> None:
    actions.create_user(OPERATOR, "chen", "陈洁")
    with pytest.raises(Invalid) as caught:
        actions.create_user(OPERATOR, "CHEN", "别人")
    assert "sign_in" in caught.value.fields


def test_a_bad_password_makes_no_account() -> None:
    with pytest.raises(Invalid) as caught:
        actions.create_user(OPERATOR, "chen", "陈洁", "a123456789")
    assert "password" in caught.value.fields and not User.objects.exists()


def test_names_are_asked_for() -> None:
    with pytest.raises(Invalid) as caught:
        actions.create_user(OPERATOR, " ", "")
    assert {"sign_in", "name"} <= set(caught.value.fields)


def test_the_password_never_reaches_the_ledger() -> None:
    actions.create_user(OPERATOR, "chen", "陈洁", GOOD)
    assert GOOD not in str(list(Entry.objects.values()))


def test_nobody_switches_themselves_off() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    with pytest.raises(Refused):
        actions.set_active(Actor(user.pk), user.pk, False)


def test_demo_accounts_are_made_only_in_a_demo_home(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Refused):
        actions.create_demo_users([("clerk1", "张敏")])
    assert not User.objects.exists()


def test_demo_accounts_share_one_hash_and_are_made_once(settings: Any, monkeypatch: Any) -> None:
    settings.DEMO = True
    hashed: list[str] = []
    real = actions.people.make_password
    monkeypatch.setattr(actions.people, "make_password", lambda text: hashed.append(text) or real(text))
    rows = [(f"worker{n:03d}", f"网格员{n}") for n in range(60)]
    made = actions.create_demo_users(rows)
    again = actions.create_demo_users([*rows, ("clerk1", "张敏")])
    assert len(made) == 60 and len(again) == 61 and User.objects.filter(demo=True).count() == 61
    assert len(hashed) == 2 and len({user.password for user in made.values()}) == 1
    assert check_password("yimen-demo", made["worker000"].password)


def test_demo_accounts_stand_in_the_ledger(settings: Any) -> None:
    settings.DEMO = True
    actions.create_demo_users([("clerk1", "张敏"), ("clerk2", "李强")])
    assert Entry.objects.filter(kind="accounts.created", payload__demo=True).count() == 2


def test_a_link_works_once() -> None:
    user = actions.create_user(OPERATOR, "chen", "chen")
    token = actions.invite(OPERATOR, user)
    actions.redeem(token, "陈洁", GOOD)
    user.refresh_from_db()
    assert user.name == "陈洁" and user.check_password(GOOD)
    with pytest.raises(Missing):
        actions.redeem(token, "别人", "另一个好密码呀呀")


def test_a_link_holds_a_day() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    token = actions.invite(OPERATOR, user)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert queries.invitation(token) is None
        with pytest.raises(Missing):
            actions.redeem(token, "陈洁", GOOD)


def test_a_new_link_ends_the_old_one() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    old, new = actions.invite(OPERATOR, user), actions.invite(OPERATOR, user)
    assert queries.invitation(old) is None and queries.invitation(new) is not None


def test_a_link_is_kept_only_as_its_hash() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    token = actions.invite(OPERATOR, user)
    assert len(token) >= 43
    assert token not in str(list(Invitation.objects.values())) + str(list(Entry.objects.values()))


def test_a_bad_password_does_not_spend_the_link() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    token = actions.invite(OPERATOR, user)
    with pytest.raises(Invalid):
        actions.redeem(token, "陈洁", "a123456789")
    assert queries.invitation(token) is not None


def test_a_link_of_a_switched_off_account_does_not_hold() -> None:
    user = actions.create_user(OPERATOR, "chen", "陈洁")
    token = actions.invite(OPERATOR, user)
    actions.set_active(OPERATOR, user.pk, False)
    assert queries.invitation(token) is None


def test_the_first_administrator_gets_a_centre_a_role_and_a_link(capsys: Any) -> None:
    assert (
        admin.run(
            argparse.Namespace(
                name="wang", address="https://yimen.example/", lost_second_factor=False, role="admin"
            )
        )
        == 0
    )
    said = capsys.readouterr().out
    token = said.split("https://yimen.example/staff/invitation/")[1].split("/")[0]
    user = User.objects.get(sign_in="wang")
    assert queries.invitation(token).user == user  # type: ignore[union-attr]
    assert grants_of(Actor(user.pk)).has(Role.ADMIN)
    assert Unit.objects.get().kind == "centre" and Office.objects.exists()


def test_inviting_again_keeps_account_role_and_centre_single() -> None:
    first, fresh = admin.make("wang")
    second, again = admin.make("Wang")
    assert (fresh, again) == (True, False) and first != second
    assert User.objects.count() == Unit.objects.count() == Office.objects.count() == 1
    assert Entry.objects.filter(kind="access.granted").count() == 1


def test_inviting_switches_a_lost_administrator_on_again() -> None:
    admin.make("wang")
    actions.set_active(OPERATOR, User.objects.get().pk, False)
    token, _fresh = admin.make("wang")
    assert queries.invitation(token) is not None


def _reset_row(user: User, asked: User, confirmed: User | None) -> MfaReset:
    now = timezone.now()
    return MfaReset(
        user=user, asked_by=asked, reason="x", asked_at=now, confirmed_by=confirmed, confirmed_at=now if confirmed else None
    )  # fmt: skip


@pytest.mark.parametrize("who", [(0, 0, None), (0, 1, 1), (0, 1, 0)])
def test_the_database_itself_wants_three_people(who: tuple[int, int, int | None]) -> None:
    people = [actions.create_user(OPERATOR, f"p{n}", f"人{n}") for n in range(3)]
    user, asked, confirmed = (people[n] if n is not None else None for n in who)
    with pytest.raises(IntegrityError, match="mfa_reset_three_people"), transaction.atomic():
        _reset_row(user, asked, confirmed).save()  # type: ignore[arg-type]
    _reset_row(people[0], people[1], people[2]).save()


def test_a_reset_needs_a_reason_and_something_to_take_away() -> None:
    asker, user = (actions.create_user(OPERATOR, name, name) for name in ("asker", "user"))
    for reason in ("  ", "手机丢了"):
        with pytest.raises(Invalid):
            actions.ask_reset(Actor(asker.pk), user.pk, reason)


def test_the_system_itself_cannot_ask_or_confirm() -> None:
    user = actions.create_user(OPERATOR, "user", "某人")
    with pytest.raises(Refused):
        actions.ask_reset(OPERATOR, user.pk, "手机丢了")
    row = MfaReset.objects.create(
        user=user, asked_by=actions.create_user(OPERATOR, "a", "甲"), reason="x", asked_at=timezone.now()
    )
    with pytest.raises(Refused):
        actions.confirm_reset(OPERATOR, row.pk)
    actions.withdraw_reset(OPERATOR, row.pk)
    with pytest.raises(Conflict):
        actions.withdraw_reset(OPERATOR, row.pk)
    with pytest.raises(Missing):
        actions.withdraw_reset(OPERATOR, 0)
