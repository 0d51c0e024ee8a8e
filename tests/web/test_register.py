"""来访登记: six fields to a number; what else may be needed; nothing twice, nothing lost."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from tests.web.staff_ground import Enter

from cast import Cast
from yimen.cases.models import Attachment, Case, Clock, Link, Participant
from yimen.foundation.ids import uuid7
from yimen.web.staff.forms.register import people_of

URL = "/staff/register/"
LEAK = "楼上卫生间漏水，把我家客厅吊顶泡塌了一块，找了三次物业没结果。"
SIX = {"text": LEAK, "category": "neighbour", "place": "永安小区 6-2-301", "wish": "修好漏点，赔偿吊顶",
       "name": "陈女士", "phone": "13800002071", "channel": "visit", "told_now": "on"}  # fmt: skip


def _send(enter: Enter, *, who: str = "clerk1", **more: Any) -> HttpResponse:
    return enter(who).post(URL, {**SIX, "client_key": str(uuid7()), **more})


def test_six_fields_give_a_number_and_a_page_to_print_the_slip(cast: Cast, enter: Enter) -> None:
    answer = _send(enter, then="print")
    case = Case.objects.get()
    assert answer["Location"] == reverse("staff:registered", args=[case.uuid])
    page = enter("clerk1").get(answer["Location"]).content.decode()
    assert case.number in page
    assert f'action="{reverse("staff:slip", args=[case.uuid])}"' in page
    assert (case.text, case.place, case.wish, case.channel) == (LEAK, SIX["place"], SIX["wish"], "visit")
    assert case.accountable_person_id == cast["clerk1"].user.pk


@pytest.mark.parametrize("then", ["answer", "dispatch"])
def test_the_other_buttons_lead_straight_to_the_next_step(cast: Cast, enter: Enter, then: str) -> None:
    answer = _send(enter, then=then)
    assert answer["Location"] == reverse("staff:do", args=[Case.objects.get().uuid, then])


def test_only_text_and_category_are_needed(cast: Cast, enter: Enter) -> None:
    answer = enter("clerk1").post(URL, {"text": "路灯不亮。", "category": "appearance"})
    assert answer.status_code == 302
    assert Case.objects.get().party_size == 1


def test_a_slip_given_at_the_counter_is_the_written_notice(cast: Cast, enter: Enter) -> None:
    _send(enter)
    assert Case.objects.get().told_at is not None
    assert not Clock.objects.filter(kind="inform").exists()


@pytest.mark.parametrize(
    "more", [{"told_now": ""}, {"channel": "phone"}, {"received_at": "2026-11-02T09:00"}]
)
def test_without_a_slip_in_the_hand_the_fifteen_days_run(
    cast: Cast, enter: Enter, more: dict[str, str]
) -> None:
    _send(enter, **more)
    assert Case.objects.get().told_at is None
    assert Clock.objects.filter(kind="inform", running=True).exists()


def test_what_is_missing_is_named_and_everything_typed_comes_back(cast: Cast, enter: Enter) -> None:
    answer = _send(enter, text="", place="七社区 12 号楼")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'href="#id_text">反映什么：请写下来访人反映什么' in page
    for kept in ("七社区 12 号楼", SIX["wish"], "陈女士", "13800002071"):
        assert f'value="{kept}"' in page
    assert not Case.objects.exists()


def test_a_refusal_of_the_action_stands_beside_its_field(cast: Cast, enter: Enter) -> None:
    page = _send(enter, phone="打不通").content.decode()
    assert 'id="id_phone_error"' in page
    assert "只用数字" in page


def test_pressing_twice_registers_once(cast: Cast, enter: Enter) -> None:
    key = str(uuid7())
    first, second = _send(enter, client_key=key), _send(enter, client_key=key)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_another_text_under_the_same_form_is_not_swallowed(cast: Cast, enter: Enter) -> None:
    key = str(uuid7())
    _send(enter, client_key=key)
    again = _send(enter, client_key=key, text="完全是另一件事：路灯不亮，晚上看不清。")
    assert again.status_code == 409
    assert "完全是另一件事" in again.content.decode()
    assert Case.objects.count() == 1


def test_a_category_is_suggested_from_the_words(cast: Cast, enter: Enter) -> None:
    part = enter("clerk1").post("/staff/register/suggest/", {"text": LEAK}).content.decode()
    assert "按所写内容推荐" in part
    assert re.search(r'value="neighbour" checked', part)
    assert "<html" not in part


def test_a_choice_of_the_clerk_is_kept_over_the_suggestion(cast: Cast, enter: Enter) -> None:
    given = {"text": LEAK, "category": "wages"}
    part = enter("clerk1").post("/staff/register/suggest/", given).content.decode()
    assert re.findall(r'value="(\w+)" checked', part) == ["wages"]


def test_the_suggestion_works_without_a_script(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").post(URL, {**SIX, "category": "", "suggest": "1"}).content.decode()
    assert 'value="neighbour" checked' in page
    assert LEAK in page
    assert not Case.objects.exists()


def test_every_category_can_be_chosen(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(URL).content.decode()
    assert len(set(re.findall(r'name="category" id="category-([\w-]+)"', page))) == 17


def test_open_matters_of_the_same_place_are_shown_and_linked_by_choice(cast: Cast, enter: Enter) -> None:
    other = cast["clerk2"].opens(place="永安小区")
    part = enter("clerk1").post("/staff/register/similar/", {"place": "永安小区"}).content.decode()
    assert other.number in part
    assert f'value="{other.uuid}"' in part
    _send(enter, same=str(other.uuid))
    link = Link.objects.get()
    assert (link.other_id, link.kind) == (other.pk, "same")


def test_a_new_matter_after_an_old_one_is_linked_as_following(cast: Cast, enter: Enter) -> None:
    old = cast["clerk1"].opens()
    page = enter("clerk1").get(f"{URL}?follow={old.uuid}").content.decode()
    assert f'name="follow" value="{old.uuid}"' in page
    _send(enter, follow=str(old.uuid))
    assert Link.objects.get().kind == "follow"


def test_anonymous_keeps_neither_name_nor_phone(cast: Cast, enter: Enter) -> None:
    assert _send(enter, anonymous="on").status_code == 400
    assert _send(enter, anonymous="on", name="", phone="", channel="phone").status_code == 302
    assert not Participant.objects.exists()


def test_somebody_may_come_for_another(cast: Cast, enter: Enter) -> None:
    _send(enter, on_behalf_name="小陈", on_behalf_phone="13900001111", on_behalf_relation="女儿")
    assert set(Participant.objects.values_list("role", flat=True)) == {"visitor", "on_behalf"}


def test_a_dictated_statement_is_read_back_and_witnessed(cast: Cast, enter: Enter) -> None:
    assert _send(enter, dictated="on", read_back="on").status_code == 400
    done = {"dictated": "on", "read_back": "on", "fingerprint": "on", "witness_name": "网格员小马"}
    assert _send(enter, **done).status_code == 302
    assert Participant.objects.filter(role="witness").count() == 1


def test_a_group_has_at_most_five_representatives(cast: Cast, enter: Enter) -> None:
    six = "\n".join(f"代表{n} 1380000000{n}" for n in range(6))
    refused = _send(enter, party_size="23", representatives=six)
    assert refused.status_code == 400
    assert "代表不超过五人" in refused.content.decode()
    five = "\n".join(six.splitlines()[:5])
    done = _send(
        enter, party_size="23", representatives=five, reported_to="何书记", reported_at="2026-11-20T15:20"
    )
    assert done.status_code == 302
    assert Case.objects.get().party_size == 23
    assert Participant.objects.filter(role="representative").count() == 5


def test_late_paper_keeps_its_real_time_of_receipt(cast: Cast, enter: Enter) -> None:
    _send(enter, received_at="2026-11-02T09:00", channel="letter", external_number="信访〔2026〕88")
    case = Case.objects.get()
    assert case.received_at == datetime.fromisoformat("2026-11-02T09:00+08:00")
    assert case.external_number == "信访〔2026〕88"


def test_a_photo_comes_with_the_registration_and_a_bad_file_stops_nothing(
    cast: Cast, enter: Enter, png: bytes
) -> None:
    files = [SimpleUploadedFile("漏水.png", png), SimpleUploadedFile("setup.exe", b"MZ" + bytes(60))]
    answer = _send(enter, files=files)
    assert answer.status_code == 302
    assert [row.name for row in Attachment.objects.all()] == ["漏水.png"]
    page = enter("clerk1").get(reverse("staff:case", args=[Case.objects.get().uuid])).content.decode()
    assert "漏水.png" in page


def test_accusations_cannot_be_typed_in_as_ordinary_matters(cast: Cast, enter: Enter) -> None:
    assert _send(enter, appeal="accusation").status_code == 400
    assert 'href="/staff/accusation/"' in enter("clerk1").get(URL).content.decode()


@pytest.mark.parametrize(
    ("line", "name", "phone"),
    [("王强 13800001111", "王强", "13800001111"), ("13800001111 王强", "王强", "13800001111"), ("李大姐", "李大姐", ""),
     ("赵工，0931-8888 777", "赵工", "0931-8888 777")],
)  # fmt: skip
def test_a_representative_is_a_name_and_a_phone_in_any_order(line: str, name: str, phone: str) -> None:
    (person,) = people_of(line)
    assert (person.name, person.phone) == (name, phone)


def test_drafts_never_hold_names_or_phones(cast: Cast, enter: Enter) -> None:
    page = enter("clerk1").get(URL).content.decode()
    for name in (
        "name",
        "phone",
        "address",
        "on_behalf_name",
        "on_behalf_phone",
        "witness_name",
        "representatives",
    ):
        assert re.search(rf'name="{name}"[^>]*data-no-draft', page), name
    assert not re.search(r'name="text"[^>]*data-no-draft', page)
