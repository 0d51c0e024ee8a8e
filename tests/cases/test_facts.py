"""Facts that change no state: told, screened, suspended, corrected, visited, linked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cast import Cast, Person, advance, said_in
from yimen.calendars import actions as calendars
from yimen.cases import queries
from yimen.cases.actions import desk, limits
from yimen.cases.actions.calendar_changed import recompute_provisional
from yimen.cases.models import Case, Clock, Contact, Link
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)


def act(person: Person, verb: Any, case: Case, **data: Any) -> Any:
    return verb(person.actor, person.grants, case.uuid, **data)


def running(case: Case, kind: str) -> Clock | None:
    return Clock.objects.filter(case=case, kind=kind, running=True).first()


def test_being_told_stops_the_15_days(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    case = act(
        cast["clerk1"], limits.inform, case, way="letter", said="已转城管办", at=MORNING + timedelta(days=3)
    )
    assert running(case, "inform") is None
    assert Clock.objects.get(case=case, kind="inform").outcome == "met"
    with pytest.raises(Conflict):
        act(cast["clerk1"], limits.inform, case, way="letter")


def test_being_told_too_late_is_late(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    act(cast["clerk1"], limits.inform, case, way="letter", at=MORNING + timedelta(days=16))
    assert Clock.objects.get(case=case, kind="inform").outcome == "late"


def test_the_director_says_service_and_the_petitions_clocks_go(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    with pytest.raises(Refused):
        act(cast["clerk1"], limits.screen, case, flow="service")
    case = act(cast["director"], limits.screen, case, flow="service", at=MORNING)
    assert (case.flow, case.screened) == ("service", True)
    assert running(case, "inform") is None and running(case, "screen") is None
    conclude = running(case, "conclude")
    assert conclude and conclude.rule["code"] == "FW-7D" and conclude.start_at == case.received_at


def test_the_director_says_petition_and_the_services_limit_goes(cast: Cast) -> None:
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=MORNING), flow="petition", at=MORNING)
    assert running(case, "conclude") is None, "the 60 days begin with acceptance"
    inform = running(case, "inform")
    assert inform and inform.rule["code"] == "XF-15N"


def test_a_later_change_needs_a_reason_and_is_kept(cast: Cast) -> None:
    director = cast["director"]
    case = act(director, limits.screen, cast["clerk1"].opens(), flow="petition")
    with pytest.raises(Invalid):
        act(director, limits.screen, case, flow="service")
    with pytest.raises(Invalid):
        act(director, limits.screen, case, flow="petition")
    act(director, limits.screen, case, flow="service", reason="只是报修")
    kept = Entry.objects.filter(kind="case.screened").latest("id")
    assert kept.payload["was"] == "petition" and said_in(kept) == {"reason": "只是报修"}


def test_screening_after_acceptance_lets_the_matter_go_on(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "accepted")
    case = act(cast["director"], limits.screen, case, flow="service")
    assert cast["handler.chengguan"].does(case, "start").state == "in_hand"


def extendable(cast: Cast) -> Case:
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=MORNING), flow="petition", at=MORNING)
    return advance(cast, case, "in_hand", at=MORNING)


def test_days_of_a_suspension_are_taken_out_of_the_count(cast: Cast) -> None:
    case = extendable(cast)
    before = running(case, "conclude")
    assert before
    head = cast["head.chengguan"]
    act(head, limits.suspend, case, ground="appraisal", note="鉴定", at=MORNING + timedelta(days=8))
    case.refresh_from_db()
    assert case.suspended
    case = act(head, limits.resume, case, at=MORNING + timedelta(days=15))
    after = running(case, "conclude")
    assert after and after.target_at - before.target_at == timedelta(days=7)
    with pytest.raises(Conflict):
        act(head, limits.resume, case)


def test_contacting_the_resident_is_one_act_with_its_outcome(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    act(cast["handler.chengguan"], desk.contact, case, outcome="agreed", note="明早上门")
    assert Contact.objects.get().outcome == "agreed"
    with pytest.raises(Invalid):
        act(cast["handler.chengguan"], desk.contact, case, outcome="maybe")
    with pytest.raises(Refused):
        act(cast["leader1"], desk.contact, case, outcome="reached")


def test_a_wrong_registration_is_corrected_with_a_trace(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    changes = {"place": "七社区 12 号楼", "category": "utilities", "text": "整栋楼暖气不热"}
    case = act(cast["clerk2"], desk.correct, case, changes=changes, reason="听错了")
    assert case.category.key == "utilities" and case.title == "整栋楼暖气不热"
    entry = Entry.objects.get(kind="case.corrected")
    assert "漏水" in said_in(entry)["before"]["text"]
    assert queries.search(cast["clerk1"].grants, "暖气") == [case]
    assert queries.search(cast["clerk1"].grants, "漏水") == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"place": "x"}, " "),
        ({"text": ""}, "改"),
        ({"category": "none"}, "改"),
        ({}, "改"),
        ({"state": "closed"}, "改"),
    ],
)
def test_a_bad_correction_changes_nothing(cast: Cast, changes: dict[str, str], reason: str) -> None:
    case = cast["clerk1"].opens()
    with pytest.raises(Invalid):
        act(cast["clerk1"], desk.correct, case, changes=changes, reason=reason)
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_returning_visitor_is_noted_on_open_and_closed_matters(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed")
    act(cast["clerk2"], desk.visited_again, case, words="来问结果，身份证11010519491231002X")
    assert "11010519491231002X" not in str(Entry.objects.get(kind="case.visited").payload)


def test_two_matters_are_linked_by_a_clerk_and_once(cast: Cast) -> None:
    one, other = cast["clerk1"].opens(), cast["clerk1"].opens()
    for _again in range(2):
        act(cast["clerk1"], desk.link, one, other=other.uuid)
    assert Link.objects.count() == 1
    with pytest.raises(Invalid):
        act(cast["clerk1"], desk.link, one, other=one.uuid)


def test_a_provisional_due_moves_when_the_year_is_published(cast: Cast) -> None:
    late = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=late), flow="petition", at=late)
    case = advance(cast, case, "in_hand", at=late)
    clock = running(case, "conclude")
    assert clock and clock.provisional
    assert timezone.localdate(clock.due_at) == datetime(2027, 1, 22).date()
    from yimen.calendars.tables import parse

    table = parse("date,kind\n2027-01-01,off\n2027-01-22,off\n")
    calendars.load_year(2027, table.of(2027))
    assert recompute_provisional() >= 0
    clock.refresh_from_db()
    assert not clock.provisional
    assert timezone.localdate(clock.due_at) == datetime(2027, 1, 25).date()


def test_the_rule_stays_as_it_was_when_the_clock_started(cast: Cast) -> None:
    from yimen.calendars.models import ClockRule

    case = cast["clerk1"].opens(at=MORNING)
    ClockRule.objects.filter(code="XF-15N").update(amount=3)
    clock = running(case, "inform")
    assert clock and clock.rule["amount"] == 15
    assert "15" in clock.explain and "二十三" in clock.explain


def test_steps_go_on_while_the_clock_is_suspended(cast: Cast) -> None:
    case = extendable(cast)
    head, day = cast["head.chengguan"], MORNING + timedelta(days=8)
    act(head, limits.suspend, case, ground="appraisal", note="鉴定", at=day)
    case = cast["handler.chengguan"].does(case, "report", at=day, result="已修", decision="support")
    assert case.due_at and case.suspended
    case = act(head, limits.resume, case, at=day + timedelta(days=6))
    step = running(case, "step")
    assert (
        step
        and step.step == "reported"
        and timezone.localdate(step.due_at) > timezone.localdate(day + timedelta(days=5))
    )
