"""Figures: honest denominators and lists; every number is the length of its list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from tests.reports.world import MORNING, after, call, lengthen, march, matter, numbers, service

from cast import Cast, advance
from yimen.cases.actions import desk, limits, pressure
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.models import CallbackRule, Case
from yimen.foundation.errors import Missing
from yimen.reports import measures
from yimen.reports.models import Limit, Standing


def test_what_is_due_counts_whether_concluded_or_not(cast: Cast) -> None:
    service(cast, "told")
    service(cast, "in_hand")
    service(cast, "told", at=after(20))
    assert numbers(cast, "due", "on-time", "late", "open-late", "concluded") == [3, 1, 1, 1, 2]


def test_what_is_not_yet_due_at_the_cut_off_is_not_owed(cast: Cast) -> None:
    service(cast, "in_hand")
    early = march(after(3))
    assert numbers(cast, "due", "falls-due", "overdue", span=early) == [0, 1, 0]
    assert numbers(cast, "due", "overdue", span=march(after(10))) == [1, 1]


def test_a_withdrawn_matter_is_not_owed_but_what_was_late_stays_late(cast: Cast) -> None:
    cast["clerk1"].does(service(cast, "signed"), "withdraw", at=after(1), reason="自行和解")
    cast["clerk1"].does(service(cast, "signed"), "withdraw", at=after(20), reason="自行和解")
    assert numbers(cast, "due", "late") == [1, 1]


def test_each_unit_is_dispatched_to_and_returns_for_itself(cast: Cast) -> None:
    case = service(cast, "dispatched")
    case = cast["handler.chengguan"].does(case, "request_return", at=after(0.1), reason="不属本单位职责")
    case = cast["clerk1"].does(case, "agree_return", at=after(0.2))
    case = cast["clerk1"].does(case, "dispatch", at=after(0.3), unit="zhifa")
    case = cast["handler.zhifa"].does(case, "request_return", at=after(0.4), reason="不是我们的事")
    cast["clerk1"].does(case, "refuse_return", at=after(0.5), reason="就是贵单位职责")
    names = (
        "dispatched",
        "dispatched-returned",
        "dispatched-rightly",
        "dispatched-return-refused",
        "returned",
    )
    assert numbers(cast, *names, "return-refused") == [2, 1, 1, 1, 1, 1]
    grants = cast["director"].grants
    assert measures.counts(grants, "dispatched-returned", march(), "unit") == {"chengguan": 1}
    assert measures.counts(grants, "returned", march(), "unit") == {"chengguan": 1}
    assert measures.counts(grants, "return-refused", march(), "unit") == {"zhifa": 1}


def test_a_dispatch_taken_back_was_not_right_and_is_no_return(cast: Cast) -> None:
    case = service(cast, "dispatched")
    case = cast["clerk1"].does(case, "recall", at=after(0.1), reason="转错了")
    cast["clerk1"].does(case, "dispatch", at=after(0.2), unit="zhifa")
    names = ("dispatched", "dispatched-rightly", "dispatched-returned", "recalled")
    assert numbers(cast, *names) == [2, 1, 0, 1]


def test_signing_late_counts_where_it_was_due(cast: Cast) -> None:
    service(cast, "signed")
    service(cast, "signed", at=MORNING)
    case = service(cast, "dispatched")
    cast["handler.chengguan"].does(case, "sign", at=after(9))
    assert numbers(cast, "receipt-due", "received-in-time") == [3, 2]


def test_notice_of_a_petition_counts_at_the_counter_and_by_its_clock(cast: Cast) -> None:
    matter(cast, "petition", told_now=True)
    matter(cast, "petition")
    told, clerk = matter(cast, "petition"), cast["clerk1"]
    limits.inform(clerk.actor, clerk.grants, told.uuid, way="letter", at=after(5))
    matter(cast, "service", told_now=True)
    assert numbers(cast, "notice-due", "noticed") == [3, 2]


def test_a_petition_is_on_time_within_sixty_days_of_acceptance(cast: Cast) -> None:
    advance(cast, matter(cast, "petition"), "told", at=MORNING)
    advance(cast, matter(cast, "petition"), "in_hand", at=MORNING)
    span = measures.period(MORNING.date(), after(90).date())
    assert numbers(cast, "petition-due", "petition-on-time", "due", span=span) == [2, 1, 2]


def test_no_answer_is_neither_satisfied_nor_dissatisfied(cast: Cast) -> None:
    call(cast, service(cast, "told"), outcome="reached", solved="yes", rating="5")
    call(cast, service(cast, "told"), outcome="refused")
    missed = service(cast, "told")
    for day in (1, 2, 3):
        missed = call(cast, missed, after(day), outcome="no_answer")
    assert numbers(cast, "called", "reached", "solved", "satisfied") == [3, 1, 1, 1]


def test_a_call_that_is_overdue_was_owed_too(cast: Cast) -> None:
    service(cast, "told")
    assert numbers(cast, "called", "reached") == [1, 0]
    assert numbers(cast, "called", span=march(after(1))) == [0]


def test_a_rating_entered_after_the_call_counts(cast: Cast) -> None:
    case = call(cast, service(cast, "told"), outcome="reached", solved="yes")
    cast["clerk2"].does(case, "rate", at=after(0.1), rating="3")
    assert numbers(cast, "fairly", "satisfied") == [1, 0]


def test_of_many_ratings_the_lowest_that_stood_at_last_counts(cast: Cast) -> None:
    case = call(cast, service(cast, "told"), outcome="reached", solved="yes", rating="5")
    Case.objects.filter(pk=case.pk).update(rating=3)  # another of the people rated later
    assert numbers(cast, "satisfied", "fairly") == [0, 1]
    cast["clerk1"].does(Case.objects.get(pk=case.pk), "close", at=after(1))
    assert numbers(cast, "satisfied", "fairly") == [0, 1]


def test_what_was_redone_counts_once_with_its_last_answer(cast: Cast) -> None:
    case = call(cast, service(cast, "told"), outcome="reached", solved="no", rating="1")
    case = cast["handler.chengguan"].does(case, "report", at=after(1), result="重新修过")
    case = cast["head.chengguan"].does(case, "verify", at=after(1))
    case = cast["handler.chengguan"].does(case, "tell", at=after(1), way="phone")
    case = call(cast, case, after(2), outcome="reached", solved="yes", rating="4")
    cast["clerk1"].does(case, "close", at=after(2))
    names = ("called", "reached", "solved", "satisfied", "redone", "closed", "closed-after-redo", "due")
    assert numbers(cast, *names) == [1, 1, 1, 1, 1, 1, 1, 1]


def test_response_needs_a_logged_contact_before_the_call(cast: Cast) -> None:
    first, second, unit = service(cast, "told"), service(cast, "told"), cast["handler.chengguan"]
    desk.contact(unit.actor, unit.grants, first.uuid, outcome="reached", at=MORNING)
    call(cast, first, after(1), outcome="reached", solved="yes")
    call(cast, second, after(1), outcome="reached", solved="yes")
    desk.contact(unit.actor, unit.grants, second.uuid, outcome="reached", at=after(2))
    assert numbers(cast, "reached", "contacted") == [2, 1]


def test_only_a_clerks_link_makes_a_repeat(cast: Cast) -> None:
    first, second, clerk = matter(cast), matter(cast, begun=after(1)), cast["clerk1"]
    assert numbers(cast, "received", "repeated") == [2, 0]
    desk.link(clerk.actor, clerk.grants, first.uuid, second.uuid)
    assert numbers(cast, "repeated") == [1]


def test_solved_at_once_waits_for_the_days_of_watching(cast: Cast) -> None:
    closed = service(cast, "closed")
    again = service(cast, "closed")
    cast["clerk1"].does(again, "reopen", at=after(10), reason="又漏了")
    assert numbers(cast, "closed", "watched") == [2, 0]
    end = after(30).date()
    assert numbers(cast, "watched", "solved-once", span=measures.period(end, end)) == [2, 1]
    clerk = cast["clerk1"]
    desk.link(clerk.actor, clerk.grants, closed.uuid, matter(cast, begun=after(5)).uuid)
    assert numbers(cast, "solved-once", span=measures.period(end, end)) == [0]


def test_pressure_groups_and_late_paper_are_counted(cast: Cast) -> None:
    case, clerk = service(cast, "signed"), cast["clerk1"]
    pressure.urge(clerk.actor, clerk.grants, case.uuid, words="请尽快办理", at=after(2))
    matter(cast, party_size=23)
    cast["clerk1"].opens(at=after(3), received_at=MORNING)
    assert numbers(cast, "urged", "groups", "typed-late", "received") == [1, 1, 1, 3]
    assert measures.counts(cast["director"].grants, "urged", march(), "unit") == {"chengguan": 1}


def test_an_extension_counts_and_one_after_expiry_is_listed(cast: Cast) -> None:
    begun = timezone.now() - timedelta(days=6)
    lengthen(service(cast, "in_hand", begun=begun, at=begun), 3)
    span = measures.period(begun.date(), timezone.localdate() + timedelta(days=9))
    assert numbers(cast, "falls-due", "extended-after-expiry", span=span) == [1, 0]
    lengthen(service(cast, "in_hand"), 8)
    this_day = measures.period(timezone.localdate(), timezone.localdate())
    assert numbers(cast, "extended-after-expiry", span=this_day) == [1]
    assert numbers(cast, "due", "extended", "open-late") == [1, 1, 1]


def test_open_and_awaiting_are_of_the_cut_off(cast: Cast) -> None:
    service(cast, "closed", at=after(2))
    matter(cast, begun=after(5))
    assert numbers(cast, "open", span=march(after(1))) == [1]
    assert numbers(cast, "open", span=march(after(3))) == [0]
    assert numbers(cast, "open", "awaiting", "closed") == [1, 0, 1]


def test_a_change_of_kind_after_screening_is_listed(cast: Cast) -> None:
    case, director = matter(cast, "petition"), cast["director"]
    assert numbers(cast, "rescreened") == [0]
    limits.screen(director.actor, director.grants, case.uuid, flow="service", reason="不是信访", at=after(1))
    assert numbers(cast, "rescreened") == [1]


@pytest.mark.parametrize("by", measures.GROUPS)
def test_every_number_is_the_length_of_its_list(cast: Cast, by: str) -> None:
    call(cast, service(cast, "told"), outcome="reached", solved="yes", rating="5")
    service(cast, "in_hand", category="appearance")
    service(cast, "closed")
    advance(cast, matter(cast, "petition"), "told", at=MORNING)
    cast["clerk1"].opens(at=MORNING)
    grants = cast["director"].grants
    for name in measures.MEASURES:
        total = measures.count(grants, name, march())
        assert len(measures.rows_of(grants, name, march())) == total, name
        grouped = measures.counts(grants, name, march(), by)
        assert sum(grouped.values()) == total, name
        for key, count in grouped.items():
            assert len(measures.rows_of(grants, name, march(), by, key)) == count, (name, key)


def test_a_sealed_matter_is_in_no_figure_and_leaves_no_row(cast: Cast) -> None:
    clerk = cast["clerk1"]
    case = hand_over_accusation(clerk.actor, clerk.grants, to=cast.units["jiwei"], at=MORNING)
    assert not Standing.objects.filter(case=case).exists() and not Limit.objects.filter(case=case).exists()
    for who in ("clerk1", "handler.jiwei", "director"):
        assert set(numbers(cast, *measures.MEASURES, who=who)) == {0}


def test_a_head_counts_only_what_the_unit_may_see(cast: Cast) -> None:
    service(cast, "told")
    assert numbers(cast, "due", who="head.chengguan") == [1]
    assert numbers(cast, "due", who="head.zhifa") == [0]


def test_imported_history_is_not_received_or_open(cast: Cast) -> None:
    assert set(numbers(cast, "received", "open")) == {0}
    before = matter(cast)
    Standing.objects.filter(case=before).update(history=True)
    assert set(numbers(cast, "received", "open")) == {0}


def test_an_unknown_measure_or_grouping_is_missing(cast: Cast) -> None:
    with pytest.raises(Missing):
        measures.count(cast["director"].grants, "people", march())
    with pytest.raises(Missing):
        measures.counts(cast["director"].grants, "due", march(), "person")
    with pytest.raises(Missing):
        measures.period(MORNING.date(), MORNING.date() + timedelta(days=5000))


def test_a_matter_the_sample_spared_is_owed_no_call(cast: Cast) -> None:
    CallbackRule.objects.create(percent=0, always=[], certainty="D", valid_from=date(2020, 1, 1))
    waiting, closed = service(cast, "told"), service(cast, "told")
    assert not waiting.sampled
    cast["clerk1"].does(closed, "close", at=after(1))
    assert numbers(cast, "called", "closed", "closing-call-owed", "closed-uncalled") == [0, 1, 0, 0]


def test_an_instruction_dispatches_and_what_awaits_one_is_of_the_cut_off(cast: Cast) -> None:
    assert numbers(cast, "awaiting", "open") == [0, 0]
    director, case = cast["director"], matter(cast)
    case = cast["clerk1"].does(
        case,
        "submit",
        at=after(0.1),
        opinion="拟请城市管理办办理",
        unit="chengguan",
        leader=str(director.user.pk),
    )
    assert numbers(cast, "awaiting", "open", "dispatched") == [1, 1, 0]
    director.does(case, "instruct", at=after(0.2), instruction="同意")
    assert numbers(cast, "awaiting", "open", "dispatched") == [0, 1, 1]
    assert numbers(cast, "awaiting", span=march(after(0.15))) == [1]
