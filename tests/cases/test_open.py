"""Registration: what gets a number, and what is sent back with a reason."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cast import LEAK, Cast, advance
from yimen.cases import queries
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.actions.people import Person, mask_name, mask_phone, participants
from yimen.cases.models import Case, Clock, Participant, PhoneIndex
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)


def test_six_fields_make_a_number_an_owner_clocks_and_a_first_entry(cast: Cast) -> None:
    case = cast["clerk1"].opens(place="三社区 6-2-301", wish="修好", name="陈女士", phone="13800002071")
    assert case.number.startswith("永〔") and case.number.endswith("〕00001")
    assert case.title == "楼上卫生间漏水，把我家客厅吊顶泡塌了一块"
    assert case.accountable_person == cast["clerk1"].user == case.holder
    assert case.clock is not None and case.due_at == case.clock.due_at
    assert [entry.kind for entry in Entry.objects.filter(subject="case", subject_id=case.pk)] == [
        "case.opened"
    ]


def test_numbers_are_consecutive_within_a_year_and_begin_anew_with_the_next(cast: Cast) -> None:
    old = datetime(2025, 12, 31, 15, 0, tzinfo=SHANGHAI)
    numbers = [cast["clerk1"].opens(at=at).number for at in (MORNING, MORNING, old)]
    assert numbers == ["永〔2026〕00001", "永〔2026〕00002", "永〔2025〕00001"]


def test_a_new_matter_is_unscreened_under_the_stricter_clock(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    assert not case.screened
    running = {clock.kind: clock for clock in Clock.objects.filter(case=case, running=True)}
    assert set(running) == {"step", "inform", "conclude", "screen"}
    assert running["inform"].rule["code"] == "XF-15N"
    assert timezone.localdate(running["inform"].due_at) == datetime(2026, 3, 16).date()
    assert case.due_at == min(running[kind].due_at for kind in ("step", "inform", "conclude"))


def test_being_told_at_the_counter_owes_no_notice(cast: Cast) -> None:
    case = cast["clerk1"].opens(told_now=True)
    assert case.told_at is not None
    assert not Clock.objects.filter(case=case, kind="inform").exists()


def test_an_anonymous_matter_owes_no_notice_either(cast: Cast) -> None:
    case = cast["clerk1"].opens(anonymous=True)
    assert not Clock.objects.filter(case=case, kind="inform").exists()


def test_late_paper_counts_from_its_real_receipt(cast: Cast) -> None:
    received = MORNING - timedelta(days=4)
    case = cast["clerk1"].opens(at=MORNING, received_at=received)
    inform = Clock.objects.get(case=case, kind="inform")
    assert inform.start_at == received
    assert case.received_at == received


def test_receipt_in_the_future_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as caught:
        cast["clerk1"].opens(received_at=timezone.now() + timedelta(hours=1))
    assert "received_at" in caught.value.fields


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"text": "  "}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"category": "no-such"}, "category"),
        ({"phone": "call me"}, "phone"),
        ({"party_size": 0}, "party_size"),
        ({"party_size": 2, "representatives": tuple(Person(f"代表{i}") for i in range(3))}, "party_size"),
        (
            {"party_size": 9, "representatives": tuple(Person(f"代表{i}") for i in range(6))},
            "representatives",
        ),
        ({"anonymous": True, "name": "陈"}, "anonymous"),
        ({"channel": "pigeon"}, "channel"),
        ({"urgency": "panic"}, "urgency"),
        ({"place": "长" * 201}, "place"),
        ({"name": "长" * 61}, "name"),
        ({"dictated": True}, "dictated"),
        ({"dictated": True, "read_back": True, "fingerprint": True}, "dictated"),
    ],
)
def test_what_cannot_be_taken_is_named(cast: Cast, fields: dict[str, object], blamed: str) -> None:
    with pytest.raises(Invalid) as caught:
        cast["clerk1"].opens(**fields)  # type: ignore[arg-type]
    assert blamed in caught.value.fields
    assert not Case.objects.exists()


def test_a_dictated_statement_with_witness_is_taken(cast: Cast) -> None:
    case = cast["clerk1"].opens(dictated=True, read_back=True, fingerprint=True, witness=Person("李见证"))
    assert [row.role for row in participants(case)] == ["witness"]


def test_five_representatives_of_23_are_kept_apart(cast: Cast) -> None:
    people = tuple(Person(f"代表{i}", phone=f"1380000000{i}") for i in range(5))
    case = cast["clerk1"].opens(party_size=23, representatives=people, reported_to="何书记 电话")
    assert [row.role for row in participants(case)] == ["representative"] * 5
    assert PhoneIndex.objects.filter(case=case).count() == 5


def test_only_the_desk_registers(cast: Cast) -> None:
    for who in ("handler.chengguan", "leader1", "auditor", "admin"):
        with pytest.raises(Refused):
            cast[who].opens()


def test_the_same_form_twice_makes_one_matter(cast: Cast) -> None:
    key = uuid.uuid4()
    first = cast["clerk1"].opens(client_key=key)
    again = cast["clerk1"].opens(client_key=key)
    assert first.pk == again.pk and Case.objects.count() == 1


def test_another_content_under_the_same_key_is_a_conflict(cast: Cast) -> None:
    key = uuid.uuid4()
    cast["clerk1"].opens(client_key=key)
    with pytest.raises(Conflict):
        cast["clerk1"].opens(text="别的事", client_key=key)


def test_a_form_used_again_after_its_matter_was_closed_is_a_conflict_not_the_old_matter(cast: Cast) -> None:
    """Its digest is forgotten at closing: what a second visitor says must not vanish into the first one's matter."""
    key = uuid.uuid4()
    case = cast["clerk1"].opens(client_key=key)
    advance(cast, case, "closed")
    with pytest.raises(Conflict):
        cast["clerk1"].opens(text="别的事", client_key=key)


def test_people_are_ciphertext_in_every_column(cast: Cast) -> None:
    case = cast["clerk1"].opens(name="欧阳震华", phone="13912345678", address="永安小区6号楼")
    row = Participant.objects.get(case=case)
    for secret in ("欧阳震华", "13912345678", "永安小区6号楼"):
        assert secret.encode() not in bytes(row.sealed)
        assert secret not in case.search_text
        for entry in Entry.objects.filter(subject="case", subject_id=case.pk):
            assert secret not in str(entry.payload)


def test_identity_card_numbers_are_masked_on_entry(cast: Cast) -> None:
    case = cast["clerk1"].opens(text="我的身份证11010519491231002X，请帮忙查")
    assert "11010519491231002X" not in case.text


def test_rare_characters_emoji_and_long_texts_survive(cast: Cast) -> None:
    text = "㛃女士𬱖先生😀" + "长" * 9_990
    case = cast["clerk1"].opens(text=text)
    case.refresh_from_db()
    assert case.text == text


def test_a_null_character_does_not_break_the_door(cast: Cast) -> None:
    assert cast["clerk1"].opens(text="漏水\x00了").text == "漏水了"


@pytest.mark.parametrize(
    ("name", "masked"), [("陈", "陈*"), ("陈女士", "陈**"), ("欧阳震华先生", "欧****"), ("", "")]
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800002071", "138****2071"), ("0931-8880001", "093****0001"), ("12345", "****45"), ("", "")],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize("typed", ["永〔2026〕00001", "永(2026)1", "2026 00001", "永2026-1"])
def test_a_number_is_found_however_it_is_typed(cast: Cast, typed: str) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    assert queries.by_number(cast["clerk1"].grants, typed) == case


def test_a_clerk_without_a_place_in_the_centre_cannot_register(cast: Cast) -> None:
    from yimen.organisations.models import Membership

    person = cast["clerk2"]
    Membership.objects.filter(user=person.user).update(active=False)
    with pytest.raises(Invalid):
        open_case(person.actor, person.grants, Registration(text=LEAK, category="neighbour"))
