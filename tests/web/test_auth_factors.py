"""The second factor: enrolled, used, required of administrators, lost."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone
from tests.web.auth_ground import (
    DESK,
    SECRET,
    SECURITY,
    add_app,
    administrator,
    centre,
    clerk,
    code,
    is_in,
    kinds,
    make,
    sign_in,
    site,
)

from yimen.access.models import RoleGrant
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.accounts import actions
from yimen.accounts.models import LinkRequest, MfaReset, User
from yimen.foundation.actor import Actor
from yimen.ledger.models import Entry
from yimen.organisations.models import Unit

__all__ = ["centre", "clerk", "site"]
STEP = "/staff/sign-in/second-step/"


def enter(name: str) -> Client:
    """Signed in with both steps."""
    client = Client()
    sign_in(client, name)
    client.post(STEP, {"code": code()})
    return client


def _secret(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    return found[1]


def enrol(client: Client) -> None:
    secret = _secret(client.get(f"{SECURITY}app/").content.decode())
    import time

    shown = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(f"{SECURITY}app/", {"code": shown})["Location"] == f"{SECURITY}codes/"


def test_the_second_step_is_asked_for_only_when_it_was_set_up(client: Client, clerk: User) -> None:
    assert sign_in(client, "clerk")["Location"] == DESK
    add_app(clerk)
    assert sign_in(Client(), "clerk")["Location"] == STEP


def test_half_way_in_nothing_is_open(client: Client, clerk: User) -> None:
    add_app(clerk)
    sign_in(client, "clerk")
    assert not is_in(client) and client.get(SECURITY).status_code == 302
    assert "signed_in" not in kinds(clerk)
    page = client.get(STEP).content.decode()
    assert 'autocomplete="one-time-code"' in page and "登录第二步" in page


def test_the_code_of_the_app_opens(client: Client, clerk: User) -> None:
    add_app(clerk)
    sign_in(client, "clerk")
    assert client.post(STEP, {"code": code()})["Location"] == DESK
    assert is_in(client) and kinds(clerk)[-1] == "signed_in"


def test_a_wrong_code_says_so_and_does_not_open(client: Client, clerk: User) -> None:
    add_app(clerk)
    sign_in(client, "clerk")
    assert "验证码不对" in client.post(STEP, {"code": "000000"}).content.decode()
    assert not is_in(client)


def test_a_code_opens_only_once(clerk: User) -> None:
    from django.core.cache import cache

    add_app(clerk)
    first, second = Client(), Client()
    shown = code()
    for client in (first, second):
        sign_in(client, "clerk")
        client.post(STEP, {"code": shown})
        cache.clear()  # another process does not share the library's memory of used codes
    assert is_in(first) and not is_in(second)


def test_an_earlier_code_does_not_open_after_a_later_one(clerk: User) -> None:
    add_app(clerk)
    earlier, later = code(), code(1)
    for client, shown, opens in ((Client(), later, True), (Client(), earlier, False)):
        sign_in(client, "clerk")
        client.post(STEP, {"code": shown})
        assert is_in(client) is opens


def test_an_app_two_minutes_wrong_is_not_believed(client: Client, clerk: User) -> None:
    add_app(clerk)
    sign_in(client, "clerk")
    client.post(STEP, {"code": code(4)})
    assert not is_in(client)


def test_the_half_open_door_shuts_after_five_minutes(client: Client, clerk: User) -> None:
    add_app(clerk)
    sign_in(client, "clerk")
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        client.post(STEP, {"code": code()})
        assert not is_in(client)


def test_setting_up_an_app_gives_recovery_codes_that_work_once(
    clerk: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    sign_in(client, "clerk")
    with django_capture_on_commit_callbacks(execute=True):
        enrol(client)
    codes = re.findall(r"<code>(\d{8})</code>", client.get(f"{SECURITY}codes/").content.decode())
    assert len(codes) == 10 and "factor_added" in kinds(clerk)
    for opens in (True, False):
        other = Client()
        sign_in(other, "clerk")
        other.post(STEP, {"code": codes[0]})
        assert is_in(other) is opens
    assert client.get(f"{SECURITY}codes/download/").content.decode().split() == codes[1:]


def test_new_recovery_codes_end_the_old_ones(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    enrol(client)
    before = client.get(f"{SECURITY}codes/download/").content
    client.post(f"{SECURITY}codes/new/")
    assert client.get(f"{SECURITY}codes/download/").content != before


def test_secrets_rest_sealed_in_the_database(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    secret = _secret(client.get(f"{SECURITY}app/").content.decode())
    import time

    client.post(f"{SECURITY}app/", {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and len(kept) > 200


def test_switching_the_app_off_stands_in_the_ledger(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    enrol(client)
    assert client.post(f"{SECURITY}app/remove/")["Location"] == SECURITY
    assert not Authenticator.objects.exists() and kinds(clerk)[-1] == "factor_removed"


def test_changing_factors_later_asks_for_a_proof_again(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        answer = client.get(f"{SECURITY}app/")
        assert answer["Location"].startswith(f"{SECURITY}again/")
        assert "再确认一次" in client.get(answer["Location"]).content.decode()
        from tests.web.auth_ground import PASSWORD

        assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == f"{SECURITY}app/"
        assert client.get(f"{SECURITY}app/").status_code == 200


def test_the_key_page_offers_a_challenge_without_any_script_of_its_own(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    page = client.get(f"{SECURITY}keys/add/").content.decode()
    data = re.search(r'<script id="key-data" type="application/json">(.*?)</script>', page)
    assert data and json.loads(data[1])["creation_options"]["publicKey"]["challenge"]
    assert _inline_scripts(page) == []


def _inline_scripts(page: str) -> list[str]:
    tags = re.findall(r"<script([^>]*)>", page)
    return [tag for tag in tags if "src=" not in tag and 'type="application/json"' not in tag]


def test_no_sign_in_page_has_inline_script_style_or_handler(clerk: User) -> None:
    add_app(clerk)
    guest, half = Client(), Client()
    sign_in(half, "clerk")
    inside = enter("clerk")
    pages = [
        guest.get("/staff/sign-in/"),
        half.get(STEP),
        inside.get(SECURITY),
        inside.get(f"{SECURITY}codes/new/"),
    ]
    pages += [inside.get(f"{SECURITY}{path}") for path in ("password/", "keys/add/", "enrol/")]
    for page in pages:
        text = page.content.decode()
        assert _inline_scripts(text) == [] and "<style" not in text
        assert not re.search(r'\s(style|on[a-z]+)="', text)


def test_a_passkey_challenge_is_given_to_a_script(client: Client, db: None) -> None:
    answer = client.get("/staff/sign-in/passkey/", headers={"accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["userVerification"] == "required"


@pytest.mark.parametrize("credential", ["", "{}", "[]", '{"id": 1}', '{"response": {"userHandle": "AAAA"}}'])
def test_a_forged_passkey_does_not_open(client: Client, clerk: User, credential: str) -> None:
    client.get("/staff/sign-in/passkey/", headers={"accept": "application/json"})
    assert client.post("/staff/sign-in/passkey/", {"credential": credential}).status_code in (200, 302)
    assert not is_in(client)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_without_a_second_factor_is_led_to_enrol_first(role: Role, centre: Unit) -> None:
    administrator(centre, "boss", role, factor=False)
    client = Client()
    sign_in(client, "boss")
    for path in (DESK, f"{SECURITY}resets/", f"{SECURITY}everyone/", f"{SECURITY}people/"):
        assert client.get(path)["Location"] == f"{SECURITY}enrol/"
        assert client.post(path)["Location"] == f"{SECURITY}enrol/"
    assert "请先启用两步验证" in client.get(f"{SECURITY}enrol/").content.decode()
    enrol(client)
    assert is_in(client)


def test_a_role_given_during_a_session_asks_for_the_factor_at_once(centre: Unit, clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk")
    assert is_in(client)
    RoleGrant.objects.create(user=clerk, role=Role.SECURITY, unit=centre, since=timezone.localdate())
    assert not is_in(client)


@pytest.mark.parametrize("role", sorted(set(Role) - ADMINISTRATORS))
def test_for_everyone_else_it_is_a_choice(role: Role, centre: Unit) -> None:
    administrator(centre, "someone", role, factor=False)
    client = Client()
    sign_in(client, "someone")
    assert is_in(client)


def test_in_a_demonstration_nobody_has_to_enrol(centre: Unit, settings: Any) -> None:
    settings.DEMO = True
    administrator(centre, "boss", Role.ADMIN, factor=False)
    client = Client()
    sign_in(client, "boss")
    assert is_in(client)


def test_an_administrator_who_removes_the_last_factor_is_led_to_enrol_again(centre: Unit) -> None:
    administrator(centre, "boss", Role.ADMIN)
    client = enter("boss")
    assert is_in(client)
    client.post(f"{SECURITY}app/remove/")
    assert not is_in(client)


def test_two_people_take_a_lost_factor_away(centre: Unit, clerk: User) -> None:
    add_app(clerk)
    administrator(centre, "first", Role.SECURITY)
    administrator(centre, "second", Role.ADMIN)
    victim, first, second = enter("clerk"), enter("first"), enter("second")
    assert is_in(victim)
    answer = first.post(f"{SECURITY}resets/", {"sign_in": "clerk", "reason": "手机丢失，本人持工作证到场"})
    assert answer.status_code == 302 and Authenticator.objects.filter(user=clerk).exists()
    row = MfaReset.objects.get()
    first.post(f"{SECURITY}resets/{row.pk}/", {"decision": "confirm"})
    assert Authenticator.objects.filter(user=clerk).exists(), "who asked cannot confirm"
    assert "手机丢失" in second.get(f"{SECURITY}resets/").content.decode()
    second.post(f"{SECURITY}resets/{row.pk}/", {"decision": "confirm"})
    assert not Authenticator.objects.filter(user=clerk).exists()
    assert not is_in(victim) and sign_in(Client(), "clerk")["Location"] == DESK
    assert [kind for kind in kinds(clerk) if kind.startswith("reset")] == ["reset_asked", "reset_confirmed"]
    confirmed = Entry.objects.get(kind="accounts.reset_confirmed")
    assert confirmed.payload["asked_by"] == row.asked_by_id and confirmed.actor_id != row.asked_by_id


def test_the_person_concerned_neither_asks_nor_confirms(centre: Unit) -> None:
    boss = administrator(centre, "boss", Role.ADMIN)
    other = administrator(centre, "other", Role.SECURITY)
    inside = enter("boss")
    page = inside.post(f"{SECURITY}resets/", {"sign_in": "boss", "reason": "丢了"}).content.decode()
    assert "不能为自己申请" in page
    row = actions.ask_reset(Actor(other.pk, "other"), boss.pk, "手机丢失")
    inside.post(f"{SECURITY}resets/{row.pk}/", {"decision": "confirm"})
    assert Authenticator.objects.filter(user=boss).exists()


def test_a_request_is_decided_once(centre: Unit, clerk: User) -> None:
    add_app(clerk)
    asker = administrator(centre, "asker", Role.SECURITY)
    administrator(centre, "second", Role.ADMIN)
    row = actions.ask_reset(Actor(asker.pk), clerk.pk, "手机丢失")
    second = enter("second")
    second.post(f"{SECURITY}resets/{row.pk}/", {"decision": "withdraw"})
    page = second.post(f"{SECURITY}resets/{row.pk}/", {"decision": "confirm"}, follow=True).content.decode()
    assert "已经处理过了" in page and Authenticator.objects.filter(user=clerk).exists()


def test_a_second_request_for_the_same_person_waits(centre: Unit, clerk: User) -> None:
    add_app(clerk)
    administrator(centre, "asker", Role.SECURITY)
    client = enter("asker")
    data = {"sign_in": "clerk", "reason": "手机丢失"}
    client.post(f"{SECURITY}resets/", data)
    assert "已有一份申请" in client.post(f"{SECURITY}resets/", data).content.decode()


@pytest.mark.parametrize(("data", "said"), [
    ({"sign_in": "nobody", "reason": "x"}, "没有这个登录名"),
    ({"sign_in": "clerk", "reason": "x"}, "没有启用两步验证"),
    ({"sign_in": "clerk", "reason": ""}, "errors-title"),
])  # fmt: skip
def test_a_request_that_makes_no_sense_says_why(
    centre: Unit, clerk: User, data: dict[str, str], said: str
) -> None:
    administrator(centre, "asker", Role.SECURITY)
    assert said in enter("asker").post(f"{SECURITY}resets/", data).content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTOR, Role.LEADER, Role.CLERK])
def test_other_roles_find_neither_resets_nor_links(role: Role, centre: Unit, clerk: User) -> None:
    administrator(centre, "other", role)
    client = enter("other")
    assert client.get(f"{SECURITY}resets/").status_code == 404
    people = client.get(f"{SECURITY}people/")  # a director confirms what an administrator asked for
    assert (
        people.status_code == (200 if role == Role.DIRECTOR else 404)
        and "替谁申请" not in people.content.decode()
    )
    assert client.post(f"{SECURITY}people/{clerk.pk}/link/").status_code == 404
    assert client.post(f"{SECURITY}resets/1/", {"decision": "confirm"}).status_code == 404


def test_a_one_time_link_sets_the_password_and_leaves_the_second_factor(centre: Unit, clerk: User) -> None:
    add_app(clerk)
    administrator(centre, "boss", Role.ADMIN)
    boss = enter("boss")
    assert "陈洁" in boss.get(f"{SECURITY}people/?q=陈").content.decode()
    boss.post(f"{SECURITY}people/{clerk.pk}/link/", {"reason": "忘了密码，本人持证到场。"})
    administrator(centre, "keeper", Role.SECURITY)
    asked = LinkRequest.objects.get().pk
    page = enter("keeper").post(f"{SECURITY}links/{asked}/", {"decision": "confirm"}).content.decode()
    path = re.search(r"http://testserver(/staff/invitation/[^<]+)", page)
    assert path
    guest = Client()
    assert guest.get(path[1])["Location"] == "/staff/invitation/"
    assert "clerk" in guest.get("/staff/invitation/").content.decode()
    bad = guest.post(
        "/staff/invitation/", {"name": "陈洁", "password1": "a123456789", "password2": "a123456789"}
    )
    assert "太常见" in bad.content.decode()
    new = {"name": "陈洁", "password1": "换一个也很长的啊", "password2": "换一个也很长的啊"}
    assert guest.post("/staff/invitation/", new | {"password2": "不一样的密码哦"}).status_code == 200
    assert guest.post("/staff/invitation/", new)["Location"] == "/staff/sign-in/"
    assert sign_in(guest, "clerk", "换一个也很长的啊")["Location"] == STEP
    again = Client()
    again.get(path[1])
    assert again.get("/staff/invitation/").status_code == 410


def test_nobody_makes_a_link_for_themselves(centre: Unit) -> None:
    user = administrator(centre, "boss", Role.ADMIN)
    page = enter("boss").post(f"{SECURITY}people/{user.pk}/link/", {"reason": "忘了"}).content.decode()
    assert "登录与安全" in page and not LinkRequest.objects.exists()


def test_the_operators_link_can_take_a_lost_factor_away(centre: Unit) -> None:
    from yimen.cli import admin

    administrator(centre, "boss", Role.ADMIN)
    plain, _ = admin.make("boss")
    actions.redeem(plain, "王清", "换一个也很长的啊")
    assert Authenticator.objects.exists()
    strong, _ = admin.make("boss", lost_factor=True)
    actions.redeem(strong, "王清", "再换一个也很长的吧")
    assert not Authenticator.objects.exists()
    assert make("x") and Entry.objects.filter(kind="accounts.invited", payload__lost_factor=True).count() == 1


def test_the_app_secret_used_here_is_the_one_enrolled(clerk: User) -> None:
    from yimen.web.staff.auth.adapter import FactorAdapter

    row = add_app(clerk)
    assert FactorAdapter().decrypt(row.data["secret"]) == SECRET
