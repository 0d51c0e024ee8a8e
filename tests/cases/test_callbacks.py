"""The call-back desk: who may call, which matters are drawn and why, what the caller says, what follows unsolved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, advance
from yimen.access.roles import Role
from yimen.cases import queries
from yimen.cases.actions import assisting, callback_rules, limits, sampling
from yimen.cases.actions.callbacks import record_callback, waiting_for
from yimen.cases.models import CallbackRule, Case, Sampling, UnsolvedDecision
from yimen.foundation.errors import Invalid, Refused
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership


def service(cast: Cast, **more: Any) -> Case:
    director = cast["director"]
    return limits.screen(director.actor, director.grants, cast["clerk1"].opens(**more).uuid, flow="service")


def says(cast: Cast, case: Case, who: str = "clerk2", **data: Any) -> Case:
    return record_callback(cast[who].actor, cast[who].grants, case.uuid, data)


def rule(cast: Cast, percent: int, **more: Any) -> CallbackRule:
    director = cast["director"]
    return callback_rules.set_rule(director.actor, director.grants, percent=percent, **more)


# --- who calls --------------------------------------------------------------------------------------------------


def test_who_reported_or_told_for_a_unit_without_accounts_does_not_call_back(cast: Cast) -> None:
    clerk, director = cast["clerk1"], cast["director"]
    case = clerk.does(service(cast), "dispatch", unit="gongre")
    case = clerk.does(clerk.does(case, "sign"), "start")
    case = clerk.does(case, "report", result="已修")
    case = cast["clerk2"].does(director.does(case, "verify"), "tell", way="phone")
    for who in ("clerk1", "clerk2"):
        assert case not in waiting_for(cast[who].grants)
        with pytest.raises(Refused):
            says(cast, case, who, outcome="reached", solved="yes")
    assert case in waiting_for(director.grants)
    assert says(cast, case, "director", outcome="reached", solved="yes").state == "called_back"


@pytest.mark.parametrize("role", [Role.HANDLER, None])
def test_a_clerk_who_belongs_to_the_handling_unit_does_not_call_back(cast: Cast, role: Role | None) -> None:
    both = cast.joins("both", "兼职", "centre", Role.CLERK)
    Membership.objects.create(user=both.user, unit=cast.units["chengguan"], since=timezone.localdate())
    if role:
        from yimen.access.models import RoleGrant

        RoleGrant.objects.create(
            user=both.user, role=role, unit=cast.units["chengguan"], since=timezone.localdate()
        )
    with pytest.raises(Refused):
        says(cast, advance(cast, service(cast), "told"), "both", outcome="reached", solved="yes")


def test_neither_does_one_of_an_assisting_unit_nor_who_typed_its_answer(cast: Cast) -> None:
    clerk, typist = cast["clerk1"], cast["clerk2"]
    both = cast.joins("both", "兼职", "centre", Role.CLERK)
    Membership.objects.create(user=both.user, unit=cast.units["zhifa"], since=timezone.localdate())
    case = clerk.does(service(cast), "dispatch", unit="chengguan", assisting=["zhifa", "gongre"])
    assisting.assist_report(
        typist.actor, typist.grants, case.uuid, unit_id=cast.units["gongre"].pk, text="来函：已修"
    )
    handler = cast["handler.chengguan"]
    case = handler.does(handler.does(case, "sign"), "start")
    case = handler.does(case, "report", result="好了", without="执法队未到")
    case = handler.does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")
    for who in ("both", "clerk2"):
        with pytest.raises(Refused):
            says(cast, case, who, outcome="reached", solved="yes")
    assert says(cast, case, "clerk1", outcome="reached", solved="yes").state == "called_back"


# --- which are drawn --------------------------------------------------------------------------------------------


def test_without_any_rule_and_with_the_shipped_one_every_matter_is_called_back(cast: Cast) -> None:
    assert advance(cast, service(cast), "told").sampled
    assert callback_rules.load_shipped() > 0
    assert callback_rules.load_shipped() == 0
    case = advance(cast, service(cast), "told")
    assert case.sampled and Sampling.objects.get(case=case).rule is not None


def test_a_matter_that_is_not_drawn_is_closed_as_such_and_counts_for_nothing(cast: Cast) -> None:
    rule(cast, 0)
    case = advance(cast, service(cast), "told")
    assert not case.sampled and queries._primary(case) == "close"
    assert case not in waiting_for(cast["clerk2"].grants)
    case = cast["clerk1"].does(case, "close")
    assert (case.state, case.last_outcome, case.rating) == ("closed", "not_drawn", None)
    case = cast["clerk2"].does(case, "rate", rating="2")
    assert (case.state, case.rating) == ("closed", 2), "the resident may still rate"
    with pytest.raises(Refused):
        cast["clerk2"].does(case, "rate", rating="5")


def test_a_drawn_matter_is_not_closed_before_the_call(cast: Cast) -> None:
    with pytest.raises(Refused, match="抽中"):
        cast["clerk1"].does(advance(cast, service(cast), "told"), "close")


def test_a_matter_spared_may_still_be_called_back(cast: Cast) -> None:
    rule(cast, 0)
    case = says(cast, advance(cast, service(cast), "told"), outcome="reached", solved="yes", rating="5")
    assert (case.state, case.rating) == ("called_back", 5)


@pytest.mark.parametrize(
    ("name", "more"), [("group", {"party_size": 5}), ("urgent", {"urgency": "urgent"}), ("petition", {})]
)
def test_some_are_called_back_whatever_the_share(cast: Cast, name: str, more: dict[str, Any]) -> None:
    rule(cast, 0, always=[name])
    case = cast["clerk1"].opens(**more) if name == "petition" else service(cast, **more)
    case = advance(cast, case, "told")
    assert case.sampled and sampling.sampling_of(case).why == name  # type: ignore[union-attr]
    assert not advance(cast, service(cast), "told").sampled


def test_what_was_sent_back_is_called_back_again(cast: Cast) -> None:
    handler = cast["handler.chengguan"]
    case = says(cast, advance(cast, service(cast), "told"), outcome="reached", solved="no")
    rule(cast, 0, always=["redone"])
    case = handler.does(case, "report", result="又修了")
    case = handler.does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")
    assert case.sampled and Sampling.objects.filter(case=case).count() == 2


def test_a_share_draws_about_that_many_and_always_the_same_ones(cast: Cast) -> None:
    from uuid import UUID

    rows = [Case(uuid=UUID(int=number)) for number in range(2000)]
    drawn = [row for row in rows if sampling._number(row, 1) < 30]
    assert 500 < len(drawn) < 700
    assert drawn == [row for row in rows if sampling._number(row, 1) < 30]
    assert {row.uuid for row in drawn} != {row.uuid for row in rows if sampling._number(row, 2) < 30}


def test_the_most_specific_rule_holds_and_only_on_its_days(cast: Cast) -> None:
    today = timezone.localdate()
    rule(cast, 100)
    rule(cast, 50, flow="service")
    rule(cast, 10, category="neighbour")
    rule(cast, 5, category="neighbour", valid_from=today + timedelta(days=30))
    percent = lambda category, flow, day: sampling.rule_for(category, flow, day).percent  # type: ignore[union-attr]  # noqa: E731
    assert percent("noise", "petition", today) == 100
    assert percent("noise", "service", today) == 50
    assert percent("neighbour", "service", today) == 10
    assert percent("neighbour", "service", today + timedelta(days=31)) == 5
    assert len(callback_rules.rules_on()) == 3 and len(callback_rules.rule_history()) == 4


def test_what_was_decided_stays_when_the_rule_changes(cast: Cast) -> None:
    rule(cast, 0)
    case = advance(cast, service(cast), "told")
    rule(cast, 100)
    assert not Case.objects.get(pk=case.pk).sampled
    assert sampling.sampling_of(case).percent == 0  # type: ignore[union-attr]


def test_rules_are_set_by_those_who_may_with_sense_and_kept_in_the_ledger(cast: Cast) -> None:
    clerk = cast["clerk1"]
    with pytest.raises(Refused):
        callback_rules.set_rule(clerk.actor, clerk.grants, percent=10)
    for wrong in ({"percent": 101}, {"percent": 5, "always": ["whim"]}, {"percent": 5, "category": "nothing"},
                  {"percent": 5, "certainty": "?"}, {"percent": 5, "flow": "hearsay"}):  # fmt: skip
        with pytest.raises(Invalid):
            rule(cast, **wrong)
    rule(cast, 40)
    assert Entry.objects.filter(kind="callback_rule.added").count() == 1


def test_the_words_of_the_most_specific_script_are_said(cast: Cast) -> None:
    callback_rules.load_shipped()
    case, director = service(cast), cast["director"]
    assert "解决了吗" in callback_rules.script_for(case).ask_solved  # type: ignore[union-attr]
    callback_rules.set_script(
        director.actor,
        director.grants,
        category="neighbour",
        opening="您好",
        ask_solved="还漏吗？",
        ask_rating="满意吗？",
    )
    assert callback_rules.script_for(case).ask_solved == "还漏吗？"  # type: ignore[union-attr]


# --- unsolved ---------------------------------------------------------------------------------------------------


def again(cast: Cast, case: Case) -> Case:
    handler = cast["handler.chengguan"]
    case = handler.does(case, "report", result="又修了一次")
    return handler.does(cast["head.chengguan"].does(case, "verify"), "tell", way="phone")


def test_unsolved_goes_back_once_by_rule_without_a_decision_row(cast: Cast) -> None:
    case = says(cast, advance(cast, service(cast), "told"), outcome="reached", solved="no")
    assert (case.state, case.redos) == ("in_hand", 1)
    assert not UnsolvedDecision.objects.exists()


def test_the_second_time_the_centre_decides_in_writing(cast: Cast) -> None:
    director = cast["director"]
    case = says(cast, advance(cast, service(cast), "told"), outcome="reached", solved="no")
    case = says(cast, again(cast, case), outcome="reached", solved="partly")
    assert case.state == "called_back"
    with pytest.raises(Refused):
        cast["clerk1"].does(case, "redo", reason="再办")
    case = director.does(case, "redo", reason="管道没有换，责令更换")
    row = UnsolvedDecision.objects.get()
    assert (row.choice, row.reason, row.by) == ("redo", "管道没有换，责令更换", director.user)
    case = says(cast, again(cast, case), outcome="reached", solved="no")
    with pytest.raises(Invalid):
        cast["clerk1"].does(case, "close")
    cast["clerk1"].does(case, "close", note="赔偿数额有争议，已引导诉讼")
    assert UnsolvedDecision.objects.latest("id").choice == "close"


def test_an_anonymous_matter_owes_no_call_and_no_rating(cast: Cast) -> None:
    case = advance(cast, service(cast, anonymous=True), "told")
    case = says(cast, case, outcome="not_owed")
    assert (case.state, case.rating) == ("called_back", None)
    with pytest.raises(Refused):
        cast["clerk2"].does(case, "rate", rating="5")
    assert cast["clerk1"].does(case, "close").state == "closed"
