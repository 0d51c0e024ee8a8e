"""Whole roads of invented matters through the states, as beats. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from .beats import (
    Beat,
    Way,
    above,
    assist,
    bodies,
    callback,
    contact,
    end,
    hands,
    pressure,
    put_before,
    report,
    screen,
    send,
    sent,
    served,
    stars,
    still_unsolved,
    take_up,
    units,
    unsolved,
)
from .goals import Goal
from .matters import Matter, phrase, phrases

Route = Callable[[Way], list[Beat]]


def route(goal: Goal, matter: Matter, rng: Random) -> list[Beat]:
    """All beats of one matter's road, further than the goal; one in fourteen finished ones was returned once."""
    way = Way(goal, matter, hands(matter, rng), rng)
    bent = goal.route == "dispatched" and way.over and rng.random() < 0.07
    return ROUTES["returned" if bent else goal.route](way)


# Whole routes


def _answered(way: Way) -> list[Beat]:
    owner, came = way.hands.owner, way.matter.registration["channel"]
    told = {"phone": "phone", "letter": "letter", "online": "message", "above": "letter"}.get(came, "counter")
    beats = [*screen(way), Beat("answer", owner, data={"reply": way.matter.result, "way": told})]
    if not way.anonymous and (way.goal.state == "rated" or way.rng.random() < 0.7):
        beats.append(Beat("rate", way.hands.caller, data={"rating": stars(way)}))
    return [*beats, *end(way, (0, 0))]


def _guided(way: Way) -> list[Beat]:
    key = way.matter.template.unit
    body = bodies()[key]
    contact = "；".join(filter(None, (body["address"], body["phone"], body["hours"])))
    kind = {"neighbour-district": "elsewhere", "neighbour-street": "elsewhere", "market-hotline": "line"}.get(
        key, "legal"
    )
    data = {"guide_kind": kind, "body": body["name"], "body_contact": contact, "reason": way.matter.result}
    return [*screen(way), Beat("guide", way.hands.owner, data=data), *end(way, (0, 0))]


def _dispatched(way: Way) -> list[Beat]:
    """The main road, with the bends of real life: sent back once, nobody home, not solved the first time."""
    again = way.over and not way.anonymous and way.rng.random() < 0.12
    beats = [*screen(way), *send(way), *_disputed(way), *take_up(way), *pressure(way), *assist(way)]
    beats += report(way, oral=again)
    if again:
        beats += [unsolved(way), *report(way)]
    if again and way.rng.random() < 0.3:
        return [*beats, *still_unsolved(way)]
    return [*beats, *callback(way), *end(way)]


def _submitted(way: Way) -> list[Beat]:
    """Put before a leader, whatever the category asks for."""
    before = put_before(way, way.matter.unit, list(way.matter.assist), phrase("require", way.rng))
    return [*screen(way), *before]


def _merged(way: Way) -> list[Beat]:
    """About the same thing as another open matter, which one the play finds when it comes there."""
    return [*screen(way), Beat("merge", way.hands.owner, (0, 1))]


def _disputed(way: Way) -> list[Beat]:
    """Now and then the right unit says that it is not its matter, and is told that it is."""
    if not (way.over and way.hands.online and way.rng.random() < 0.06):
        return []
    liaison, rng = way.hands.liaison, way.rng
    ask = Beat("request_return", liaison, data={"reason": phrase("not_ours", rng)})
    return [
        Beat("sign", liaison),
        ask,
        Beat("refuse_return", way.hands.owner, data={"reason": phrase("refuse_return", rng)}),
    ]


def _returned(way: Way) -> list[Beat]:
    """First sent to the wrong office, which gives it back."""
    wrong, rng = "dangzheng" if way.matter.unit != "dangzheng" else "pingan", way.rng
    ask = Beat("request_return", f"handler.{wrong}", data={"reason": _why_not(way)})
    agree = Beat("agree_return", way.hands.owner, data={"note": phrase("agree_return", rng)})
    rest = _dispatched(way)[len(screen(way)) :]
    return [*screen(way), *sent(way, wrong, []), Beat("sign", f"handler.{wrong}"), ask, agree, *rest]


def _why_not(way: Way) -> str:
    reason: str = way.rng.choice(phrases()["return"])
    return reason.replace("{unit}", units()[way.matter.unit]["name"])


def _not_accepted(way: Way) -> list[Beat]:
    said = {"way": "letter", "said": "不予受理告知书已送达本人，写明理由和救济途径，签了送达回证。"}
    refuse = Beat("not_accept", way.hands.liaison, (0, 2), {"reason": phrase("not_accept", way.rng)})
    start = [*screen(way), *send(way), Beat("sign", way.hands.liaison, (0, 2)), refuse]
    return [*start, Beat("tell", way.hands.liaison, (0, 1), said), *callback(way), *end(way)]


def _withdrawn(way: Way) -> list[Beat]:
    if way.anonymous:
        return []
    beats = [*screen(way), *send(way), *take_up(way)]
    keep = way.rng.randint(1, len(beats))
    return [*beats[:keep], Beat("withdraw", way.hands.owner, (0, 2), {"reason": phrase("withdraw", way.rng)})]


def _redone(way: Way) -> list[Beat]:
    """Called back unsolved: it goes back by rule and is in hand again."""
    if way.anonymous:
        return []
    again = Beat("contact", way.hands.worker, data=contact(way))
    worked = [*send(way), *take_up(way), *assist(way), *report(way, oral=True)]
    return [*screen(way), *worked, unsolved(way), again]


def _reopened(way: Way) -> list[Beat]:
    closed = _dispatched(replace(way, goal=replace(way.goal, state="told")))
    reopen = Beat("reopen", way.hands.owner, (3, 12), {"reason": phrase("reopen", way.rng)})
    return [*closed[:-1], reopen, *send(way), *take_up(way)]


def _reviewed(way: Way) -> list[Beat]:
    """A written opinion that the visitor takes to the level above, and once more."""
    if way.anonymous:
        return []
    worked = [*send(way), *take_up(way), *assist(way), *report(way)[:-1]]
    return [*screen(way), *worked, served(way), *above(way, "review", 1), *above(way, "re_review", 2)]


def _rescreened(way: Way) -> list[Beat]:
    """Taken for a petition and accepted; the director then finds it a service, and says why."""
    petition = replace(way, goal=replace(way.goal, flow="petition"))
    data = {"flow": "service", "reason": phrase("rescreen", way.rng)}
    return [*screen(petition), *send(way), *take_up(petition)[:2], Beat("screen", "director", data=data)]


ROUTES: dict[str, Route] = {
    "answered": _answered,
    "guided": _guided,
    "dispatched": _dispatched,
    "submitted": _submitted,
    "merged": _merged,
    "returned": _returned,
    "not_accepted": _not_accepted,
    "withdrawn": _withdrawn,
    "redone": _redone,
    "reopened": _reopened,
    "rescreened": _rescreened,
    "reviewed": _reviewed,
}
