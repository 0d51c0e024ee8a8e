"""Plays scripts: every step through the verb that a person would use, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yimen.access.registry import Grants, grants_of
from yimen.accounts.models import User
from yimen.cases.actions import (
    accusations,
    assisting,
    callbacks,
    desk,
    extensions,
    instructions,
    limits,
    pressure,
    reminders,
    transition,
)
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.actions.people import Person
from yimen.cases.models import Case, Instruction
from yimen.foundation.actor import Actor
from yimen.organisations.models import Unit

from . import letters, pressing
from .script import Script, Step

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Stage:
    """Who and what the scripts speak of, read once."""

    users: dict[str, User]
    units: dict[str, Unit]
    grants: dict[str, Grants] = field(default_factory=dict)
    refs: dict[str, UUID] = field(default_factory=dict)

    def actor(self, sign_in: str) -> tuple[Actor, Grants]:
        user = self.users[sign_in]
        actor = Actor(user.pk, user.name, "demo")
        if sign_in not in self.grants:
            self.grants[sign_in] = grants_of(actor)
        return actor, self.grants[sign_in]


class Stuck(Exception):
    """A script asked for something that the house does not allow: the script is wrong."""


def set_stage() -> Stage:
    return Stage(
        users={user.sign_in: user for user in User.objects.filter(demo=True)},
        units={unit.key: unit for unit in Unit.objects.all()},
    )


def play(scripts: Iterable[Script], stage: Stage, end: datetime, progress: Progress | None = None) -> int:
    """Play all steps before `end`, the earliest first; gives how many. Raises Stuck naming script and step."""
    due = [(step, script.key) for script in scripts for step in script.until(end).steps]
    due.sort(key=lambda pair: pair[0].at)
    for done, (step, key) in enumerate(due, start=1):
        try:
            perform(stage, key, step)
        except Exception as error:
            raise Stuck(f"{key}: {step.verb} by {step.by} at {step.at:%F %R}: {error!r}") from error
        if progress:
            progress(done, len(due))
    return len(due)


def perform(stage: Stage, key: str, step: Step) -> None:
    """Do one step. The first one of a script makes the matter, the others find it by the script's key."""
    actor, grants = stage.actor(step.by)
    if step.verb == "open":
        stage.refs[key] = open_case(actor, grants, _registration(step.data), at=step.at).uuid
    elif step.verb == "accusation":
        stage.refs[key] = _accusation(stage, actor, grants, step)
    elif step.verb in _FACTS:
        _FACTS[step.verb](actor, grants, stage.refs[key], **_fields(stage, key, step), at=step.at)
    elif step.verb == "call_persons":
        answers = {int(slot): given for slot, given in step.data["answers"].items()}
        callbacks.record_persons(actor, grants, stage.refs[key], answers, at=step.at)
    elif step.verb == "callback":
        callbacks.record_callback(actor, grants, stage.refs[key], step.data, at=step.at)
    else:
        transition.run(actor, grants, stage.refs[key], step.verb, _fields(stage, key, step), at=step.at)


def _confirm(actor: Actor, grants: Grants, ref: UUID, *, at: datetime) -> object:
    """本人确认 of what was last recorded in the leader's name."""
    last = Instruction.objects.filter(case__uuid=ref).latest("id")
    return instructions.confirm(actor, grants, ref, last.uuid, at=at)


_FACTS: dict[str, Callable[..., object]] = {
    "assist_report": assisting.assist_report,
    "assist_sign": assisting.assist_sign,
    "contact": desk.contact,
    "extend": extensions.extend,
    "feed_back": pressing.feed_back,
    "confirm_instruction": _confirm,
    "inform": limits.inform,
    "letter": letters.draft,
    "letter_steps": letters.carry,
    "letter_served": letters.serve,
    "remind": reminders.remind,
    "screen": limits.screen,
    "supervise": pressing.supervise,
    "suspend": limits.suspend,
    "take_charge": pressing.take_charge,
    "urge": pressure.urge,
    "visited": desk.visited_again,
    "write_instruction": instructions.write_instruction,
}


def _registration(data: dict[str, Any]) -> Registration:
    form: dict[str, Any] = dict(data)
    form |= {name: Person(**data[name]) for name in ("witness", "on_behalf") if name in data}
    form["representatives"] = tuple(Person(**row) for row in data.get("representatives", ()))
    return Registration(**form)


def _accusation(stage: Stage, actor: Actor, grants: Grants, step: Step) -> UUID:
    case = accusations.hand_over_accusation(
        actor,
        grants,
        to=stage.units[step.data["to"]],
        named_units=[stage.units[name] for name in step.data["named_units"]],
        channel=step.data["channel"],
        at=step.at,
    )
    return case.uuid


def _main(ref: UUID) -> str:
    """The number of a matter that a unit works on now, of the same category if there is one: the main matter."""
    own = Case.objects.get(uuid=ref)
    rows = Case.objects.filter(state__in=["dispatched", "signed", "accepted", "in_hand"], sealed=False)
    found = rows.filter(category=own.category) or rows
    return str(found.order_by("-received_at", "-id")[0].number)


def _fields(stage: Stage, key: str, step: Step) -> dict[str, Any]:
    """The step's fields with people and units by their numbers where the verb wants numbers."""
    data = dict(step.data)
    if "handler" in data:
        data["handler"] = stage.users[data["handler"]].pk
    if "leader" in data:
        data["leader"] = str(stage.users[data["leader"]].pk)
    if step.verb == "merge":
        data["main"] = _main(stage.refs[key])
    if step.verb.startswith("assist_"):
        data["unit_id"] = stage.units[data.pop("unit")].pk
    return data
