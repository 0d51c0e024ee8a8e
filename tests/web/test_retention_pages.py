"""Pages of retention: the report, holds, bringing back; requests of persons; the notice and the register."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast, advance
from yimen.cases.actions import hiding, people
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.models import Case, LegalHold, PersonRequest, PhoneIndex
from yimen.ledger.models import Entry

from .staff_ground import Enter, in_use

LATER = timedelta(days=1500)
NAME, PHONE = "诸葛晓岚", "13987650123"


@pytest.fixture
def kept(cast: Cast) -> Cast:
    load_handbook()
    return cast


def opened(cast: Cast) -> Case:
    return cast["clerk1"].opens(text=f"{NAME}家漏水", name=NAME, phone=PHONE, address="四区九号楼")


def test_the_report_is_for_the_centre_and_administrators_and_names_nobody(kept: Cast, enter: Enter) -> None:
    case = advance(kept, opened(kept), "closed")
    in_use(kept)
    Case.objects.update(closed_at=timezone.now() - LATER, changed_at=timezone.now() - LATER)
    page = enter("director").get("/staff/retention/")
    assert case.number in page.content.decode() and NAME not in page.content.decode()
    assert enter("clerk1").get("/staff/retention/").status_code == 403
    assert enter("leader1").get("/staff/retention/").status_code == 200


def test_a_director_brings_a_hidden_matter_back(kept: Cast, enter: Enter) -> None:
    case = advance(kept, opened(kept), "closed")
    hiding.hide_due(timezone.now() + LATER)
    browser, url = enter("director"), f"/staff/retention/{case.uuid}/bring-back/"
    assert browser.get(f"/staff/cases/{case.uuid}/").status_code == 404
    assert browser.get(url).status_code == 200
    until = (timezone.localdate() + timedelta(days=60)).isoformat()
    assert browser.post(url, {"reason": "", "until": until}).status_code == 400
    assert browser.post(url, {"reason": "复查要用", "until": until}).status_code == 302
    assert browser.get(f"/staff/cases/{case.uuid}/").status_code == 200
    assert browser.get(url).status_code == 404


def test_a_hold_is_told_on_the_matter_and_lifted_by_two(kept: Cast, enter: Enter) -> None:
    case = opened(kept)
    url = f"/staff/cases/{case.uuid}/hold/"
    director, leader = enter("director"), enter("leader1")
    assert director.post(url, {"do": "place", "reason": ""}).status_code == 400
    assert director.post(url, {"do": "place", "reason": "法院调卷"}).status_code == 302
    assert "法院调卷" in enter("clerk1").get(f"/staff/cases/{case.uuid}/").content.decode()
    assert director.post(url, {"do": "ask", "reason": "已经结案"}).status_code == 302
    assert director.post(url, {"do": "agree"}).status_code == 403
    assert "已经结案" in leader.get(url).content.decode()
    assert leader.post(url, {"do": "agree"}).status_code == 302
    assert LegalHold.objects.get().lifted_by == kept["leader1"].user
    assert leader.post("/staff/retention/hold/", {"do": "place", "reason": "审计"}).status_code == 302
    assert LegalHold.objects.filter(case=None, lifted_at=None).exists()


def rights(browser: Client, case: Case, **given: object) -> object:
    return browser.post(f"/staff/cases/{case.uuid}/rights/", {"slot": "0", "checked": "seen", **given})


def test_a_copy_holds_this_one_matter_and_no_other_person(kept: Cast, enter: Enter) -> None:
    clerk = kept["clerk1"]
    other = people.Person("欧阳见证", "13722223333", "别处")
    case = clerk.opens(text=f"{NAME}和欧阳见证都看见了", name=NAME, phone=PHONE, witness=other)
    clerk.opens(text="另一件事不相干", name=NAME, phone=PHONE)
    browser = enter("clerk1")
    answer = rights(browser, case, step="copy", form="json")
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert NAME in text and PHONE in text and "欧阳见证" not in text and "13722223333" not in text
    assert "另一件事" not in text
    paper = docx.Document(BytesIO(rights(browser, case, step="copy", form="docx").content))  # type: ignore[attr-defined]
    assert any(PHONE in line.text for line in paper.paragraphs)
    entries = Entry.objects.filter(kind="case.right_copied")
    assert entries.count() == 2 and entries[0].payload["checked"] == "seen"


def test_a_correction_leaves_no_old_value(kept: Cast, enter: Enter) -> None:
    case = opened(kept)
    new = {"name": "诸葛小岚", "phone": "13900001111", "address": "五区", "relation": ""}
    browser = enter("clerk1")
    assert rights(browser, case, step="correct", **new).status_code == 400  # type: ignore[attr-defined]
    assert rights(browser, case, step="correct", reason="写错了", **new).status_code == 302  # type: ignore[attr-defined]
    assert people.participants(case, full=True)[0].phone == "13900001111"
    assert PhoneIndex.objects.filter(case=case).count() == 1
    entry = Entry.objects.get(kind="case.right_corrected")
    assert sorted(entry.payload["fields"]) == ["address", "name", "phone"]
    said = str(entry.payload) + str(people.record.__module__)
    assert PHONE not in said and "13900001111" not in said


def test_deletion_takes_what_is_optional_and_says_until_when_the_rest_stays(kept: Cast, enter: Enter) -> None:
    case = opened(kept)
    browser = enter("clerk1")
    assert rights(browser, case, step="erase", reason="不想留").status_code == 400  # type: ignore[attr-defined]
    answer = rights(browser, case, step="erase", fields_=["phone", "address"], reason="不想留")
    assert answer.status_code == 302  # type: ignore[attr-defined]
    left = people.participants(case, full=True)[0]
    assert (left.name, left.phone, left.address) == (NAME, "", "")
    assert not PhoneIndex.objects.filter(case=case).exists()
    assert "办结后3 年" in browser.get(f"/staff/cases/{case.uuid}/rights/").content.decode()


def test_a_request_may_wait_or_be_refused_with_a_reason(kept: Cast, enter: Enter) -> None:
    case = opened(kept)
    browser = enter("clerk1")
    assert rights(browser, case, step="ask", kind="erase", reason="全部删掉").status_code == 302  # type: ignore[attr-defined]
    row = PersonRequest.objects.get()
    assert row.due_on == timezone.localdate() + timedelta(days=30) and row.answer == ""
    assert rights(browser, case, step="refuse", kind="erase").status_code == 400  # type: ignore[attr-defined]
    done = rights(browser, case, step="refuse", kind="erase", reason="依法保存到期")
    assert done.status_code == 302 and PersonRequest.objects.get().answer == "refused"  # type: ignore[attr-defined]


def test_requests_are_for_the_window_alone(kept: Cast, enter: Enter) -> None:
    case = opened(kept)
    assert enter("leader1").get(f"/staff/cases/{case.uuid}/rights/").status_code == 403
    assert enter("handler.chengguan").get(f"/staff/cases/{case.uuid}/rights/").status_code == 403


def test_the_register_of_processing_is_made_from_the_tables(kept: Cast, enter: Enter) -> None:
    page = enter("director").get("/staff/retention/processing/").content.decode()
    assert "cases.Participant" in page and "来访和诉求服务" not in page and "来访和服务诉求事项" in page
    template = enter("director").get("/staff/retention/impact-assessment.md")
    assert "第五十六条" in template.content.decode()


def test_the_notice_tells_the_office_and_its_periods(kept: Cast) -> None:
    page = Client().get("/privacy/").content.decode()
    assert "永安路街道综治中心" in page and "3 年" in page and "30 天" in page
    assert "/privacy/" in Client().get("/").content.decode()
