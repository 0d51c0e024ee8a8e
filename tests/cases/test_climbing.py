"""The ladder: every unanswered matter reaches the level that the rules say, none twice, none silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cast import Cast, play
from places import CABLE, HATCH, RUBBISH, Places, settle
from yimen.calendars import queries as calendars
from yimen.cases import climbing
from yimen.cases.actions import district
from yimen.cases.actions.climbing import climb_due
from yimen.cases.climbing import Facts, first_level, path, rules, verdict
from yimen.cases.models import Case, Climb, DistrictRequest
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.models import Entry

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Friday evening before the National Day holiday; 20 September and 10 October 2026 are made up for (调休).
EVE = datetime(2026, 9, 30, 16, 30, tzinfo=ZONE)


@pytest.fixture
def places(cast: Cast) -> Places:
    return settle(cast)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("lead_unit", "grid", "event_class").get(pk=case.pk)


def kinds(case: Case) -> list[str]:
    rows = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    return list(rows.values_list("kind", flat=True))


def over(case: Case) -> datetime:
    """A minute after the limit that governs the matter."""
    case = fresh(case)
    assert case.due_at is not None
    return case.due_at + MINUTE


# --- the rule ----------------------------------------------------------------------------------------------------


def facts(level: str, state: str, **more: Any) -> Facts:
    return Facts(level, state, **{"due": {}, **more})


@pytest.mark.parametrize(
    ("given_facts", "to"),
    [
        (facts("grid", "at_grid"), None),
        (facts("grid", "at_grid", refusals=1), None),
        (facts("grid", "at_grid", refusals=2), "community"),
        (facts("grid", "at_grid", due={"step": NOW}), None),
        (facts("grid", "at_grid", due={"step": NOW - MINUTE}), "community"),
        (facts("community", "at_community", due={"step": NOW - MINUTE}), "street"),
        (facts("community", "at_community", refusals=2), "street"),
        (facts("street", "raised", due={"step": NOW - MINUTE}), None),
        (facts("street", "raised", due={"conclude": NOW - MINUTE}), "district"),
        (facts("street", "handling", due={"conclude": NOW - MINUTE}), "district"),
        (facts("street", "handling", due={"conclude": NOW - MINUTE}, asked=True), None),
        (facts("street", "handling", due={"conclude": NOW - MINUTE}, suspended=True), None),
        (facts("street", "filed", due={"step": NOW - MINUTE}, returns=1), None),
        (facts("street", "filed", due={"step": NOW - MINUTE}, returns=2), "district"),
        (facts("street", "filed", due={"step": NOW + MINUTE}, returns=2), None),
        (facts("district", "sent", due={"conclude": NOW - MINUTE}), None),
        (facts("", "told", due={"step": NOW - MINUTE}), None),
    ],
)  # fmt: skip
def test_the_rule_says_who_climbs(given_facts: Facts, to: str | None) -> None:
    found = verdict(rules(), given_facts, NOW)
    assert (found.to_level if found else None) == to


def test_a_report_begins_at_the_lowest_level_that_may_settle_it() -> None:
    for level in ("grid", "community", "street"):
        assert first_level(level, own=True, urgent=False, placed=True) == level
        assert first_level(level, own=False, urgent=False, placed=True) == "street"
        assert first_level(level, own=True, urgent=True, placed=True) == "street"
        assert first_level(level, own=True, urgent=False, placed=False) == "street"


def test_a_level_may_settle_what_a_level_below_may() -> None:
    order = ("grid", "community", "street", "district")
    for at, level in enumerate(order):
        assert [climbing.may_settle(settles, level) for settles in order[:3]] == [at >= n for n in range(3)]


# --- by hand and by itself ----------------------------------------------------------------------------------------


def test_refused_twice_it_climbs_in_the_same_moment(places: Places) -> None:
    case = places.reports(kind=CABLE)
    assert case.holder == places["gridlead"].user
    case = places["gridlead"].does(case, "decline_task", reason="不归我管")
    assert (case.state, case.refusals, fresh(case).holder) == ("at_grid", 1, places["worker1"].user)
    case = places["worker1"].does(case, "decline_task", reason="也不归我管")
    assert (case.state, case.refusals) == ("at_community", 0)
    assert fresh(case).holder == places["shequ1"].user
    assert kinds(case)[-3:] == ["case.decline_task", "case.decline_task", "case.climb"]
    assert Climb.objects.get(case=case).why == "refused"


def test_refused_by_the_only_one_it_climbs_at_once(places: Places) -> None:
    """Nobody else answers at this level: it does not come back to who refused."""
    case = places.reports(kind=CABLE, grid_code=places.second.code)
    assert case.holder == places["shequ1"].user, "the second grid has nobody: the level above answers"
    case = places["shequ1"].does(case, "decline_task", reason="没有人手")
    assert case.state == "at_community" and Climb.objects.get(case=case).why == "nobody"


def test_an_unanswered_matter_climbs_to_the_district_by_itself(places: Places) -> None:
    case = places.reports(kind=CABLE, at=EVE)
    seen = [case.state]
    for _n in range(4):
        at = over(case)
        assert climb_due(at - 2 * MINUTE) == 0, "not before its limit"
        climb_due(at)
        seen.append(fresh(case).state)
        if request := DistrictRequest.objects.filter(case=case, gone_at=None).first():
            assert climb_due(request.decide_by - MINUTE) == 0
            assert climb_due(request.decide_by + MINUTE) == 1
            break
        street = [c for c in _limits(case) if c.kind == "conclude"]
        if street:
            assert street[0].due_at is not None
            assert climb_due(street[0].due_at + MINUTE) == 1
            request = DistrictRequest.objects.get(case=case)
            assert fresh(case).state == "raised", "prepared, not gone"
            assert climb_due(request.decide_by + MINUTE) == 1
            break
    case = fresh(case)
    assert (case.state, climbing.level_of(case)) == ("sent", "district")
    assert case.holder == places["district1"].user and places["district1"].sees(case)
    assert [climb.to_level for climb in Climb.objects.filter(case=case)] == [
        "community",
        "street",
        "district",
    ]
    assert [climb.why for climb in Climb.objects.filter(case=case)] == ["overdue", "overdue", "silent"]
    assert [rung.level for rung in path(case)] == ["grid", "community", "street", "district"]
    assert kinds(case) == [
        "case.event_reported", "case.climb", "case.climb", "case.district_prepared", "case.refer_up",
    ]  # fmt: skip


def _limits(case: Case) -> list[Any]:
    from yimen.cases.actions import clocks

    return clocks.running(case)


def test_a_leader_signs_and_it_goes_at_once(places: Places) -> None:
    case = _asked(places)
    leader = places["leader1"]
    case = district.sign(leader.actor, leader.grants, case.uuid, at=over_request(case))
    assert case.state == "sent" and case.lead_unit == places.cast.units["quzhi"]
    assert kinds(case)[-2:] == ["case.district_signed", "case.refer_up"]
    with pytest.raises(Conflict):
        district.sign(leader.actor, leader.grants, case.uuid)
    assert Climb.objects.filter(case=case).latest("id").why == "signed"


def test_a_leader_refuses_with_reasons_and_is_not_asked_again(places: Places) -> None:
    case = _asked(places)
    leader = places["leader1"]
    with pytest.raises(Invalid):
        district.refuse(leader.actor, leader.grants, case.uuid, reason=" ")
    row = district.refuse(leader.actor, leader.grants, case.uuid, reason="街道能办，请城管办三天内办结")
    assert climb_due(row.decide_by + timedelta(days=30)) == 0
    assert DistrictRequest.objects.filter(case=case).count() == 1
    assert climbing.level_of(fresh(case)) == "street"


def test_only_a_leader_decides(places: Places) -> None:
    case = _asked(places)
    for who in ("clerk1", "gridlead", "head.chengguan", "director"):
        person = places[who]
        with pytest.raises(Refused):
            district.sign(person.actor, person.grants, case.uuid)


def test_the_district_turns_back_and_the_director_has_it(places: Places) -> None:
    case = _asked(places)
    case = district.sign(places["leader1"].actor, places["leader1"].grants, case.uuid)
    case = places["district1"].does(case, "turn_back", reason="两街交界，请先商定")
    assert case.state == "filed" and case.lead_unit is None
    assert climbing.level_of(case) == "street" and not places["district1"].sees(case)
    assert [rung.level for rung in path(fresh(case))] == ["street", "district", "street"]


def test_taken_back_from_the_district_it_is_at_the_street_again(places: Places) -> None:
    case = _asked(places)
    case = district.sign(places["leader1"].actor, places["leader1"].grants, case.uuid)
    case = places["clerk1"].does(case, "withdraw_dispatch", reason="两街已商定")
    assert climbing.level_of(case) == "street"
    assert [rung.level for rung in path(fresh(case))] == ["street", "district", "street"]


def test_the_district_answers_inside_the_same_system(places: Places) -> None:
    case = _asked(places)
    case = district.sign(places["leader1"].actor, places["leader1"].grants, case.uuid)
    case = places["district1"].does(case, "take")
    case = places["district1"].does(case, "handle", result="区里已补齐井盖", no_photo="在路中间")
    case = places["worker1"].does(case, "pass_check")
    assert case.state == "closed"


def test_solved_before_anybody_decided_the_request_lapses(places: Places) -> None:
    case = _asked(places)
    case = places["clerk1"].does(case, "decline", reason="现场已恢复")
    assert DistrictRequest.objects.get(case=case).lapsed_at is not None
    assert climb_due(timezone_far()) == 0


def test_what_is_shelved_does_not_climb(places: Places) -> None:
    case = places.reports(kind=CABLE)
    Case.objects.filter(pk=case.pk).update(suspended=True)
    assert climb_due(over(case)) == 0
    Case.objects.filter(pk=case.pk).update(suspended=False)
    assert climb_due(over(case)) == 1


def test_sent_down_has_an_answer_due_and_climbs_when_it_is_over(places: Places) -> None:
    case = places.reports(kind=HATCH, at=EVE)
    case = places["clerk1"].does(case, "send_down", at=EVE + HOUR, reason="先围挡", days="2")
    assert case.state == "at_community" and case.holder == places["shequ1"].user
    calendar = calendars.current()
    due = fresh(case).due_at
    assert due is not None and calendar.is_work_day(due.astimezone(ZONE).date())
    assert due.astimezone(ZONE).date().isoformat() == "2026-10-09", (
        "two work days after the eve of the holiday"
    )
    assert climb_due(due - MINUTE) == 0
    assert climb_due(due + MINUTE) == 1
    assert fresh(case).state == "raised"


def test_the_desk_may_ask_the_district_by_hand(places: Places) -> None:
    case = places.reports(kind=HATCH)
    clerk = places["clerk1"]
    row = district.prepare(clerk.actor, clerk.grants, case.uuid, text="井盖在两街道交界，请区里指定单位。")
    assert row.leader == places["leader1"].user and row.unit == places.cast.units["quzhi"]
    with pytest.raises(Conflict):
        district.prepare(clerk.actor, clerk.grants, case.uuid)
    with pytest.raises(Refused):
        district.prepare(clerk.actor, clerk.grants, places.reports().uuid)


def _asked(places: Places) -> Case:
    """A matter of the street with a request before the leader."""
    case = places.reports(kind=HATCH)
    clerk = places["clerk1"]
    district.prepare(clerk.actor, clerk.grants, case.uuid)
    return fresh(case)


def over_request(_case: Case) -> None:
    return None


def timezone_far() -> datetime:
    return datetime(2027, 6, 1, 9, 0, tzinfo=ZONE)


# --- random matters, random moments, nobody answers ---------------------------------------------------------------

STARTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 11, 1))
CLASSES = st.sampled_from([RUBBISH, HATCH, CABLE, "event:0103", "event:0104", "event:0402", "local:0605"])


class TestNobodyAnswers(TestCase):
    """The clock is moved by hours over months, holidays and 调休 days; nobody ever does anything."""

    def setUp(self) -> None:
        self.places = settle(play())

    @given(start=STARTS, kind=CLASSES, urgent=st.booleans(), public=st.booleans(), stop=st.integers(0, 4))
    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    def test_every_unanswered_matter_reaches_the_district_step_by_step(
        self, start: datetime, kind: str, urgent: bool, public: bool, stop: int
    ) -> None:
        begun = start.replace(tzinfo=ZONE)
        more = {"channel": "phone", "who": "clerk1"} if public else {}
        case = self.places.reports(kind=kind, urgent=urgent, at=begun, **more)
        self._bring(case, stop, begun)
        at, silent = begun, 0
        for _n in range(400):
            at, before = at + timedelta(hours=7), self._mark(case)
            due_before = fresh(case).due_at
            moved = climb_due(at)
            after = self._mark(case)
            assert (moved > 0) == (before != after), "what moved says so, and nothing moves unsaid"
            silent = silent + 1 if due_before and due_before < at and before == after else 0
            assert silent * 7 < 24 * 25, "over its limit for weeks, and nothing came of it"
            if climbing.level_of(fresh(case)) == "district":
                break
        self._reached(case)
        assert climb_due(at) == 0 and climb_due(at) == 0, "none twice"

    def _bring(self, case: Case, steps: int, at: datetime) -> None:
        """Somebody begins, and then nobody goes on."""
        if case.state != "raised":
            return
        clerk, handler = self.places["clerk1"], self.places["handler.chengguan"]
        verified = [(clerk, "ask_verify", {}), (clerk, "confirm", {})] if case.channel == "phone" else []
        way = [*verified, (clerk, "admit", {}), (clerk, "file", {}), (clerk, "send", {"unit": "chengguan"}),
               (handler, "take", {})]  # fmt: skip
        for person, verb, data in way[:steps]:
            case = person.does(case, verb, at=at, **data)

    def _mark(self, case: Case) -> tuple[Any, ...]:
        row = fresh(case)
        requests = DistrictRequest.objects.filter(case=case).values_list("pk", "gone_at")
        return row.state, row.version, list(requests), Climb.objects.filter(case=case).count()

    def _reached(self, case: Case) -> None:
        row = fresh(case)
        assert (row.state, climbing.level_of(row)) == ("sent", "district")
        levels = [rung.level for rung in path(row)]
        order = ["grid", "community", "street", "district"]
        assert levels == order[order.index(levels[0]) :], "no level is left out, none comes twice"
        assert DistrictRequest.objects.filter(case=case).count() == 1
        told = kinds(row)
        assert told.count("case.climb") == len(levels) - 2 and told.count("case.refer_up") == 1
        assert told.count("case.district_prepared") == 1
