"""Security keys of one's own: named, taken away, asked for again; nobody reaches another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from tests.web.auth_ground import SECURITY, add_app, centre, clerk, code, kinds, make, sign_in, site

from yimen.accounts.models import User

__all__ = ["centre", "clerk", "site"]
STEP = "/staff/sign-in/second-step/"


def add_key(user: User, name: str = "钥匙一") -> Authenticator:
    data = {"name": name, "passwordless": False, "credential": {}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.fixture
def inside(clerk: User) -> Client:
    add_app(clerk)
    client = Client()
    sign_in(client, "clerk")
    client.post(STEP, {"code": code()})
    return client


def test_a_key_is_given_another_name(inside: Client, clerk: User) -> None:
    key = add_key(clerk)
    assert inside.post(f"{SECURITY}keys/{key.pk}/", {"name": "蓝色钥匙"})["Location"] == SECURITY
    key.refresh_from_db()
    assert key.data["name"] == "蓝色钥匙"


def test_a_key_is_taken_away_and_the_ledger_says_so(inside: Client, clerk: User) -> None:
    key = add_key(clerk)
    assert inside.post(f"{SECURITY}keys/{key.pk}/remove/")["Location"] == SECURITY
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert kinds(clerk)[-1] == "factor_removed"


@pytest.mark.parametrize("path", ["", "remove/"])
def test_anothers_key_is_not_there(inside: Client, path: str) -> None:
    key = add_key(make("other"))
    assert inside.post(f"{SECURITY}keys/{key.pk}/{path}", {"name": "我的"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "钥匙一"


def test_the_proof_asked_for_again_may_be_the_apps_code(inside: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        assert inside.get(f"{SECURITY}app/remove/")["Location"].startswith(f"{SECURITY}again/")
        assert inside.post(f"{SECURITY}again/code/", {"code": "000000"}).status_code == 200
        assert inside.post(f"{SECURITY}again/code/", {"code": code()}).status_code == 302
        assert inside.get(f"{SECURITY}app/remove/").status_code == 200


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": "x"}'])
def test_a_forged_key_is_no_proof(inside: Client, credential: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        inside.get(f"{SECURITY}again/key/")
        inside.post(f"{SECURITY}again/key/", {"credential": credential})
        assert inside.get(f"{SECURITY}app/remove/")["Location"].startswith(f"{SECURITY}again/")
