"""Random legal and illegal moves on a matter of a place, with the rules running beside: the promises hold after each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import initialize, invariant, rule
from tests.cases.lives import Life, live

from cast import play
from places import CABLE, HATCH, RUBBISH, Places, settle
from yimen.cases import climbing
from yimen.cases.actions import district, limits
from yimen.cases.actions.climbing import climb_due
from yimen.cases.actions.transition import run
from yimen.cases.models import Assignment, Case, Climb, Clock, DistrictRequest
from yimen.cases.states import HIDDEN_VERBS, STATES, TRANSITIONS, VERBS
from yimen.foundation.errors import YimenError
from yimen.ledger.models import Entry

PEOPLE = ("clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan", "handler.zhifa", "gridlead",
          "worker1", "worker2", "shequ1", "district1", "auditor")  # fmt: skip
START = datetime(2026, 4, 27, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # before the 1 May holiday
OF_THE_GRID = sorted({verb for (flow, _state, verb) in TRANSITIONS if flow == "grid"})


def fields(draw: st.DataObject, verb: str, state: str) -> dict[str, Any]:
    row = TRANSITIONS.get(("grid", state, verb))
    if row is None:
        return {}
    values: dict[str, Any] = {
        "unit": draw.draw(st.sampled_from(["chengguan", "zhifa", "gongre"])), "way": "phone", "days": "2", "rating": "4",
        "outcome": draw.draw(st.sampled_from(["reached", "no_answer", "refused"])), "handler": "",
        "main": draw.draw(st.sampled_from(sorted(Case.objects.values_list("number", flat=True)))),
    }  # fmt: skip
    if verb == "call_back":
        solved = (
            {"solved": draw.draw(st.sampled_from(["yes", "no"]))} if values["outcome"] == "reached" else {}
        )
        return {"outcome": values["outcome"], **solved}
    data = {name: values.get(name, "有理由") for name in row.needs}
    if "no_photo" in row.may and draw.draw(st.booleans()):
        data["no_photo"] = "夜里拍不清"
    if "way" in row.may and draw.draw(st.booleans()):
        data["way"] = "phone"
    if data and draw.draw(st.integers(0, 9)) == 0:
        data.pop(sorted(data)[0])
    return data


class PlaceLife(Life):
    """One matter of a place pushed about by everybody, while the clock runs and the worker looks."""

    def __init__(self) -> None:
        super().__init__()
        self.places: Places = settle(play())
        self.now = START

    @initialize(
        kind=st.sampled_from([RUBBISH, HATCH, CABLE, "event:0103", "event:0402"]),
        phone=st.booleans(),
        own=st.booleans(),
    )
    def reported(self, kind: str, phone: bool, own: bool) -> None:
        self.main = self.places.reports(kind=kind, at=self.now)
        more: dict[str, Any] = {} if own else {"who": "clerk1", "channel": "phone"}
        self.case = self.places.reports(kind=kind, at=self.now, phone="13800002071" if phone else "", **more)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), any_verb=st.booleans(), hours=st.integers(0, 40))
    def moves(self, data: st.DataObject, who: str, any_verb: bool, hours: int) -> None:
        case = Case.objects.get(pk=self.case.pk)
        legal = [verb for verb in OF_THE_GRID if ("grid", case.state, verb) in TRANSITIONS]
        verb = data.draw(st.sampled_from(sorted(VERBS) if any_verb or not legal else legal))
        self.now += timedelta(hours=hours)
        person, before = self.places[who], self._snapshot()
        try:
            given = fields(data, verb, case.state)
            run(person.actor, person.grants, case.uuid, verb, given, at=self.now)
        except YimenError:
            assert self._snapshot() == before, "a refused move must have no effect"
            return
        assert ("grid", case.state, verb) in TRANSITIONS, "an illegal move went through"
        assert verb not in HIDDEN_VERBS - {"attempt"}, "nobody climbs by hand"

    @rule(who=st.sampled_from(["leader1", "director"]), agreed=st.booleans())
    def decides(self, who: str, agreed: bool) -> None:
        person, ref = self.places[who], self.case.uuid
        try:
            if agreed:
                district.sign(person.actor, person.grants, ref, at=self.now)
            else:
                district.refuse(person.actor, person.grants, ref, reason="街道能办", at=self.now)
        except YimenError:
            return

    @rule(on=st.booleans())
    def shelves(self, on: bool) -> None:
        director, ref = self.places["director"], self.case.uuid
        try:
            if on:
                limits.suspend(director.actor, director.grants, ref, ground="shelve-season", at=self.now)
            else:
                limits.resume(director.actor, director.grants, ref, at=self.now)
        except YimenError:
            return

    @rule(hours=st.integers(1, 200))
    def the_worker_looks(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        climb_due(self.now)
        before = self._snapshot()
        assert climb_due(self.now) == 0, "none twice"
        assert self._snapshot() == before

    def _snapshot(self) -> tuple[Any, ...]:
        return (
            Case.objects.filter(pk=self.case.pk).values_list().get(),
            Entry.objects.count(),
            list(Clock.objects.order_by("pk").values_list()),
            Climb.objects.count(),
        )

    @invariant()
    def an_open_matter_has_owner_clock_and_next_step(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.select_related("lead_unit").get(pk=self.case.pk)
        connection.check_constraints()
        if not STATES[case.state].open:
            assert not Clock.objects.filter(case=case, running=True).exists()
            assert not DistrictRequest.objects.filter(
                case=case, gone_at=None, refused_at=None, lapsed_at=None
            )
            return
        assert (
            case.accountable_person_id and case.holder_id and case.next_step and case.clock_id and case.due_at
        )
        steps = Clock.objects.filter(case=case, kind="step", running=True)
        assert [clock.step for clock in steps] == [case.state]
        wholes = Clock.objects.filter(case=case, kind="conclude", running=True)
        assert wholes.count() <= 1
        if climbing.level_of(case) in ("street", "district") and case.state != "merged":
            assert wholes.count() == 1, "the street and the district owe an end"
        leads = Assignment.objects.filter(case=case, role="lead").exclude(state__in=["returned", "ended"])
        assert leads.count() == (case.lead_unit_id is not None)

    @invariant()
    def the_path_ends_where_the_matter_is(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.select_related("lead_unit", "event_class").get(pk=self.case.pk)
        if level := climbing.level_of(case):
            assert climbing.path(case)[-1].level == level


class TestPlaceLife(TestCase):
    """Runs the machine inside a database test case."""

    def test_random_lives_of_places_keep_every_promise(self) -> None:
        live(PlaceLife, 40)
