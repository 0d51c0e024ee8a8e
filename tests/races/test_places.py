"""Matters of places raced over real connections: a step once, a climb once, a decision once, a report once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.races.racing import at_once, one_step

from cast import Cast, Person
from places import HATCH, RUBBISH, SAID, Places, advance, settle
from yimen.cases.actions import district
from yimen.cases.actions.climbing import climb_due
from yimen.cases.actions.events import EventReport, file_and_dispatch, report
from yimen.cases.actions.transition import run
from yimen.cases.models import Case, Climb, DistrictRequest
from yimen.cases.states import HIDDEN_VERBS, TRANSITIONS, Transition
from yimen.foundation.ids import uuid7
from yimen.ledger.models import Entry

WHO = {
    "desk": "clerk1",
    "director": "director",
    "lead": "handler.chengguan",
    "checker": "worker2",
    "caller": "clerk2",
}
VALUES = {"unit": "zhifa", "way": "phone", "outcome": "refused", "rating": "4", "days": "2"}
RACED = [row for row in TRANSITIONS.values() if row.flow == "grid" and row.verb not in HIDDEN_VERBS]


@pytest.fixture(scope="module")
def places(stage: Cast, django_db_blocker: Any) -> Iterator[Places]:
    with django_db_blocker.unblock():
        yield settle(stage)


def told(places: Places) -> Case:
    return advance(places, places.reports(kind=HATCH, phone="13800002071"), "told")


def called(places: Places, solved: str = "yes") -> Case:
    return places["clerk2"].does(told(places), "call_back", outcome="reached", solved=solved)


def below(places: Places) -> Case:
    """Settled by the grid, the resident told and called back: not solved."""
    case = places.reports(kind=RUBBISH, phone="13800002071")
    case = places["gridlead"].does(case, "settle_told", result="清了", way="phone", no_photo="没有相机")
    return places["clerk2"].does(case, "call_back", outcome="reached", solved="no")


def _merged(places: Places, row: Transition) -> Case:
    """Beside a main matter that is closed; with a resident where the step tells somebody."""
    main = places.reports(kind=HATCH)
    waits = {"phone": "13800002071"} if row.verb != "close" else {}
    case = places["clerk1"].does(places.reports(kind=HATCH, **waits), "merge", main=main.number)
    advance(places, main, "closed")
    if row.source == "merged":
        return case
    case = places["clerk1"].does(case, "follow", way="phone")
    return places["clerk2"].does(case, "call_back", outcome="reached", solved="no")


def _bring(places: Places, row: Transition) -> Case:
    """A committed matter in the row's source state, fit for its guards."""
    clerk = places["clerk1"]
    waits = {"phone": "13800002071"} if row.verb in ("settle_told", "pass_told") else {}
    if row.source == "merged" or (row.source == "called_back" and row.verb == "unmerge"):
        return _merged(places, row)
    if row.verb == "take_up":
        return below(places)
    ways: dict[str, Callable[[], Case]] = {
        "at_grid": lambda: places.reports(kind=RUBBISH, **waits),
        "at_community": lambda: places.reports(kind="event:0103", **waits),
        "raised": lambda: places.reports(kind=HATCH),
        "verifying": lambda: clerk.does(places.reports(kind=HATCH), "ask_verify"),
        "told": lambda: told(places),
        "called_back": lambda: called(places, "no" if row.verb == "rework" else "yes"),
        "rated": lambda: places["clerk2"].does(called(places), "rate", rating="4"),
        "archived": lambda: clerk.does(advance(places, places.reports(kind=HATCH), "closed"), "archive"),
    }
    if row.source in ways:
        case = ways[row.source]()
    else:
        case = advance(places, places.reports(kind=HATCH, **waits), row.source)
    if row.verb == "close" and row.source == "told":
        Case.objects.filter(pk=case.pk).update(sampled=False)
    if row.verb == "rate" and row.source == "closed":
        Case.objects.filter(pk=case.pk).update(last_outcome="not_drawn", rating=None)
    return Case.objects.get(pk=case.pk)


def _person(places: Places, row: Transition) -> Person:
    first = row.who[0].value
    if first == "grid":
        return places["shequ1" if row.source == "at_community" else "gridlead"]
    return places[WHO[first]]


@pytest.mark.django_db  # also asks for the test database, which `stage` cannot do by itself
def test_every_row_of_the_grid_is_raced() -> None:
    assert len(RACED) >= 40


@pytest.mark.parametrize("row", RACED, ids=lambda row: f"{row.source}-{row.verb}")
def test_two_at_once_make_one_step(places: Places, row: Transition, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case, person = _bring(places, row), _person(places, row)
        data: dict[str, Any] = {name: VALUES.get(name, "理由") for name in row.needs}
        if "handler" in row.needs:
            data["handler"] = str(places["head.chengguan"].user.pk)
        if "main" in row.needs:
            data["main"] = places.reports(kind=HATCH).number
        if "no_photo" in row.may:
            data["no_photo"] = "没有相机"
        one_step(person, case, row, data)


def test_the_same_report_from_eight_connections_makes_one_matter(
    places: Places, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        key, worker = uuid7(), places["worker1"]
        form = EventReport(SAID, RUBBISH, client_key=key, grid_code=places.first.code)
        results = at_once(*[lambda: report(worker.actor, worker.grants, form)] * 8)
        assert all(isinstance(case, Case) for case in results), results
        assert len({case.number for case in results}) == 1
        assert Case.objects.filter(client_key=key).count() == 1


def test_four_workers_beside_the_server_lift_a_matter_once(places: Places, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case = places.reports(kind=RUBBISH)
        assert case.due_at is not None
        at = case.due_at + timedelta(minutes=1)
        at_once(*[lambda: climb_due(at)] * 4)
        climb_due(at)
        assert Climb.objects.filter(case=case).count() == 1
        assert Case.objects.get(pk=case.pk).state == "at_community"


def test_who_settles_and_the_rules_at_the_same_moment_do_one_thing(
    places: Places, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        case, lead = places.reports(kind=RUBBISH), places["gridlead"]
        due = case.due_at
        assert due is not None
        data = {"result": "清走了", "no_photo": "没有相机"}
        at_once(
            lambda: run(lead.actor, lead.grants, case.uuid, "settle", data),
            lambda: climb_due(due + timedelta(minutes=1)),
        )
        row = Case.objects.get(pk=case.pk)
        climbed = Climb.objects.filter(case=case).count()
        assert (row.state, climbed) in (("closed", 0), ("at_community", 1), ("closed", 1)), row.state


def test_signed_refused_and_gone_by_itself_at_once_is_decided_once(
    places: Places, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        case, clerk, leader = places.reports(kind=HATCH), places["clerk1"], places["leader1"]
        row = district.prepare(clerk.actor, clerk.grants, case.uuid)
        at_once(
            lambda: district.sign(leader.actor, leader.grants, case.uuid),
            lambda: district.refuse(leader.actor, leader.grants, case.uuid, reason="街道能办"),
            lambda: district.go_due(row.decide_by + timedelta(minutes=1)),
        )
        row = DistrictRequest.objects.get(pk=row.pk)
        gone = row.gone_at is not None
        assert gone != (row.refused_at is not None), "gone or refused, never both and never neither"
        assert Climb.objects.filter(case=case).count() == gone
        kinds = Entry.objects.filter(subject="case", subject_id=case.pk).values_list("kind", flat=True)
        assert sum(kind in ("case.refer_up", "case.district_refused") for kind in kinds) == 1


def test_one_click_from_two_hands_files_once(places: Places, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        case, clerk, other = places.reports(kind=HATCH), places["clerk1"], places["clerk2"]
        results = at_once(
            lambda: file_and_dispatch(clerk.actor, clerk.grants, case.uuid, "chengguan"),
            lambda: file_and_dispatch(other.actor, other.grants, case.uuid, "zhifa"),
        )
        assert sum(isinstance(one, Case) for one in results) == 1
        kinds = list(
            Entry.objects.filter(subject="case", subject_id=case.pk)
            .order_by("id")
            .values_list("kind", flat=True)
        )
        assert kinds[1:] == ["case.admit", "case.file", "case.send"]
