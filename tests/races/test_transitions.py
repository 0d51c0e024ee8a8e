"""Each transition raced over two real connections: exactly one wins, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.races.racing import at_once, one_step

from cast import Cast, Person, above, advance, asked, decided
from yimen.cases.actions import limits
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case, Review
from yimen.cases.states import TRANSITIONS, Transition
from yimen.foundation.ids import uuid7

FIRST_PERSON = {"desk": "clerk1", "accountable": "clerk1", "director": "director", "lead": "handler.chengguan",
                "head": "head.chengguan", "caller": "clerk2", "recipient": "leader1"}  # fmt: skip
REVIEW = ("request_review", "request_re_review")
VALUES = {
    "unit": "zhifa",
    "decision": "support",
    "way": "phone",
    "guide_kind": "legal",
    "outcome": "refused",
    "rating": "4",
    "recorded": "voice",
}


def _bring(cast: Cast, row: Transition) -> Case:
    """A committed matter in the row's source state."""
    clerk, director = cast["clerk1"], cast["director"]
    case = clerk.opens()
    case = limits.screen(director.actor, director.grants, case.uuid, flow=row.flow.value)
    handler = cast["handler.chengguan"]
    side = {
        "awaiting": lambda: clerk.does(
            case, "submit", opinion="请牵头", unit="chengguan", leader=str(cast["leader1"].user.pk)
        ),
        "answered": lambda: clerk.does(case, "answer", reply="好"),
        "guided": lambda: clerk.does(case, "guide", guide_kind="legal", body="法院", reason="诉讼"),
        "withdrawn": lambda: clerk.does(case, "withdraw", reason="不要了"),
        "not_accepted": lambda: handler.does(advance(cast, case, "signed"), "not_accept", reason="已诉讼"),
        "return_requested": lambda: handler.does(
            advance(cast, case, "dispatched"), "request_return", reason="不归"
        ),
        "returned": lambda: clerk.does(
            handler.does(advance(cast, case, "dispatched"), "request_return", reason="不归"), "agree_return"
        ),
    }
    if row.source == "merged" or row.verb == "unmerge":
        return _merged(cast, case, row)
    if row.verb == "close" and row.source == "told":
        case = advance(cast, case, "told")
        Case.objects.filter(pk=case.pk).update(sampled=False)
        return case
    if row.verb == "rate" and row.source == "closed":
        case = advance(cast, case, "closed")
        Case.objects.filter(pk=case.pk).update(last_outcome="not_drawn", rating=None)
        return case
    if row.source in side:
        return side[row.source]()
    if row.verb in REVIEW or row.source in ("reviewing", "reviewed", "re_reviewing"):
        return _before_the_level_above(cast, case, row)
    if row.source == "called_back" and row.verb == "redo":
        case = advance(cast, case, "told")
        return cast["clerk2"].does(case, "call_back", outcome="reached", solved="no")
    return advance(cast, case, row.source)


def _before_the_level_above(cast: Cast, case: Case, row: Transition) -> Case:
    """A written opinion was served; asked and decided where the row begins later; the right lapsed where it must have."""
    if row.verb == "request_review":
        return advance(cast, case, row.source, way="letter")
    state = (
        "re_reviewing"
        if row.source == "re_reviewing"
        else "reviewing"
        if row.source == "reviewing"
        else "reviewed"
    )
    case = above(cast, case, state, "annul" if row.verb == "redo" else "uphold")
    if row.verb in ("close", "request_re_review") and row.source != "re_reviewing":
        received = Review.objects.filter(case=case)
        now = received.get().told_at
        if row.verb == "close" or row.source != "reviewed":
            received.update(told_at=now - timedelta(days=60))
        for verb in {"closed": ("close",), "archived": ("close", "archive")}.get(row.source, ()):
            case = cast["clerk1"].does(case, verb)
        if row.verb == "request_re_review":
            received.update(told_at=now)
    return case


def _merged(cast: Cast, case: Case, row: Transition) -> Case:
    """Handled together with a main matter that has its result; told and called back unsolved where the row asks."""
    clerk, main = cast["clerk1"], cast["clerk1"].opens()
    case = clerk.does(case, "merge", main=main.number)
    clerk.does(main, "answer", reply="已修好")
    if row.source == "merged":
        return case
    case = clerk.does(case, "follow", way="phone")
    return cast["clerk2"].does(case, "call_back", outcome="reached", solved="no")


RACED = [row for row in TRANSITIONS.values() if not (row.verb == "accept" and row.flow == "service")
         and not (row.verb == "reopen" and row.flow == "petition" and row.source in ("closed", "archived"))
         and not (row.verb == "accept" and row.source == "in_hand")
    and not (row.flow == "service" and row.source in ("accepted", "not_accepted"))
    and row.flow != "grid"]  # fmt: skip


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_every_row_that_can_be_reached_is_raced() -> None:
    assert len(RACED) >= 79


@pytest.mark.parametrize("row", RACED, ids=lambda row: f"{row.flow}-{row.source}-{row.verb}")
def test_two_at_once_make_one_step(stage: Cast, row: Transition, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case = _bring(stage, row)
        person: Person = stage[FIRST_PERSON[row.who[0].value]]
        data = {name: VALUES.get(name, "理由") for name in row.needs}
        if "leader" in row.needs:
            data["leader"] = str(stage["leader1"].user.pk)
        if "handler" in row.needs:
            data["handler"] = str(stage["head.chengguan"].user.pk)
        if "main" in row.needs:
            data["main"] = stage["clerk1"].opens().number
        typed = {**asked(), **decided()}
        data |= {name: typed[name] for name in row.needs if name in typed}
        if row.verb == "send_back":
            person = stage["head.chengguan"]
        one_step(person, case, row, data)


def test_the_same_registration_from_eight_connections_makes_one_matter(
    stage: Cast, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        key, clerk = uuid7(), stage["clerk1"]
        form = Registration(text="暖气不热", category="neighbour", client_key=key)
        results = at_once(*[lambda: open_case(clerk.actor, clerk.grants, form)] * 8)
        assert len({case.number for case in results if isinstance(case, Case)}) == 1, results
        assert all(isinstance(case, Case) for case in results)
        assert Case.objects.filter(client_key=key).count() == 1


def test_numbers_are_never_doubled(stage: Cast, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        clerk = stage["clerk1"]
        form = Registration(text="暖气不热", category="neighbour")
        results = at_once(*[lambda: open_case(clerk.actor, clerk.grants, form)] * 6)
        assert len({case.number for case in results}) == 6  # type: ignore[attr-defined]
