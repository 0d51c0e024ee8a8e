"""People and doors for the tests of signing in. Fixtures are imported by name where they are used."""

from __future__ import annotations

import importlib.util
import time
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit
from yimen.web.staff.auth.adapter import FactorAdapter

PASSWORD = "水桶在门后第三格"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, DESK, SECURITY = "/staff/sign-in/", "/staff/", "/staff/security/"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """The small site, and only the middleware that exists."""
    settings.ROOT_URLCONF = "tests.web.auth_site"
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if importlib.util.find_spec(name.rpartition(".")[0])
    ]
    settings.DEMO = False


@pytest.fixture
def clerk(db: None) -> User:
    return make("clerk", "陈洁")


@pytest.fixture
def centre(db: None) -> Unit:
    return Unit.objects.create(key="centre", name="综治中心", kind="centre")


def make(sign_in: str, name: str = "某某", *, demo: bool = False) -> User:
    user = User.objects.create_user(sign_in, name, PASSWORD)
    User.objects.filter(pk=user.pk).update(demo=demo)
    user.demo = demo
    return user


def administrator(unit: Unit, sign_in: str, role: Role, *, factor: bool = True) -> User:
    user = make(sign_in, f"管理员{sign_in}")
    RoleGrant.objects.create(user=user, role=role, unit=unit, since=date(2020, 1, 1))
    if factor:
        add_app(user)
    return user


def add_app(user: User) -> Authenticator:
    data = {"secret": FactorAdapter().encrypt(SECRET)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


def code(step: int = 0) -> str:
    """What the app shows now, or `step` periods later."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + step))


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(SIGN_IN, {"login": name, "password": password}, **extra)


def is_in(client: Client) -> bool:
    return bool(client.get(DESK).status_code == 200)


def kinds(user: User | None = None) -> list[str]:
    rows = Entry.objects.filter(subject="user").order_by("id")
    rows = rows.filter(subject_id=user.pk) if user else rows
    return [kind.removeprefix("accounts.") for kind in rows.values_list("kind", flat=True)]
