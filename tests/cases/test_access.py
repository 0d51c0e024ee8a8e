"""Who sees and does what; the list and the single answer are the same rule."""

from __future__ import annotations

import pytest

from cast import Cast, advance, said_in
from yimen.access.registry import can, visible
from yimen.cases import queries
from yimen.cases.actions.accusations import hand_over_accusation, sealed_words
from yimen.cases.actions.people import reveal
from yimen.cases.actions.phones import find_by_phone
from yimen.cases.actions.slips import issue_slip, open_by_slip
from yimen.cases.models import Case, SealedGrant
from yimen.foundation.errors import Invalid, Missing, Refused
from yimen.ledger.models import Entry

EVERYBODY = ["clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan", "handler.zhifa",
             "handler.jiwei", "head.jiwei", "auditor", "admin"]  # fmt: skip


@pytest.fixture
def matters(cast: Cast) -> list[Case]:
    clerk = cast["clerk1"]
    return [
        clerk.opens(),
        advance(cast, clerk.opens(), "in_hand"),
        advance(cast, clerk.opens(), "closed", unit="zhifa"),
        clerk.does(clerk.opens(), "dispatch", unit="zhifa", assisting=["chengguan"]),
        clerk.does(cast["handler.chengguan"].does(advance(cast, clerk.opens(), "dispatched"), "request_return",
                   reason="不归"), "agree_return"),
        hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[cast.units["zhifa"]]),
    ]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("action", ["cases.view", "cases.reveal"])
def test_what_a_list_shows_is_what_a_single_answer_allows(
    cast: Cast, matters: list[Case], who: str, action: str
) -> None:
    grants = cast[who].grants
    listed = set(Case.objects.filter(visible(grants, action)).values_list("pk", flat=True))
    for case in Case.objects.all():
        assert (case.pk in listed) == can(grants, action, case), f"{who} {action} {case.number} {case.state}"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("clerk1", [1, 1, 1, 1, 1, 1]),
        ("clerk2", [1, 1, 1, 1, 1, 0]),
        ("director", [1, 1, 1, 1, 1, 0]),
        ("leader1", [1, 1, 1, 1, 1, 0]),
        ("handler.chengguan", [0, 1, 0, 1, 0, 0]),
        ("head.chengguan", [0, 1, 0, 1, 0, 0]),
        ("handler.zhifa", [0, 0, 1, 1, 0, 0]),
        ("handler.jiwei", [0, 0, 0, 0, 0, 1]),
        ("auditor", [0, 0, 0, 0, 0, 0]),
        ("admin", [0, 0, 0, 0, 0, 0]),
    ],
)
def test_everybody_sees_what_is_theirs(cast: Cast, matters: list[Case], who: str, seen: list[int]) -> None:
    assert [int(cast[who].sees(case)) for case in matters] == seen


def test_a_sealed_matter_keeps_only_the_hand_over(cast: Cast, matters: list[Case]) -> None:
    sealed = matters[-1]
    assert (sealed.text, sealed.search_text, sealed.title) == ("", "", "密件")
    assert "纪工委" in sealed_words(sealed)
    assert not sealed.number.endswith("00006"), "a gap in the sequence would reveal it"
    assert "纪工委" not in "".join(
        str(e.payload) for e in Entry.objects.filter(subject="case", subject_id=sealed.pk)
    )
    assert sealed.state == "closed"


def test_a_sealed_matter_does_not_use_up_a_number(cast: Cast) -> None:
    clerk = cast["clerk1"]
    first = clerk.opens()
    hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"])
    second = clerk.opens()
    assert int(second.number[-5:]) == int(first.number[-5:]) + 1


def test_a_grant_does_not_help_those_who_are_named(cast: Cast, matters: list[Case]) -> None:
    sealed, named = matters[-1], cast["handler.zhifa"]
    SealedGrant.objects.create(
        case=sealed, user=named.user, granted_by=cast["clerk1"].user, reason="x", at=sealed.received_at
    )
    assert not named.sees(sealed)
    assert not can(named.grants, "cases.view", sealed)


def test_an_accusation_is_not_handed_to_those_it_names(cast: Cast) -> None:
    clerk = cast["clerk1"]
    with pytest.raises(Invalid):
        hand_over_accusation(
            clerk.actor, clerk.grants, to=cast.units["jiwei"], named_units=[cast.units["jiwei"]]
        )


def test_a_sealed_matter_is_in_no_count_and_no_search(cast: Cast, matters: list[Case]) -> None:
    for who in EVERYBODY:
        found = queries.search(cast[who].grants, "密件") + queries.search(cast[who].grants, "纪工委")
        assert not [case for case in found if case.sealed]


def test_contacts_are_revealed_with_a_reason_that_stays(cast: Cast) -> None:
    case = cast["clerk1"].opens(name="陈女士", phone="13800002071")
    with pytest.raises(Invalid):
        reveal(cast["clerk1"].actor, cast["clerk1"].grants, case, "  ")
    shown = reveal(cast["clerk1"].actor, cast["clerk1"].grants, case, "约定上门时间")
    assert shown[0].phone == "13800002071"
    entry = Entry.objects.get(kind="case.revealed")
    assert entry.actor_id == cast["clerk1"].user.pk and said_in(entry) == {"reason": "约定上门时间"}


def test_a_leader_sees_the_matter_but_not_the_phone(cast: Cast) -> None:
    case = cast["clerk1"].opens(phone="13800002071")
    with pytest.raises(Refused):
        reveal(cast["leader1"].actor, cast["leader1"].grants, case, "想看")


def test_a_phone_finds_open_matters_only_and_leaves_a_trace(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens(phone="138 0000 2071")
    closed = advance(cast, clerk.opens(phone="13800002071"), "closed")
    assert find_by_phone(clerk.actor, clerk.grants, "138-0000-2071") == [case]
    assert not Entry.objects.filter(kind="case.phone_searched", subject_id=closed.pk).exists()
    assert Entry.objects.filter(kind="case.phone_searched", subject_id=case.pk).exists()
    assert find_by_phone(clerk.actor, clerk.grants, "13800002072") == []


def test_only_the_desk_searches_by_phone(cast: Cast) -> None:
    with pytest.raises(Refused):
        find_by_phone(cast["handler.chengguan"].actor, cast["handler.chengguan"].grants, "13800002071")


def test_a_slip_opens_its_matter_open_or_closed_and_is_kept(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens()
    code = issue_slip(clerk.actor, clerk.grants, case)
    case = advance(cast, case, "closed")
    for typed in (code, code.lower(), f"https://x.example/m/{case.number}#{code}", case.number):
        assert open_by_slip(clerk.actor, clerk.grants, typed) == case
    assert open_by_slip(clerk.actor, clerk.grants, "AAAAAAAAAAAAAAAAAAAA") is None
    assert Entry.objects.filter(kind="case.viewed_by_slip").count() == 4


def test_the_code_of_a_slip_is_nowhere_in_the_database(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens()
    code = issue_slip(clerk.actor, clerk.grants, case)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM cases_slipcode")
        assert code not in str(cursor.fetchall())
    assert code not in "".join(str(e.payload) for e in Entry.objects.all())


def test_a_role_that_has_ended_opens_nothing(cast: Cast) -> None:
    from datetime import date

    from yimen.access.models import RoleGrant
    from yimen.access.registry import grants_of

    case = cast["clerk1"].opens()
    RoleGrant.objects.filter(user=cast["clerk2"].user).update(until=date(2021, 1, 1))
    grants = grants_of(cast["clerk2"].actor)
    with pytest.raises(Missing):
        queries.get_visible(grants, case.uuid)


def test_a_clerk_who_is_named_can_still_hand_the_letter_over_but_never_look_again(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = hand_over_accusation(
        clerk.actor,
        clerk.grants,
        to=cast.units["jiwei"],
        named_people=[clerk.user],
        named_units=[cast.units["centre"]],
    )
    assert case.number
    assert not clerk.sees(case) and not cast["director"].sees(case)
    assert cast["handler.jiwei"].sees(case)


def test_an_accusation_cannot_come_in_unsealed(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast["clerk1"].opens(appeal="accusation")


@pytest.mark.parametrize("who", ["clerk1", "handler.jiwei"])
def test_a_sealed_matter_cannot_be_worked_on(cast: Cast, who: str) -> None:
    from yimen.cases.actions import desk

    clerk = cast["clerk1"]
    sealed = hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"])
    person = cast[who]
    with pytest.raises(Refused):
        person.does(sealed, "reopen", reason="看看")
    with pytest.raises(Refused):
        desk.visited_again(person.actor, person.grants, sealed.uuid, words="某某来过")


def test_identity_numbers_never_reach_the_ledger(cast: Cast) -> None:
    from yimen.cases.actions import desk

    number, clerk = "11010519491231002X", cast["clerk1"]
    case = clerk.opens(title=f"查{number}", place=number, wish=number)
    desk.correct(clerk.actor, clerk.grants, case.uuid, {"text": f"改{number}"}, reason=number)
    clerk.does(case, "answer", reply=f"您的{number}")
    assert number not in "".join(str(e.payload) for e in Entry.objects.all())
    case.refresh_from_db()
    assert number not in case.title + case.place + case.wish + case.text


def test_a_resident_who_asks_for_confidence_is_revealed_to_the_desk_only(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(phone="13800002071", confidential=True), "in_hand")
    with pytest.raises(Refused):
        reveal(cast["handler.chengguan"].actor, cast["handler.chengguan"].grants, case, "联系")
    assert reveal(cast["clerk1"].actor, cast["clerk1"].grants, case, "联系")


def test_nobody_outside_the_work_takes_matters_over_and_leavers_lose_their_roles(cast: Cast) -> None:
    from yimen.access.registry import grants_of
    from yimen.cases.actions import handover
    from yimen.organisations.models import Membership

    director, clerk = cast["director"], cast["clerk1"]
    clerk.opens()
    with pytest.raises(Invalid):
        handover.hand_over(director.actor, director.grants, clerk.user, cast["auditor"].user)
    handover.hand_over(director.actor, director.grants, clerk.user, cast["clerk2"].user)
    handover.end_membership(director.actor, director.grants, Membership.objects.get(user=clerk.user))
    assert not grants_of(clerk.actor).by_role
    assert Entry.objects.filter(kind="organisations.member_left").exists()
