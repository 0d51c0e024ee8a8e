"""Where a person is signed in, until when, and who may end it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.web.auth_ground import (
    DESK,
    PASSWORD,
    SECURITY,
    SIGN_IN,
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

from yimen.access.roles import Role
from yimen.accounts import actions, queries
from yimen.accounts.models import StaffSession, User
from yimen.foundation.actor import Actor
from yimen.organisations.models import Unit

__all__ = ["centre", "clerk", "site"]


@pytest.fixture
def inside(clerk: User) -> Client:
    client = Client(
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537", REMOTE_ADDR="203.0.113.9"
    )
    sign_in(client, "clerk")
    return client


@pytest.fixture
def keeper(centre: Unit) -> Client:
    administrator(centre, "keeper", Role.SECURITY)
    client = Client()
    sign_in(client, "keeper")
    client.post("/staff/sign-in/second-step/", {"code": code()})
    assert is_in(client)
    return client


def test_half_an_hour_without_a_request_ends_it_with_a_reason(inside: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=30, seconds=1)):
        answer = inside.get(f"{DESK}?q=1")
        assert answer["Location"] == f"{SIGN_IN}?next=%2Fstaff%2F%3Fq%3D1"
        assert "30 分钟没有操作" in inside.get(SIGN_IN).content.decode()


def test_requests_in_between_keep_it_alive(inside: Client) -> None:
    begun = timezone.now()
    for minutes in (25, 50, 75):
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            assert is_in(inside)


def test_twelve_hours_end_it_however_busy(inside: Client) -> None:
    begun = timezone.now()
    for quarter in range(1, 48):
        with time_machine.travel(begun + timedelta(minutes=15 * quarter)):
            assert is_in(inside)
    with time_machine.travel(begun + timedelta(hours=12)):
        assert not is_in(inside)


def test_an_ended_session_leaves_nothing_behind(inside: Client, clerk: User) -> None:
    key = inside.session.session_key
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        inside.get(DESK)
    assert not Session.objects.filter(session_key=key).exists()
    assert not StaffSession.objects.filter(user=clerk).exists()
    assert kinds(clerk)[-1] == "session_ended"


def test_a_part_of_a_page_is_told_to_load_the_whole(inside: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = inside.get(DESK, headers={"hx-request": "true"})
    assert answer.status_code == 200 and answer["HX-Redirect"].startswith(SIGN_IN)


def test_last_seen_is_written_at_most_every_half_minute(
    inside: Client, django_assert_num_queries: Any
) -> None:
    inside.get(DESK)
    before = StaffSession.objects.get().last_seen
    inside.get(DESK)
    assert StaffSession.objects.get().last_seen == before
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        inside.get(DESK)
    assert StaffSession.objects.get().last_seen > before


def test_a_page_costs_four_queries_for_who_is_there(inside: Client, django_assert_num_queries: Any) -> None:
    inside.get(DESK)
    with django_assert_num_queries(4):  # session, user, its row, today's roles
        inside.get(DESK)


def test_a_session_made_by_another_door_gets_its_row(clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    assert is_in(client)
    assert StaffSession.objects.get().user == clerk


def test_a_person_sees_where_they_are_signed_in(inside: Client, clerk: User) -> None:
    sign_in(
        Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 14) Chrome/120", REMOTE_ADDR="198.51.100.7"), "clerk"
    )
    page = inside.get(SECURITY).content.decode()
    assert "Chrome · Windows" in page and "Chrome · Android" in page
    assert "203.0.113.9" in page and "198.51.100.7" in page
    assert page.count("当前这里") == 1 and page.count("退出这里") == 1


def test_ending_a_session_holds_at_the_next_request(inside: Client, clerk: User) -> None:
    other = Client()
    sign_in(other, "clerk")
    row = StaffSession.objects.get(session_key=other.session.session_key)
    inside.post(f"/staff/security/sessions/{row.pk}/end/")
    assert not is_in(other) and is_in(inside)
    assert kinds(clerk)[-1] == "session_ended"


def test_ending_all_others_keeps_this_one(inside: Client, clerk: User) -> None:
    others = [Client(), Client()]
    for other in others:
        sign_in(other, "clerk")
    inside.post("/staff/security/sessions/end-others/")
    assert is_in(inside) and not any(is_in(other) for other in others)


def test_nobody_ends_somebody_elses_session_by_its_number(inside: Client, clerk: User) -> None:
    victim = Client()
    make("other")
    sign_in(victim, "other")
    row = StaffSession.objects.get(user__sign_in="other")
    for path in (f"sessions/{row.pk}/end/", f"everyone/{row.pk}/end/", f"everyone/of/{row.user_id}/end/"):
        assert inside.post(f"{SECURITY}{path}").status_code == 404
    assert is_in(victim)


def test_ending_needs_a_button_not_a_link(inside: Client, clerk: User) -> None:
    row = StaffSession.objects.get()
    assert inside.get(f"{SECURITY}sessions/{row.pk}/end/").status_code == 405
    assert inside.get(f"{SECURITY}sessions/end-others/").status_code == 405


def test_the_security_administrator_sees_and_ends_anyones(
    inside: Client, keeper: Client, clerk: User
) -> None:
    page = keeper.get(f"{SECURITY}everyone/?q=陈").content.decode()
    assert "陈洁" in page and "管理员keeper" not in page.split("<ul", 1)[1]
    row = StaffSession.objects.get(user=clerk)
    assert keeper.post(f"{SECURITY}everyone/{row.pk}/end/").status_code == 302
    assert not is_in(inside)


def test_the_security_administrator_ends_all_of_one_person(
    inside: Client, keeper: Client, clerk: User
) -> None:
    second = Client()
    sign_in(second, "clerk")
    keeper.post(f"{SECURITY}everyone/of/{clerk.pk}/end/")
    assert not is_in(inside) and not is_in(second) and is_in(keeper)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.DIRECTOR, Role.CLERK])
def test_other_roles_do_not_find_that_page(role: Role, centre: Unit) -> None:
    administrator(centre, "boss", role)
    client = Client()
    sign_in(client, "boss")
    client.post("/staff/sign-in/second-step/", {"code": code()})
    assert client.get(f"{SECURITY}everyone/").status_code == 404


def test_sessions_over_are_not_shown(inside: Client, clerk: User) -> None:
    StaffSession.objects.update(last_seen=timezone.now() - timedelta(minutes=31))
    assert not queries.live_sessions(user_id=clerk.pk).exists()


def test_old_rows_are_swept_when_somebody_comes_in(inside: Client, clerk: User) -> None:
    StaffSession.objects.update(started_at=timezone.now() - timedelta(hours=25))
    sign_in(Client(), "clerk")
    assert StaffSession.objects.count() == 1


def test_a_new_password_ends_the_others_and_keeps_this_one(inside: Client, clerk: User) -> None:
    other = Client()
    sign_in(other, "clerk")
    data = {"oldpassword": PASSWORD, "password1": "换一个也很长的啊", "password2": "换一个也很长的啊"}
    assert inside.post(f"{SECURITY}password/", data)["Location"] == SECURITY
    assert is_in(inside) and not is_in(other)
    assert "password_changed" in kinds(clerk)
    assert sign_in(Client(), "clerk").status_code == 200
    assert sign_in(Client(), "clerk", "换一个也很长的啊").status_code == 302


def test_a_new_password_is_checked_beside_its_field(inside: Client) -> None:
    data = {"oldpassword": PASSWORD, "password1": "a123456789", "password2": "a123456789"}
    page = inside.post(f"{SECURITY}password/", data).content.decode()
    assert "太常见" in page and 'id="id_password1_error"' in page


def test_changing_the_password_does_not_start_the_twelve_hours_anew(inside: Client, clerk: User) -> None:
    StaffSession.objects.update(started_at=timezone.now() - timedelta(hours=11, minutes=50))
    data = {"oldpassword": PASSWORD, "password1": "换一个也很长的啊", "password2": "换一个也很长的啊"}
    inside.post(f"{SECURITY}password/", data)
    inside.get(DESK)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert not is_in(inside)


def test_an_old_password_must_be_changed_first_under_the_level_three_rules(
    inside: Client, clerk: User, settings: Any
) -> None:
    User.objects.update(password_changed_at=timezone.now() - timedelta(days=91))
    assert is_in(inside)
    settings.MLPS3 = True
    assert inside.get(DESK)["Location"] == f"{SECURITY}password/"
    assert "90 天" in inside.get(f"{SECURITY}password/").content.decode()
    actions.change_password(Actor(clerk.pk), clerk, "换一个也很长的啊")
    sign_in(inside, "clerk", "换一个也很长的啊")
    assert is_in(inside)
