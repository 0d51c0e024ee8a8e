"""The same cut-off gives the same numbers for ever, whatever happens, and whatever is typed in, afterwards."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from tests.reports.world import MORNING, after, call, lengthen, matter, service

from cast import Cast
from yimen.cases.actions import desk, limits, pressure
from yimen.cases.actions.transition import run
from yimen.cases.models import Case
from yimen.cases.states import TRANSITIONS
from yimen.foundation.errors import YimenError
from yimen.reports import indicators, measures
from yimen.reports.period import Period

PEOPLE = (
    "clerk1",
    "clerk2",
    "director",
    "handler.chengguan",
    "head.chengguan",
    "handler.zhifa",
    "head.zhifa",
)
WORDS: dict[str, Any] = {
    "unit": "chengguan", "decision": "support", "way": "phone", "guide_kind": "legal", "outcome": "reached",
    "rating": "4", "handler": "", "leader": "", "recorded": "voice",
}  # fmt: skip


def figures(cast: Cast, span: Period) -> dict[str, Any]:
    grants = cast["director"].grants
    found: dict[str, Any] = {name: measures.count(grants, name, span) for name in measures.MEASURES}
    for by in measures.GROUPS:
        found[by] = {name: measures.counts(grants, name, span, by) for name in indicators.NEEDED}
    found["lists"] = {name: measures.rows_of(grants, name, span) for name in measures.MEASURES}
    return found


class Street:
    """Random lawful moves by everybody on a handful of matters."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice, self.now = cast, random.Random(seed), MORNING
        self.cases = [
            matter(cast, self.dice.choice(["service", "petition"]), begun=MORNING) for _n in range(3)
        ]
        self.done: set[str] = set()

    def goes_on(self, steps: int, hours: int = 40) -> None:
        for _n in range(steps):
            self.now += timedelta(hours=self.dice.randint(0, hours))
            if self.dice.random() < 0.3:
                self._fact(self.now)
            else:
                self._step(self.now)

    def types_late(self, steps: int) -> None:
        """Late paper: steps said to have been done before the cut-off that was printed long ago."""
        for _n in range(steps):
            self._step(None)

    def _pick(self) -> Case:
        return Case.objects.get(pk=self.dice.choice(self.cases).pk)

    def _step(self, at: datetime | None) -> None:
        case = self._pick()
        verbs = sorted(v for (f, s, v) in TRANSITIONS if (f, s) == (case.flow, case.state) and v != "attempt")
        moment = max(at or case.changed_at + timedelta(minutes=5), case.changed_at)
        for verb in self.dice.sample(verbs, len(verbs)):
            data = self._fields(TRANSITIONS[case.flow, case.state, verb])
            for who in self.dice.sample(PEOPLE, len(PEOPLE)):
                person = self.cast[who]
                try:
                    run(person.actor, person.grants, case.uuid, verb, data, at=moment)
                except YimenError:
                    continue
                self.done.add(verb)
                return

    def _fields(self, row: Any) -> dict[str, Any]:
        data = {name: WORDS.get(name, "有理由") for name in row.needs}
        if "unit" in data:
            data["unit"] = self.dice.choice(["chengguan", "zhifa", "gongre"])
        if row.verb == "call_back":
            data["solved"] = self.dice.choice(["yes", "no"])
        return data

    def _fact(self, at: datetime) -> None:
        case, clerk, director = self._pick(), self.cast["clerk1"], self.cast["director"]
        other = self._pick()
        facts = [
            lambda: limits.screen(director.actor, director.grants, case.uuid, at=at, reason="重新甄别",
                                  flow="service" if case.flow == "petition" else "petition"),
            lambda: desk.correct(clerk.actor, clerk.grants, case.uuid, reason="更正",
                                 changes={"category": self.dice.choice(["appearance", "neighbour", "wages"])}),
            lambda: desk.link(clerk.actor, clerk.grants, case.uuid, other.uuid),
            lambda: desk.contact(clerk.actor, clerk.grants, case.uuid, outcome="reached", at=at),
            lambda: pressure.urge(clerk.actor, clerk.grants, case.uuid, words="请尽快", at=at),
            lambda: limits.suspend(director.actor, director.grants, case.uuid, ground="papers", note="等材料", at=at),
            lambda: limits.resume(director.actor, director.grants, case.uuid, at=at),
            lambda: lengthen(case, 3),
            lambda: self.cases.append(clerk.opens(at=at)),
            lambda: self.cases.append(clerk.opens(at=at, received_at=at - timedelta(days=9))),
        ]  # fmt: skip
        try:
            self.dice.choice(facts)()
        except (YimenError, TypeError, LookupError, ObjectDoesNotExist):
            return


@pytest.mark.parametrize("seed", range(5))
def test_nothing_that_happens_later_changes_a_figure_of_its_cut_off(cast: Cast, seed: int) -> None:
    street = Street(cast, seed)
    street.goes_on(25)
    then = measures.period(MORNING.date(), after(60).date(), street.now)
    before = figures(cast, then)
    street.now += timedelta(seconds=1)
    street.goes_on(25)
    assert figures(cast, then) == before
    without_known = measures.period(then.first, then.last, then.cutoff)
    assert figures(cast, without_known) == before
    street.types_late(12)
    assert figures(cast, then) == before


def test_the_random_street_really_moves(cast: Cast) -> None:
    street = Street(cast, 3)
    street.goes_on(60)
    assert len(street.done) >= 8


def test_late_paper_shows_only_with_a_later_moment_of_knowing(cast: Cast) -> None:
    case = service(cast, "told")
    sheet = measures.period(MORNING.date(), MORNING.date(), after(1))
    assert measures.count(cast["director"].grants, "called", sheet) == 0
    call(cast, case, after(0.5), outcome="refused")
    again = measures.period(sheet.first, sheet.last, sheet.cutoff, sheet.known)
    assert measures.count(cast["director"].grants, "called", again) == 0
    later = measures.period(sheet.first, sheet.first + timedelta(days=1), sheet.cutoff, timezone.now())
    assert measures.count(cast["director"].grants, "called", later) == 1


def test_a_later_category_and_unit_do_not_move_old_figures(cast: Cast) -> None:
    case, clerk = service(cast, "signed"), cast["clerk1"]
    then = measures.period(MORNING.date(), MORNING.date(), timezone.now())
    grants = cast["director"].grants
    desk.correct(clerk.actor, clerk.grants, case.uuid, {"category": "appearance"}, reason="更正")
    assert measures.counts(grants, "received", then, "category") == {"neighbour": 1}
    now = measures.period(MORNING.date(), MORNING.date())
    assert measures.counts(grants, "received", now, "category") == {"appearance": 1}
