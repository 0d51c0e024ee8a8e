"""Coming in by name and password, and going out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from tests.web.auth_ground import DESK, PASSWORD, SIGN_IN, clerk, is_in, kinds, make, sign_in, site

from yimen.accounts import actions
from yimen.accounts.models import StaffSession, User
from yimen.foundation.actor import Actor
from yimen.ledger.models import Entry

__all__ = ["clerk", "site"]


def test_the_sign_in_page_is_plain_chinese_with_labels_and_autocomplete(client: Client, db: None) -> None:
    page = client.get(SIGN_IN).content.decode()
    assert "工作人员登录" in page
    assert '<label for="id_login">登录名' in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert "placeholder" not in page.split("<form", 1)[1]


def test_the_right_password_opens_the_desk(client: Client, clerk: User) -> None:
    answer = sign_in(client, "clerk")
    assert answer.status_code == 302 and answer["Location"] == DESK
    assert is_in(client)


def test_the_name_may_be_typed_in_capitals_and_with_spaces(client: Client, clerk: User) -> None:
    sign_in(client, "  Clerk ")
    assert is_in(client)


def test_a_wrong_password_says_why_beside_and_above_and_keeps_the_name(client: Client, clerk: User) -> None:
    page = sign_in(client, "clerk", "错的密码在这里").content.decode()
    assert "登录名或密码不对" in page and 'role="alert"' in page
    assert 'value="clerk"' in page and "错的密码在这里" not in page


def test_an_unknown_name_reads_the_same_as_a_wrong_password(client: Client, clerk: User) -> None:
    known = sign_in(client, "clerk", "错的密码在这里")
    unknown = sign_in(client, "nobody", "错的密码在这里")
    assert known.status_code == unknown.status_code == 200
    assert "登录名或密码不对" in unknown.content.decode()


def test_empty_fields_are_named(client: Client, db: None) -> None:
    page = client.post(SIGN_IN, {}).content.decode()
    assert page.count("这里要填写。") >= 2


def test_a_switched_off_account_cannot_come_in(client: Client, clerk: User) -> None:
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    answer = sign_in(client, "clerk")
    assert answer["Location"] == "/staff/inactive/"
    assert "已停用" in client.get("/staff/inactive/").content.decode()
    assert not is_in(client)


def test_switching_an_account_off_ends_its_sessions_at_once(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    actions.set_active(Actor(None), clerk.pk, False)
    assert not is_in(client)


def test_sign_in_leads_back_to_the_page_asked_for(client: Client, clerk: User) -> None:
    answer = client.post(f"{SIGN_IN}?next=/staff/security/", {"login": "clerk", "password": PASSWORD})
    assert answer["Location"] == "/staff/security/"


def test_sign_in_never_leads_to_another_site(client: Client, clerk: User) -> None:
    answer = client.post(f"{SIGN_IN}?next=https://evil.example/", {"login": "clerk", "password": PASSWORD})
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("path", ["signup/", "password/reset/", "email/", "confirm-email/", "sign-up/"])
def test_there_is_no_sign_up_and_nothing_by_mail(client: Client, db: None, path: str) -> None:
    assert client.get(f"/staff/{path}").status_code == 404


def test_the_session_changes_its_key_at_sign_in(client: Client, clerk: User) -> None:
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key
    sign_in(client, "clerk")
    assert client.session.session_key != before


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: Client, clerk: User) -> None:
    cookie = sign_in(client, "clerk").cookies["yimen_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]


def test_the_cookie_is_secure_under_https(client: Client, clerk: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert sign_in(client, "clerk", secure=True).cookies["yimen_session"]["secure"]


def test_signing_out_forgets_the_session_and_its_data(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    key = client.session.session_key
    answer = client.post("/staff/sign-out/")
    assert answer["Location"] == SIGN_IN
    assert not is_in(client)
    assert not Session.objects.filter(session_key=key).exists()
    assert not StaffSession.objects.filter(session_key=key).exists()


def test_signing_out_needs_a_button_not_a_link(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    assert "要退出吗" in client.get("/staff/sign-out/").content.decode()
    assert is_in(client)


def test_a_form_from_elsewhere_is_refused(clerk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "clerk").status_code == 403


def test_coming_and_going_stand_in_the_ledger(client: Client, clerk: User) -> None:
    sign_in(client, "clerk", "错的密码在这里")
    sign_in(client, "clerk")
    client.post("/staff/sign-out/")
    assert kinds(clerk) == ["sign_in_failed", "signed_in", "signed_out"]


def test_the_ledger_never_holds_what_was_typed(client: Client, clerk: User) -> None:
    sign_in(client, "我的密码当名字", "错的密码在这里")
    sign_in(client, "clerk", "错的密码在这里")
    kept = "".join(str(entry.payload) + entry.actor_label for entry in Entry.objects.all())
    assert "密码" not in kept and "clerk" not in kept


def test_what_axes_keeps_holds_no_password(client: Client, clerk: User) -> None:
    from axes.models import AccessAttempt

    sign_in(client, "clerk", "错的密码在这里")
    attempt = AccessAttempt.objects.get()
    assert "错的密码" not in attempt.post_data and "clerk" not in attempt.post_data


def test_passwords_are_hashed_with_argon2(settings: Any) -> None:
    from yimen.settings import auth

    settings.PASSWORD_HASHERS = auth.PASSWORD_HASHERS
    user = User(sign_in="x", name="x")
    user.set_password(PASSWORD)
    assert identify_hasher(user.password).algorithm == "argon2"


def test_a_page_behind_the_door_leads_to_it(client: Client, db: None) -> None:
    assert client.get(DESK)["Location"] == f"{SIGN_IN}?next={DESK}"


def test_staff_pages_are_chinese_whatever_the_browser_asks_for(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    assert "in zh-hans" in client.get(DESK, headers={"accept-language": "en"}).content.decode()


def test_the_language_chosen_is_remembered_with_the_account(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    client.post("/staff/language/", {"language": "en", "next": DESK})
    assert "in en" in client.get(DESK).content.decode()
    elsewhere = Client()
    sign_in(elsewhere, "clerk")
    assert "in en" in elsewhere.get(DESK).content.decode()


def test_an_unknown_language_changes_nothing(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    client.post("/staff/language/", {"language": "xx", "next": DESK})
    clerk.refresh_from_db()
    assert clerk.language == ""


def test_a_person_made_without_a_password_cannot_come_in(client: Client, db: None) -> None:
    actions.create_user(Actor(None), "new", "新人")
    assert sign_in(client, "new", "").status_code == 200
    assert make and not is_in(client)


def test_on_the_real_site_every_name_resolves_and_the_desk_opens(
    client: Client, clerk: User, settings: Any
) -> None:
    from django.urls import reverse

    settings.ROOT_URLCONF = "yimen.web.urls"
    names = [
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reauthenticate",
        "account_change_password",
    ]
    names += [
        "mfa_index",
        "mfa_authenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    ]
    assert all(reverse(name).startswith("/staff/") for name in names)
    assert client.get(DESK)["Location"].startswith(SIGN_IN)
    sign_in(client, "clerk")
    assert is_in(client)
    assert client.get("/staff/security/").status_code == 200
