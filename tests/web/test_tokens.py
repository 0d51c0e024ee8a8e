"""Tokens on the pages: one's own after signing in once more; everybody's for the security administrator."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast
from yimen.access.roles import Role
from yimen.access.tokens import knock
from yimen.accounts import actions, tokens
from yimen.accounts.models import Token
from yimen.ledger.models import Entry

from .auth_ground import PASSWORD, add_app, code

OWN, NEW = "/staff/security/tokens/", "/staff/security/tokens/new/"
ADMIN = "/staff/admin/tokens/"
ASKED = {"name": "区平台对接", "scopes": ["read", "create"], "days": "30"}


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """A clerk who has just signed in with the password."""
    user = cast["clerk1"].user
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post("/staff/sign-in/", {"login": "clerk1", "password": PASSWORD})
    assert client.get("/staff/").status_code == 200
    return client


@pytest.fixture
def security(cast: Cast, enter: Any) -> Client:
    cast.joins("security", "安全员", "centre", Role.SECURITY)
    add_app(cast["security"].user)
    client: Client = enter("security")
    return client


def shown(answer: Any) -> str:
    (text,) = set(re.findall(r"yimen_[0-9A-Za-z]{49}", answer.content.decode()))
    return str(text)


def test_a_person_makes_a_token_and_sees_it_once(cast: Cast, clerk: Client) -> None:
    answer = clerk.post(NEW, ASKED)
    text = shown(answer)
    assert "no-store" in answer["Cache-Control"]
    found = knock(text)
    assert found
    row, _grants = found
    assert row and row.user == cast["clerk1"].user and row.scopes == ["read", "create"]
    assert (row.expires_at - timezone.now()).days in (29, 30)
    listed = clerk.get(OWN).content.decode()
    assert "区平台对接" in listed and text not in listed
    api = Client().get("/api/v1/units", headers={"Authorization": f"Bearer {text}"})
    assert api.status_code == 200


def test_making_one_asks_for_the_password_again(cast: Cast, enter: Any) -> None:
    cast["clerk1"].user.set_password(PASSWORD)
    cast["clerk1"].user.save()
    client = enter("clerk1")
    for path in (NEW, "/staff/security/tokens/1/collect/"):
        for method in (client.get, client.post):
            assert method(path)["Location"].startswith("/staff/security/again/")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", ""), ("scopes", []), ("scopes", ["all"]), ("days", "0"), ("days", "9999"), ("days", "x")],
)
def test_what_is_wrong_stands_beside_its_field(clerk: Client, name: str, value: Any) -> None:
    answer = clerk.post(NEW, ASKED | {name: value})
    assert answer.status_code == 400 and name in answer.context["form"].errors
    assert not Token.objects.exists()


def test_a_person_ends_only_their_own(cast: Cast, clerk: Client) -> None:
    mine = actions.issue(cast["clerk1"].actor, cast["clerk1"].user, "a", ["read"], 5)
    other = actions.issue(cast["clerk2"].actor, cast["clerk2"].user, "b", ["read"], 5)
    for row in (mine, other):
        clerk.post(f"/staff/security/tokens/{row.pk}/end/")
    ended = dict(Token.objects.values_list("pk", "ended_at"))
    assert ended[mine.pk] is not None and ended[other.pk] is None


def test_the_security_administrator_issues_and_only_the_person_gets_the_key(
    cast: Cast, clerk: Client, security: Client
) -> None:
    answer = security.post(ADMIN + "issue/", ASKED | {"person": "clerk1"}, follow=True)
    row = Token.objects.get()
    assert not re.search("yimen_[0-9A-Za-z]{20}", answer.content.decode()) and row.digest is None
    where = f"/staff/security/tokens/{row.pk}/collect/"
    assert "领取" in clerk.get(OWN).content.decode() and clerk.get(where).status_code == 200
    text = shown(clerk.post(where))
    assert (found := knock(text)) and found[0] == row
    assert clerk.post(where).status_code == 404
    found = Entry.objects.filter(kind__startswith="accounts.token").order_by("id")
    assert [(one.kind, one.actor_id) for one in found] == [
        ("accounts.token_issued", cast["security"].user.pk),
        ("accounts.token_collected", cast["clerk1"].user.pk),
    ]


def test_nobody_collects_what_is_somebody_elses(cast: Cast, clerk: Client) -> None:
    row = actions.issue(cast["clerk2"].actor, cast["clerk2"].user, "b", ["read"], 5)
    assert clerk.post(f"/staff/security/tokens/{row.pk}/collect/").status_code == 404
    assert Token.objects.get().digest is None


def test_the_security_administrator_sees_and_ends_everybodys(cast: Cast, security: Client) -> None:
    row = actions.issue(cast["clerk1"].actor, cast["clerk1"].user, "坐标系统", ["read"], 5)
    _row, text = actions.collect(cast["clerk1"].actor, row.pk, cast["clerk1"].user.pk)
    page = security.get(ADMIN, {"q": "周敏"}).content.decode()
    assert "坐标系统" in page and tokens.hint(text) in page and text not in page
    assert "坐标系统" not in security.get(ADMIN, {"q": "吴桐"}).content.decode()
    security.post(ADMIN + f"{row.pk}/end/")
    assert Token.objects.get().ended_by == cast["security"].user
    history = security.get("/staff/admin/history/", {"subject": "user"}).content.decode()
    assert "签发令牌" in history and "停用令牌" in history


def test_no_other_administrator_opens_them(cast: Cast, enter: Any) -> None:
    for name in ("admin", "auditor"):
        add_app(cast[name].user)
    for name in ("admin", "auditor", "director", "clerk1"):
        for path in (ADMIN, ADMIN + "issue/"):
            assert enter(name).get(path).status_code == 403
        assert enter(name).post(ADMIN + "1/end/").status_code == 403


def test_a_code_is_asked_for_where_a_second_factor_stands(cast: Cast) -> None:
    user = cast["clerk1"].user
    user.set_password(PASSWORD)
    user.save()
    add_app(user)
    client = Client()
    client.post("/staff/sign-in/", {"login": "clerk1", "password": PASSWORD})
    assert client.get(NEW)["Location"].startswith("/staff/sign-in/")
    client.post("/staff/sign-in/second-step/", {"code": code()})
    assert client.get(NEW).status_code == 200
