"""Guessing passwords and codes: five in fifteen minutes per person and address, whatever the headers say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from tests.web.auth_ground import PASSWORD, add_app, clerk, code, is_in, kinds, make, sign_in, site

from yimen.accounts.models import User

__all__ = ["clerk", "site"]

HERE, THERE = "203.0.113.9", "198.51.100.7"
WRONG = "错的密码在这里"


def fail(client: Client, times: int, name: str = "clerk", **extra: Any) -> list[int]:
    return [sign_in(client, name, WRONG, **({"REMOTE_ADDR": HERE} | extra)).status_code for _ in range(times)]


def test_the_fifth_failure_closes_the_door_and_the_right_password_does_not_open_it(clerk: User) -> None:
    client = Client()
    assert fail(client, 5) == [200, 200, 200, 200, 429]
    assert sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 429
    assert not is_in(client)


def test_four_failures_close_nothing(clerk: User) -> None:
    client = Client()
    fail(client, 4)
    assert sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 302


def test_the_page_says_why_and_what_to_do(clerk: User) -> None:
    client = Client()
    fail(client, 5)
    answer = sign_in(client, "clerk", REMOTE_ADDR=HERE)
    page = answer.content.decode()
    assert "请过 15 分钟再试" in page and "本人在其他地址照常登录" in page and "安全管理员" in page
    assert answer["Retry-After"] == "900"


def test_the_owner_comes_in_from_another_address(clerk: User) -> None:
    fail(Client(), 12)
    owner = Client()
    assert sign_in(owner, "clerk", REMOTE_ADDR=THERE).status_code == 302
    assert is_in(owner)


def test_the_next_person_at_the_same_address_comes_in(clerk: User) -> None:
    fail(Client(), 12)
    make("other", "李强")
    assert sign_in(Client(), "other", REMOTE_ADDR=HERE).status_code == 302


def test_of_many_tries_with_forged_headers_only_five_are_looked_at(clerk: User, monkeypatch: Any) -> None:
    looked: list[str] = []
    monkeypatch.setattr(User, "check_password", lambda self, text: looked.append(text) or False)
    client = Client()
    for number in range(120):
        forged = f"10.{number % 250}.{number // 250}.1"
        sign_in(
            client, "clerk", f"猜测第{number}个", REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=forged, HTTP_FORWARDED=f"for={forged}",
            HTTP_X_REAL_IP=forged, HTTP_CLIENT_IP=forged, HTTP_USER_AGENT=f"agent {number}",
        )  # fmt: skip
    assert len(looked) == 5


def test_behind_our_proxy_the_address_it_wrote_counts_not_what_came_before(
    clerk: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    answers = [
        sign_in(
            Client(), "clerk", WRONG, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"9.9.9.{n}, {HERE}"
        ).status_code
        for n in range(8)
    ]
    assert answers == [200, 200, 200, 200, 429, 429, 429, 429]
    behind = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": THERE}
    assert sign_in(Client(), "clerk", **behind).status_code == 302


def test_another_spelling_of_the_name_is_the_same_name(clerk: User) -> None:
    client = Client()
    for spelling in ("clerk", "CLERK", " Clerk", "cLeRk ", "clerK"):
        fail(client, 1, spelling)
    assert sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 429


def test_a_name_that_nobody_has_is_held_the_same(db: None) -> None:
    assert fail(Client(), 6, "nobody")[-2:] == [429, 429]


def test_after_fifteen_minutes_the_door_is_open_again(clerk: User) -> None:
    client = Client()
    fail(client, 5)
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=2)):
        assert sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 302


def test_knocking_while_held_does_not_prolong_it(clerk: User) -> None:
    client, begun = Client(), timezone.now()
    fail(client, 5)
    with time_machine.travel(begun + timedelta(minutes=14)):
        assert fail(client, 1) == [429]
    with time_machine.travel(begun + timedelta(minutes=15, seconds=5)):
        assert sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 302


def test_coming_in_clears_the_count(clerk: User) -> None:
    client = Client()
    fail(client, 4)
    sign_in(client, "clerk", REMOTE_ADDR=HERE)
    client.post("/staff/sign-out/")
    assert fail(client, 4) == [200, 200, 200, 200]


def test_the_ledger_notes_five_failures_and_one_hold_not_every_knock(clerk: User) -> None:
    fail(Client(), 40)
    assert kinds(clerk) == ["sign_in_failed"] * 5 + ["sign_in_held"]


def test_codes_of_the_second_step_are_counted_too(clerk: User) -> None:
    add_app(clerk)
    client = Client()
    sign_in(client, "clerk", REMOTE_ADDR=HERE)
    step = "/staff/sign-in/second-step/"
    answers = [client.post(step, {"code": f"00000{n}"}, REMOTE_ADDR=HERE).status_code for n in range(7)]
    assert answers == [200, 200, 200, 200, 429, 429, 429]
    assert client.post(step, {"code": code()}, REMOTE_ADDR=HERE).status_code == 429
    assert not is_in(client)


def test_a_known_password_does_not_reset_the_count_of_codes(clerk: User) -> None:
    add_app(clerk)
    looked = 0
    for number in range(8):
        client = Client()
        if sign_in(client, "clerk", REMOTE_ADDR=HERE).status_code == 302:
            client.post("/staff/sign-in/second-step/", {"code": f"00000{number}"}, REMOTE_ADDR=HERE)
            looked += 1
    assert looked == 5


def test_guessing_the_old_password_in_an_open_session_is_counted(clerk: User) -> None:
    client = Client()
    sign_in(client, "clerk", REMOTE_ADDR=HERE)
    data = {"oldpassword": WRONG, "password1": "新的密码也很长呢", "password2": "新的密码也很长呢"}
    answers = [client.post("/staff/security/password/", data, REMOTE_ADDR=HERE).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_time_are_counted_one_by_one(monkeypatch: Any) -> None:
    import threading
    import time

    from django.db import connections

    make("clerk")
    looked: list[str] = []
    broken: list[Exception] = []

    def slow(self: User, text: str) -> bool:
        looked.append(text)
        time.sleep(0.05)
        return False

    monkeypatch.setattr(User, "check_password", slow)

    def knock() -> None:
        try:
            sign_in(Client(), "clerk", WRONG, REMOTE_ADDR=HERE)
        except Exception as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=knock) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert len(looked) == 5


def test_a_line_with_a_whole_network_of_its_own_has_five_tries_too(clerk: User) -> None:
    tries = [fail(Client(), 1, REMOTE_ADDR=f"2001:db8:1:2::{n:x}")[0] for n in range(1, 7)]
    assert tries == [200, 200, 200, 200, 429, 429]
    assert sign_in(Client(), "clerk", REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_guessing_spread_over_many_addresses_is_held_for_that_name(clerk: User, settings: Any) -> None:
    settings.SIGN_IN_TRIES_PER_NAME = 8
    for last in range(8):
        fail(Client(), 1, REMOTE_ADDR=f"203.0.113.{last}")
    assert sign_in(Client(), "clerk", REMOTE_ADDR="203.0.113.99").status_code == 429
    make("other", "李强")
    assert sign_in(Client(), "other", REMOTE_ADDR="203.0.113.99").status_code == 302


def test_the_owner_is_not_locked_out_where_they_came_in_before(clerk: User, settings: Any) -> None:
    settings.SIGN_IN_TRIES_PER_NAME = 8
    assert sign_in(Client(), "clerk", REMOTE_ADDR=THERE).status_code == 302
    for last in range(9):
        fail(Client(), 1, REMOTE_ADDR=f"203.0.113.{last}")
    assert sign_in(Client(), "clerk", REMOTE_ADDR=HERE).status_code == 429
    assert sign_in(Client(), "clerk", REMOTE_ADDR=THERE).status_code == 302


def test_one_address_that_tries_everybody_is_held_but_not_for_those_who_work_there(
    clerk: User, settings: Any
) -> None:
    settings.SIGN_IN_TRIES_PER_ADDRESS = 8
    assert sign_in(Client(), "clerk", REMOTE_ADDR=HERE).status_code == 302
    for number in range(8):
        fail(Client(), 1, name=f"guess{number}")
    make("other", "李强")
    assert sign_in(Client(), "other", REMOTE_ADDR=HERE).status_code == 429
    assert sign_in(Client(), "clerk", REMOTE_ADDR=HERE).status_code == 302
    assert sign_in(Client(), "other", REMOTE_ADDR=THERE).status_code == 302


def test_the_overall_hold_ends_after_fifteen_minutes(clerk: User, settings: Any) -> None:
    settings.SIGN_IN_TRIES_PER_NAME = 6
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for last in range(6):
            fail(Client(), 1, REMOTE_ADDR=f"203.0.113.{last}")
        assert sign_in(Client(), "clerk", REMOTE_ADDR=THERE).status_code == 429
        clock.shift(timedelta(minutes=16))
        assert sign_in(Client(), "clerk", REMOTE_ADDR=THERE).status_code == 302
