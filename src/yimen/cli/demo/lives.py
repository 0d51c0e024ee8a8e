"""Gives invented matters their days: scripts whose last step lies where their goal wants it. Pure but for the zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from django.utils import timezone

from yimen.cases.states import TRANSITIONS

from .beats import Beat
from .days import Days
from .goals import GOALS, Goal
from .matters import Matter, Residents, Template, invent, templates
from .routes import route
from .script import Script, Step, dated

TRIES = 500
WINDOW_DAYS = 90
SERVICE_DAYS, IN_HAND_DAYS = 7, 5  # natural days; calendars/data/clock_rules.csv FW-7D, FW-IN-HAND
NOTICE_DAYS, PETITION_DAYS = 15, 60  # XF-15N, XF-60
_ABOVE = ("reviewing", "reviewed", "re_reviewing")
_ANSWERED = ("answered", "guided", "told", "called_back", "rated", "closed", "archived", "withdrawn", *_ABOVE)
_PETITIONED = ("property", "illegal-building", "housing", "parking", "appearance", "noise")
_MODE = {"answered": "a", "guided": "g"}


def invented(days: Days, seed: int, goals: Iterable[Goal] = GOALS) -> list[Script]:
    """The scripts of all goals. Deterministic for a seed and a day."""
    deck, residents = _deck(Random(f"{seed}:deck")), Residents(Random(f"{seed}:residents"))
    found: list[Script] = []
    for goal in goals:
        for _ in range(goal.count):
            key = f"m{len(found) + 1:03d}"
            template = next(deck[goal.flow, _MODE.get(goal.route, "d")])
            found.append(_script(key, goal, template, residents, days, Random(f"{seed}:{key}")))
    return found


def _deck(rng: Random) -> dict[tuple[str, str], Iterator[Template]]:
    """Templates by flow and mode, shuffled, each used before any comes again."""
    return {
        (flow, mode): _shuffled([t for t in templates() if t.mode == mode and _suits(t, flow)], rng)
        for flow in ("service", "petition")
        for mode in "dag"
    }


def _suits(template: Template, flow: str) -> bool:
    """What is brought as a petition: demands on offices. Quarrels, enquiries and praise are services."""
    if flow == "service":
        return template.flow == "service" or template.mode == "g"
    return template.flow == "petition" or template.mode != "d" or template.category in _PETITIONED


def _shuffled(cards: list[Template], rng: Random) -> Iterator[Template]:
    while True:
        rng.shuffle(cards)
        yield from cards


def _script(
    key: str, goal: Goal, template: Template, residents: Residents, days: Days, rng: Random
) -> Script:
    matter, beats = _road(goal, replace(template, flow=goal.flow), residents, rng)
    moments = _moments(goal, beats, days, rng)
    registration = dated(matter.registration, timezone.localdate(moments[0]))
    opening = Step(moments[0], matter.owner, "open", registration)
    steps = [_step(beat, at) for at, beat in zip(moments[1:], beats, strict=True)]
    return Script(key, (opening, *steps))


def _step(beat: Beat, at: datetime) -> Step:
    """The beat at its moment; a span of time in its data is meant back from there, as a day where the paper has days."""
    data = {name: at - value if isinstance(value, timedelta) else value for name, value in beat.data.items()}
    days = {name: timezone.localdate(data[name]) for name in ("asked_on", "decided_on") if name in data}
    return Step(at, beat.by, beat.verb, data | days)


def _road(goal: Goal, template: Template, residents: Residents, rng: Random) -> tuple[Matter, list[Beat]]:
    """A matter and its beats up to the goal; drawn again when it never comes there (an anonymous one is not rated)."""
    for _ in range(TRIES):
        matter = invent(template, residents, rng)
        beats = until(goal, route(goal, matter, rng))
        if beats is not None:
            return matter, beats
    raise LookupError(f"no road leads to {goal}")


def until(goal: Goal, beats: list[Beat]) -> list[Beat] | None:
    """The road up to the goal's state for the last time, with the facts added there; None when it never comes there."""
    if goal.state == "registered":
        return beats[: int(goal.screened)]
    flow, state, end = "petition", "registered", 0
    for index, beat in enumerate(beats, start=1):
        flow = beat.data["flow"] if beat.verb == "screen" else flow
        state = _after(flow, state, beat)
        if (flow, state) == (goal.flow, goal.state):
            end = index
    return beats[:end] if end else None


def _after(flow: str, state: str, beat: Beat) -> str:
    """The state after a beat; an unsolved call-back goes straight back into hand; facts change nothing."""
    if beat.verb == "callback":
        return "in_hand"
    row = TRANSITIONS.get((flow, state, beat.verb))
    return row.target if row else state


def _moments(goal: Goal, beats: list[Beat], days: Days, rng: Random) -> list[datetime]:
    """Times of the opening and of each beat, drawn until they fit."""
    for _ in range(TRIES):
        gaps = [rng.randint(*beat.gap) for beat in beats]
        moments = [days.opening(days.back(sum(gaps) + rng.randint(*goal.window)), rng)]
        for gap in gaps:
            moments.append(days.later(moments[-1], gap, rng))
        if _fits(goal, beats, moments, days):
            return moments
    raise LookupError(f"no days fit {goal}")


def _fits(goal: Goal, beats: list[Beat], moments: list[datetime], days: Days) -> bool:
    """The last step inside its window, nothing before the demonstration's ninety days, nothing late by accident."""
    dates = [timezone.localdate(moment) for moment in moments]
    if (days.today - dates[0]).days > WINDOW_DAYS:
        return False
    if not goal.window[0] <= days.since(dates[-1]) <= goal.window[1]:
        return False
    return goal.late or goal.state in _ANSWERED or not _late(goal, beats, dates, days)


def _late(goal: Goal, beats: list[Beat], dates: list[date], days: Days) -> bool:
    """Whether a whole-case limit, or that of work in hand, has run out: from receipt, or from a new start."""
    anew = _last_of(("reopen", "callback"), beats, dates) or dates[0]
    if goal.flow == "petition" and goal.screened:
        accepted = _last_of(("accept",), beats, dates)
        return days.over(accepted, PETITION_DAYS) if accepted else days.over(anew, NOTICE_DAYS)
    begun = _last_of(("start", "callback"), beats, dates) if goal.state == "in_hand" else None
    return days.over(anew, SERVICE_DAYS) or (begun is not None and days.over(begun, IN_HAND_DAYS))


def _last_of(verbs: tuple[str, ...], beats: list[Beat], dates: list[date]) -> date | None:
    """On which day one of the verbs was done last; `dates` begins with the opening's."""
    done = [day for day, beat in zip(dates[1:], beats, strict=True) if beat.verb in verbs]
    return done[-1] if done else None
