"""The life of a matter, step by step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

import places
from cast import Cast, above, advance, submitted
from yimen.cases import queries, rules
from yimen.cases.actions import assisting, desk, extensions, limits
from yimen.cases.actions.callbacks import record_callback
from yimen.cases.actions.transition import run
from yimen.cases.grid_rows import ROWS as GRID_ROWS
from yimen.cases.models import Assignment, Callback, Case, Clock, PhoneIndex, Result, ReturnRequest
from yimen.cases.states import STATES, TRANSITIONS
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)


def replayed(case: Case) -> dict[str, Any]:
    return rules.replay(
        e.payload for e in Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    )


def as_service(cast: Cast, case: Case) -> Case:
    return limits.screen(cast["director"].actor, cast["director"].grants, case.uuid, flow="service")


def test_answered_on_the_spot_and_closed(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.opens(told_now=True)
    case = clerk.does(case, "answer", reply="已当面说明办理办法", way="counter")
    assert case.served_at and case.answered_by == clerk.user
    with pytest.raises(Refused):
        clerk.does(case, "rate", rating="5")
    case = cast["clerk2"].does(case, "rate", rating="5")
    case = clerk.does(case, "close")
    assert case.state == "closed" and case.closed_at and case.due_at is None
    assert not Clock.objects.filter(case=case, running=True).exists()


def test_the_whole_petition_way(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(phone="13800002071"), "archived")
    assert case.accepted_at and case.served_at and case.told_at
    kinds = [e.kind for e in Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")]
    assert kinds == ["case.opened", "case.dispatch", "case.sign", "case.accept", "case.start", "case.report",
                     "case.verify", "case.tell", "case.call_back", "case.rate", "case.close", "case.archive"]  # fmt: skip


def test_the_whole_service_way_has_no_acceptance(cast: Cast) -> None:
    case = advance(cast, as_service(cast, cast["clerk1"].opens()), "archived")
    assert case.accepted_at is None and case.flow == "service"


@pytest.mark.parametrize("state", ["dispatched", "signed", "accepted", "in_hand", "reported", "verified", "told",
                                   "called_back", "rated"])  # fmt: skip
def test_every_open_state_has_owner_holder_next_step_and_clock(cast: Cast, state: str) -> None:
    case = advance(cast, cast["clerk1"].opens(), state)
    case.refresh_from_db()
    assert case.open is True
    assert case.accountable_person == cast["clerk1"].user
    assert case.holder and case.holder_unit and case.clock and case.due_at
    assert case.next_step == STATES[state].next_step
    connection.check_constraints()


def test_the_60_days_run_from_acceptance_and_replace_nothing_before(cast: Cast) -> None:
    director, handler = cast["director"], cast["handler.chengguan"]
    case = cast["clerk1"].opens(at=MORNING)
    limits.screen(director.actor, director.grants, case.uuid, flow="petition", at=MORNING)
    case = cast["clerk1"].does(case, "dispatch", at=MORNING, unit="chengguan")
    assert not Clock.objects.filter(case=case, kind="conclude", running=True).exists()
    case = handler.does(case, "sign", at=MORNING + timedelta(days=1))
    accepted = MORNING + timedelta(days=2)
    case = handler.does(case, "accept", at=accepted)
    clock = Clock.objects.get(case=case, kind="conclude", running=True)
    assert clock.rule["code"] == "XF-60" and clock.start_at == accepted
    assert clock.charged_unit == cast.units["chengguan"]
    assert case.accepted_at == accepted
    assert Clock.objects.filter(case=case, kind="inform", running=True).exists(), "受理 is no 告知"


def test_not_accepted_with_reasons_is_told_in_writing(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "signed")
    handler = cast["handler.chengguan"]
    with pytest.raises(Invalid):
        handler.does(case, "not_accept")
    case = handler.does(case, "not_accept", reason="已进入诉讼程序")
    assert case.state == "not_accepted"
    case = handler.does(case, "tell", way="letter")
    assert case.state == "told" and case.served_at


def test_a_return_leaves_the_matter_with_the_first_contact_and_the_clock_runs_on(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    whole = Clock.objects.get(case=case, kind="conclude")
    case = advance(cast, case, "dispatched", at=MORNING)
    case = cast["handler.chengguan"].does(case, "request_return", reason="不属本单位职责", at=MORNING)
    assert case.holder == cast["clerk1"].user
    case = cast["clerk1"].does(case, "agree_return", at=MORNING)
    assert case.state == "returned" and case.lead_unit is None and case.returns == 1
    whole.refresh_from_db()
    assert whole.running and whole.start_at == case.received_at
    assert whole.charged_unit == cast.units["centre"]
    assert ReturnRequest.objects.get(case=case).agreed is True
    assert not cast["handler.chengguan"].sees(case)


def test_a_refused_return_goes_back_to_the_unit(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    case = cast["handler.chengguan"].does(case, "request_return", reason="忙")
    case = cast["clerk1"].does(case, "refuse_return", reason="属于贵单位职责清单")
    assert case.state == "dispatched" and case.holder == cast["handler.chengguan"].user


def test_after_two_returns_the_director_decides_and_nobody_returns_again(cast: Cast) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    for unit in ("chengguan", "zhifa"):
        case = clerk.does(case, "dispatch", unit=unit)
        case = cast[f"handler.{unit}"].does(case, "request_return", reason="不归我们")
        case = clerk.does(case, "agree_return")
    with pytest.raises(Refused, match="两次"):
        clerk.does(case, "dispatch", unit="chengguan")
    with pytest.raises(Refused):
        clerk.does(case, "designate", unit="chengguan", reason="我来定")
    case = cast["director"].does(case, "designate", unit="chengguan", reason="指定承办")
    with pytest.raises(Refused, match="指定承办"):
        cast["handler.chengguan"].does(case, "request_return", reason="还是不归")


def test_a_petition_is_returned_only_within_five_work_days(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(at=MORNING), "dispatched", at=MORNING)
    late = MORNING + timedelta(days=8)
    with pytest.raises(Refused, match="期限已过"):
        cast["handler.chengguan"].does(case, "request_return", reason="不归", at=late)
    in_time = datetime(2026, 3, 9, 17, 0, tzinfo=SHANGHAI)
    assert cast["handler.chengguan"].does(case, "request_return", reason="不归", at=in_time)


def test_the_reporter_does_not_verify_the_own_report(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    head = cast["head.chengguan"]
    case = head.does(case, "report", result="好了", decision="support")
    with pytest.raises(Refused):
        head.does(case, "verify")
    assert cast["director"].does(case, "verify").state == "verified"


def test_a_report_sent_back_is_done_again_and_both_stay(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "reported")
    case = cast["head.chengguan"].does(case, "send_back", reason="没有照片")
    assert case.state == "in_hand"
    case = cast["handler.chengguan"].does(case, "report", result="补拍照片", decision="support")
    assert Result.objects.filter(case=case).count() == 2


def test_a_unit_without_accounts_is_served_by_the_desk(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = as_service(cast, clerk.opens(told_now=True))
    case = clerk.does(case, "dispatch", unit="gongre")
    assert case.holder == clerk.user
    assert Assignment.objects.get(case=case).offline
    case = clerk.does(case, "sign")
    case = clerk.does(case, "start")
    case = clerk.does(case, "report", result="循环泵已抢修", source_reply="供热公司来函")
    assert case.holder == cast["director"].user
    case = cast["director"].does(case, "verify")
    case = clerk.does(case, "tell", way="phone")
    with pytest.raises(Refused):
        record_callback(clerk.actor, clerk.grants, case.uuid, {"outcome": "reached", "solved": "yes"})
    other = cast["clerk2"]
    case = record_callback(
        other.actor, other.grants, case.uuid, {"outcome": "reached", "solved": "yes", "rating": "4"}
    )
    assert case.state == "called_back" and case.rating == 4


def test_three_tries_then_unreachable(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    caller = cast["clerk2"]
    for tried in (1, 2):
        case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "no_answer"})
        assert (case.state, case.tries) == ("told", tried)
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "no_answer"})
    assert case.state == "called_back" and Callback.objects.filter(case=case).count() == 3
    assert caller.does(case, "close").state == "closed"


def test_unsolved_goes_back_once_by_rule_then_by_the_directors_word(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    caller = cast["clerk2"]
    unsolved = {"outcome": "reached", "solved": "no", "comment": "还在漏"}
    case = record_callback(caller.actor, caller.grants, case.uuid, unsolved)
    assert case.state == "in_hand" and case.redos == 1 and case.holder_unit == cast.units["chengguan"]
    case = advance_from_in_hand(cast, case)
    case = record_callback(caller.actor, caller.grants, case.uuid, unsolved)
    assert case.state == "called_back"
    with pytest.raises(Refused):
        caller.does(case, "redo", reason="再办")
    with pytest.raises(Invalid):
        caller.does(case, "close")
    assert caller.does(case, "close", note="已书面说明").state == "closed"


def advance_from_in_hand(cast: Cast, case: Case) -> Case:
    case = cast["handler.chengguan"].does(case, "report", result="重做防水", decision="support")
    case = cast["head.chengguan"].does(case, "verify")
    return cast["handler.chengguan"].does(case, "tell", way="visit")


def test_anonymous_owes_no_call_back(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(anonymous=True), "told")
    caller = cast["clerk2"]
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "not_owed"})
    assert caller.does(case, "close").state == "closed"


def test_the_handling_unit_may_neither_call_back_nor_rate(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told")
    for who in ("handler.chengguan", "head.chengguan", "leader1"):
        with pytest.raises(Refused):
            cast[who].does(case, "call_back", outcome="reached", solved="yes")


def test_withdrawn_matters_end_their_clocks_as_void(cast: Cast) -> None:
    case = cast["clerk1"].does(
        advance(cast, cast["clerk1"].opens(), "in_hand"), "withdraw", reason="已自行解决"
    )
    assert case.state == "withdrawn"
    assert set(Clock.objects.filter(case=case).values_list("running", flat=True)) == {None}


def test_phones_are_forgotten_at_closing_and_found_again_after_reopening(cast: Cast) -> None:
    case = as_service(cast, cast["clerk1"].opens(phone="13800002071"))
    assert PhoneIndex.objects.filter(case=case).exists()
    case = advance(cast, case, "closed")
    assert not PhoneIndex.objects.exists()
    case = cast["clerk2"].does(case, "reopen", reason="又漏了")
    assert PhoneIndex.objects.filter(case=case).exists()
    assert case.accountable_person == cast["clerk2"].user


def test_after_a_written_opinion_the_way_on_is_review(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed", way="letter")
    with pytest.raises(Refused, match="复查"):
        cast["clerk1"].does(case, "reopen", reason="不服")


@pytest.mark.parametrize("state", ["registered", "signed", "in_hand", "told", "closed"])
def test_an_illegal_verb_changes_nothing(cast: Cast, state: str) -> None:
    case = advance(cast, cast["clerk1"].opens(), state)
    before, entries = Case.objects.filter(pk=case.pk).values().get(), Entry.objects.count()
    legal = {verb for (flow, source, verb) in TRANSITIONS if flow == case.flow and source == state}
    for verb in {key[2] for key in TRANSITIONS} - legal:
        with pytest.raises(Conflict):
            run(cast["director"].actor, cast["director"].grants, case.uuid, verb, {})
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert Entry.objects.count() == entries


def test_the_second_tab_is_told_that_somebody_was_first(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    seen = case.version
    cast["clerk1"].does(case, "dispatch", unit="chengguan")
    clerk = cast["clerk2"]
    with pytest.raises(Conflict, match="刚刚"):
        run(clerk.actor, clerk.grants, case.uuid, "withdraw", {"reason": "x"}, version=seen)


def test_what_may_not_be_seen_is_not_there(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    with pytest.raises(Missing):
        cast["handler.zhifa"].does(case, "sign")


@pytest.mark.parametrize("state", list(STATES))
def test_replaying_the_ledger_gives_the_same_state(cast: Cast, state: str) -> None:
    side = {"awaiting", "merged", "answered", "guided", "return_requested", "returned", "not_accepted", "withdrawn",
            "reviewing", "reviewed", "re_reviewing"}  # fmt: skip
    if state in {row.source for row in GRID_ROWS if row.source not in {"told", *side}} - _SHARED:
        case = _place(cast, state)
    else:
        case = _side_state(cast, state) if state in side else advance(cast, cast["clerk1"].opens(), state)
    case.refresh_from_db()
    now = replayed(case)
    assert now["state"] == case.state == state
    assert now["next_step"] == case.next_step
    assert now["holder"] == case.holder_id
    assert now["lead_unit"] == case.lead_unit_id
    assert now["accountable_person"] == case.accountable_person_id


_SHARED = {"called_back", "rated", "closed", "archived"}


def _place(cast: Cast, state: str) -> Case:
    """A matter of a place in this state."""
    here = places.settle(cast)
    if state in ("at_grid", "at_community"):
        return here.reports(kind=places.RUBBISH if state == "at_grid" else "event:0103")
    case = here.reports(kind=places.HATCH)
    if state == "verifying":
        return cast["clerk1"].does(case, "ask_verify")
    return case if state == "raised" else places.advance(here, case, state)


def _side_state(cast: Cast, state: str) -> Case:
    clerk, case = cast["clerk1"], cast["clerk1"].opens()
    if state == "merged":
        return clerk.does(case, "merge", main=clerk.opens().number)
    if state == "awaiting":
        return submitted(cast, case)
    if state in ("reviewing", "reviewed", "re_reviewing"):
        return above(cast, case, state)
    if state == "answered":
        return clerk.does(case, "answer", reply="好")
    if state == "guided":
        return clerk.does(case, "guide", guide_kind="elsewhere", body="邻区综治中心", reason="不属本辖区")
    if state == "withdrawn":
        return clerk.does(case, "withdraw", reason="不反映了")
    if state == "not_accepted":
        return cast["handler.chengguan"].does(advance(cast, case, "signed"), "not_accept", reason="已诉讼")
    case = cast["handler.chengguan"].does(advance(cast, case, "dispatched"), "request_return", reason="不归")
    return case if state == "return_requested" else clerk.does(case, "agree_return")


def test_a_helping_unit_has_its_own_clock_and_answers_for_itself(cast: Cast) -> None:
    clerk, helper = cast["clerk1"], cast["handler.zhifa"]
    case = clerk.does(clerk.opens(), "dispatch", unit="chengguan", assisting=["zhifa"])
    rows = {row.unit.key: row for row in Assignment.objects.filter(case=case)}
    assert rows["zhifa"].role == "assist" and rows["zhifa"].clock_id != rows["chengguan"].clock_id
    assert helper.sees(case)
    unit_id = cast.units["zhifa"].pk
    assisting.assist_sign(helper.actor, helper.grants, case.uuid, unit_id=unit_id)
    done = assisting.assist_report(helper.actor, helper.grants, case.uuid, unit_id=unit_id, text="已到场取证")
    assert done.state == "reported"
    assert Clock.objects.get(pk=done.clock_id).outcome == "met"


def test_the_same_unit_cannot_lead_and_assist(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast["clerk1"].does(cast["clerk1"].opens(), "dispatch", unit="chengguan", assisting=["chengguan"])


def test_lateness_of_the_unit_is_never_charged_to_the_first_contact(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(at=MORNING, told_now=True), "dispatched", at=MORNING)
    late = cast["handler.chengguan"].does(case, "sign", at=MORNING + timedelta(days=30))
    overdue = Clock.objects.filter(case=late, outcome="late")
    assert overdue.exists()
    assert set(overdue.values_list("charged_unit__key", flat=True)) == {"chengguan"}


def test_moves_offer_only_what_this_person_may_do(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    assert queries.moves(cast["handler.chengguan"].grants, case)[0].verb == "sign"
    assert {m.verb for m in queries.moves(cast["clerk1"].grants, case)} == {"withdraw", "recall", "merge"}
    assert queries.moves(cast["leader1"].grants, case) == []


def test_one_transition_stays_within_its_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    case = advance(cast, cast["clerk1"].opens(), "signed")
    with django_assert_max_num_queries(30):
        cast["handler.chengguan"].does(case, "accept")


def test_an_assisting_unit_can_take_the_lead(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.does(clerk.opens(), "dispatch", unit="chengguan", assisting=["zhifa"])
    case = cast["handler.chengguan"].does(case, "request_return", reason="归执法队")
    case = clerk.does(clerk.does(case, "agree_return"), "dispatch", unit="zhifa")
    assert cast["handler.zhifa"].does(case, "sign").state == "signed"
    assert (
        Assignment.objects.filter(case=case, unit=cast.units["zhifa"], role="lead", state="signed").count()
        == 1
    )


def test_a_wrong_dispatch_is_taken_back_before_it_is_signed_for(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.does(advance(cast, clerk.opens(), "dispatched"), "recall", reason="选错单位")
    assert case.state == "registered" and case.lead_unit is None and case.returns == 0
    assert not cast["handler.chengguan"].sees(case)


def test_the_centre_is_no_unit_to_dispatch_to(cast: Cast) -> None:
    with pytest.raises(Invalid):
        cast["clerk1"].does(cast["clerk1"].opens(), "dispatch", unit="centre")


def test_a_return_is_asked_for_once(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "dispatched")
    case = cast["handler.chengguan"].does(case, "request_return", reason="忙")
    case = cast["clerk1"].does(case, "refuse_return", reason="属于贵单位")
    with pytest.raises(Refused, match="已经答复"):
        cast["handler.chengguan"].does(case, "request_return", reason="还是忙")


def test_a_petition_redone_keeps_its_60_days_from_acceptance(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(at=MORNING), "accepted", at=MORNING)
    accepted = case.accepted_at
    case = advance_from(cast, case, MORNING + timedelta(days=40))
    caller = cast["clerk2"]
    case = record_callback(
        caller.actor,
        caller.grants,
        case.uuid,
        {"outcome": "reached", "solved": "no"},
        at=MORNING + timedelta(days=41),
    )
    assert case.state == "in_hand" and case.served_at is None
    starts = set(
        Clock.objects.filter(case=case, kind="conclude", running=True, rule__code="XF-60").values_list(
            "start_at", flat=True
        )
    )
    assert starts == {accepted}


def advance_from(cast: Cast, case: Case, at: datetime) -> Case:
    handler = cast["handler.chengguan"]
    case = handler.does(case, "start", at=at)
    case = handler.does(case, "report", at=at, result="好了", decision="explain")
    case = cast["head.chengguan"].does(case, "verify", at=at)
    return handler.does(case, "tell", at=at, way="phone")


def test_not_accepted_is_never_redone(cast: Cast) -> None:
    handler, caller = cast["handler.chengguan"], cast["clerk2"]
    case = handler.does(advance(cast, cast["clerk1"].opens(), "signed"), "not_accept", reason="已诉讼")
    case = handler.does(case, "tell", way="letter")
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "reached", "solved": "no"})
    assert case.state == "called_back"
    with pytest.raises(Refused):
        caller.does(case, "redo", reason="再办")
    assert caller.does(case, "close", note="已告知诉讼途径").state == "closed"


def test_lateness_survives_withdrawal(cast: Cast) -> None:
    case = advance(cast, as_service_at(cast), "in_hand", at=MORNING)
    case = cast["clerk1"].does(case, "withdraw", reason="不等了", at=MORNING + timedelta(days=200))
    for kind in ("conclude", "assignment"):
        assert Clock.objects.filter(case=case, kind=kind, outcome="late", stopped_at=case.closed_at).exists()


def as_service_at(cast: Cast) -> Case:
    director = cast["director"]
    case = cast["clerk1"].opens(at=MORNING)
    return limits.screen(director.actor, director.grants, case.uuid, flow="service", at=MORNING)


def test_an_offline_units_lateness_is_the_units(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = clerk.does(as_service_at(cast), "dispatch", unit="gongre", at=MORNING)
    case = clerk.does(clerk.does(case, "sign", at=MORNING), "start", at=MORNING)
    case = clerk.does(case, "report", result="修好了", at=MORNING + timedelta(days=20))
    late = Clock.objects.filter(case=case, outcome="late").values_list("charged_unit__key", flat=True)
    assert set(late) == {"gongre"}


def test_served_in_time_and_typed_later_is_met(cast: Cast) -> None:
    case = advance(cast, as_service_at(cast), "verified", at=MORNING)
    served = MORNING + timedelta(days=2)
    handler = cast["handler.chengguan"]
    case = handler.does(case, "tell", at=MORNING + timedelta(days=30), way="post", served_on=served)
    assert case.served_at == served
    assert Clock.objects.get(case=case, kind="conclude", stopped_at=served).outcome == "met"


def test_nothing_is_done_before_the_step_before_it(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING)
    with pytest.raises(Invalid):
        cast["clerk1"].does(case, "dispatch", unit="chengguan", at=MORNING - timedelta(days=1))
    with pytest.raises(Invalid):
        cast["clerk1"].does(case, "dispatch", unit="chengguan", at=datetime(2039, 1, 1, tzinfo=SHANGHAI))


def test_the_matter_comes_back_to_the_handler_after_the_heads_check(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "reported")
    case = cast["head.chengguan"].does(case, "send_back", reason="补材料")
    assert case.holder == cast["handler.chengguan"].user


def test_a_phone_heard_from_the_wrong_person_is_corrected_and_indexed_anew(cast: Cast) -> None:
    from yimen.cases.actions.people import Person, correct_people, participants
    from yimen.cases.actions.phones import find_by_phone

    clerk = cast["clerk1"]
    case = clerk.opens(name="陈女士", phone="13800002071")
    correct_people(
        clerk.actor, clerk.grants, case, [("visitor", Person("陈女士", "13800002072"))], "听错一位"
    )
    assert participants(case)[0].phone == "138****2072"
    assert find_by_phone(clerk.actor, clerk.grants, "13800002071") == []
    assert find_by_phone(clerk.actor, clerk.grants, "13800002072") == [case]
    entry = Entry.objects.get(kind="case.people_corrected")
    assert "13800002071" not in str(entry.payload) and entry.sealed


def test_re_screening_keeps_extensions_and_this_rounds_start(cast: Cast) -> None:
    director = cast["director"]
    case = advance(cast, as_service_at(cast), "in_hand", at=MORNING)
    extensions.extend(
        director.actor, director.grants, case.uuid, amount=5, reason="等配件", told_way="phone", at=MORNING
    )
    desk.correct(
        cast["clerk1"].actor, cast["clerk1"].grants, case.uuid, {"urgency": "urgent"}, reason="改紧急"
    )
    clock = Clock.objects.get(case=case, kind="conclude", running=True)
    assert (clock.extend, clock.start_at) == (5, case.round_at)
    assert clock.rule["code"] == "FW-24H"


def test_reopening_counts_from_the_reopening(cast: Cast) -> None:
    case = advance(cast, as_service_at(cast), "closed", at=MORNING)
    later = MORNING + timedelta(days=60)
    case = cast["clerk1"].does(case, "reopen", reason="又漏", at=later)
    assert case.round_at == later and case.told_at is None
    clock = Clock.objects.get(case=case, kind="conclude", running=True)
    assert clock.start_at == later
