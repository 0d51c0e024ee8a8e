"""呈批 and 批示: what comes before a dispatch, what stays for ever, what is still owed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from cast import SINCE, Cast, advance, submitted
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.cases import instructions, rules
from yimen.cases.actions import handover, limits
from yimen.cases.actions import instructions as writing
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.actions.attach import attach
from yimen.cases.actions.transition import open_moves
from yimen.cases.models import Assignment, Case, Instruction, InstructionMark, Phrase, Submission
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def wages(cast: Cast, **more: Any) -> Case:
    """A matter of a category that needs an instruction first."""
    return cast["clerk1"].opens("包工头欠十一人工资。", "wages", **more)


def wrote(cast: Cast, who: str, case: Case, words: str = "阅", at: Any = None) -> Instruction:
    return writing.write_instruction(cast[who].actor, cast[who].grants, case.uuid, words=words, at=at)


def entered(cast: Cast, who: str, case: Case, **data: Any) -> Instruction:
    given = {"leader": str(cast["leader1"].user.pk), "instruction": "同意", "recorded": "voice"} | data
    return writing.enter_instruction(cast[who].actor, cast[who].grants, case.uuid, given)


def struck(cast: Cast, who: str, case: Case, row: Instruction, reason: str = "写错了件") -> InstructionMark:
    return writing.strike(cast[who].actor, cast[who].grants, case.uuid, row.uuid, reason=reason)


def kinds(case: Case) -> list[str]:
    return list(
        Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id").values_list("kind", flat=True)
    )


# What must come first


def test_a_category_that_needs_an_instruction_is_not_dispatched_without_one(cast: Cast) -> None:
    case = wages(cast)
    with pytest.raises(Refused, match="呈批"):
        cast["clerk1"].does(case, "dispatch", unit="chengguan")
    with pytest.raises(Refused, match="先写下批示"):
        cast["director"].does(case, "dispatch", unit="chengguan")
    with pytest.raises(Refused, match="批示"):
        cast["director"].does(case, "designate", unit="chengguan", reason="我定")
    assert Case.objects.get(pk=case.pk).state == "registered"


def test_the_next_step_of_such_a_matter_is_to_submit_it(cast: Cast) -> None:
    clerk = cast["clerk1"]
    moves = open_moves(clerk.grants, wages(cast), clerk.user.pk)
    assert moves[0].verb == "submit" and moves[0].primary
    assert "dispatch" not in {move.verb for move in moves}
    direct = open_moves(clerk.grants, clerk.opens(), clerk.user.pk)
    assert direct[0].verb == "dispatch" and "submit" in {move.verb for move in direct}


def test_a_directors_own_dispatch_counts_once_the_instruction_is_written_down(cast: Cast) -> None:
    case = wages(cast)
    wrote(cast, "director", case, "同意，由城市管理办办理")
    case = cast["director"].does(case, "dispatch", unit="chengguan")
    assert case.state == "dispatched"


def test_what_may_be_sent_at_once_may_be_submitted_all_the_same(cast: Cast) -> None:
    case = submitted(cast, cast["clerk1"].opens())
    assert case.state == "awaiting" and case.next_step == "instruct"


# Before the leader


def test_a_submitted_matter_waits_for_the_named_leader_with_a_clock(cast: Cast) -> None:
    case = submitted(cast, wages(cast, at=MORNING), days=5, assisting=["zhifa"], at=MORNING)
    assert case.holder == cast["leader1"].user and case.holder_unit == cast.units["centre"]
    assert case.clock and case.clock.rule["code"].endswith("-AWAITING")
    row = Submission.objects.get(case=case)
    assert (row.unit.key, row.assisting, row.days, row.by) == ("chengguan", ["zhifa"], 5, cast["clerk1"].user)
    assert case.lead_unit is None and not cast["handler.chengguan"].sees(case)
    connection.check_constraints()


@pytest.mark.parametrize("who", ["clerk2", "head.chengguan", "auditor"])
def test_only_a_leader_or_the_director_can_be_asked(cast: Cast, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        submitted(cast, wages(cast), leader=who)
    assert "leader" in refused.value.fields
    assert not Submission.objects.exists()


def test_a_proposal_names_each_unit_once(cast: Cast) -> None:
    with pytest.raises(Invalid):
        submitted(cast, wages(cast), assisting=["chengguan"])
    with pytest.raises(Invalid):
        submitted(cast, wages(cast), unit="centre")


@pytest.mark.parametrize("days", [0, 366, "many"])
def test_the_proposed_days_are_a_number_of_days(cast: Cast, days: Any) -> None:
    with pytest.raises(Invalid) as refused:
        submitted(cast, wages(cast), days=days)
    assert "days" in refused.value.fields


def test_an_instruction_sends_the_matter_to_the_proposed_unit_with_the_proposal_as_its_task(
    cast: Cast,
) -> None:
    case = submitted(cast, wages(cast, at=MORNING), days=3, assisting=["zhifa"], at=MORNING)
    case = cast["leader1"].does(case, "instruct", instruction="同意", at=MORNING)
    assert case.state == "dispatched" and case.lead_unit == cast.units["chengguan"]
    assert case.holder == cast["handler.chengguan"].user
    parts = {row.unit.key: row for row in Assignment.objects.filter(case=case).select_related("clock")}
    assert parts["chengguan"].require == "请到现场查明，限期解决。"
    assert parts["chengguan"].clock.rule["step"] == "ordered"
    assert timezone.localdate(parts["chengguan"].clock.due_at).isoformat() == "2026-03-05"
    assert parts["zhifa"].clock.rule["step"] != "ordered"
    row = Instruction.objects.get(case=case)
    assert (row.words, row.leader, row.by, row.recorded) == ("同意", row.by, cast["leader1"].user, "")
    assert Submission.objects.get(case=case).outcome == "instructed"
    assert kinds(case)[-2:] == ["case.submit", "case.instruct"]


def test_days_of_a_proposal_never_lengthen_the_rule(cast: Cast) -> None:
    case = submitted(cast, cast["clerk1"].opens(at=MORNING), days=200, at=MORNING)
    cast["leader1"].does(case, "instruct", instruction="同意", at=MORNING)
    assert Assignment.objects.get(case=case).clock.rule["step"] != "ordered"


def test_the_days_stay_when_the_category_is_put_right(cast: Cast) -> None:
    case = submitted(cast, cast["clerk1"].opens(at=MORNING), days=2, at=MORNING)
    case = cast["leader1"].does(case, "instruct", instruction="同意", at=MORNING)
    director = cast["director"]
    limits.screen(director.actor, director.grants, case.uuid, flow="service", at=MORNING)
    clock = Assignment.objects.get(case=case).clock
    assert clock.running and clock.rule["step"] == "ordered"
    assert timezone.localdate(clock.due_at).isoformat() == "2026-03-04"


def test_another_lead_unit_is_named_in_the_words_and_gets_the_matter(cast: Cast) -> None:
    case = submitted(cast, wages(cast), assisting=["zhifa"])
    case = cast["leader1"].does(case, "instruct", instruction="请××牵头办理", unit="zhifa")
    assert case.lead_unit == cast.units["zhifa"]
    assert Instruction.objects.get(case=case).words == "请综合行政执法队牵头办理"
    assert set(Assignment.objects.filter(case=case).values_list("unit__key", "role")) == {("zhifa", "lead")}


def test_without_another_unit_the_words_name_the_proposed_one(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    cast["leader1"].does(case, "instruct", instruction="请××牵头")
    assert Instruction.objects.get(case=case).words == "请城市管理办牵头"


@pytest.mark.parametrize("who", ["director", "clerk1", "handler.chengguan"])
def test_nobody_else_signs_for_the_leader(cast: Cast, who: str) -> None:
    case = submitted(cast, wages(cast))
    with pytest.raises((Refused, Missing)):
        cast[who].does(case, "instruct", instruction="同意")


def test_who_stands_in_for_the_leader_signs_in_the_own_name(cast: Cast) -> None:
    deputy, today = cast.joins("deputy", "代理领导", "centre"), timezone.localdate()
    RoleGrant.objects.create(
        user=deputy.user, role=Role.LEADER, unit=cast.units["centre"], since=today, until=today,
        stands_for=cast["leader1"].user,
    )  # fmt: skip
    case = submitted(cast, wages(cast))
    assert instructions.count(deputy.grants) == 1
    deputy.does(case, "instruct", instruction="同意")
    assert Instruction.objects.get(case=case).leader == deputy.user


def test_a_proposal_sent_back_is_written_anew(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    with pytest.raises(Invalid):
        cast["leader1"].does(case, "send_back_proposal")
    case = cast["leader1"].does(case, "send_back_proposal", reason="请写明怎样追薪")
    assert case.state == "registered" and case.holder == cast["clerk1"].user
    row = Submission.objects.get(case=case)
    assert (row.outcome, row.answer) == ("sent_back", "请写明怎样追薪")
    with pytest.raises(Refused):
        cast["clerk1"].does(case, "dispatch", unit="chengguan")
    assert submitted(cast, case).state == "awaiting"


def test_the_desk_withdraws_what_was_not_signed_yet(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    case = cast["clerk1"].does(case, "withdraw_submission", reason="写错单位")
    assert case.state == "registered"
    assert Submission.objects.get(case=case).outcome == "withdrawn"


def test_a_visitor_may_withdraw_while_it_lies_before_the_leader(cast: Cast) -> None:
    case = cast["clerk1"].does(submitted(cast, wages(cast)), "withdraw", reason="已付清")
    assert case.state == "withdrawn" and Submission.objects.get(case=case).outcome == "withdrawn"
    assert not instructions.awaiting(cast["leader1"].grants).exists()


def test_the_director_sends_it_to_another_leader(cast: Cast) -> None:
    other = cast.joins("leader2", "许书记", "centre", Role.LEADER)
    case = submitted(cast, wages(cast))
    before = case.due_at
    with pytest.raises(Refused):
        cast["clerk1"].does(case, "redirect", leader=str(other.user.pk))
    case = cast["director"].does(case, "redirect", leader=str(other.user.pk), note="何书记出差")
    assert case.holder == other.user and case.due_at == before
    with pytest.raises(Refused):
        cast["leader1"].does(case, "instruct", instruction="同意")
    assert other.does(case, "instruct", instruction="同意").state == "dispatched"


def test_a_leader_whose_term_is_over_signs_no_more(cast: Cast) -> None:
    case, leader = submitted(cast, wages(cast)), cast["leader1"]
    RoleGrant.objects.filter(user=leader.user).update(until=timezone.localdate() - timedelta(days=1))
    leader._grants = None
    with pytest.raises((Refused, Missing)):
        leader.does(case, "instruct", instruction="同意")
    assert instructions.elsewhere(cast["director"].grants).get().case == case


def test_a_leaders_work_is_handed_over_to_a_leader_only(cast: Cast) -> None:
    other = cast.joins("leader2", "许书记", "centre", Role.LEADER)
    director, case = cast["director"], submitted(cast, wages(cast))
    with pytest.raises(Invalid):
        handover.hand_over(director.actor, director.grants, cast["leader1"].user, cast["clerk2"].user)
    handover.hand_over(director.actor, director.grants, cast["leader1"].user, other.user)
    assert other.does(case, "instruct", instruction="同意").state == "dispatched"


def test_after_two_returns_the_instruction_ends_it(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    for unit in ("chengguan", "zhifa"):
        case = cast["clerk1"].does(case, "dispatch", unit=unit)
        case = cast[f"handler.{unit}"].does(case, "request_return", reason="不归")
        case = cast["clerk1"].does(case, "agree_return")
    case = cast["leader1"].does(submitted(cast, case), "instruct", instruction="请××牵头")
    assert case.designated
    with pytest.raises(Refused):
        cast["handler.chengguan"].does(case, "request_return", reason="还是不归")


def test_an_instruction_of_this_round_lets_a_returned_matter_go_on(cast: Cast) -> None:
    case = cast["leader1"].does(submitted(cast, wages(cast)), "instruct", instruction="同意")
    case = cast["handler.chengguan"].does(case, "request_return", reason="不归")
    case = cast["clerk1"].does(case, "agree_return")
    assert cast["clerk1"].does(case, "dispatch", unit="zhifa").state == "dispatched"


def test_a_new_round_needs_an_instruction_of_its_own(cast: Cast) -> None:
    case = wages(cast)
    wrote(cast, "leader1", case)
    case = cast["clerk1"].does(case, "withdraw", reason="不反映了")
    case = cast["clerk1"].does(case, "reopen", reason="又来了")
    with pytest.raises(Refused, match="呈批"):
        cast["clerk1"].does(case, "dispatch", unit="chengguan")


def test_the_ledger_of_a_submitted_matter_replays(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    case = cast["leader1"].does(case, "send_back_proposal", reason="重拟")
    case = cast["leader1"].does(submitted(cast, case), "instruct", instruction="同意")
    entries = Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    now = rules.replay(entry.payload for entry in entries)
    assert (now["state"], now["holder"], now["lead_unit"]) == (
        "dispatched",
        case.holder_id,
        case.lead_unit_id,
    )


# 代录


def test_a_spoken_instruction_is_recorded_by_the_desk_and_waits_to_be_confirmed(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    case = cast["clerk2"].does(case, "record_instruction", instruction="同意，抓紧", recorded="voice")
    row = Instruction.objects.get(case=case)
    assert case.state == "dispatched"
    assert (row.leader, row.by, row.recorded) == (cast["leader1"].user, cast["clerk2"].user, "voice")
    assert list(instructions.unconfirmed(cast["leader1"].grants)) == [row]
    assert not instructions.unconfirmed(cast["director"].grants)
    with pytest.raises(Refused):
        writing.confirm(cast["clerk2"].actor, cast["clerk2"].grants, case.uuid, row.uuid)
    first = writing.confirm(cast["leader1"].actor, cast["leader1"].grants, case.uuid, row.uuid)
    again = writing.confirm(cast["leader1"].actor, cast["leader1"].grants, case.uuid, row.uuid)
    assert first == again and InstructionMark.objects.get().kind == "confirmed"
    assert not instructions.unconfirmed(cast["leader1"].grants)


def test_a_written_instruction_is_recorded_only_with_its_photo(cast: Cast, home: object) -> None:
    clerk, case = cast["clerk1"], submitted(cast, wages(cast))
    with pytest.raises(Invalid) as refused:
        clerk.does(case, "record_instruction", instruction="同意", recorded="paper")
    assert "paper" in refused.value.fields
    other = attach(clerk.actor, clerk.grants, clerk.opens().uuid, PNG, "other.png")
    with pytest.raises(Invalid):
        clerk.does(case, "record_instruction", instruction="同意", recorded="paper", paper=str(other.uuid))
    photo = attach(clerk.actor, clerk.grants, case.uuid, PNG, "pi.png", purpose="paper")
    signed = timezone.now() - timedelta(hours=3)
    clerk.does(
        case,
        "record_instruction",
        instruction="同意",
        recorded="paper",
        paper=str(photo.uuid),
        signed_on=signed,
    )
    row = Instruction.objects.get(case=case)
    assert row.paper == photo and row.signed_at == signed and row.at > signed


def test_nothing_is_recorded_as_signed_in_the_future_or_for_oneself(cast: Cast) -> None:
    case = submitted(cast, wages(cast), leader="director")
    with pytest.raises(Refused, match="不必代录"):
        cast["director"].does(case, "record_instruction", instruction="同意", recorded="voice")
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(Invalid):
        cast["clerk1"].does(
            case, "record_instruction", instruction="同意", recorded="voice", signed_on=tomorrow
        )


# What stays for ever


@pytest.mark.parametrize("table", ["cases_instruction", "cases_instructionmark"])
@pytest.mark.parametrize(
    "change",
    ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_the_database_refuses_to_change_an_instruction(cast: Cast, table: str, change: str) -> None:
    case = cast["clerk1"].opens()
    struck(cast, "leader1", case, wrote(cast, "leader1", case))
    connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_a_recorded_one_without_a_leader_apart_or_a_paper_without_a_photo_cannot_be_stored(
    cast: Cast,
) -> None:
    case, row = cast["clerk1"].opens(), {"words": "同意", "signed_at": timezone.now(), "at": timezone.now()}
    clerk, leader = cast["clerk1"].user, cast["leader1"].user
    for wrong in (
        {"leader": leader, "by": clerk, "recorded": ""},
        {"leader": clerk, "by": clerk, "recorded": "voice"},
        {"leader": leader, "by": clerk, "recorded": "paper"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Instruction.objects.create(uuid=case.uuid, case=case, **row, **wrong)


def test_a_wrong_one_is_struck_with_who_when_and_why_and_stays(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    row = wrote(cast, "leader1", case, "请公安牵头")
    with pytest.raises(Refused):
        struck(cast, "director", case, row)
    with pytest.raises(Invalid):
        struck(cast, "leader1", case, row, reason="  ")
    struck(cast, "leader1", case, row)
    with pytest.raises(Conflict):
        struck(cast, "leader1", case, row)
    told = instructions.told(case)[0]
    assert told.row.words == "请公安牵头" and told.struck and told.struck.by == cast["leader1"].user
    assert not instructions.standing(case)
    assert kinds(case)[-1] == "case.instruction_struck"


@pytest.mark.parametrize(
    ("who", "may"), [("leader1", True), ("clerk1", True), ("director", True), ("clerk2", False)]
)
def test_who_may_strike_what_was_recorded_and_not_confirmed(cast: Cast, who: str, may: bool) -> None:
    case = cast["clerk1"].opens()
    row = entered(cast, "clerk1", case)
    if not may:
        with pytest.raises(Refused):
            struck(cast, who, case, row)
        return
    struck(cast, who, case, row)
    assert instructions.told(case)[0].struck


def test_once_confirmed_only_the_leader_strikes_it_and_what_is_struck_cannot_be_confirmed(cast: Cast) -> None:
    case, leader = cast["clerk1"].opens(), cast["leader1"]
    row = entered(cast, "clerk1", case)
    writing.confirm(leader.actor, leader.grants, case.uuid, row.uuid)
    for who in ("clerk1", "director"):
        with pytest.raises(Refused):
            struck(cast, who, case, row)
    struck(cast, "leader1", case, row)
    with pytest.raises(Conflict):
        writing.confirm(leader.actor, leader.grants, case.uuid, row.uuid)


def test_a_struck_instruction_no_longer_lets_a_matter_be_dispatched(cast: Cast) -> None:
    case = wages(cast)
    struck(cast, "leader1", case, wrote(cast, "leader1", case, "同意"))
    with pytest.raises(Refused, match="批示"):
        cast["clerk1"].does(case, "dispatch", unit="chengguan")


def test_striking_what_a_dispatch_stood_on_leaves_an_approval_owed(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    case = cast["clerk1"].does(case, "record_instruction", instruction="同意", recorded="voice")
    struck(cast, "leader1", case, Instruction.objects.get(case=case), "我没有说过")
    owed = instructions.owed(case)
    assert owed and owed.recipient == cast["leader1"].user and owed.due_at
    assert Case.objects.get(pk=case.pk).state == "dispatched"


# Of the leader's own accord, and 先办后补批


def test_a_leader_writes_on_any_open_matter_without_moving_it(cast: Cast) -> None:
    case = advance(cast, cast["clerk1"].opens(), "in_hand")
    row = wrote(cast, "leader1", case, "请抓紧")
    assert row.submission is None and Case.objects.get(pk=case.pk).state == "in_hand"
    for who in ("clerk1", "head.chengguan"):
        with pytest.raises(Refused):
            wrote(cast, who, case)
    entered(cast, "clerk1", case, instruction="阅")
    with pytest.raises(Refused):
        entered(cast, "head.chengguan", case)
    with pytest.raises(Invalid):
        entered(cast, "clerk1", case, leader=str(cast["clerk2"].user.pk))


def test_what_awaits_an_instruction_and_what_is_closed_takes_no_other(cast: Cast) -> None:
    case = submitted(cast, wages(cast))
    with pytest.raises(Conflict):
        wrote(cast, "director", case)
    closed = advance(cast, cast["clerk1"].opens(), "closed")
    with pytest.raises(Conflict):
        wrote(cast, "leader1", closed)


def test_an_urgent_matter_goes_at_once_and_owes_the_approval_by_a_rule(cast: Cast) -> None:
    case = cast["clerk1"].opens("楼道起火隐患。", "safety", at=MORNING)
    case = cast["clerk1"].does(case, "dispatch", unit="chengguan", require="先断电", at=MORNING)
    owed = Submission.objects.get(case=case)
    assert case.state == "dispatched" and owed.kind == "after" and owed.recipient == cast["leader1"].user
    assert owed.rule and owed.rule["code"].endswith("-APPROVAL") and "2026" in owed.due_at.isoformat()
    assert timezone.localdate(owed.due_at).isoformat() == "2026-03-03"
    assert instructions.owed_to(cast["leader1"].grants).get() == owed
    row = wrote(cast, "leader1", case, "同意先办")
    owed.refresh_from_db()
    assert owed.outcome == "instructed" and row.submission == owed
    assert not instructions.owed_to(cast["leader1"].grants)


def test_the_approval_stays_owed_when_the_matter_is_closed_first(cast: Cast) -> None:
    case = cast["clerk1"].opens("楼道起火隐患。", "safety")
    case = cast["clerk1"].does(case, "dispatch", unit="chengguan")
    case = cast["clerk1"].does(case, "withdraw", reason="已消除")
    assert instructions.count(cast["leader1"].grants) == 1
    wrote(cast, "leader1", case, "同意")
    assert instructions.count(cast["leader1"].grants) == 0


def test_an_approval_is_owed_once_and_not_where_an_instruction_came_first(cast: Cast) -> None:
    clerk, case = cast["clerk1"], cast["clerk1"].opens("楼道起火隐患。", "safety")
    case = clerk.does(case, "dispatch", unit="chengguan")
    case = clerk.does(clerk.does(case, "recall", reason="转错"), "dispatch", unit="zhifa")
    assert Submission.objects.filter(case=case).count() == 1
    early = clerk.opens("又一处隐患。", "safety")
    wrote(cast, "leader1", early, "同意")
    clerk.does(early, "dispatch", unit="chengguan")
    assert not Submission.objects.filter(case=early).exists()


def test_an_approval_goes_to_another_leader(cast: Cast) -> None:
    other = cast.joins("leader2", "许书记", "centre", Role.LEADER)
    clerk, case = cast["clerk1"], cast["clerk1"].opens("楼道起火隐患。", "safety")
    case = clerk.does(case, "dispatch", unit="chengguan")
    before = instructions.owed(case)
    row = writing.redirect_approval(clerk.actor, clerk.grants, case.uuid, leader=str(other.user.pk))
    assert before and row.recipient == other.user and row.due_at == before.due_at
    with pytest.raises(Refused):
        writing.redirect_approval(other.actor, other.grants, case.uuid, leader=str(other.user.pk))


def test_an_office_without_leaders_still_sends_what_is_urgent(cast: Cast) -> None:
    RoleGrant.objects.filter(role__in=[Role.LEADER, Role.DIRECTOR]).update(until=SINCE)
    case = cast["clerk1"].opens("楼道起火隐患。", "safety")
    cast["clerk1"].does(case, "dispatch", unit="chengguan")
    assert Submission.objects.get(case=case).recipient is None


def test_signing_from_the_list_twice_signs_once(cast: Cast) -> None:
    leader, case = cast["leader1"], submitted(cast, wages(cast))
    writing.sign(leader.actor, leader.grants, case.uuid, words="同意", version=case.version)
    with pytest.raises(Conflict):
        writing.sign(leader.actor, leader.grants, case.uuid, words="同意", version=case.version)
    with pytest.raises(Conflict):
        writing.sign(leader.actor, leader.grants, case.uuid, words="同意")
    assert Instruction.objects.count() == 1


def test_a_sealed_matter_stays_out_of_all_of_it(cast: Cast) -> None:
    director = cast["director"]
    case = hand_over_accusation(director.actor, director.grants, to=cast.units["jiwei"], channel="letter")
    for who in ("director", "leader1"):
        with pytest.raises((Refused, Missing)):
            wrote(cast, who, case)
    assert not instructions.submissions(case) and not instructions.told(case)


# Phrases


def test_phrases_are_the_offices_own_and_stay_when_the_house_starts_again(cast: Cast) -> None:
    director = cast["director"]
    assert instructions.phrases()[:2] == ["同意", "阅"]
    writing.set_phrases(director.actor, director.grants, ["阅示", " 同意 ", "", "同意"])
    assert instructions.phrases() == ["阅示", "同意"]
    assert writing.load_phrases() == 0 and instructions.phrases() == ["阅示", "同意"]
    assert Phrase.objects.filter(text="阅", retired=True).exists()
    with pytest.raises(Refused):
        writing.set_phrases(cast["leader1"].actor, cast["leader1"].grants, ["好"])
    with pytest.raises(Invalid):
        writing.set_phrases(director.actor, director.grants, ["", "  "])
