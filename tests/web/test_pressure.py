"""Extensions, suspensions, the ladder, supervision orders, leaders and reports as people meet them on their pages."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.staff_ground import Enter

from cast import Cast, Person, advance
from yimen.cases import pressure_settings
from yimen.cases.actions import extensions, leaders, limits, majors, pressure, reminders, supervision
from yimen.cases.models import (
    Case,
    CaseLeader,
    Extension,
    MajorReport,
    ReceptionDay,
    Reminder,
    Supervision,
    SupervisionFeedback,
    Urge,
)

DAY = timedelta(days=1)


def act(person: Person, verb: Any, case: Case, *more: Any, **data: Any) -> Any:
    return verb(person.actor, person.grants, case.uuid, *more, **data)


def _does(enter: Enter, who: str, case: Case, verb: str, **data: Any) -> int:
    return int(enter(who).post(reverse("staff:do", args=[case.uuid, verb]), data).status_code)


def _form(enter: Enter, who: str, case: Case, verb: str) -> str:
    return enter(who).get(reverse("staff:do", args=[case.uuid, verb])).content.decode()


def _page(enter: Enter, who: str, case: Case) -> str:
    return enter(who).get(reverse("staff:case", args=[case.uuid])).content.decode()


def _get(enter: Enter, who: str, name: str, **more: Any) -> str:
    return enter(who).get(reverse(f"staff:{name}"), more).content.decode()


def _offers(page: str) -> set[str]:
    return set(re.findall(r"/do/([a-z_]+)/", page))


@pytest.fixture
def in_hand(cast: Cast) -> Case:
    """A petition in the hands of 城市管理办 since three days ago."""
    at = timezone.now() - 3 * DAY
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=at), flow="petition", at=at)
    return advance(cast, case, "in_hand", at=at)


def _urged(cast: Cast, case: Case, times: int = 3) -> None:
    at = timezone.now() - 3 * DAY
    act(cast["clerk1"], reminders.remind, case, at=at)
    for each in range(times):
        act(cast["clerk1"], pressure.urge, case, words="请尽快", at=at + each * DAY)


# 延期


def test_an_extension_is_asked_seen_by_the_head_and_approved_with_the_telling(
    cast: Cast, enter: Enter, in_hand: Case
) -> None:
    assert "ask_extension" in _offers(_page(enter, "handler.chengguan", in_hand))
    assert _does(enter, "handler.chengguan", in_hand, "ask_extension", amount="99", reason="等鉴定") == 400
    assert _does(enter, "handler.chengguan", in_hand, "ask_extension", amount="10", reason="等鉴定") == 302
    head = _get(enter, "head.chengguan", "home")
    assert "延期待批" in head
    assert (
        in_hand.title
        in enter("head.chengguan").get(reverse("staff:work", args=["extension"])).content.decode()
    )
    page = _page(enter, "head.chengguan", in_hand)
    assert "申请延期 10，等着批准" in page and {"approve_extension", "refuse_extension"} <= _offers(page)
    assert "approve_extension" not in _offers(_page(enter, "director", in_hand))
    assert 'value="10"' in _form(enter, "head.chengguan", in_hand, "approve_extension")
    assert _does(enter, "head.chengguan", in_hand, "approve_extension", amount="10") == 400
    assert _does(enter, "head.chengguan", in_hand, "approve_extension", amount="10", told_way="phone") == 302
    assert Extension.objects.get().state == "approved"
    assert "延期待批" not in _get(enter, "head.chengguan", "home")


def test_the_head_extends_in_one_act_and_nothing_typed_is_lost(enter: Enter, in_hand: Case) -> None:
    assert "extend" in _offers(_page(enter, "head.chengguan", in_hand))
    answer = enter("head.chengguan").post(
        reverse("staff:do", args=[in_hand.uuid, "extend"]), {"amount": "10", "reason": "等第三方检测报告"}
    )
    assert answer.status_code == 400 and "等第三方检测报告" in answer.content.decode()
    assert 'id="id_told_way_error"' in answer.content.decode()
    assert (
        _does(enter, "head.chengguan", in_hand, "extend", amount="5", reason="等鉴定", told_way="phone")
        == 302
    )
    assert (
        _does(enter, "handler.chengguan", in_hand, "extend", amount="1", reason="等", told_way="phone") == 403
    )
    assert _does(enter, "director", in_hand, "extend", amount="1", reason="等", told_way="phone") == 403


def test_a_request_is_refused_with_its_reason_in_the_story(cast: Cast, enter: Enter, in_hand: Case) -> None:
    act(cast["handler.chengguan"], extensions.ask_extension, in_hand, amount=5, reason="难")
    assert _does(enter, "head.chengguan", in_hand, "refuse_extension", reason="") == 400
    assert _does(enter, "head.chengguan", in_hand, "refuse_extension", reason="时间够用") == 302
    page = _page(enter, "handler.chengguan", in_hand)
    assert "不批准延期" in page and "时间够用" in page


def test_a_suspension_offers_only_listed_reasons(enter: Enter, in_hand: Case) -> None:
    form = _form(enter, "head.chengguan", in_hand, "suspend")
    assert "等待鉴定、检测、评估结果" in form and "举行听证" not in form
    assert _does(enter, "head.chengguan", in_hand, "suspend", ground="hearing") == 400
    assert _does(enter, "head.chengguan", in_hand, "suspend", ground="visitor", note="书面申请已收") == 302
    page = _page(enter, "clerk1", in_hand)
    assert "来访人书面要求暂缓办理；书面申请已收" in page
    assert not {"urge", "remind", "suspend"} & _offers(page)


# 提醒、催办、督办


def test_the_ladder_on_the_page_step_by_step(cast: Cast, enter: Enter, in_hand: Case) -> None:
    assert {"remind", "urge"} <= _offers(_page(enter, "clerk1", in_hand))
    assert _does(enter, "clerk1", in_hand, "urge", words="请今天报结果。") == 403
    assert _does(enter, "clerk1", in_hand, "remind") == 302
    assert "临期提醒" in _get(enter, "handler.chengguan", "home")
    assert _does(enter, "clerk1", in_hand, "urge", words="请今天报结果。") == 302
    assert _does(enter, "clerk1", in_hand, "urge", words="再催") == 403
    assert _does(enter, "director", in_hand, "supervise", words="请办", due_on="2036-12-01") == 403
    assert "催办待回复" in _get(enter, "handler.chengguan", "home")
    assert "还没有回复" in _page(enter, "clerk1", in_hand)
    assert _does(enter, "handler.chengguan", in_hand, "answer_urge", words="明天到场") == 302
    assert "回复：明天到场" in _page(enter, "clerk1", in_hand)
    assert (Reminder.objects.count(), Urge.objects.count(), Supervision.objects.count()) == (1, 1, 0)


def _order(cast: Cast, **more: str) -> dict[str, Any]:
    leader = str(cast["leader1"].user.pk)
    due = (timezone.localdate() + 7 * DAY).isoformat()
    return {"title": "楼道飞线充电", "words": "七日内建成充电棚", "instructed_by": leader, "lead_leader": leader,
            "due_on": due, "feedback_mode": "once"} | more  # fmt: skip


def test_a_supervision_order_is_signed_listed_answered_and_concluded(
    cast: Cast, enter: Enter, in_hand: Case
) -> None:
    _urged(cast, in_hand)
    assert in_hand.title in _get(enter, "director", "supervision")
    form = _form(enter, "director", in_hand, "supervise")
    assert "关于“" in form and "何书记" in form
    assert _does(enter, "director", in_hand, "supervise", **_order(cast, feedback_mode="periodic")) == 400
    assert _does(enter, "director", in_hand, "supervise", **_order(cast, co_units="zhifa")) == 302
    row = Supervision.objects.get()
    year = timezone.localdate().year
    assert row.number == f"永督〔{year}〕1号" and row.co_units.get().key == "zhifa"
    for who in ("director", "clerk1", "leader1", "handler.chengguan"):
        assert row.number in _get(enter, who, "supervision"), who
    assert row.number not in enter("handler.zhifa").get(reverse("staff:supervision")).content.decode()
    assert row.number in _page(enter, "handler.chengguan", in_hand)
    assert _does(enter, "handler.chengguan", in_hand, "feed_back", words="选址中") == 400
    plan = (timezone.localdate() + 3 * DAY).isoformat()
    assert _does(enter, "handler.chengguan", in_hand, "feed_back", words="选址中", plan_finish=plan) == 302
    assert _does(enter, "director", in_hand, "conclude_order", words="好") == 403
    assert _does(enter, "handler.chengguan", in_hand, "feed_back", words="建成", is_final="on") == 302
    assert _does(enter, "director", in_hand, "conclude_order", words="已解决") == 302
    assert "最近办结的督办" in _get(enter, "director", "supervision")
    assert SupervisionFeedback.objects.count() == 2


def test_late_feedback_stands_out(cast: Cast, enter: Enter, in_hand: Case) -> None:
    _urged(cast, in_hand)
    draft = supervision.Draft(words="限期", due_on=timezone.localdate())
    act(cast["director"], supervision.supervise, in_hand, draft)
    Supervision.objects.update(due_on=timezone.localdate() - DAY)
    assert "反馈超期" in _get(enter, "director", "supervision")
    assert "反馈已超期" in _get(enter, "director", "weekly")


# 周例会清单


def test_the_weekly_list_prints_no_name_and_states_its_cut_off(cast: Cast, enter: Enter) -> None:
    at = timezone.now() - 20 * DAY
    case = cast["clerk1"].opens(
        text="欧阳兰家的暖气不热，多次反映。", category="neighbour", name="欧阳兰", at=at
    )
    page = _get(enter, "director", "weekly")
    assert case.number in page and "欧阳兰" not in page and "某某家的暖气" in page and "截至" in page
    assert "超期" in page
    early = _get(enter, "director", "weekly", at=timezone.localtime(at - DAY).strftime("%Y-%m-%dT%H:%M"))
    assert case.number not in early
    for bad in ("gestern", "2999-01-01T00:00", "0001-01-01T00:00"):
        assert enter("director").get(reverse("staff:weekly"), {"at": bad}).status_code == 400, bad
    assert enter("handler.chengguan").get(reverse("staff:weekly")).status_code == 403


# 领导


def test_a_reception_day_is_planned_published_and_offered_at_registration(
    cast: Cast, enter: Enter, client: Client
) -> None:
    today = timezone.localdate().isoformat()
    given = {
        "day": today,
        "starts": "09:00",
        "ends": "11:00",
        "leader": str(cast["leader1"].user.pk),
        "place": "一楼接待室",
    }
    url = reverse("staff:receptions")
    assert "领导接访" not in enter("clerk1").get("/staff/register/").content.decode().split("<main")[1]
    bad = enter("clerk1").post(url, given | {"ends": "08:00"})
    assert (
        bad.status_code == 400
        and "要晚于开始时间" in bad.content.decode()
        and "一楼接待室" in bad.content.decode()
    )
    assert enter("clerk1").post(url, given).status_code == 302
    assert enter("clerk1").post(url, given).status_code == 400, "a second press makes no second day"
    assert enter("handler.chengguan").post(url, given).status_code == 403
    row = ReceptionDay.objects.get()
    assert "何书记" in _get(enter, "handler.chengguan", "receptions")
    one = reverse("staff:reception", args=[row.pk])
    assert enter("clerk1").post(one, {"do": "publish"}).status_code == 302
    assert "一楼接待室" in client.get("/").content.decode()
    assert enter("clerk1").post(one, {"do": "take-back"}).status_code == 302
    assert "一楼接待室" not in client.get("/").content.decode()
    assert "今天的领导接访" in enter("clerk1").get("/staff/register/").content.decode()
    form = {"text": "路灯不亮", "category": "appearance", "channel": "visit", "reception": str(row.pk)}
    assert enter("clerk1").post("/staff/register/", form).status_code == 302
    case = Case.objects.get()
    assert "何书记接访" in _page(enter, "clerk1", case)
    assert enter("clerk1").post(one, {"do": "cancel"}).status_code == 302
    assert (
        "何书记"
        not in _get(enter, "clerk1", "receptions")
        .split("<form")[1]
        .split("今天和以后")[-1]
        .split("</section>")[0]
    )


def test_a_leader_takes_charge_and_finds_it(cast: Cast, enter: Enter, in_hand: Case) -> None:
    leader = cast["leader1"].user
    assert "take_charge" in _offers(_page(enter, "leader1", in_hand))
    assert "take_charge" not in _offers(_page(enter, "clerk1", in_hand))
    assert _does(enter, "leader1", in_hand, "take_charge", leader=str(leader.pk), words="我来盯") == 302
    assert "何书记包案" in _page(enter, "handler.chengguan", in_hand)
    assert in_hand.title in enter("leader1").get(reverse("staff:work", args=["charge"])).content.decode()
    assert _does(enter, "director", in_hand, "end_charge", words="已办好") == 302
    assert CaseLeader.objects.get().ended_by == cast["director"].user


def test_a_group_without_a_report_is_registered_warned_of_and_listed(cast: Cast, enter: Enter) -> None:
    form = {"text": "二十三户暖气不热", "category": "neighbour", "channel": "visit", "party_size": "23"}
    answer = enter("clerk1").post("/staff/register/", form, follow=True)
    assert "23 人来访，请马上电话报告分管领导" in answer.content.decode()
    case = Case.objects.get()
    assert "多人来访未报告" in _get(enter, "director", "home")
    assert "还没有登记报告了谁" in _page(enter, "clerk1", case)
    assert _does(enter, "clerk1", case, "report_up", name="", way="phone") == 400
    assert (
        _does(
            enter, "clerk1", case, "report_up", office="分管领导", name="何书计", way="phone", answer="马上到"
        )
        == 302
    )
    wrong = MajorReport.objects.get()
    again = {
        "report": str(wrong.pk),
        "reason": "写错名字",
        "office": "分管领导",
        "name": "何书记",
        "way": "phone",
    }
    assert _does(enter, "clerk1", case, "amend_report", **again) == 302
    page = _page(enter, "director", case)
    assert "报告 分管领导 何书记" in page
    assert "多人来访未报告" not in _get(enter, "director", "home")


def test_a_matter_is_tied_to_a_reception_afterwards(cast: Cast, enter: Enter, in_hand: Case) -> None:
    assert "at_reception" not in _offers(_page(enter, "clerk1", in_hand))
    person = cast["director"]
    row = leaders.plan_reception(
        person.actor, person.grants, day=timezone.localdate(), starts=time(9), ends=time(10),
        leader=cast["leader1"].user.pk, place="一楼",
    )  # fmt: skip
    assert _does(enter, "clerk1", in_hand, "at_reception", reception=str(row.pk)) == 302
    assert "何书记接访" in _page(enter, "clerk1", in_hand)


def test_the_director_sets_the_figures(cast: Cast, enter: Enter) -> None:
    url = reverse("staff:pressure-figures")
    assert enter("clerk1").get(url).status_code == 403
    page = enter("director").get(url).content.decode()
    assert "提前几天提醒" in page
    given = {key: row.value for key, row in pressure_settings.settings().items()}
    assert enter("director").post(url, given | {"remind_days": "viele"}).status_code == 400
    assert enter("director").post(url, given | {"remind_days": "3"}).status_code == 302
    assert pressure_settings.number("remind_days") == 3


def test_twice_returned_the_director_gets_the_button_the_clerk_none(cast: Cast, enter: Enter) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    for unit in ("chengguan", "zhifa"):
        case = clerk.does(case, "dispatch", unit=unit)
        case = cast[f"handler.{unit}"].does(case, "request_return", reason="不归我们")
        case = clerk.does(case, "agree_return")
    page = _page(enter, "director", case)
    assert (
        "轮到您" in page
        and f'btn-primary" href="{reverse("staff:do", args=[case.uuid, "designate"])}"' in page
    )
    seen = _page(enter, "clerk1", case)
    assert "轮到 综治中心 刘主任" in seen and "dispatch" not in _offers(seen)


def test_who_told_the_resident_does_not_read_that_it_is_his_turn(cast: Cast, enter: Enter) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens()
    case = act(cast["director"], limits.screen, case, flow="service")
    for verb, data in (
        ("dispatch", {"unit": "gongre"}),
        ("sign", {}),
        ("start", {}),
        ("report", {"result": "已修"}),
    ):
        case = clerk.does(case, verb, **data)
    case = cast["director"].does(case, "verify")
    case = clerk.does(case, "tell", way="phone")
    assert case.title not in _get(enter, "clerk1", "home").split("<main")[1]
    assert case.title in _get(enter, "clerk2", "home").split("<main")[1]
    assert datetime.now().year and "轮到您" in _page(enter, "clerk2", case)
    assert majors.reports_of(case) == []
