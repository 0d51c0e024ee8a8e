"""Tokens: what they open, and that whatever takes them away holds at the next request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from cast import Cast
from yimen.access.models import RoleGrant
from yimen.access.tokens import knock
from yimen.accounts import actions, tokens
from yimen.accounts.models import Token, TokenTry
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry

from .machine import Machine

CASES = "/api/v1/cases"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_token_is_recognised_and_a_slip_of_the_keyboard_is_seen() -> None:
    text = tokens.make()
    assert (
        text.startswith("yimen_")
        and tokens.is_well_formed(text)
        and len({tokens.make() for _ in range(50)}) == 50
    )
    for slip in (
        text[:-1],
        text + "0",
        text.upper(),
        text[:9] + chr(ord(text[9]) ^ 1) + text[10:],
        text + "\n",
    ):
        assert not tokens.is_well_formed(slip)


def test_only_a_hash_of_it_is_kept(clerk: Machine) -> None:
    kept = Token.objects.values().get()
    assert clerk.text not in str(kept) and kept["digest"] == tokens.digest(clerk.text)
    assert clerk.text not in str(list(Entry.objects.values_list("payload", flat=True)))
    assert clerk.text.startswith(kept["hint"]) and len(kept["hint"]) < 12


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", "token_missing"),
        ("Basic abc", "token_missing"),
        ("Bearer", "token_missing"),
        ("Bearer x", "token_invalid"),
        pytest.param(f"Bearer {tokens.make()}", "token_invalid", id="well-formed"),
        ("Bearer \N{LATIN SMALL LETTER E WITH ACUTE}", "token_invalid"),
    ],
)
def test_without_a_token_that_holds_nothing_opens(db: None, said: str, expected: str) -> None:
    answer = Client().get(CASES, headers={"Authorization": said})
    assert code(answer) == (401, expected)
    assert answer["WWW-Authenticate"].startswith('Bearer realm="yimen"')


def test_a_browser_session_opens_nothing_here(cast: Cast, enter: Any) -> None:
    browser = enter("clerk1")
    assert browser.get("/staff/").status_code == 200
    assert code(browser.get(CASES)) == (401, "token_missing")
    assert code(browser.post(CASES, {}, content_type="application/json")) == (401, "token_missing")
    browser.cookies["yimen_language"] = "en"
    assert browser.get(CASES, headers={"Accept-Language": "zh-hans"}).json()["title"] == "没有令牌"
    assert not browser.get(CASES).cookies


def test_no_token_of_forgery_is_asked_for_where_no_cookie_counts(clerk: Machine) -> None:
    clerk.client = Client(enforce_csrf_checks=True)
    assert clerk.registers().status_code == 201


def test_a_scope_opens_its_own_operations_only(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    reader = Machine(cast["clerk1"], "read")
    assert reader.get(CASES).status_code == 200
    assert code(reader.registers()) == (403, "scope_missing")
    assert code(reader.post(f"{CASES}/{ref}/transitions", {"verb": "answer"})) == (403, "scope_missing")
    assert code(Machine(cast["clerk1"], "create").get(CASES)) == (403, "scope_missing")


def test_an_ended_token_is_refused_at_the_next_request(clerk: Machine) -> None:
    assert clerk.get(CASES).status_code == 200
    actions.end_token(Actor(clerk.row.user_id), clerk.row.pk, clerk.row.user_id)
    assert code(clerk.get(CASES)) == (401, "token_ended")


def test_an_expired_token_is_refused_at_the_next_request(clerk: Machine) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Token.objects.update(issued_at=past - timedelta(days=1), expires_at=past)
    assert code(clerk.get(CASES)) == (401, "token_expired")


def test_a_person_who_is_switched_off_takes_the_tokens_along_for_good(cast: Cast, clerk: Machine) -> None:
    user = cast["clerk1"].user
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert code(clerk.get(CASES)) == (401, "account_off")
    type(user).objects.filter(pk=user.pk).update(is_active=True)
    actions.set_active(cast["admin"].actor, user.pk, False)
    actions.set_active(cast["admin"].actor, user.pk, True)
    assert code(clerk.get(CASES)) == (401, "token_ended")


def test_a_role_that_is_lost_is_lost_to_the_token(cast: Cast, clerk: Machine) -> None:
    ref = clerk.registers().json()["id"]
    RoleGrant.objects.filter(user=cast["clerk1"].user).delete()
    assert code(clerk.registers()) == (403, "refused")
    assert clerk.get(f"{CASES}/{ref}").status_code == 404


def test_a_demo_account_answers_its_own_machine_alone(cast: Cast, clerk: Machine, settings: Any) -> None:
    user = cast["clerk1"].user
    type(user).objects.filter(pk=user.pk).update(demo=True)
    here = {"Host": "127.0.0.1:8000"}
    assert code(clerk.get(CASES, **here)) == (403, "demo_elsewhere")
    settings.DEMO = True
    assert clerk.get(CASES, **here).status_code == 200
    assert code(clerk.get(CASES, Host="yimen.example")) == (403, "demo_elsewhere")
    assert code(clerk.get(CASES, **here, **{"X-Forwarded-For": "127.0.0.1"})) == (403, "demo_elsewhere")


def test_the_day_of_use_is_kept(clerk: Machine) -> None:
    clerk.get(CASES)
    assert Token.objects.get().last_used_on == timezone.localdate()


def test_more_requests_than_a_minute_has_are_put_off(cast: Cast) -> None:
    machine = Machine(cast["clerk1"], per_minute=20)
    found = [machine.get("/api/v1/units") for _ in range(41)]
    assert [one.status_code for one in found[:20]] == [200] * 20
    late = [one for one in found if one.status_code == 429]
    assert late and late[-1].json()["code"] == "too_many_requests"
    assert 0 < int(late[-1]["Retry-After"]) <= 60


def test_guessing_is_counted_and_slowed_and_holds_up_no_token_that_holds(clerk: Machine) -> None:
    most = settings.TOKEN_TRIES_PER_ADDRESS
    client = Client(headers={"Authorization": f"Bearer {tokens.make()}"})
    answers = [client.get(CASES) for _ in range(most + 2)]
    assert [code(one)[0] for one in answers] == [401] * most + [429, 429]
    assert TokenTry.objects.get().count == most + 2
    assert Entry.objects.filter(kind="accounts.token_tries_held").count() == 1
    assert clerk.get(CASES).status_code == 200


def test_what_an_administrator_issues_has_no_key_until_its_person_collects_it(cast: Cast) -> None:
    user, admin = cast["clerk1"].user, cast["admin"].actor
    row = actions.issue(admin, user, "区平台", ["read"], 10)
    assert row.digest is None
    with pytest.raises(Missing):
        actions.collect(admin, row.pk, cast["admin"].user.pk)
    _row, text = actions.collect(cast["clerk1"].actor, row.pk, user.pk)
    assert (found := knock(text)) and found[0] == row
    with pytest.raises(Conflict):
        actions.collect(cast["clerk1"].actor, row.pk, user.pk)
    kinds = Entry.objects.filter(subject="user", subject_id=user.pk).order_by("id")
    assert list(kinds.values_list("kind", "actor_id")) == [
        ("accounts.token_issued", admin.user_id),
        ("accounts.token_collected", user.pk),
    ]


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read"], 9),
        ("x" * 61, ["read"], 9),
        ("x", [], 9),
        ("x", ["all"], 9),
        ("x", ["read"], 0),
        ("x", ["read"], 999),
    ],
)
def test_a_token_has_a_name_a_use_and_an_end(cast: Cast, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(Invalid):
        actions.issue(cast["clerk1"].actor, cast["clerk1"].user, name, scopes, days)


def test_nobody_who_is_off_gets_one(cast: Cast) -> None:
    user = cast["clerk1"].user
    user.is_active = False
    with pytest.raises(Refused):
        actions.issue(cast["clerk1"].actor, user, "x", ["read"], 5)
