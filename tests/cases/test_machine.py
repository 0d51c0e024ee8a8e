"""Random legal and illegal moves by everybody: the promises hold after each of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import initialize, invariant, rule
from tests.cases.lives import Life, live

from cast import Cast, asked, decided, play
from yimen.cases.actions import limits
from yimen.cases.actions.transition import run
from yimen.cases.models import Case, Clock
from yimen.cases.states import STATES, TRANSITIONS, VERBS
from yimen.foundation.errors import YimenError
from yimen.ledger.models import Entry

PEOPLE = ("clerk1", "clerk2", "director", "leader1", "handler.chengguan", "head.chengguan", "handler.zhifa",
          "head.zhifa", "auditor")  # fmt: skip
START = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def fields(
    draw: st.DataObject, verb: str, state: str, flow: str, leader: int = 0, now: datetime | None = None
) -> dict[str, Any]:
    """Plausible data for a verb: complete most of the time, sometimes with something missing."""
    row = TRANSITIONS.get((flow, state, verb))
    if row is None:
        return {}
    unit = draw.draw(st.sampled_from(["chengguan", "zhifa", "gongre"]))
    outcome = draw.draw(st.sampled_from(["reached", "no_answer", "refused"]))
    values: dict[str, Any] = {"unit": unit, "decision": "support",
                              "way": draw.draw(st.sampled_from(["phone", "letter"])), "guide_kind": "legal",
                              "outcome": outcome, "rating": "4", "handler": "",
                              "leader": str(leader), "recorded": "voice"}  # fmt: skip
    values |= asked(now, way=values["way"]) | decided(
        draw.draw(st.sampled_from(["uphold", "change", "annul"])), now
    )
    if verb == "call_back":
        return {
            "outcome": outcome,
            **({"solved": draw.draw(st.sampled_from(["yes", "no"]))} if outcome == "reached" else {}),
        }
    values["main"] = draw.draw(st.sampled_from(sorted(Case.objects.values_list("number", flat=True))))
    data = {name: values.get(name, "有理由") for name in row.needs}
    if verb == "dispatch" and draw.draw(st.booleans()):
        data["assisting"] = ["jiwei"]
    if verb == "report" and draw.draw(st.booleans()):
        data["without"] = "协办单位夜间才能到场"
    if data and draw.draw(st.integers(0, 9)) == 0:
        data.pop(sorted(data)[0])
    return data


class WindowLife(Life):
    """One matter pushed about by everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.cast: Cast = play()
        self.now = START
        self.moved = 0

    @initialize(
        anonymous=st.booleans(),
        flow=st.sampled_from(["", "petition", "service"]),
        category=st.sampled_from(["neighbour", "wages", "safety"]),
    )
    def opened(self, anonymous: bool, flow: str, category: str) -> None:
        self.main = self.cast["clerk2"].opens(at=self.now)  # another matter, to be merged into
        self.case = self.cast["clerk1"].opens(
            category=category, anonymous=anonymous, at=self.now, phone="" if anonymous else "13800002071"
        )
        if flow:
            director = self.cast["director"]
            self.case = limits.screen(director.actor, director.grants, self.case.uuid, flow=flow, at=self.now)

    @rule()
    def the_other_matter_has_a_result(self) -> None:
        if Case.objects.get(pk=self.main.pk).state == "registered":
            self.cast["clerk2"].does(self.main, "answer", reply="已办", at=self.now)

    @rule(data=st.data(), who=st.sampled_from(PEOPLE), any_verb=st.booleans(), hours=st.integers(0, 60))
    def moves(self, data: st.DataObject, who: str, any_verb: bool, hours: int) -> None:
        case = Case.objects.get(pk=self.case.pk)
        legal = [verb for (flow, state, verb) in TRANSITIONS if (flow, state) == (case.flow, case.state)]
        verb = data.draw(st.sampled_from(sorted(VERBS) if any_verb or not legal else legal))
        self.now += timedelta(hours=hours)
        person, before = self.cast[who], self._snapshot()
        try:
            run(
                person.actor,
                person.grants,
                case.uuid,
                verb,
                fields(data, verb, case.state, case.flow, self.leader(data), self.now),
                at=self.now,
            )
        except YimenError:
            assert self._snapshot() == before, "a refused move must have no effect"
            return
        self.moved += 1
        assert (case.flow, case.state, verb) in TRANSITIONS, "an illegal move went through"

    def leader(self, data: st.DataObject) -> int:
        """Mostly somebody who may give instructions, sometimes a clerk."""
        return self.cast[data.draw(st.sampled_from(["leader1", "leader1", "director", "clerk1"]))].user.pk

    def _snapshot(self) -> tuple[Any, ...]:
        return (
            Case.objects.filter(pk=self.case.pk).values_list().get(),
            Entry.objects.count(),
            list(Clock.objects.order_by("pk").values_list()),
        )

    @invariant()
    def an_open_matter_has_owner_clock_and_next_step(self) -> None:
        if not hasattr(self, "case"):
            return
        case = Case.objects.get(pk=self.case.pk)
        connection.check_constraints()
        if STATES[case.state].open:
            assert case.open and case.accountable_person_id and case.holder_id and case.next_step
            assert case.clock_id and case.due_at
            steps = Clock.objects.filter(case=case, kind="step", running=True)
            assert [clock.step for clock in steps] == [case.state]
        else:
            assert not Clock.objects.filter(case=case, running=True).exists()


class TestLife(TestCase):
    """Runs the machine inside a database test case."""

    def test_random_lives_keep_every_promise(self) -> None:
        live(WindowLife, 25)
