"""Roles, their separation, stand-ins, and links that take two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cast import SINCE, Cast, advance
from yimen.access import actions as access
from yimen.access.actions import Granting
from yimen.access.models import RoleGrant
from yimen.access.registry import can, grants_of
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.access.rules import Period, clash
from yimen.accounts.models import Invitation, LinkRequest, User
from yimen.cases import queries
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.actions.handover import hand_over
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.organisations.models import Membership

from .auth_ground import add_app
from .staff_ground import Enter, in_use

GRANT = "/staff/admin/roles/grant/"
TODAY = timezone.localdate
OPERATOR = Actor(None, "operator", "cli")


def on(offset: int) -> Any:
    return TODAY() + timedelta(days=offset)


@pytest.fixture
def street(cast: Cast) -> Cast:
    cast.joins("security", "安全员", "centre", Role.SECURITY)
    in_use(cast)
    return cast


def given(person: str, role: str, unit: str = "centre", **more: Any) -> dict[str, Any]:
    return {"person": person, "role": role, "unit": unit, "since": on(0).isoformat(), **more}


def test_a_role_holds_in_its_period_and_no_longer(street: Cast, enter: Enter) -> None:
    client = enter("security")
    assert client.post(GRANT, given("clerk2", "director", until=on(3).isoformat())).status_code == 302
    actor = street["clerk2"].actor
    assert grants_of(actor).has(Role.DIRECTOR) and grants_of(actor, on(3)).has(Role.DIRECTOR)
    assert not grants_of(actor, on(4)).has(Role.DIRECTOR) and not grants_of(actor, on(-1)).has(Role.DIRECTOR)


def test_a_role_is_revoked_from_now_on(street: Cast, enter: Enter) -> None:
    row = RoleGrant.objects.get(user=street["clerk2"].user)
    path = f"/staff/admin/roles/{row.pk}/revoke/"
    assert enter("security").post(path, {"last_day": on(-1).isoformat()}).status_code == 302
    assert not grants_of(street["clerk2"].actor).has(Role.CLERK)
    assert "已结束" in enter("security").get("/staff/admin/roles/?past=1&q=clerk2").content.decode()


@pytest.mark.parametrize("second", [*sorted(ADMINISTRATORS - {Role.AUDITOR}), Role.CLERK, Role.DIRECTOR])
def test_nobody_holds_an_administrators_role_beside_another(street: Cast, enter: Enter, second: Role) -> None:
    answer = enter("security").post(GRANT, given("auditor", str(second)))
    page = answer.content.decode()
    assert answer.status_code == 400 and "各由一人担任" in page
    assert 'value="auditor"' in page, "what was typed is still there"
    assert grants_of(street["auditor"].actor).by_role.keys() == {Role.AUDITOR}


def test_a_clerk_does_not_become_an_administrator_either_but_may_after_the_role_ends(street: Cast) -> None:
    clerk, unit = street["clerk2"].user, street.units["centre"]
    with pytest.raises(Invalid):
        access.grant(OPERATOR, clerk, Role.ADMIN, unit, on(0))
    access.revoke(OPERATOR, RoleGrant.objects.get(user=clerk).pk, on(2))
    with pytest.raises(Invalid):
        access.grant(OPERATOR, clerk, Role.ADMIN, unit, on(2))
    access.grant(OPERATOR, clerk, Role.ADMIN, unit, on(3))


def test_two_grants_in_one_go_exclude_each_other_too(street: Cast) -> None:
    user = User.objects.create(sign_in="both", name="两样", password="!")
    unit = street.units["centre"]
    with pytest.raises(Invalid):
        access.grant_many(
            OPERATOR, [Granting(user, Role.ADMIN, unit, on(0)), Granting(user, Role.SECURITY, unit, on(0))]
        )
    assert not RoleGrant.objects.filter(user=user).exists()


def test_the_rule_of_separation_looks_at_days() -> None:
    held = [Period("admin", on(0), on(5))]
    assert clash(Period("auditor", on(5), None), held) == Role.ADMIN
    assert clash(Period("auditor", on(6), None), held) is None
    assert clash(Period("clerk", on(-9), on(-1)), held) is None
    assert clash(Period("clerk", on(-9), None), held) == Role.ADMIN
    assert clash(Period("head", on(0)), [Period("handler", on(0))]) is None


def test_nobody_gives_roles_to_oneself_and_the_system_administrator_gives_none(
    street: Cast, enter: Enter
) -> None:
    assert enter("security").post(GRANT, given("security", "security")).status_code in (400, 403)
    assert enter("admin").post(GRANT, given("clerk2", "director")).status_code == 403
    assert enter("admin").post(GRANT, given("clerk2", "security")).status_code == 403
    assert not RoleGrant.objects.filter(user=street["clerk2"].user).exclude(role="clerk").exists()


def test_nobody_changes_the_own_roles(street: Cast, enter: Enter) -> None:
    own = RoleGrant.objects.get(user=street["security"].user)
    for what in ("revoke", "stand-in"):
        assert enter("security").get(f"/staff/admin/roles/{own.pk}/{what}/").status_code == 403


def test_the_last_administrator_is_not_taken_away(street: Cast) -> None:
    row = RoleGrant.objects.get(user=street["admin"].user)
    with pytest.raises(Conflict):
        access.revoke(OPERATOR, row.pk, on(0))
    other = User.objects.create(sign_in="admin2", name="第二位", password="!")
    access.grant(OPERATOR, other, Role.ADMIN, street.units["centre"], on(0))
    access.revoke(OPERATOR, row.pk, on(0))


def test_an_account_that_nobody_has_taken_into_use_gets_no_role(street: Cast, enter: Enter) -> None:
    User.objects.create(sign_in="ghost", name="没启用", password="!")
    answer = enter("security").post(GRANT, given("ghost", "director"))
    assert answer.status_code == 400 and "启用账号" in answer.content.decode()


# --- stand-ins


def head(cast: Cast) -> RoleGrant:
    return RoleGrant.objects.get(user=cast["head.zhifa"].user, role="head")


def test_a_stand_in_holds_the_role_is_shown_as_such_and_ends_by_itself(street: Cast, enter: Enter) -> None:
    path = f"/staff/admin/roles/{head(street).pk}/stand-in/"
    sent = {
        "person": "handler.zhifa",
        "since": on(0).isoformat(),
        "until": on(2).isoformat(),
        "reason": "休假",
    }
    assert enter("security").post(path, sent).status_code == 302
    actor = street["handler.zhifa"].actor
    assert grants_of(actor).has(Role.HEAD) and not grants_of(actor, on(3)).has(Role.HEAD)
    assert grants_of(actor).stands_for(Role.HEAD) == {street["head.zhifa"].user.pk}
    assert "代zhifa负责人" in enter("security").get("/staff/admin/roles/").content.decode()
    assert "代zhifa负责人" in enter("handler.zhifa").get("/staff/").content.decode()


def test_what_goes_to_the_head_goes_to_the_stand_in(street: Cast) -> None:
    street.joins("deputy.zhifa", "副职", "zhifa", Role.HANDLER)
    access.stand_in(OPERATOR, head(street), street["deputy.zhifa"].user, on(0), on(2))
    case = advance(street, street["clerk1"].opens(), "reported", unit="zhifa")
    assert case.holder_id == street["deputy.zhifa"].user.pk
    deputy = street["deputy.zhifa"]
    deputy._grants = None
    assert deputy.does(case, "verify").state == "verified"


def test_what_goes_to_an_absent_liaison_goes_to_the_stand_in(street: Cast) -> None:
    deputy = street.joins("deputy.zhifa", "副职", "zhifa", Role.HEAD)
    away = RoleGrant.objects.get(user=street["handler.zhifa"].user)
    access.stand_in(OPERATOR, away, deputy.user, on(0), on(2))
    case = advance(street, street["clerk1"].opens(), "dispatched", unit="zhifa")
    assert case.holder_id == deputy.user.pk


def test_stand_ins_make_no_chains_and_no_loops(street: Cast) -> None:
    third = street.joins("third.zhifa", "第三人", "zhifa", Role.HANDLER)
    handler = RoleGrant.objects.get(user=street["handler.zhifa"].user)
    first = access.stand_in(OPERATOR, head(street), street["handler.zhifa"].user, on(0), on(5))
    with pytest.raises(Invalid, match="不能再代理"):
        access.stand_in(OPERATOR, first, third.user, on(0), on(2))
    with pytest.raises(Invalid):  # the one who stands in is there
        access.stand_in(OPERATOR, handler, third.user, on(1), on(2))
    with pytest.raises(Invalid):  # the one who is away cannot stand in
        access.stand_in(OPERATOR, handler, street["head.zhifa"].user, on(5), on(9))
    access.stand_in(OPERATOR, handler, street["head.zhifa"].user, on(6), on(9))


@pytest.mark.parametrize(("person", "since", "until"), [
    ("clerk1", 0, 2), ("handler.chengguan", 0, 2), ("head.zhifa", 0, 2), ("handler.zhifa", 2, 0),
])  # fmt: skip
def test_a_stand_in_is_another_member_of_the_unit_for_a_real_period(
    street: Cast, person: str, since: int, until: int
) -> None:
    with pytest.raises(Invalid):
        access.stand_in(OPERATOR, head(street), street[person].user, on(since), on(until))


def test_an_administrator_does_not_stand_in_for_work(street: Cast) -> None:
    director = RoleGrant.objects.get(user=street["director"].user)
    with pytest.raises(Invalid):
        access.stand_in(OPERATOR, director, street["auditor"].user, on(0), on(2))


def test_the_stand_in_ends_with_the_role_it_stands_for(street: Cast) -> None:
    row = access.stand_in(OPERATOR, head(street), street["handler.zhifa"].user, on(-2), on(5))
    access.revoke(OPERATOR, head(street).pk, on(-1))
    row.refresh_from_db()
    assert row.until == on(-1) and not grants_of(street["handler.zhifa"].actor).has(Role.HEAD)


def test_the_database_knows_no_stand_in_without_an_end(street: Cast) -> None:
    from django.db import IntegrityError, transaction

    row = RoleGrant(user=street["handler.zhifa"].user, role="head", unit=street.units["zhifa"], since=SINCE)
    row.stands_for = street["head.zhifa"].user
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# --- hand-over


def test_a_role_that_is_over_does_not_count_as_work_in_a_hand_over(street: Cast) -> None:
    director = street["director"]
    street["clerk1"].opens()
    RoleGrant.objects.filter(user=street["clerk2"].user).update(until=on(-1))
    with pytest.raises(Invalid):
        hand_over(director.actor, director.grants, street["clerk1"].user, street["clerk2"].user)


def test_a_hand_over_may_take_one_category_or_one_unit_only(street: Cast, enter: Enter) -> None:
    noise, leak = street["clerk1"].opens(category="noise"), street["clerk1"].opens(category="neighbour")
    sent = {"leaving": street["clerk1"].user.pk, "to": street["clerk2"].user.pk, "category": "noise"}
    assert enter("director").post("/staff/handover/", sent).status_code == 302
    for case in (noise, leak):
        case.refresh_from_db()
    assert noise.accountable_person_id == street["clerk2"].user.pk
    assert leak.accountable_person_id == street["clerk1"].user.pk
    sent = {"leaving": street["clerk1"].user.pk, "to": street["clerk2"].user.pk, "lead_unit": "zhifa"}
    enter("director").post("/staff/handover/", sent)
    leak.refresh_from_db()
    assert leak.accountable_person_id == street["clerk1"].user.pk


# --- links


PEOPLE = "/staff/security/people/"


def ask(client: Client, user: User, reason: str = "忘了密码，本人持证到场。") -> Any:
    return client.post(f"{PEOPLE}{user.pk}/link/", {"reason": reason})


def test_a_link_for_a_colleague_takes_two_people_of_two_roles(street: Cast, enter: Enter) -> None:
    user = street["clerk1"].user
    assert ask(enter("admin"), user)["Location"] == PEOPLE
    assert not Invitation.objects.exists(), "asking gives nothing out"
    row, path = LinkRequest.objects.get(), "/staff/security/links/{}/"
    enter("admin").post(path.format(row.pk), {"decision": "confirm"})
    assert not Invitation.objects.exists(), "not by whoever asked"
    page = enter("security").post(path.format(row.pk), {"decision": "confirm"}).content.decode()
    assert "/staff/invitation/" in page and Invitation.objects.get().user_id == user.pk
    enter("director").post(path.format(row.pk), {"decision": "confirm"})
    assert LinkRequest.objects.get().confirmed_by_id == street["security"].user.pk


def test_a_second_administrator_of_the_same_role_does_not_confirm_and_the_director_does(
    street: Cast, enter: Enter
) -> None:
    add_app(street.joins("admin2", "第二位", "centre", Role.ADMIN).user)
    ask(enter("admin"), street["clerk1"].user)
    path = f"/staff/security/links/{LinkRequest.objects.get().pk}/"
    answer = enter("admin2").post(path, {"decision": "confirm"}, follow=True)
    assert "同类管理员" in answer.content.decode()
    assert not Invitation.objects.exists()
    assert "/staff/invitation/" in enter("director").post(path, {"decision": "confirm"}).content.decode()


def test_the_person_concerned_neither_asks_nor_confirms(street: Cast, enter: Enter) -> None:
    director = street["director"].user
    ask(enter("admin"), director)
    enter("director").post(f"/staff/security/links/{LinkRequest.objects.get().pk}/", {"decision": "confirm"})
    assert not Invitation.objects.exists()
    assert "登录与安全" in ask(enter("admin"), street["admin"].user).content.decode()
    assert LinkRequest.objects.count() == 1


def test_a_request_needs_a_reason_is_open_once_and_may_be_called_off(street: Cast, enter: Enter) -> None:
    user = street["clerk1"].user
    assert ask(enter("admin"), user, "").status_code == 200 and not LinkRequest.objects.exists()
    ask(enter("admin"), user)
    assert "已有一份申请" in ask(enter("security"), user).content.decode()
    row = LinkRequest.objects.get()
    enter("security").post(f"/staff/security/links/{row.pk}/", {"decision": "withdraw"})
    enter("security").post(f"/staff/security/links/{row.pk}/", {"decision": "confirm"})
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("who", ["clerk1", "leader1", "auditor", "handler.zhifa"])
def test_others_neither_ask_nor_confirm(street: Cast, enter: Enter, who: str) -> None:
    ask(enter("admin"), street["clerk2"].user)
    path = f"/staff/security/links/{LinkRequest.objects.get().pk}/"
    assert enter(who).post(path, {"decision": "confirm"}).status_code == 404
    assert enter(who).get(PEOPLE).status_code == 404


def test_following_a_link_signs_nobody_out_and_using_it_does(street: Cast, enter: Enter) -> None:
    from yimen.accounts.actions import invite

    client = enter("clerk2")
    token = invite(OPERATOR, street["clerk1"].user)
    assert client.get(f"/staff/invitation/{token}/").status_code == 302
    assert client.get("/staff/").status_code == 200
    page = client.get("/staff/invitation/").content.decode()
    assert "吴桐" in page and "退出" in page
    sent = {"name": "周敏", "password1": "水桶在门后第三格", "password2": "水桶在门后第三格"}
    assert client.post("/staff/invitation/", sent)["Location"] == "/staff/sign-in/"
    assert client.get("/staff/").status_code == 302


# --- the operator's command


def test_the_command_makes_each_of_the_three_and_never_two_in_one(cast: Cast, capsys: Any) -> None:
    from argparse import Namespace

    from yimen.cli import admin

    def run(name: str, role: str) -> int:
        return admin.run(Namespace(name=name, role=role, address="http://x", lost_second_factor=False))

    assert run("keeper", "security") == 0 and "/staff/invitation/" in capsys.readouterr().out
    assert grants_of(Actor(User.objects.get(sign_in="keeper").pk)).by_role.keys() == {Role.SECURITY}
    assert run("keeper", "admin") == 1 and "各由一人担任" in capsys.readouterr().err
    assert run("clerk1", "admin") == 1
    assert grants_of(cast["clerk1"].actor).by_role.keys() == {Role.CLERK}


# --- who keeps the units sees nothing of what arrives there


def test_the_system_administrator_as_liaison_of_a_unit_sees_nothing_of_what_is_sent_there(
    street: Cast, enter: Enter
) -> None:
    for person in ("admin", "puppet"):
        sent = {"person": person, "name": "自己", "since": on(0).isoformat(), "liaison": "on"}
        assert enter("admin").post("/staff/admin/units/chengguan/join/", sent).status_code in (200, 302)
    puppet = User.objects.get(sign_in="puppet")
    case = street["clerk1"].does(street["clerk1"].opens(), "dispatch", unit="chengguan")
    assert case.holder_id == street["handler.chengguan"].user.pk, "who has a role there comes first"
    for user in (puppet, street["admin"].user):
        Case.objects.filter(pk=case.pk).update(holder=user)
        case.refresh_from_db()
        grants = grants_of(Actor(user.pk, user.name, "web"))
        assert not queries.visible_to(grants).exists() and not can(grants, "cases.view", case)


def test_the_system_administrator_in_the_unit_is_no_reader_of_sealed_letters(street: Cast) -> None:
    unit, clerk = street.units["jiwei"], street["clerk1"]
    Membership.objects.create(user=street["admin"].user, unit=unit, since=SINCE)
    sealed = hand_over_accusation(clerk.actor, clerk.grants, to=unit)
    assert street["head.jiwei"].sees(sealed) and not street["admin"].sees(sealed)
    assert not can(street["admin"].grants, "cases.view", sealed)


def test_an_account_that_nobody_has_taken_into_use_stands_in_for_nobody(street: Cast, enter: Enter) -> None:
    ghost = User.objects.create(sign_in="ghost", name="没启用", password="!")
    Membership.objects.create(user=ghost, unit=street.units["zhifa"], since=SINCE)
    sent = {"person": "ghost", "since": on(0).isoformat(), "until": on(2).isoformat(), "reason": "休假"}
    answer = enter("security").post(f"/staff/admin/roles/{head(street).pk}/stand-in/", sent)
    assert answer.status_code == 400 and "启用账号" in answer.content.decode()
    assert not RoleGrant.objects.filter(user=ghost).exists()
