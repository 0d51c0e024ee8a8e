"""Two stories of the street: the cable in the stairwell, the manhole between two streets (docs/flows)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cast import Cast
from places import CABLE, HATCH, Places, advance, settle
from yimen.cases import climbing
from yimen.cases.actions import callbacks, desk, district
from yimen.cases.actions.climbing import climb_due
from yimen.cases.actions.events import EventReport, file_and_dispatch, report
from yimen.cases.actions.record import words_of
from yimen.cases.models import Case, Clock, DistrictRequest, EventClass
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.foundation.ids import uuid7
from yimen.ledger.models import Entry

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


@pytest.fixture
def places(cast: Cast) -> Places:
    return settle(cast)


def entries(case: Case) -> list[Entry]:
    return list(Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id"))


def test_the_cable_settled_on_the_spot_and_again_at_the_months_end(places: Places) -> None:
    first = places.reports(kind=CABLE, text="三单元楼道飞线充电", settled="劝住户收线", at=MONDAY)
    assert first.state == "closed"

    later = MONDAY + timedelta(days=28)
    clerk, director = places["clerk1"], places["director"]
    again = places.reports(
        "clerk1", CABLE, later, channel="phone", phone="13800002071", text="三单元又拉线充电"
    )
    assert again.state == "raised" and again.reachable
    with pytest.raises(Refused, match="核实"):
        clerk.does(again, "admit", at=later)
    clerk.does(again, "ask_verify", at=later)
    row = Case.objects.get(pk=again.pk)
    assert row.holder == places["worker1"].user, "the grid's worker looks"
    assert row.due_at == later + timedelta(hours=24), "核实 24 小时"
    places["worker1"].does(again, "confirm", at=later + HOUR)
    case = file_and_dispatch(clerk.actor, clerk.grants, again.uuid, "chengguan", at=later + 2 * HOUR)
    for unit in ("chengguan", "zhifa"):
        case = places[f"handler.{unit}"].does(case, "turn_back", reason="不属本单位", at=later + 3 * HOUR)
        if unit == "chengguan":
            case = clerk.does(case, "send", unit="zhifa", at=later + 3 * HOUR)
    assert case.returns == 2 and case.holder == director.user
    with pytest.raises(Refused, match="主任"):
        clerk.does(case, "send", unit="chengguan", at=later + 4 * HOUR)
    case = director.does(case, "send", unit="chengguan", at=later + 4 * HOUR)
    with pytest.raises(Refused):
        places["handler.chengguan"].does(case, "turn_back", reason="还是不归我", at=later + 5 * HOUR)
    case = places["handler.chengguan"].does(case, "take", at=later + 5 * HOUR)
    with pytest.raises(Invalid) as wrong:
        places["handler.chengguan"].does(case, "handle", result="已收线，装了充电桩", at=later + 6 * HOUR)
    assert set(wrong.value.fields) == {"no_photo"}
    case = places["handler.chengguan"].does(
        case, "handle", result="已收线，装了充电桩", no_photo="照片随后补", at=later + 6 * HOUR
    )
    assert case.holder == places["worker1"].user
    with pytest.raises(Refused, match="答复"):
        places["worker1"].does(case, "pass_check", at=later + 7 * HOUR)
    case = places["worker1"].does(case, "pass_told", way="phone", at=later + 7 * HOUR)
    assert case.state == "told"
    assert Clock.objects.get(case=case, kind="conclude", outcome="met").rule["flow"] == "grid"


def test_the_manhole_between_two_streets_goes_to_the_district(places: Places) -> None:
    case = places.reports(
        kind=HATCH,
        text="路口井盖丢失，跨两条街道",
        settled="已用围挡围住",
        lng=102.405,
        lat=40.105,
        grid_code="",
        at=MONDAY,
    )
    assert case.state == "raised" and case.grid == places.first and not case.settled_on_spot
    assert "已用围挡围住" in words_of(case, entries(case)[0])["settled"]
    clerk = places["clerk1"]
    case = file_and_dispatch(clerk.actor, clerk.grants, case.uuid, "chengguan", at=MONDAY + HOUR)
    case = places["handler.chengguan"].does(case, "turn_back", reason="井在邻街一侧", at=MONDAY + 2 * HOUR)
    case = clerk.does(case, "send", unit="zhifa", at=MONDAY + 2 * HOUR)
    case = places["handler.zhifa"].does(case, "turn_back", reason="不是执法事项", at=MONDAY + 3 * HOUR)
    case = Case.objects.get(pk=case.pk)
    assert case.due_at is not None
    assert climb_due(case.due_at + HOUR) == 1, "returned twice and overdue"
    request = DistrictRequest.objects.get(case=case)
    assert request.leader == places["leader1"].user and case.number in request.text
    leader = places["leader1"]
    case = district.sign(leader.actor, leader.grants, case.uuid)
    district1 = places["district1"]
    assert case.holder == district1.user
    case = district1.does(case, "take")
    case = district1.does(case, "handle", result="已由供水公司补齐", no_photo="在路中间")
    case = places["worker1"].does(case, "pass_check")
    assert case.state == "closed"
    case = Case.objects.select_related("event_class", "lead_unit").get(pk=case.pk)
    assert [rung.level for rung in climbing.path(case)] == ["street", "district"]


# --- one way in ----------------------------------------------------------------------------------------------------


def test_the_same_report_twice_is_one_matter_also_when_it_is_closed(places: Places) -> None:
    key, worker = uuid7(), places["worker1"]
    form = EventReport("堆物", CABLE, client_key=key, grid_code=places.first.code, settled="清走了")
    first = report(worker.actor, worker.grants, form)
    assert report(worker.actor, worker.grants, form).pk == first.pk and first.state == "closed"
    other = EventReport("别的事", CABLE, client_key=uuid7(), grid_code=places.first.code)
    second = report(worker.actor, worker.grants, other)
    changed = EventReport("改了的事", CABLE, client_key=other.client_key, grid_code=places.first.code)
    with pytest.raises(Conflict, match="不同"):
        report(worker.actor, worker.grants, changed)
    assert Case.objects.filter(pk__in=[first.pk, second.pk]).count() == 2


def test_what_the_grid_settled_and_the_resident_finds_unsolved_is_taken_up_by_the_street(
    places: Places,
) -> None:
    case = places.reports(kind=CABLE, text="楼道里又拉线充电", phone="13800002071", at=MONDAY)
    grid, clerk, caller = places["worker1"], places["clerk1"], places["clerk2"]
    case = grid.does(
        case, "settle_told", result="劝住户收线", way="phone", no_photo="没有相机", at=MONDAY + HOUR
    )
    later = MONDAY + 2 * HOUR
    said = {"outcome": "reached", "solved": "no"}
    case = callbacks.record_callback(caller.actor, caller.grants, case.uuid, said, at=later)
    assert (case.state, case.redos, case.answered_by_id) == ("raised", 1, None)
    assert [rung.level for rung in climbing.path(case)] == ["grid", "street"]
    assert case.due_at > later and case.holder != grid.user
    case = advance(places, case, "told", at=later + 2 * HOUR)
    case = caller.does(case, "call_back", outcome="reached", solved="no", at=later + 3 * HOUR)
    with pytest.raises(Refused, match="主任书面决定"):
        clerk.does(case, "rework", reason="还是没有收", at=later + 3 * HOUR)
    with pytest.raises(Refused, match="承办单位"):
        clerk.does(case, "take_up", reason="还是没有收", at=later + 3 * HOUR)


def test_a_class_that_ended_meanwhile_is_still_accepted_and_the_ledger_says_so(places: Places) -> None:
    EventClass.objects.filter(scheme="local", code="0603").update(valid_to=MONDAY.date() - timedelta(days=1))
    case = places.reports(kind=CABLE, at=MONDAY)
    assert case.event_class.key == "local:0699"
    assert entries(case)[0].payload["class_said"] == "local:0603"
    with pytest.raises(Invalid) as wrong:
        places.reports(kind="local:9999", at=MONDAY)
    assert set(wrong.value.fields) == {"event_class"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": "  "}, "text"),
        ({"kind": "x"}, "event_class"),
        ({"channel": "telepathy"}, "channel"),
        ({"channel": "import"}, "channel"),
        ({"phone": "不知道"}, "phone"),
        ({"lng": 102.4}, "lng"),
        ({"lng": 181.0, "lat": 40.1}, "lng"),
        ({"lng": 102.4, "lat": 40.1, "crs": "MARS"}, "crs"),
        ({"grid_code": "nowhere"}, "grid_code"),
        ({"place": "长" * 201}, "place"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_report_is_said_beside_the_field(
    places: Places, more: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        places.reports(**more)
    assert set(wrong.value.fields) == {field}


def test_a_point_of_another_system_is_kept_as_wgs84_with_its_tag(places: Places) -> None:
    case = places.reports(lng=102.405, lat=40.105, crs="GCJ-02", grid_code="")
    assert case.crs == "gcj02" and case.lng is not None and case.lat is not None
    assert 0.001 < abs(case.lng - 102.405) < 0.01, "shifted back by some hundred metres"


def test_who_holds_no_such_role_cannot_report(places: Places) -> None:
    with pytest.raises(Refused):
        places.reports("handler.chengguan")


def test_the_limit_of_the_class_runs_from_filing(places: Places) -> None:
    clerk = places["clerk1"]
    case = places.reports(
        "clerk1", "event:0102", MONDAY, channel="above", from_body="区城管局", text="暴露垃圾"
    )
    case = file_and_dispatch(clerk.actor, clerk.grants, case.uuid, "chengguan", at=MONDAY)
    clock = Clock.objects.get(case=case, kind="conclude", running=True)
    assert (clock.rule["amount"], clock.rule["unit"], clock.rule["code"]) == (1, "work_day", "event:0102")
    assert clock.rule["certainty"] == "X" and clock.due_at == MONDAY.replace(
        day=3, hour=23, minute=59, second=59
    )
    assert clock.charged_unit == places.cast.units["chengguan"]


def test_who_handled_it_never_checks_it(places: Places) -> None:
    case = places.reports(kind=HATCH)
    clerk, handler = places["clerk1"], places["handler.chengguan"]
    case = file_and_dispatch(clerk.actor, clerk.grants, case.uuid, "chengguan")
    case = handler.does(case, "take")
    case = handler.does(case, "handle", result="补齐", no_photo="夜里")
    Case.objects.filter(pk=case.pk).update(answered_by=places["worker1"].user)
    with pytest.raises(Refused):
        places["worker1"].does(case, "pass_check")
    case = places["worker2"].does(case, "fail_check", reason="井盖松动")
    assert case.state == "handling" and case.redos == 1 and case.holder == handler.user


def test_neighbours_of_other_grids_do_not_see_it(places: Places) -> None:
    case = places.reports()
    assert places["worker2"].sees(case) and places["shequ1"].sees(case) and places["clerk1"].sees(case)
    assert not places["handler.chengguan"].sees(case) and not places["district1"].sees(case)
    elsewhere = places.reports("clerk1", grid_code=places.second.code, channel="phone")
    assert not places["worker1"].sees(elsewhere), "another grid of the same community"
    assert places["shequ1"].sees(elsewhere)


@pytest.mark.parametrize("state", ["at_grid", "raised", "filed", "handling"])
def test_another_urgency_gives_every_limit_anew_and_loses_none(places: Places, state: str) -> None:
    case = places.reports(kind=CABLE if state == "at_grid" else HATCH)
    if state in ("filed", "handling"):
        case = advance(places, case, state)
    clerk = places["clerk1"]
    running = Clock.objects.filter(case=case, running=True)
    before = sorted(running.values_list("kind", "step", "start_at"))
    desk.correct(clerk.actor, clerk.grants, case.uuid, {"urgency": "critical"}, reason="有人受伤")
    assert sorted(running.values_list("kind", "step", "start_at")) == before
    assert all(clock.rule["unit"] == "clock_hour" for clock in running if clock.step != "filed")
    now = Case.objects.get(pk=case.pk)
    assert now.due_at == min(clock.due_at for clock in running if clock.kind != "assignment" and clock.due_at)


def test_days_that_a_person_set_stay_when_the_urgency_changes(places: Places) -> None:
    clerk = places["clerk1"]
    case = clerk.does(places.reports(kind=HATCH), "send_down", reason="先围挡", days="3")
    desk.correct(clerk.actor, clerk.grants, case.uuid, {"urgency": "urgent"}, reason="车多")
    clock = Clock.objects.get(case=case, running=True)
    assert (clock.kind, clock.step, clock.rule["amount"], clock.rule["unit"]) == (
        "step",
        "at_community",
        3,
        "work_day",
    )
