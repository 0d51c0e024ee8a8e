"""What runs against time: extensions asked and decided, listed reasons for suspension, returns with their deadlines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cast import Cast, Person, above, advance, decided, said_in
from yimen.access.roles import Role
from yimen.cases import queries, suspensions
from yimen.cases.actions import extensions, limits
from yimen.cases.models import Case, Clock, Extension, Suspension
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
LAST = datetime(2026, 5, 1, 23, 59, 59, tzinfo=SHANGHAI)  # day 60; a holiday, so the limit rolls to 6 May


def act(person: Person, verb: Any, case: Case, **data: Any) -> Any:
    return verb(person.actor, person.grants, case.uuid, **data)


def running(case: Case, kind: str) -> Clock:
    clock = Clock.objects.filter(case=case, kind=kind, running=True).first()
    assert clock is not None and clock.due_at is not None
    return clock


def petition(cast: Cast, state: str = "in_hand", unit: str = "chengguan") -> Case:
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=MORNING), flow="petition", at=MORNING)
    return advance(cast, case, state, at=MORNING, unit=unit)


def service(cast: Cast, unit: str = "chengguan") -> Case:
    case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=MORNING), flow="service", at=MORNING)
    return advance(cast, case, "in_hand", at=MORNING, unit=unit)


def offline(cast: Cast, flow: str) -> Case:
    clerk = cast["clerk1"]
    case = act(cast["director"], limits.screen, clerk.opens(at=MORNING), flow=flow, at=MORNING)
    verbs = ["sign", "accept", "start"] if flow == "petition" else ["sign", "start"]
    case = clerk.does(case, "dispatch", at=MORNING, unit="gongre")
    for verb in verbs:
        case = clerk.does(case, verb, at=MORNING)
    return case


# 延期


def test_a_handler_asks_and_the_head_approves_with_the_telling(cast: Cast) -> None:
    case, at = petition(cast), MORNING + timedelta(days=20)
    act(cast["handler.chengguan"], extensions.ask_extension, case, amount=30, reason="等待鉴定", at=at)
    before = running(case, "conclude").due_at
    told = {"told_way": "phone", "told_words": "鉴定排期较长"}
    act(cast["head.chengguan"], extensions.approve_extension, case, **told, at=at + timedelta(days=1))
    row = Extension.objects.get()
    assert (row.state, row.amount, row.told_way, row.told_at) == (
        "approved",
        30,
        "phone",
        at + timedelta(days=1),
    )
    assert row.asked_by == cast["handler.chengguan"].user and row.approved_by == cast["head.chengguan"].user
    clock = running(case, "conclude")
    assert timezone.localdate(clock.target_at) == date(2026, 5, 31) and clock.due_at > before
    entry = Entry.objects.get(kind="case.extended")
    assert entry.payload["own"] is False and said_in(entry)["said"] == "鉴定排期较长"


def test_an_extension_is_not_approved_before_the_reason_is_told(cast: Cast) -> None:
    case = petition(cast)
    act(cast["handler.chengguan"], extensions.ask_extension, case, amount=5, reason="难", at=MORNING)
    head = cast["head.chengguan"]
    with pytest.raises(Invalid) as refused:
        act(head, extensions.approve_extension, case, at=MORNING)
    assert "told_way" in refused.value.fields
    with pytest.raises(Invalid):
        act(
            head,
            extensions.approve_extension,
            case,
            told_way="phone",
            told_at=MORNING + timedelta(days=1),
            at=MORNING,
        )
    with pytest.raises(Invalid):
        act(head, extensions.approve_extension, case, told_way="smoke", at=MORNING)
    assert Extension.objects.get().state == "asked"


def test_nobody_can_tell_a_person_who_left_nothing(cast: Cast) -> None:
    case = cast["clerk1"].opens(at=MORNING, anonymous=True)
    case = act(cast["director"], limits.screen, case, flow="petition", at=MORNING)
    case = advance(cast, case, "in_hand", at=MORNING)
    row = act(cast["head.chengguan"], extensions.extend, case, amount=5, reason="难", at=MORNING)
    assert row.state == "approved" and row.told_at is None


def test_asked_in_time_counts_even_when_approved_a_little_later(cast: Cast) -> None:
    case = petition(cast)
    due = running(case, "conclude").due_at
    assert timezone.localdate(due) == date(2026, 5, 6)
    act(cast["handler.chengguan"], extensions.ask_extension, case, amount=20, reason="难", at=due)
    act(
        cast["head.chengguan"],
        extensions.approve_extension,
        case,
        told_way="phone",
        at=due + timedelta(days=2),
    )
    clock = running(case, "conclude")
    assert timezone.localdate(clock.target_at) == date(2026, 5, 21)
    cast["handler.chengguan"].does(
        case, "report", at=due + timedelta(days=3), result="修好", decision="support"
    )


def test_asked_after_expiry_is_refused_and_approval_does_not_wait_for_ever(cast: Cast) -> None:
    case = petition(cast)
    due = running(case, "conclude").due_at
    ask = extensions.ask_extension
    with pytest.raises(Refused, match="届满前"):
        act(cast["handler.chengguan"], ask, case, amount=5, reason="难", at=due + timedelta(seconds=1))
    act(cast["handler.chengguan"], ask, case, amount=5, reason="难", at=due)
    with pytest.raises(Refused, match="不能再批准"):
        act(
            cast["head.chengguan"],
            extensions.approve_extension,
            case,
            told_way="phone",
            at=due + timedelta(days=4),
        )


def test_one_request_at_a_time_and_a_refusal_gives_its_reason(cast: Cast) -> None:
    case, handler = petition(cast), cast["handler.chengguan"]
    due = running(case, "conclude").due_at
    act(handler, extensions.ask_extension, case, amount=5, reason="难", at=MORNING)
    with pytest.raises(Conflict):
        act(handler, extensions.ask_extension, case, amount=6, reason="还难", at=MORNING)
    with pytest.raises(Invalid):
        act(cast["head.chengguan"], extensions.refuse_extension, case, reason=" ", at=MORNING)
    act(cast["head.chengguan"], extensions.refuse_extension, case, reason="现有时间够用", at=MORNING)
    row = Extension.objects.get()
    assert (row.state, row.answer, running(case, "conclude").due_at) == ("refused", "现有时间够用", due)
    act(handler, extensions.ask_extension, case, amount=6, reason="还难", at=MORNING)


def test_the_head_may_give_less_never_more_and_never_past_thirty_days(cast: Cast) -> None:
    case, handler, head = petition(cast), cast["handler.chengguan"], cast["head.chengguan"]
    with pytest.raises(Invalid):
        act(handler, extensions.ask_extension, case, amount=31, reason="难", at=MORNING)
    act(handler, extensions.ask_extension, case, amount=20, reason="难", at=MORNING)
    with pytest.raises(Invalid):
        act(head, extensions.approve_extension, case, told_way="phone", amount=21, at=MORNING)
    act(head, extensions.approve_extension, case, told_way="phone", amount=15, at=MORNING)
    with pytest.raises(Invalid):
        act(head, extensions.extend, case, amount=16, reason="还难", told_way="phone", at=MORNING)
    act(head, extensions.extend, case, amount=15, reason="还难", told_way="phone", at=MORNING)
    assert running(case, "conclude").extend == 30
    assert Extension.objects.filter(state="asked").count() == 0, "a refused act leaves nothing behind"


@pytest.mark.parametrize(
    ("who", "flow", "error"),
    [
        ("handler.chengguan", "petition", Refused),
        ("director", "petition", Refused),
        ("head.zhifa", "petition", Exception),
        ("clerk1", "service", Refused),
        ("head.chengguan", "petition", None),
        ("head.chengguan", "service", None),
        ("director", "service", None),
    ],
)
def test_the_head_decides_for_a_service_matter_also_the_director(
    cast: Cast, who: str, flow: str, error: Any
) -> None:
    case = petition(cast) if flow == "petition" else service(cast)
    act(cast["handler.chengguan"], extensions.ask_extension, case, amount=2, reason="难", at=MORNING)
    if error:
        with pytest.raises(error):
            act(cast[who], extensions.approve_extension, case, told_way="phone", at=MORNING)
    else:
        act(cast[who], extensions.approve_extension, case, told_way="phone", at=MORNING)
        assert Extension.objects.get().state == "approved"


@pytest.mark.parametrize("flow", ["petition", "service"])
def test_for_a_unit_without_accounts_the_desk_asks_and_the_director_decides(cast: Cast, flow: str) -> None:
    case = offline(cast, flow)
    act(cast["clerk1"], extensions.ask_extension, case, amount=2, reason="供热公司来电说配件未到", at=MORNING)
    assert [row.pk for row in queries.worklist(cast["director"].grants, "extension")] == [case.pk]
    act(cast["director"], extensions.approve_extension, case, told_way="phone", at=MORNING)
    assert Extension.objects.get().state == "approved"


def test_a_unit_without_a_head_has_the_director_for_it(cast: Cast) -> None:
    from yimen.access.models import RoleGrant

    case = petition(cast)
    RoleGrant.objects.filter(role=Role.HEAD, unit=cast.units["chengguan"]).delete()
    act(cast["handler.chengguan"], extensions.ask_extension, case, amount=2, reason="难", at=MORNING)
    act(cast["director"], extensions.approve_extension, case, told_way="phone", at=MORNING)


def test_nobody_approves_an_own_request_while_somebody_else_could(cast: Cast) -> None:
    case, head = petition(cast), cast["head.chengguan"]
    act(head, extensions.extend, case, amount=5, reason="难", told_way="phone", at=MORNING)
    assert Entry.objects.get(kind="case.extended").payload["own"] is True, (
        "the only head may, and it is written down"
    )
    second = cast.joins("head2", "副科长", "chengguan", Role.HEAD)
    with pytest.raises(Refused, match="另一位"):
        act(head, extensions.extend, case, amount=5, reason="难", told_way="phone", at=MORNING)
    act(head, extensions.ask_extension, case, amount=5, reason="难", at=MORNING)
    act(second, extensions.approve_extension, case, told_way="phone", at=MORNING)


def test_a_request_is_seen_by_the_head_and_lapses_with_the_limit(cast: Cast) -> None:
    case, handler = petition(cast), cast["handler.chengguan"]
    act(handler, extensions.ask_extension, case, amount=5, reason="难", at=MORNING)
    for who, seen in (("head.chengguan", 1), ("head.zhifa", 0), ("director", 0)):
        assert queries.worklist(cast[who].grants, "extension").count() == seen, who
    case = handler.does(case, "report", at=MORNING, result="修好", decision="support")
    case = cast["head.chengguan"].does(case, "verify", at=MORNING)
    handler.does(case, "tell", at=MORNING, way="phone")
    assert Extension.objects.get().state == "lapsed"


# 中止计时


def test_a_suspension_needs_a_listed_reason_of_this_flow_and_state(cast: Cast) -> None:
    case, head = petition(cast), cast["head.chengguan"]
    for ground in ("", "tired", "hearing"):
        with pytest.raises(Invalid):
            act(head, limits.suspend, case, ground=ground, at=MORNING)
    row = act(head, limits.suspend, case, ground="proceedings", note="等法院判决", at=MORNING)
    assert (row.ground, row.reason) == ("proceedings", "等法院判决")
    assert Entry.objects.get(kind="case.suspended").payload["ground"] == "proceedings"


def test_reasons_are_data_with_source_and_validity() -> None:
    for ground in suspensions.grounds().values():
        assert ground.certainty in ("S", "X", "M", "D") and ground.source and ground.article and ground.en
        assert ground.flows <= {"petition", "service", "grid"}
    hearing = suspensions.grounds()["hearing"]
    assert hearing.certainty == "S" and hearing.states == {"re_reviewing"}
    assert not hearing.holds("petition", "re_reviewing", date(2021, 1, 1))


def test_a_suspension_ends_with_the_unit_s_work(cast: Cast) -> None:
    case, head = petition(cast, "verified"), cast["head.chengguan"]
    due = running(case, "conclude").due_at
    act(head, limits.suspend, case, ground="visitor", note="出差，书面要求下月再办", at=MORNING)
    case = cast["handler.chengguan"].does(case, "tell", at=MORNING + timedelta(days=70), way="phone")
    row = Suspension.objects.get()
    assert not case.suspended and row.until == date(2026, 5, 11)
    clock = Clock.objects.get(case=case, kind="conclude", rule__code="XF-60")
    assert clock.outcome == "met" and clock.due_at > due, "the days of the suspension are out of the count"


def test_a_hearing_rests_the_re_review_and_nothing_else_does_but_force_majeure(cast: Cast) -> None:
    case = petition(cast, "registered")
    case = above(cast, case, "re_reviewing", at=MORNING)
    director, before = cast["director"], running(case, "step")
    assert before.step == "re_reviewing"
    for ground in ("appraisal", "visitor"):
        with pytest.raises(Invalid):
            act(director, limits.suspend, case, ground=ground, at=MORNING)
    act(director, limits.suspend, case, ground="hearing", note="听证会", at=MORNING + timedelta(days=3))
    decision = decided(at=MORNING + timedelta(days=10))
    case = cast["clerk1"].does(case, "decide_re_review", at=MORNING + timedelta(days=10), **decision)
    clock = Clock.objects.get(pk=before.pk)
    assert not case.suspended and clock.outcome == "met"
    assert clock.target_at - before.target_at == timedelta(days=7), (
        "hearing time is out of the count (条例 §36)"
    )


# 退回


def test_an_answer_to_a_return_is_due_in_a_work_day_and_the_case_clock_runs_on(cast: Cast) -> None:
    case = petition(cast, "dispatched")
    inform = running(case, "inform").due_at
    case = cast["handler.chengguan"].does(case, "request_return", at=MORNING, reason="不归我们")
    step = running(case, "step")
    assert step.step == "return_requested" and timezone.localdate(step.due_at) == date(2026, 3, 3)
    case = cast["clerk1"].does(case, "agree_return", at=MORNING + timedelta(hours=2))
    assert running(case, "inform").due_at == inform


@pytest.mark.parametrize(
    ("sent", "fifth", "sixth"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=SHANGHAI), date(2026, 3, 9), date(2026, 3, 10)),
        # Labour Day 2026: 1–5 May off, Saturday 9 May works
        (datetime(2026, 4, 29, 9, tzinfo=SHANGHAI), date(2026, 5, 9), date(2026, 5, 10)),
    ],
)
def test_a_petition_unit_may_object_on_the_fifth_work_day_not_on_the_sixth(
    cast: Cast, sent: datetime, fifth: date, sixth: date
) -> None:
    for day, allowed in ((fifth, True), (sixth, False)):
        case = act(cast["director"], limits.screen, cast["clerk1"].opens(at=sent), flow="petition", at=sent)
        case = cast["clerk1"].does(case, "dispatch", at=sent, unit="chengguan")
        at = datetime(day.year, day.month, day.day, 17, tzinfo=SHANGHAI)
        if allowed:
            assert (
                cast["handler.chengguan"].does(case, "request_return", at=at, reason="不归我们").state
                == "return_requested"
            )
        else:
            with pytest.raises(Refused, match="期限已过"):
                cast["handler.chengguan"].does(case, "request_return", at=at, reason="不归我们")


def twice_returned(cast: Cast) -> Case:
    case, clerk = cast["clerk1"].opens(), cast["clerk1"]
    for unit in ("chengguan", "zhifa"):
        case = clerk.does(case, "dispatch", unit=unit)
        case = cast[f"handler.{unit}"].does(case, "request_return", reason="不归我们")
        case = clerk.does(case, "agree_return")
    return case


def test_after_the_second_return_the_director_holds_the_matter_and_names_the_unit(cast: Cast) -> None:
    case, clerk, director = twice_returned(cast), cast["clerk1"], cast["director"]
    assert (case.state, case.returns, case.holder_id) == ("returned", 2, director.user.pk)
    assert case.accountable_person_id == clerk.user.pk, "the first contact follows through"
    assert [move.verb for move in queries.moves(director.grants, case) if move.primary] == ["designate"]
    assert not [move for move in queries.moves(clerk.grants, case) if move.primary]
    with pytest.raises(Refused, match="指定承办"):
        clerk.does(case, "dispatch", unit="zhifa")
    case = director.does(case, "designate", unit="zhifa", reason="楼道充电由执法队牵头")
    assert case.holder_id == cast["handler.zhifa"].user.pk
    with pytest.raises(Refused):
        cast["handler.zhifa"].does(case, "request_return", reason="还是不归我们")


def test_after_the_first_return_the_first_contact_still_chooses(cast: Cast) -> None:
    case = cast["clerk1"].does(cast["clerk1"].opens(), "dispatch", unit="chengguan")
    case = cast["handler.chengguan"].does(case, "request_return", reason="不归我们")
    case = cast["clerk2"].does(case, "agree_return")
    assert case.holder_id == cast["clerk1"].user.pk


# 谁来回访


def told_by(cast: Cast, teller: Person) -> Case:
    case = offline(cast, "service")
    case = teller.does(case, "report", at=MORNING, result="已修好")
    case = cast["director"].does(case, "verify", at=MORNING)
    return teller.does(case, "tell", at=MORNING, way="phone")


def test_who_told_the_resident_himself_does_not_hold_the_call_back(cast: Cast) -> None:
    case = told_by(cast, cast["clerk1"])
    assert case.accountable_person_id == cast["clerk1"].user.pk
    assert case.holder_id == cast["clerk2"].user.pk
    assert [move.verb for move in queries.moves(cast["clerk2"].grants, case) if move.primary] == ["call_back"]


def test_the_colleague_with_the_fewest_matters_calls_back_else_the_director(cast: Cast) -> None:
    third = cast.joins("clerk3", "新来的", "centre", Role.CLERK)
    cast["clerk2"].opens()
    assert told_by(cast, cast["clerk1"]).holder_id == third.user.pk
    from yimen.access.models import RoleGrant

    RoleGrant.objects.filter(user__in=[third.user, cast["clerk2"].user]).delete()
    assert told_by(cast, cast["clerk1"]).holder_id == cast["director"].user.pk


def test_told_by_a_colleague_the_first_contact_calls_back(cast: Cast) -> None:
    assert told_by(cast, cast["clerk2"]).holder_id == cast["clerk1"].user.pk
