"""One matter as its page has read it, and what a verb that adds a fact to it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from yimen.access.registry import Grants
from yimen.cases import ladder, leaders, queries, suspensions
from yimen.cases.access import relations
from yimen.cases.actions import extensions, majors
from yimen.cases.fields import Field
from yimen.cases.models import (
    Assignment,
    Case,
    CaseLeader,
    Clock,
    Extension,
    MajorReport,
    ReceptionDay,
    Suspension,
)
from yimen.cases.pressed import PRESSED
from yimen.cases.states import Who
from yimen.foundation.actor import Actor


@dataclass(frozen=True, slots=True)
class Pressure:
    """What presses on a matter and which leaders stand beside it. Empty for a sealed one."""

    ladder: ladder.Ladder = field(default_factory=ladder.Ladder)
    asked: Extension | None = None
    deciders: frozenset[Who] = frozenset()
    charge: CaseLeader | None = None
    receptions: list[ReceptionDay] = field(default_factory=list)
    reports: list[MajorReport] = field(default_factory=list)
    suspension: Suspension | None = None
    unreported: bool = False

    @property
    def pressed(self) -> bool:
        steps = self.ladder
        return bool(steps.reminder or steps.urges or steps.orders or self.asked or self.suspension)

    @property
    def led(self) -> bool:
        return bool(self.charge or self.receptions or self.reports or self.unreported)

    @property
    def resting_for(self) -> str:
        """Why the clock rests: the listed reason and the note."""
        row = self.suspension
        if row is None:
            return ""
        words = suspensions.words_of(row.ground, row.since, suspensions.kept_with(row.case))
        return "；".join(filter(None, (words, row.reason)))


@dataclass(frozen=True)
class Scene:
    """One matter as a page decides on it: what is shown, what is offered. Its rows are those of the open dossier."""

    case: Case
    grants: Grants
    who: frozenset[Who]
    version: int | None = None  # of the matter as the reader had it before him

    @cached_property
    def clocks(self) -> list[Clock]:
        return queries.clocks_of(self.case)

    @cached_property
    def assignments(self) -> list[Assignment]:
        return queries.assignments_of(self.case)

    @cached_property
    def pressure(self) -> Pressure:
        return _pressure_of(self.case)

    def runs(self, kind: str) -> bool:
        return any(clock.running and clock.kind == kind for clock in self.clocks)

    def own_part(self, state: str) -> Assignment | None:
        """An assisting part in `state` that the reader may carry on: of the own unit, or offline for the desk."""
        for row in self.assignments:
            mine = row.unit_id in self.grants.units() or (row.offline and Who.DESK in self.who)
            if row.role == "assist" and row.state == state and mine:
                return row
        return None


def scene_of(grants: Grants, case: Case) -> Scene:
    """A page opens the dossier of the matter first."""
    return Scene(case, grants, relations(grants, case))


def _pressure_of(case: Case) -> Pressure:
    if case.sealed:
        return Pressure()
    lead = queries.lead_assignment(case)
    pressed = bool(case.open) and lead is not None and case.state in PRESSED
    reports = majors.reports_of(case)
    return Pressure(
        ladder.ladder_of(case, lead) if lead else ladder.Ladder(orders=ladder.orders_on(case)),
        extensions.pending_of(case) if pressed else None,
        extensions.deciders(case) if pressed else frozenset(),
        leaders.charge_of(case),
        leaders.reception_of(case),
        reports,
        suspensions.current(case) if case.suspended else None,
        bool(case.open) and not reports and majors.is_group(case),
    )


Doing = Callable[[Actor, Grants, Scene, Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Act:
    """One verb: `fields` it may ask for, `needs` of them filled, `when` it is offered, `do` the room's action."""

    name: str
    words: object
    icon: str
    who: frozenset[Who]
    when: Callable[[Scene], bool]
    fields: tuple[Field, ...]
    needs: frozenset[str]
    do: Doing
    about: object = ""
    initial: Callable[[Case], dict[str, Any]] = lambda _case: {}

    def offered(self, scene: Scene) -> bool:
        return bool(self.who & scene.who or not self.who) and self.when(scene)


def ask(name: str, kind: str, words: object, hint: object = "", **more: Any) -> Field:
    """One field of an act."""
    return Field(name, kind, words, hint, **more)
