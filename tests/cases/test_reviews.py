"""Review and re-review: the person's thirty days, the authority's thirty days, what is final, what is handled anew."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import initialize
from test_machine import WindowLife
from tests.cases.lives import live

from cast import Cast, above, advance, asked, decided
from yimen.calendars.queries import current
from yimen.cases import queries, review_rules, reviews, rules
from yimen.cases.actions import limits
from yimen.cases.actions.record import words_of
from yimen.cases.actions.transition import open_moves
from yimen.cases.models import Assignment, Case, Clock, Review
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)  # 30 days later: 1 April, a working day


def day(of: date, hour: int = 10) -> datetime:
    return datetime.combine(of, time(hour), SHANGHAI)


def told(cast: Cast, at: datetime = MORNING) -> Case:
    return advance(cast, cast["clerk1"].opens(at=at, phone="13800002071"), "told", at=at, way="letter")


def asks(
    cast: Cast, case: Case, on: date, at: datetime | None = None, verb: str = "request_review", **more: Any
) -> Case:
    return cast["clerk1"].does(case, verb, at=at or day(on), **{**asked(day(on)), **more})


# --- The person's right (条例 §35) -----------------------------------------------------------------------------------


def test_day_thirty_is_in_time_and_day_thirty_one_is_late(cast: Cast) -> None:
    case = told(cast)
    with pytest.raises(Refused, match=r"2026-04-01 届满.*第三十五条"):
        asks(cast, case, date(2026, 4, 2))
    assert asks(cast, case, date(2026, 4, 1)).state == "reviewing"


def test_the_last_day_rolls_over_a_holiday(cast: Cast) -> None:
    served = datetime(
        2026, 9, 5, 10, 0, tzinfo=SHANGHAI
    )  # day 30 is 5 October, in the holidays until the 7th
    case = told(cast, served)
    right = reviews.right(case, 1)
    assert right and right.until == date(2026, 10, 8)
    assert asks(cast, case, date(2026, 10, 8)).state == "reviewing"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(offset=st.integers(0, 600), late=st.integers(-3, 3))
def test_a_request_is_in_time_exactly_until_the_calendars_last_day(
    cast: Cast, offset: int, late: int
) -> None:
    """Against an own count: the thirtieth day after receipt, moved to the next working day."""
    served = day(date(2025, 1, 2) + timedelta(days=offset))
    last = served.date() + timedelta(days=30)
    while not current().is_work_day(last):
        last += timedelta(days=1)
    until = _last_day(
        Case(flow="petition", served_at=served, served_way="letter", category=queries.categories()[0])
    )
    assert until == last
    facts = rules.CaseFacts(
        "petition", review=review_rules.ReviewFacts(served=True, since=served.date(), until=until)
    )
    asked_on = last + timedelta(days=late)
    complaint = review_rules.GUARDS["review_open"](facts, {"asked_on": asked_on}, day(asked_on))
    assert bool(complaint) == (late > 0)


def _last_day(case: Case) -> date:
    """Of a matter without rows: only the rule and the calendar count."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "written_opinion_served", lambda _case: True)
        found = reviews.right(case, 1)
    assert found
    return found.until


def test_posted_in_time_and_typed_in_late_is_in_time(cast: Cast) -> None:
    case = told(cast)
    case = asks(cast, case, date(2026, 3, 31), at=day(date(2026, 4, 10)), way="post")
    assert case.state == "reviewing"
    assert case.clock and case.clock.start_at.astimezone(SHANGHAI).date() == date(2026, 3, 31)


@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2026, 3, 20)])
def test_nobody_asks_before_receipt_or_in_the_future(cast: Cast, on: date) -> None:
    with pytest.raises(Invalid) as caught:
        asks(cast, told(cast), on, at=day(date(2026, 3, 10)))
    assert "asked_on" in caught.value.fields


def test_without_a_written_opinion_there_is_no_review(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "told", way="phone")
    with pytest.raises(Refused, match="书面"):
        asks(cast, case, date.today(), at=datetime.now(SHANGHAI))


@pytest.mark.parametrize("state", ["told", "called_back", "rated", "closed", "archived"])
def test_asked_from_wherever_the_matter_stands_after_service(cast: Cast, state: str) -> None:
    case = advance(cast, cast["clerk1"].opens(phone="13800002071"), state, way="letter")
    case = cast["clerk1"].does(case, "request_review", **asked())
    case.refresh_from_db()
    assert case.state == "reviewing" and case.open and case.closed_at is None
    assert case.holder == case.accountable_person == cast["clerk1"].user
    assert Review.objects.get(case=case).level == 1


def test_a_closed_matter_whose_first_contact_has_left_passes_to_who_registers(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed", way="letter")
    Membership.objects.filter(user=cast["clerk1"].user).update(active=False)
    case = cast["clerk2"].does(case, "request_review", **asked())
    assert case.accountable_person == case.holder == cast["clerk2"].user


# --- The authority's thirty days ------------------------------------------------------------------------------------


def test_the_thirty_days_run_from_the_request_and_are_charged_to_the_authority(cast: Cast) -> None:
    district = Unit.objects.create(key="xinfang", name="区信访局", kind="district", online=False)
    assert reviews.authorities() == ["区信访局"]
    case = asks(cast, told(cast), date(2026, 3, 10))
    assert case.clock and case.clock.rule["code"] == "XF-RV30D"
    assert case.clock.charged_unit == district
    assert case.clock.due_at and case.clock.due_at.astimezone(SHANGHAI).date() == date(2026, 4, 9)
    case = cast["clerk1"].does(
        case, "decide_review", at=day(date(2026, 4, 20)), **decided(at=day(date(2026, 4, 8)))
    )
    clock = Clock.objects.get(case=case, step="reviewing")
    assert clock.outcome == "met", "decided in time, typed in late"


def test_an_authority_that_is_no_unit_is_kept_by_name(cast: Cast) -> None:
    case = asks(cast, told(cast), date(2026, 3, 10), authority="市人民政府")
    row = Review.objects.get(case=case)
    assert (row.authority, row.authority_unit) == ("市人民政府", None)
    assert case.clock and case.clock.charged_unit == case.accountable_unit


def test_decided_dates_stand_in_their_order(cast: Cast) -> None:
    case = asks(cast, told(cast), date(2026, 3, 10))
    now = day(date(2026, 3, 20))
    early = decided(at=now, decided_on=date(2026, 3, 9))
    unserved = decided(at=now, served_on=day(date(2026, 3, 19)))
    for wrong, field in ((early, "decided_on"), (unserved, "served_on")):
        with pytest.raises(Invalid) as caught:
            cast["clerk1"].does(case, "decide_review", at=now, **wrong)
        assert field in caught.value.fields


# --- Afterwards -----------------------------------------------------------------------------------------------------


def reviewed(cast: Cast, outcome: str = "uphold") -> Case:
    case = asks(cast, told(cast), date(2026, 3, 10))
    served = day(date(2026, 3, 20))
    return cast["clerk1"].does(case, "decide_review", at=served, **decided(outcome, served))


def test_upheld_it_closes_when_the_right_of_re_review_has_lapsed(cast: Cast) -> None:
    case = reviewed(cast)  # 30 days from 20 March: 19 April, a Sunday; so Monday the 20th
    with pytest.raises(Refused, match="2026-04-20"):
        cast["clerk1"].does(case, "close", at=day(date(2026, 4, 20)))
    case = cast["clerk1"].does(case, "close", at=day(date(2026, 4, 21)))
    assert case.state == "closed" and Clock.objects.get(case=case, step="reviewed").outcome == "void"


@pytest.mark.parametrize(("on", "fits"), [(date(2026, 4, 20), True), (date(2026, 4, 21), False)])
def test_re_review_is_asked_within_thirty_days_of_the_review_decision(
    cast: Cast, on: date, fits: bool
) -> None:
    case = reviewed(cast)
    if not fits:
        with pytest.raises(Refused, match="第三十六条"):
            asks(cast, case, on, verb="request_re_review")
        return
    case = asks(cast, case, on, verb="request_re_review")
    assert case.state == "re_reviewing" and case.clock and case.clock.rule["code"] == "XF-RR30D"


def test_review_is_asked_once(cast: Cast) -> None:
    case = cast["clerk1"].does(reviewed(cast), "close", at=day(date(2026, 4, 21)))
    with pytest.raises(Refused, match="复核"):
        asks(cast, case, date(2026, 4, 21))


@pytest.mark.parametrize("outcome", ["uphold", "change"])
def test_the_re_review_is_final_and_the_matter_is_not_taken_up_again(cast: Cast, outcome: str) -> None:
    case = above(cast, cast["clerk1"].opens(), "re_reviewing")
    case = cast["clerk1"].does(case, "decide_re_review", **decided(outcome))
    assert case.state == "closed" and case.closed_at
    assert reviews.facts(case).final
    with pytest.raises(Refused, match=r"不再受理.*第三十六条"):
        cast["clerk1"].does(case, "reopen", reason="还是不服")
    for verb in ("request_review", "request_re_review"):
        with pytest.raises(Refused, match="不再受理"):
            cast["clerk1"].does(case, verb, **asked())
    offered = {move.verb for move in open_moves(cast["clerk1"].grants, case, cast["clerk1"].user.pk)}
    assert not offered & {"reopen", "request_review", "request_re_review"}


def test_annulled_the_matter_is_handled_anew_with_its_own_sixty_days(cast: Cast) -> None:
    case = reviewed(cast, "annul")
    with pytest.raises(Refused, match="退回重办"):
        cast["clerk1"].does(case, "close", at=day(date(2026, 4, 21)))
    with pytest.raises(Refused, match="退回重办"):
        asks(cast, case, date(2026, 3, 21), verb="request_re_review")
    again = day(date(2026, 3, 21))
    case = cast["clerk1"].does(case, "redo", at=again, reason="区信访局责令重新处理")
    assert case.state == "in_hand" and case.served_at is None and case.holder_unit == cast.units["chengguan"]
    limit = Clock.objects.get(case=case, kind="conclude", running=True)
    assert limit.start_at == again and limit.charged_unit == cast.units["chengguan"]
    handler = cast["handler.chengguan"]
    case = handler.does(case, "report", at=again, result="重新调查", decision="support")
    case = cast["head.chengguan"].does(case, "verify", at=again)
    case = handler.does(case, "tell", at=again, way="letter")
    assert reviews.facts(case).level == 0, "a new opinion, a new right"
    assert asks(cast, case, date(2026, 4, 1)).state == "reviewing"


def test_annulled_after_closing_the_unit_gets_a_new_part(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "closed", way="letter")
    case = cast["clerk1"].does(case, "request_review", **asked())
    case = cast["clerk1"].does(case, "decide_review", **decided("annul"))
    case = cast["clerk1"].does(case, "redo", reason="责令重新处理")
    live = Assignment.objects.exclude(state__in=["returned", "ended"]).get(case=case, role="lead")
    assert live.state == "signed" and live.clock.running
    assert cast["handler.chengguan"].sees(case)


def test_only_an_annulled_review_sends_it_back(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有撤销"):
        cast["clerk1"].does(reviewed(cast), "redo", at=day(date(2026, 3, 21)), reason="再办")


def test_annulled_by_the_re_review_it_is_not_closed_but_handled_anew(cast: Cast) -> None:
    case = above(cast, cast["clerk1"].opens(), "re_reviewing")
    with pytest.raises(Invalid) as caught:
        cast["clerk1"].does(case, "decide_re_review", **decided("annul"))
    assert "review_outcome" in caught.value.fields
    given_by = {name: value for name, value in decided().items() if name != "review_outcome"}
    case = cast["clerk1"].does(case, "annul", **given_by)
    assert case.state == "in_hand" and Review.objects.get(case=case, level=2).outcome == "annul"
    assert not reviews.facts(case).final


def test_annulled_without_a_unit_of_its_own_it_closes_with_a_word_on_the_main_matter(cast: Cast) -> None:
    """并案: told with the main matter's opinion, there is no part to be handled anew."""
    main = advance(cast, cast["clerk1"].opens(), "verified")
    case = cast["clerk1"].does(cast["clerk1"].opens(), "merge", main=main.number)
    case = cast["clerk1"].does(case, "follow", way="letter")
    case = cast["clerk1"].does(case, "request_review", **asked())
    case = cast["clerk1"].does(case, "decide_review", **decided("annul"))
    with pytest.raises(Refused):
        cast["clerk1"].does(case, "redo", reason="责令重办")
    with pytest.raises(Invalid):
        cast["clerk1"].does(case, "close")
    assert cast["clerk1"].does(case, "close", note=f"由主件 {main.number} 重新办理").state == "closed"


@pytest.mark.parametrize("state", ["reviewing", "re_reviewing"])
def test_a_request_can_be_withdrawn_by_the_person(cast: Cast, state: str) -> None:
    case = above(cast, cast["clerk1"].opens(), state)
    case = cast["clerk1"].does(case, "withdraw_review", reason="来访人书面撤回")
    assert case.state == "closed" and not Review.objects.filter(case=case, outcome="").exists()
    assert not reviews.facts(case).final


def test_the_days_of_a_hearing_are_not_counted(cast: Cast) -> None:
    case, director = (
        above(cast, cast["clerk1"].opens(at=MORNING), "re_reviewing", at=MORNING),
        cast["director"],
    )
    assert case.due_at
    before, since = case.due_at, day(date(2026, 3, 10))
    limits.suspend(director.actor, director.grants, case.uuid, ground="hearing", at=since)
    case = limits.resume(director.actor, director.grants, case.uuid, at=day(date(2026, 3, 17)))
    assert case.due_at and case.due_at - before >= timedelta(days=7)
    with pytest.raises((Refused, Invalid, Conflict)):
        limits.suspend(
            director.actor, director.grants, reviewed(cast).uuid, ground="hearing", at=day(date(2026, 3, 21))
        )


def test_service_matters_know_no_review(cast: Cast) -> None:
    director = cast["director"]
    case = limits.screen(director.actor, director.grants, cast["clerk1"].opens().uuid, flow="service")
    case = advance(cast, case, "told", way="letter")
    with pytest.raises(Conflict):
        cast["clerk1"].does(case, "request_review", **asked())


@pytest.mark.parametrize("state", ["told", "reviewing", "reviewed", "re_reviewing"])
def test_with_a_right_of_review_it_is_not_made_a_service_matter(cast: Cast, state: str) -> None:
    case, director = cast["clerk1"].opens(), cast["director"]
    case = advance(cast, case, "told", way="letter") if state == "told" else above(cast, case, state)
    with pytest.raises(Refused, match="复查"):
        limits.screen(director.actor, director.grants, case.uuid, flow="service", reason="改")


def test_only_the_desk_registers_what_the_level_above_does(cast: Cast) -> None:
    case = told(cast)
    for who in ("handler.chengguan", "head.chengguan", "leader1"):
        with pytest.raises(Refused):
            cast[who].does(case, "request_review", at=day(date(2026, 3, 10)), **asked(day(date(2026, 3, 10))))


def test_the_ledger_tells_who_asked_what_and_what_was_decided(cast: Cast) -> None:
    case = above(cast, cast["clerk1"].opens(), "re_reviewing")
    entries = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    said = {entry.kind: entry.payload for entry in entries}
    assert said["case.request_review"]["review_level"] == 1
    asked_for = words_of(case, entries.get(kind="case.request_review"))
    assert asked_for["authority"] == "区信访局"
    assert said["case.decide_review"]["review_outcome"] == "uphold"
    assert rules.replay(entry.payload for entry in entries)["state"] == "re_reviewing"


# --- Random lives from service on -----------------------------------------------------------------------------------


class Above(WindowLife):
    """The random moves of a life at the window, begun when a written opinion has just been served."""

    @initialize()
    def opened(self) -> None:  # type: ignore[override]
        director = self.cast["director"]
        self.main = self.cast["clerk2"].opens(at=self.now)
        case = self.cast["clerk1"].opens(at=self.now)
        case = limits.screen(director.actor, director.grants, case.uuid, flow="petition", at=self.now)
        self.case = advance(self.cast, case, "told", at=self.now, way="letter")


class TestAbove(TestCase):
    """Runs the machine inside a database test case."""

    def test_random_reviews_keep_every_promise(self) -> None:
        live(Above, 25, lives=15)
