"""A new master key: everything opens as before, nothing is left under the old one, and the old one stays for old backups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from yimen.cases.actions import rewrapping
from yimen.cases.actions.keys import data_key, make_key
from yimen.cases.models import Case, CaseKey
from yimen.cli import keys
from yimen.cli.keeping.rewrapping import everything
from yimen.cli.progress import Failed
from yimen.foundation import crypto
from yimen.foundation.home import Home

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of this test's own, so that its rotation reaches no other test."""
    made = Home(tmp_path / "home")
    crypto.make_keys(made)
    made.run.mkdir()
    monkeypatch.setenv("YIMEN_HOME", str(made.root))
    return made


def masters(rows: Any) -> set[bytes]:
    return {bytes(row.wrapped)[1:9] for row in rows}


def test_every_data_key_is_wrapped_anew_and_stays_the_same(own: Home, cases: list[Case]) -> None:
    before = {case.pk: data_key(case.pk) for case in cases}
    old = crypto.keyring(own).current
    crypto.rotate_master(own)
    assert masters(CaseKey.objects.all()) == {old}
    assert everything()["matters"] == len(cases)
    assert masters(CaseKey.objects.all()) == {crypto.keyring(own).current} != {old}
    assert {case.pk: data_key(case.pk) for case in cases} == before
    assert everything()["matters"] == 0


def test_cut_short_it_goes_on(own: Home, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrapping, "AT_ONCE", 2)
    crypto.rotate_master(own)
    assert rewrapping._some() == 2
    assert rewrapping.rewrap() == len(cases) - 2


@pytest.fixture
def cases(own: Home, db: None) -> list[Case]:
    """Keys of five matters; the matters themselves do not matter here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    made = [Case(pk=number) for number in range(1, 6)]
    for case in made:
        make_key(case.pk)
    yield made
    CaseKey.objects.all().delete()


def test_second_factors_and_waiting_rows_are_wrapped_anew_too(own: Home) -> None:
    from allauth.mfa.models import Authenticator

    from yimen.accounts.actions import create_user
    from yimen.foundation.actor import Actor
    from yimen.web.staff.auth.adapter import FactorAdapter

    adapter = FactorAdapter()
    user = create_user(Actor(None, "operator", "cli"), "wang", "王敏")
    sealed = {"secret": adapter.encrypt("JBSWY3DP"), "used_mask": 0}
    row = Authenticator.objects.create(user=user, type="totp", data=sealed)
    crypto.rotate_master(own)
    assert everything()["factors"] == 1 and everything()["factors"] == 0
    row.refresh_from_db()
    assert row.data["secret"] != sealed["secret"] and adapter.decrypt(row.data["secret"]) == "JBSWY3DP"


def test_rotating_asks_for_a_stopped_service(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yimen.cli.preflight.is_running", lambda home: True)
    with pytest.raises(Failed, match="stop the service first"):
        keys._rotate(own)
    assert len(crypto.keyring(own).masters) == 1


def test_a_rotation_cut_short_before_wrapping_adds_no_second_key(own: Home) -> None:
    assert keys._add_master(own) == keys._add_master(own) == "master-0002.key"
    assert len(crypto.keyring(own).masters) == 2
