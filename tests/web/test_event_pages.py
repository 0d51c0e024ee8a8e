"""网格上报 by phone, one click from raised to sent, the ladder on the page, and the leader's signature."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cast import Cast
from places import SAID, Places, advance, settle
from yimen.cases import climbing
from yimen.cases.actions import district, events
from yimen.cases.actions import routing as keeping
from yimen.cases.models import Attachment, Case, DistrictRequest, Merge, RoutingRule
from yimen.foundation.errors import Invalid
from yimen.ledger.models import Entry

from .staff_ground import Enter, in_use

EVENT = "/staff/event/"
HATCH = "facility:0101"


@pytest.fixture
def places(cast: Cast) -> Places:
    found = settle(cast)
    in_use(cast)
    return found


def texts(answer: Any) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


def typed(**more: Any) -> dict[str, Any]:
    return {
        "text": SAID,
        "event_class": "",
        "channel": "phone",
        "place": "三社区第1网格",
        "crs": "wgs84",
    } | more


def sent_by(client: Client, case: Case, **data: Any) -> Any:
    return client.post(f"/staff/cases/{case.uuid}/triage/", {"unit": "chengguan"} | data)


def rule(places: Places, unit: str, subject: str = HATCH) -> RoutingRule:
    who = places["director"]
    row = RoutingRule(subject=subject, unit=places.cast.units[unit], valid_from=timezone.localdate())
    return keeping.add_rule(who.actor, who.grants, row)


def kinds(case: Case) -> list[str]:
    return list(
        Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id").values_list("kind", flat=True)
    )


# --- reporting


def test_a_report_by_phone_takes_its_class_from_the_words_and_its_grid_from_the_place(
    places: Places, enter: Enter
) -> None:
    answer = enter("clerk1").post(EVENT, typed(name="王师傅", phone="13800000000"))
    case = Case.objects.latest("pk")
    assert answer.url == f"/staff/cases/{case.uuid}/triage/"
    assert (case.event_class.code, case.grid, case.channel, case.reachable) == (
        "0102",
        places.first,
        "phone",
        True,
    )
    assert case.state == "raised" and case.reported_by_id is None


def test_the_same_form_sent_twice_is_one_report(places: Places, enter: Enter) -> None:
    client = enter("clerk1")
    key = re.search(r'name="client_key" value="([^"]+)"', client.get(EVENT).content.decode()).group(1)
    for _twice in range(2):
        client.post(EVENT, typed(client_key=key))
    assert Case.objects.filter(flow="grid").count() == 1


def test_a_point_of_another_map_is_kept_as_wgs84_with_the_name_of_its_own(
    places: Places, enter: Enter
) -> None:
    enter("clerk1").post(EVENT, typed(point="102.405，40.105", crs="gcj02"))
    case = Case.objects.latest("pk")
    assert case.crs == "gcj02" and 0.0005 < abs(case.lng - 102.405) < 0.01


@pytest.mark.parametrize("point", ["102.4", "abc,def", "200,10", "40.1,102.4"])
def test_a_point_that_is_none_is_refused_beside_its_field(places: Places, enter: Enter, point: str) -> None:
    answer = enter("clerk1").post(EVENT, typed(point=point))
    assert answer.status_code == 400 and "id_point_error" in answer.content.decode()


def test_words_that_suggest_nothing_ask_for_a_class(places: Places, enter: Enter) -> None:
    answer = enter("clerk1").post(EVENT, typed(text="请来看一下"))
    assert answer.status_code == 400 and "请选择是哪一类" in texts(answer)


def test_a_worker_reports_what_was_seen_and_settles_it_on_the_spot(
    places: Places, enter: Enter, png: bytes
) -> None:
    photo = SimpleUploadedFile("after.png", png, "image/png")
    enter("worker1").post(EVENT, typed(channel="grid", settled="叫环卫清走了", files=photo))
    case = Case.objects.latest("pk")
    assert list(Attachment.objects.filter(case=case).values_list("purpose", flat=True)) == ["after"]
    assert (case.state, case.settled_on_spot, case.reported_by) == ("closed", True, places["worker1"].user)


def test_who_reports_nothing_is_not_let_in(places: Places, enter: Enter) -> None:
    for who in ("leader1", "handler.zhifa", "auditor", "district1"):
        assert enter(who).get(EVENT).status_code == 403
        assert enter(who).post(f"{EVENT}similar/").status_code == 403


# --- the same thing


def test_an_open_matter_on_the_spot_is_offered_before_and_merged_by_the_persons_choice(
    places: Places, enter: Enter
) -> None:
    first = advance(
        places, places.reports(kind="event:0102", channel="above", lng=102.405, lat=40.105), "filed"
    )
    client, given = (
        enter("clerk1"),
        typed(text="又脏又臭", event_class="event:0102", point="102.40501,40.10501"),
    )
    offered = client.post(f"{EVENT}similar/", given)
    assert first.number in offered.content.decode()
    client.post(EVENT, given | {"same": first.uuid, "phone": "13800000000"})
    second = Case.objects.latest("pk")
    assert second.state == "merged" and second.reachable
    assert Merge.objects.get(case=second).main == first


def test_a_merged_reporter_is_told_called_back_and_rates(places: Places, enter: Enter) -> None:
    first = places.reports(channel="above")
    second = places.reports("clerk1", channel="phone", phone="13800000000")
    clerk, other = places["clerk1"], places["clerk2"]
    enter("clerk1").post(f"/staff/cases/{second.uuid}/do/merge/", {"main": first.number})
    advance(places, first, "closed")
    second.refresh_from_db()
    told = clerk.does(second, "follow", way="phone")
    called = other.does(told, "call_back", outcome="reached", solved="yes")
    rated = other.does(called, "rate", rating="5")
    assert (rated.rating, clerk.does(rated, "close").state) == (5, "closed")


# --- one click


def test_one_click_accepts_files_and_dispatches_and_the_ledger_shows_each(
    places: Places, enter: Enter
) -> None:
    case = places.reports(kind=HATCH)
    page = texts(enter("clerk1").get(f"/staff/cases/{case.uuid}/"))
    assert "受理立案派遣" in page
    assert sent_by(enter("clerk1"), case).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.lead_unit.key) == ("sent", "chengguan")
    assert kinds(case)[-3:] == ["case.admit", "case.file", "case.send"]


def test_one_click_goes_on_from_where_it_stands(places: Places, enter: Enter) -> None:
    for state, more in (("admitted", ["case.file", "case.send"]), ("filed", ["case.send"])):
        case = advance(places, places.reports(kind=HATCH), state)
        before = len(kinds(case))
        sent_by(enter("clerk1"), case)
        assert kinds(case)[before:] == more


def test_the_rules_choose_the_unit_and_say_why(places: Places, enter: Enter) -> None:
    row = rule(places, "zhifa")
    case = places.reports(kind=HATCH)
    page = enter("clerk1").get(f"/staff/cases/{case.uuid}/triage/").content.decode()
    assert '<option value="zhifa" selected>' in page and "按派遣规则" in page
    sent_by(enter("clerk1"), case, unit="zhifa")
    entry = Entry.objects.get(subject_id=case.pk, kind="case.send")
    assert (entry.payload["rule"], entry.payload["by_rule"]) == (row.pk, True)


def test_another_unit_needs_a_reason_that_stands_in_the_ledger(places: Places, enter: Enter) -> None:
    rule(places, "zhifa")
    case = places.reports(kind=HATCH)
    refused = sent_by(enter("clerk1"), case, unit="chengguan")
    assert refused.status_code == 400 and "按派遣规则应派给综合行政执法队" in texts(refused)
    case.refresh_from_db()
    assert case.state == "raised", "nothing of the three steps was kept"
    sent_by(enter("clerk1"), case, unit="chengguan", reason="井盖归城管养护")
    entry = Entry.objects.get(subject_id=case.pk, kind="case.send")
    assert entry.payload["by_rule"] is False and entry.payload["routed"] == "综合行政执法队"
    assert "井盖归城管养护" in texts(enter("clerk1").get(f"/staff/cases/{case.uuid}/"))


def test_the_rules_hold_for_every_door(places: Places, enter: Enter) -> None:
    rule(places, "zhifa")
    case = advance(places, places.reports(kind=HATCH), "filed")
    with pytest.raises(Invalid):
        places["clerk1"].does(case, "send", unit="chengguan")
    clerk = places["clerk1"]
    with pytest.raises(Invalid):
        events.file_and_dispatch(clerk.actor, clerk.grants, case.uuid, "chengguan")
    form = enter("clerk1").post(f"/staff/cases/{case.uuid}/do/send/", {"unit": "chengguan"})
    assert form.status_code == 400
    assert places["clerk1"].does(case, "send", unit="zhifa").state == "sent"


def test_a_new_rule_is_tried_over_what_was_reported(places: Places, enter: Enter) -> None:
    rule(places, "chengguan")
    hatch, other = places.reports(kind=HATCH), places.reports()
    data = {"subject": HATCH, "place": places.first.pk, "hours": "any", "unit": "zhifa", "certainty": "D",
            "valid_from": timezone.localdate()}  # fmt: skip
    page = enter("director").post("/staff/routing/add/", data).content.decode()
    assert hatch.number in page and other.number not in page
    assert "城市管理办 → <b>综合行政执法队</b>" in page


def test_triage_is_the_desks_and_only_while_it_waits(places: Places, enter: Enter) -> None:
    case = places.reports(kind=HATCH)
    address = f"/staff/cases/{case.uuid}/triage/"
    assert enter("handler.zhifa").get(address).status_code in (403, 404)
    assert enter("worker1").get(address).status_code == 403
    assert case.number in texts(enter("clerk1").get("/staff/work/triage/"))
    sent_by(enter("clerk1"), case)
    assert enter("clerk1").get(address).status_code == 302


# --- the ladder and the district


def referred(places: Places) -> Case:
    case = advance(places, places.reports(kind=HATCH), "handling")
    clerk = places["clerk1"]
    district.prepare(clerk.actor, clerk.grants, case.uuid)
    return case


def test_the_case_page_shows_the_path_and_the_words_of_the_grid(places: Places, enter: Enter) -> None:
    case = places["worker1"].does(places.reports(), "send_up", reason="要动用吊车")
    page = texts(enter("shequ1").get(f"/staff/cases/{case.uuid}/"))
    assert "逐级办理" in page and "上送" in page and "要动用吊车" in page and "网格员 孙网格员 上报" in page
    closed = advance(places, places.reports(kind=HATCH), "closed")
    page = texts(enter("clerk1").get(f"/staff/cases/{closed.uuid}/"))
    assert "结案" in page and "办结" not in re.sub("已经办结，为什么现在补", "", page)


def test_a_leader_signs_and_the_district_takes_and_answers(places: Places, enter: Enter) -> None:
    case = referred(places)
    page = enter("leader1").get("/staff/district/").content.decode()
    assert case.number in page and "sign_district" in page
    assert enter("leader1").post(f"/staff/cases/{case.uuid}/do/sign_district/").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.lead_unit.key, climbing.level_of(case)) == ("sent", "quzhi", "district")
    mine = texts(enter("district1").get("/staff/"))
    assert case.number in mine
    client = enter("district1")
    client.post(f"/staff/cases/{case.uuid}/do/take/")
    client.post(
        f"/staff/cases/{case.uuid}/do/handle/", {"result": "区里协调管线单位换好", "no_photo": "夜间施工"}
    )
    case.refresh_from_db()
    assert case.state == "checking"


@pytest.mark.parametrize("state", ["raised", "admitted", "filed", "sent", "handling", "checking"])
def test_from_every_step_of_the_street_it_can_go_to_the_district(
    places: Places, enter: Enter, state: str
) -> None:
    case = advance(places, places.reports(kind=HATCH), state)
    clerk = places["clerk1"]
    district.prepare(clerk.actor, clerk.grants, case.uuid)
    enter("leader1").post(f"/staff/cases/{case.uuid}/do/sign_district/")
    case.refresh_from_db()
    assert (case.state, case.lead_unit.key) == ("sent", "quzhi")


def test_a_leader_refuses_only_with_reasons(places: Places, enter: Enter) -> None:
    case = referred(places)
    address = f"/staff/cases/{case.uuid}/do/refuse_district/"
    assert enter("leader1").post(address).status_code == 400
    assert enter("leader1").post(address, {"reason": "街道自己能办"}).status_code == 302
    row = DistrictRequest.objects.get()
    assert (row.reason, row.refused_by) == ("街道自己能办", places["leader1"].user)
    case.refresh_from_db()
    assert case.state == "handling"


def test_nobody_else_signs(places: Places, enter: Enter) -> None:
    case = referred(places)
    for who in ("clerk1", "handler.chengguan", "worker1", "district1"):
        answer = enter(who).post(f"/staff/cases/{case.uuid}/do/sign_district/")
        assert answer.status_code in (403, 404), who
    assert "sign_district" not in enter("clerk1").get("/staff/district/").content.decode()
    assert DistrictRequest.objects.get().signed_at is None


def test_the_district_turns_back_to_the_director(places: Places, enter: Enter) -> None:
    case = referred(places)
    enter("leader1").post(f"/staff/cases/{case.uuid}/do/sign_district/")
    enter("district1").post(f"/staff/cases/{case.uuid}/do/turn_back/", {"reason": "属街道职责"})
    case.refresh_from_db()
    assert case.state == "filed"
    assert "属街道职责" in texts(enter("director").get(f"/staff/cases/{case.uuid}/"))


def test_the_desk_puts_it_before_a_leader_in_its_own_words(places: Places, enter: Enter) -> None:
    case = advance(places, places.reports(kind=HATCH), "filed")
    enter("clerk1").post(
        f"/staff/cases/{case.uuid}/do/prepare_district/", {"text": "三个单位都说不归自己管。"}
    )
    assert DistrictRequest.objects.get().text == "三个单位都说不归自己管。"
    assert "prepare_district" not in enter("clerk1").get(f"/staff/cases/{case.uuid}/").content.decode()


# --- classes in the administration


def test_a_class_is_changed_from_a_day_and_running_matters_keep_theirs(places: Places, enter: Enter) -> None:
    case = places.reports()
    kind, admin = case.event_class, enter("admin")
    page = admin.get(f"/staff/admin/rows/classes/{kind.pk}/").content.decode()
    assert "现有 1 件在办事项" in page
    data = {name: getattr(kind, name) for name in ("name", "code", "scheme", "big_name", "kind", "settles_at", "filing_condition",
            "closing_condition", "category_key", "order", "source", "certainty")} | {
        "limit_amount": 2, "limit_unit": "work_hour", "limit_source": "本街道", "evidence": ["near"],
        "valid_from": timezone.localdate() + timedelta(days=1),
    }  # fmt: skip
    assert admin.post(f"/staff/admin/rows/classes/{kind.pk}/", data | {"code": "0177"}).status_code == 400
    assert admin.post(f"/staff/admin/rows/classes/{kind.pk}/", data).status_code == 302
    case.refresh_from_db()
    assert case.event_class_id == kind.pk and case.event_class.valid_to == timezone.localdate()


def test_what_targets_people_is_in_no_book(places: Places, enter: Enter) -> None:
    data = {"name": "流浪乞讨", "code": "0502", "scheme": "event", "big_name": "街面秩序", "kind": "event", "settles_at": "grid",
            "category_key": "other", "order": 1, "source": "x", "certainty": "D", "valid_from": timezone.localdate()}  # fmt: skip
    answer = enter("admin").post("/staff/admin/rows/classes/add/", data)
    assert answer.status_code == 400 and "按设计不收" in texts(answer)
    fine = enter("admin").post("/staff/admin/rows/classes/add/", data | {"name": "占道修车", "code": "0577"})
    assert fine.status_code == 302
