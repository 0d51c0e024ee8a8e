"""Several units on one matter, several matters about one thing, several people in one, one matter made two."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cast import Cast, advance, as_the_first_release_wrote
from yimen.cases import joint, queries, rules
from yimen.cases.actions import assisting, desk, limits, persons
from yimen.cases.actions import joint as acts
from yimen.cases.actions.callbacks import record_callback, record_persons
from yimen.cases.actions.people import Person, correct_people, participants
from yimen.cases.models import (
    Assignment,
    AssistResult,
    Case,
    Clock,
    Link,
    Merge,
    Participant,
    PersonAnswer,
    PhoneIndex,
    Result,
)
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI)


def service(cast: Cast, at: Any = None, **more: Any) -> Case:
    director = cast["director"]
    case = cast["clerk1"].opens(at=at, **more)
    return limits.screen(director.actor, director.grants, case.uuid, flow="service", at=at)


def with_helper(cast: Cast, case: Case, at: Any = None, helper: str = "zhifa") -> Case:
    case = cast["clerk1"].does(case, "dispatch", at=at, unit="chengguan", assisting=[helper])
    handler = cast["handler.chengguan"]
    case = handler.does(case, "sign", at=at)
    if case.flow == "petition":
        case = handler.does(case, "accept", at=at)
    return handler.does(case, "start", at=at)


def helps(
    cast: Cast, case: Case, verb: Any, who: str = "handler.zhifa", unit: str = "zhifa", **more: Any
) -> Any:
    person = cast[who]
    return verb(person.actor, person.grants, case.uuid, unit_id=cast.units[unit].pk, **more)


def ratings(case: Case) -> list[int]:
    """Every listed person's own rating of the latest reply."""
    return [row.rating for row in joint.answers_of(case) if row.rating is not None]


# --- 协办 -------------------------------------------------------------------------------------------------------


def test_an_assisting_units_answer_is_a_row_with_who_and_when(cast: Cast) -> None:
    case = with_helper(cast, service(cast))
    helps(cast, case, assisting.assist_report, text="已到场取证，责令收摊")
    row = AssistResult.objects.get()
    assert (row.text, row.by, row.assignment.unit.key) == (
        "已到场取证，责令收摊",
        cast["handler.zhifa"].user,
        "zhifa",
    )
    assert row.assignment.state == "reported" and row.assignment.signed_at


def test_the_lead_reports_without_an_open_part_only_with_a_reason_and_the_part_stays_owed(cast: Cast) -> None:
    case, handler = with_helper(cast, service(cast)), cast["handler.chengguan"]
    with pytest.raises(Invalid) as refused:
        handler.does(case, "report", result="已劝离")
    assert "without" in refused.value.fields
    handler.does(case, "report", result="已劝离", without="执法队夜间才能到场")
    assert Result.objects.get().without == "执法队夜间才能到场"
    assert joint.open_parts(case).count() == 1
    helps(cast, case, assisting.assist_report, text="夜间复查，未再出摊")
    assert not joint.open_parts(case).exists()


def test_once_every_part_has_answered_the_lead_needs_no_reason(cast: Cast) -> None:
    case = with_helper(cast, service(cast))
    helps(cast, case, assisting.assist_report, text="好了")
    assert cast["handler.chengguan"].does(case, "report", result="办好了").state == "reported"


def test_a_late_part_is_late_for_the_assisting_unit_alone(cast: Cast) -> None:
    case = with_helper(cast, service(cast, at=MORNING), at=MORNING)
    helps(cast, case, assisting.assist_report, text="好", at=MORNING + timedelta(days=20))
    late = Clock.objects.filter(case=case, outcome="late")
    assert set(late.values_list("charged_unit__key", flat=True)) == {"zhifa"}
    assert case.clock is not None and case.clock.kind != "assignment"


def test_a_part_that_is_not_theirs_is_asked_back_and_released_by_the_lead(cast: Cast) -> None:
    case, lead = with_helper(cast, service(cast)), cast["handler.chengguan"]
    asked = helps(cast, case, assisting.assist_ask_return, reason="餐饮油烟由市场所管")
    with pytest.raises(Conflict):
        helps(cast, case, assisting.assist_ask_return, reason="再说一次")
    other = cast["handler.jiwei"]
    with pytest.raises(Missing):
        assisting.release(other.actor, other.grants, case.uuid, asked=asked.pk, agreed=True)
    assisting.release(lead.actor, lead.grants, case.uuid, asked=asked.pk, agreed=True)
    part = Assignment.objects.get(case=case, role="assist")
    assert part.state == "returned" and Clock.objects.get(pk=part.clock_id).outcome == "void"
    assert not cast["handler.zhifa"].sees(case)


def test_who_is_kept_hears_why_and_still_owes(cast: Cast) -> None:
    case, desk_ = with_helper(cast, service(cast)), cast["clerk1"]
    asked = helps(cast, case, assisting.assist_ask_return, reason="忙")
    with pytest.raises(Invalid):
        assisting.release(desk_.actor, desk_.grants, case.uuid, asked=asked.pk, agreed=False)
    assisting.release(
        desk_.actor, desk_.grants, case.uuid, asked=asked.pk, agreed=False, answer="属于贵队职责"
    )
    assert joint.open_parts(case).count() == 1
    with pytest.raises(Conflict, match="只提一次"):
        helps(cast, case, assisting.assist_ask_return, reason="还是忙")


def test_the_list_of_parts_shows_each_unit_its_own_and_the_desk_those_without_accounts(cast: Cast) -> None:
    first = with_helper(cast, service(cast))
    second = with_helper(cast, service(cast), helper="gongre")
    waiting = lambda who: [row.case_id for row in joint.parts_waiting_for(cast[who].grants)]  # noqa: E731
    assert waiting("handler.zhifa") == [first.pk]
    assert waiting("handler.chengguan") == []
    assert waiting("clerk1") == [second.pk]
    helps(cast, second, assisting.assist_report, who="clerk1", unit="gongre", text="供热公司来函：已修")
    assert waiting("clerk1") == []


def test_an_assisting_unit_logs_its_contacts_and_may_be_asked_again(cast: Cast) -> None:
    case, helper, lead = with_helper(cast, service(cast)), cast["handler.zhifa"], cast["handler.chengguan"]
    desk.contact(helper.actor, helper.grants, case.uuid, outcome="reached")
    helps(cast, case, assisting.assist_report, text="好")
    assisting.add_assisting(lead.actor, lead.grants, case.uuid, unit="zhifa", require="请再看一次")
    assert [row.state for row in Assignment.objects.filter(case=case, role="assist").order_by("id")] == [
        "ended",
        "sent",
    ]


# --- 并案 -------------------------------------------------------------------------------------------------------


def merged(cast: Cast, case: Case, main: Case, **more: Any) -> Case:
    clerk = cast["clerk1"]
    return acts.merge(clerk.actor, clerk.grants, case.uuid, main=main.number, **more)


def test_a_merged_matter_keeps_its_number_owner_and_clocks_and_waits_for_its_clerk(cast: Cast) -> None:
    main, case = service(cast), service(cast)
    number, limit = case.number, Clock.objects.get(case=case, kind="conclude", running=True)
    case = merged(cast, case, main)
    assert (case.state, case.number, case.holder) == ("merged", number, cast["clerk1"].user)
    assert Clock.objects.get(pk=limit.pk).running, "its own limit runs on"
    assert joint.main_of(case) == main


def test_whoever_owes_the_main_matters_result_is_charged_for_the_waiting(cast: Cast) -> None:
    main, case = service(cast), service(cast)
    case = merged(cast, case, main)
    charged = lambda: set(  # noqa: E731
        Clock.objects.filter(case=case, running=True, kind__in=["step", "conclude"]).values_list(
            "charged_unit__key", flat=True
        )
    )
    assert charged() == {"centre"}
    main = advance(cast, main, "reported")
    assert charged() == {"chengguan"}
    cast["head.chengguan"].does(main, "verify")
    assert charged() == {"centre"}, "now the clerk owes the telling"


def test_merging_out_of_a_unit_ends_its_part(cast: Cast) -> None:
    main, case = service(cast), advance(cast, service(cast), "dispatched")
    case = merged(cast, case, main)
    assert case.lead_unit is None and not cast["handler.chengguan"].sees(case)
    assert set(Assignment.objects.filter(case=case).values_list("state", flat=True)) == {"ended"}


def test_each_person_is_told_called_back_and_rated_alone_and_the_main_matter_waits_for_nobody(
    cast: Cast,
) -> None:
    clerk, caller = cast["clerk1"], cast["clerk2"]
    main, case = service(cast), service(cast)
    case = merged(cast, case, main)
    with pytest.raises(Refused, match="主件"):
        clerk.does(case, "follow", way="phone")
    main = advance(cast, main, "closed")
    case = clerk.does(Case.objects.get(pk=case.pk), "follow", way="visit", said="已修好，一并答复")
    assert (case.state, case.served_way, case.answered_by) == (
        "told",
        "visit",
        cast["handler.chengguan"].user,
    )
    with pytest.raises(Refused):
        clerk.does(case, "call_back", outcome="reached", solved="yes")
    case = record_callback(
        caller.actor, caller.grants, case.uuid, {"outcome": "reached", "solved": "yes", "rating": "2"}
    )
    assert case.rating == 2 and Case.objects.get(pk=main.pk).rating == 5
    assert clerk.does(case, "close").state == "closed"


def test_unsolved_goes_its_own_way_once_by_rule_then_the_centre_writes_why(cast: Cast) -> None:
    clerk, caller = cast["clerk1"], cast["clerk2"]
    main, case = service(cast), service(cast)
    case = merged(cast, case, main)
    advance(cast, main, "told")
    case = clerk.does(Case.objects.get(pk=case.pk), "follow", way="phone")
    case = record_callback(caller.actor, caller.grants, case.uuid, {"outcome": "reached", "solved": "no"})
    assert (case.state, case.redos, case.served_at) == ("registered", 1, None)
    assert joint.main_of(case) is None
    assert Clock.objects.filter(case=case, kind="conclude", running=True).count() == 1
    assert clerk.does(case, "dispatch", unit="zhifa").state == "dispatched"


def test_redoing_the_main_matter_leaves_who_was_told_alone_and_keeps_the_others_waiting(cast: Cast) -> None:
    clerk, caller = cast["clerk1"], cast["clerk2"]
    main, told, waiting = service(cast), service(cast), service(cast)
    merged(cast, told, main)
    merged(cast, waiting, main)
    main = advance(cast, main, "told")
    clerk.does(Case.objects.get(pk=told.pk), "follow", way="phone")
    record_callback(caller.actor, caller.grants, main.uuid, {"outcome": "reached", "solved": "no"})
    assert Case.objects.get(pk=told.pk).state == "told"
    with pytest.raises(Refused, match="主件"):
        clerk.does(Case.objects.get(pk=waiting.pk), "follow", way="phone")
    charged = Clock.objects.filter(case=waiting, running=True, kind="step").values_list(
        "charged_unit__key", flat=True
    )
    assert set(charged) == {"chengguan"}


@pytest.mark.parametrize("which", ["itself", "nothing", "closed", "member", "a main"])
def test_no_chains_and_no_wrong_main_matter(cast: Cast, which: str) -> None:
    main, case, third = service(cast), service(cast), service(cast)
    numbers = {"itself": case.number, "nothing": "9999", "member": third.number, "a main": third.number}
    if which == "member":
        merged(cast, third, main)
    if which == "a main":
        merged(cast, main, case)
    if which == "closed":
        numbers["closed"] = advance(cast, third, "closed").number
    with pytest.raises(Invalid) as refused:
        cast["clerk1"].does(case, "merge", main=numbers[which])
    assert "main" in refused.value.fields
    assert not Merge.objects.filter(case=case).exists()


def test_taken_out_withdrawn_and_reopened_matters_are_in_nobodys_tow(cast: Cast) -> None:
    clerk, main = cast["clerk1"], service(cast)
    case = merged(cast, service(cast), main)
    case = clerk.does(case, "unmerge", reason="不是同一处漏水")
    assert case.state == "registered" and not joint.members_of(main).exists()
    case = clerk.does(merged(cast, case, main), "withdraw", reason="不等了")
    assert case.state == "withdrawn" and not joint.members_of(main).exists()
    case = merged(cast, service(cast), main)
    clerk.does(main, "answer", reply="已修好")
    case = clerk.does(Case.objects.get(pk=case.pk), "follow", way="phone")
    case = clerk.does(
        record_callback(cast["clerk2"].actor, cast["clerk2"].grants, case.uuid, {"outcome": "refused"}),
        "close",
    )
    assert joint.main_of(case) == main, "closed, it is still listed with its main matter"
    assert joint.main_of(clerk.does(case, "reopen", reason="又漏了")) is None


def test_a_merged_matter_replays(cast: Cast) -> None:
    clerk, main = cast["clerk1"], service(cast)
    case = merged(cast, service(cast), main)
    advance(cast, main, "told")
    case = clerk.does(Case.objects.get(pk=case.pk), "follow", way="phone")
    now = rules.replay(
        e.payload for e in Entry.objects.filter(subject="case", subject_id=case.pk).order_by("id")
    )
    assert (now["state"], now["holder"], now["lead_unit"]) == ("told", case.holder_id, None)


def test_an_opinion_served_with_the_main_matter_opens_the_review_not_the_reopening(cast: Cast) -> None:
    clerk = cast["clerk1"]
    main, case = clerk.opens(), clerk.opens()
    case = merged(cast, case, main)
    advance(cast, main, "verified")
    case = clerk.does(Case.objects.get(pk=case.pk), "follow", way="letter")
    assert queries.written_opinion_served(case)


# --- a matter of many -------------------------------------------------------------------------------------------

REPRESENTATIVES = (
    Person("李一", "13800002071"),
    Person("赵二", "13800002072"),
    Person("孙三", "13800002073"),
)


def of_many(cast: Cast, state: str = "told") -> Case:
    case = service(cast, party_size=23, representatives=REPRESENTATIVES)
    return advance(cast, case, state)


def says(cast: Cast, case: Case, answers: dict[int, dict[str, str]]) -> Case:
    caller = cast["clerk2"]
    return record_persons(caller.actor, caller.grants, case.uuid, answers)


def test_each_listed_person_has_a_row_and_none_is_named(cast: Cast) -> None:
    case = of_many(cast)
    assert [one.label for one in joint.listed(case)] == ["代表1", "代表2", "代表3"]
    rows = joint.answers_of(case)
    assert [row.slot for row in rows] == [0, 1, 2] and all(row.told_at == case.served_at for row in rows)


def test_only_those_told_are_marked_and_the_others_are_told_later(cast: Cast) -> None:
    case, handler = of_many(cast, "verified"), cast["handler.chengguan"]
    case = handler.does(case, "tell", way="visit", persons=["0", "2"])
    assert [bool(row.told_at) for row in joint.answers_of(case)] == [True, False, True]
    with pytest.raises(Invalid):
        says(cast, case, {1: {"outcome": "reached", "solved": "yes"}})
    persons.tell_person(handler.actor, handler.grants, case.uuid, slot=1, way="phone")
    assert joint.answers_of(case)[1].told_way == "phone"
    with pytest.raises(Conflict):
        persons.tell_person(handler.actor, handler.grants, case.uuid, slot=1, way="phone")


def test_every_answer_and_rating_is_kept_and_the_matter_takes_the_lowest(cast: Cast) -> None:
    case = says(cast, of_many(cast), {
        0: {"outcome": "reached", "solved": "yes", "rating": "5"},
        1: {"outcome": "reached", "solved": "yes", "rating": "3", "comment": "还行"},
        2: {"outcome": "refused"},
    })  # fmt: skip
    assert (case.state, case.rating, case.last_solved, case.last_outcome) == (
        "called_back",
        3,
        "yes",
        "reached",
    )
    assert ratings(case) == [5, 3]


def test_who_was_not_reached_is_called_again_and_the_others_are_asked_once(cast: Cast) -> None:
    case = says(
        cast,
        of_many(cast),
        {0: {"outcome": "reached", "solved": "yes", "rating": "4"}, 1: {"outcome": "no_answer"}},
    )
    assert (case.state, case.tries) == ("told", 1)
    with pytest.raises(Invalid, match="补充"):
        says(cast, case, {0: {"outcome": "reached", "solved": "no"}})
    case = says(cast, case, {1: {"outcome": "no_answer"}})
    case = says(cast, case, {1: {"outcome": "no_answer"}})
    assert (case.state, case.tries, case.rating) == ("called_back", 3, 4)


def test_one_unsolved_sends_the_whole_matter_back_once(cast: Cast) -> None:
    case = says(cast, of_many(cast), {
        0: {"outcome": "reached", "solved": "yes", "rating": "5"},
        1: {"outcome": "reached", "solved": "no", "rating": "1"},
        2: {"outcome": "reached", "solved": "yes"},
    })  # fmt: skip
    assert (case.state, case.redos) == ("in_hand", 1)
    case = cast["handler.chengguan"].does(case, "report", result="又修了一次")
    case = cast["handler.chengguan"].does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")
    assert joint.turn_of(case) == 2 and ratings(case) == []
    assert PersonAnswer.objects.filter(case=case, turn=1, rating=1).exists(), "what was said stays"


def test_nobody_rates_for_somebody_who_was_not_reached(cast: Cast) -> None:
    case = of_many(cast)
    with pytest.raises(Invalid) as refused:
        says(cast, case, {0: {"outcome": "no_answer", "rating": "5"}})
    assert "person-0-rating" in refused.value.fields
    assert not PersonAnswer.objects.exclude(outcome="").exists()


def test_who_told_one_of_them_does_not_call_back(cast: Cast) -> None:
    case = of_many(cast, "verified")
    case = cast["handler.chengguan"].does(case, "tell", way="visit", persons=["0"])
    clerk = cast["clerk2"]
    persons.tell_person(clerk.actor, clerk.grants, case.uuid, slot=1, way="phone")
    with pytest.raises(Refused):
        says(cast, case, {0: {"outcome": "reached", "solved": "yes"}})


def test_a_listed_person_gives_the_rating_later(cast: Cast) -> None:
    case = says(cast, of_many(cast), {slot: {"outcome": "reached", "solved": "yes"} for slot in range(3)})
    caller = cast["clerk2"]
    persons.rate_person(caller.actor, caller.grants, case.uuid, slot=2, rating="4")
    persons.rate_person(caller.actor, caller.grants, case.uuid, slot=0, rating="5")
    assert Case.objects.get(pk=case.pk).rating == 4
    with pytest.raises(Conflict):
        persons.rate_person(caller.actor, caller.grants, case.uuid, slot=2, rating="1")


def test_the_listed_keep_their_places_once_answered(cast: Cast) -> None:
    case, clerk = of_many(cast), cast["clerk1"]
    with pytest.raises(Invalid, match="换位置"):
        correct_people(clerk.actor, clerk.grants, case, [("representative", REPRESENTATIVES[0])], "听错")
    people = [
        ("representative", Person("李一一", "13800002079")),
        *(("representative", p) for p in REPRESENTATIVES[1:]),
    ]
    correct_people(clerk.actor, clerk.grants, case, people, "听错")


# --- 拆分 -------------------------------------------------------------------------------------------------------


def split(cast: Cast, case: Case, **more: Any) -> Case:
    clerk = cast["clerk2"]
    given = {"text": "楼道里还堆着废旧家具，堵了消防通道。", "category": "safety", **more}
    return acts.split(clerk.actor, clerk.grants, case.uuid, **given)


def test_a_second_subject_becomes_a_matter_of_its_own_with_the_same_people_and_receipt(cast: Cast) -> None:
    case = cast["clerk1"].opens(
        at=MORNING, name="陈女士", phone="13800002071", party_size=2, confidential=True
    )
    new = split(cast, case)
    assert new.number != case.number and (new.received_at, new.round_at) == (MORNING, MORNING)
    assert new.accountable_person == cast["clerk1"].user and new.party_size == 2 and new.confidential
    assert [p.phone for p in participants(new, full=True)] == ["13800002071"]
    sealed = [bytes(row.sealed) for row in Participant.objects.order_by("id")]
    assert len(set(sealed)) == 2, "sealed anew under the new matter's own key"
    assert PhoneIndex.objects.filter(case=new).count() == 1
    assert Link.objects.get().kind == "split"
    limit = Clock.objects.get(case=new, kind="conclude", running=True)
    assert limit.start_at == MORNING
    assert Entry.objects.filter(subject_id=case.pk, kind="case.split").exists()
    assert (
        rules.replay(
            e.payload for e in Entry.objects.filter(subject="case", subject_id=new.pk).order_by("id")
        )["state"]
        == "registered"
    )


def test_the_second_press_does_not_split_twice_and_a_wrong_category_splits_nothing(cast: Cast) -> None:
    case = cast["clerk1"].opens()
    with pytest.raises(Invalid) as refused:
        split(cast, case, category="no-such")
    assert "category" in refused.value.fields
    split(cast, case, version=case.version)
    with pytest.raises(Conflict):
        split(cast, case, version=case.version)
    assert Case.objects.count() == 2


def test_nothing_joins_people_of_a_split_matter(cast: Cast) -> None:
    case = cast["clerk1"].opens(name="陈女士", phone="13800002071")
    split(cast, case)
    assert not {field.name for field in Participant._meta.fields} & {"person", "same_as", "copied_from"}


def test_a_visitor_who_is_also_a_representative_is_one_person(cast: Cast) -> None:
    first = REPRESENTATIVES[0]
    case = service(cast, name=first.name, phone=first.phone, party_size=3, representatives=REPRESENTATIVES)
    assert [(one.slot, one.label) for one in joint.listed(case)] == [(1, "代表1"), (2, "代表2"), (3, "代表3")]
    other = service(cast, name="钱四", phone="13800002079", party_size=4, representatives=REPRESENTATIVES)
    assert [one.label for one in joint.listed(other)] == ["来访人", "代表1", "代表2", "代表3"]


def test_answers_that_stood_only_in_the_ledger_get_their_rows(cast: Cast) -> None:
    from importlib import import_module

    from django.apps import apps

    case = with_helper(cast, service(cast))
    helps(cast, case, assisting.assist_report, text="已到场取证")
    before = AssistResult.objects.values_list("assignment", "text", "by", "at").get()
    AssistResult.objects.all().delete()
    as_the_first_release_wrote(case, "case.assist_reported")
    import_module("yimen.cases.migrations.0007_joint").answers_from_the_ledger(apps, None)
    assert AssistResult.objects.values_list("assignment", "text", "by", "at").get() == before
