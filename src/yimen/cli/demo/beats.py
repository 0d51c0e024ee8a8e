"""The single steps of invented matters, and the people who take them. Pure: every draw from the way's Random."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from yimen import cases

from .goals import Goal
from .matters import Matter, fill, phrase, phrases
from .people import read_table, table

Gap = tuple[int, int]
SERVED_BEFORE = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Beat:
    """One step without its time: `gap` is how many work days people wait before it."""

    verb: str
    by: str
    gap: Gap = (0, 0)
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does what to one matter. A unit without accounts is served by the window, checked by the director."""

    owner: str
    caller: str
    liaison: str
    worker: str
    head: str
    online: bool


@dataclass(frozen=True, slots=True)
class Way:
    """What a route is told from: where it leads, with which matter, by whom."""

    goal: Goal
    matter: Matter
    hands: Hands
    rng: Random

    @property
    def petition(self) -> bool:
        return self.goal.flow == "petition"

    @property
    def anonymous(self) -> bool:
        return bool(self.matter.registration.get("anonymous"))

    @property
    def leader(self) -> str:
        return "leader2" if self.matter.owner in ("clerk2", "clerk5") else "leader1"

    @property
    def over(self) -> bool:
        return self.goal.state in ("closed", "archived")


@lru_cache(maxsize=1)
def units() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in table("units.csv")}


@lru_cache(maxsize=1)
def modes() -> dict[str, str]:
    """How matters of each category come to a unit, from the product's own data."""
    path = Path(cases.__file__).parent / "data" / "categories.csv"
    return {row["key"]: row["dispatch_mode"] for row in read_table(path)}


@lru_cache(maxsize=1)
def bodies() -> dict[str, dict[str, str]]:
    """The bodies that the window refers people to, from the product's own data."""
    path = Path(cases.__file__).parent / "data" / "referral_bodies.csv"
    return {row["key"]: row for row in read_table(path)}


# Who


def hands(matter: Matter, rng: Random) -> Hands:
    caller = rng.choice([f"clerk{i}" for i in range(1, 6) if f"clerk{i}" != matter.owner])
    if matter.template.mode == "g" or units()[matter.unit]["online"] != "1":
        return Hands(matter.owner, caller, matter.owner, matter.owner, "director", False)
    liaison = liaison_of(matter.unit)
    head = liaison if matter.unit.startswith("shequ") else f"head.{matter.unit}"
    return Hands(matter.owner, caller, liaison, _worker(matter, liaison, rng), head, True)


def liaison_of(unit: str) -> str:
    return f"community{unit[-2:]}" if unit.startswith("shequ") else f"handler.{unit}"


def _worker(matter: Matter, liaison: str, rng: Random) -> str:
    """Who really does it: a mediator of the justice office, the grid's leader in a community."""
    if matter.unit == "sifasuo":
        return f"mediator{rng.randint(1, 3)}"
    return f"gridlead{matter.grid:02d}" if matter.unit.startswith("shequ") else liaison


# What


def screen(way: Way) -> list[Beat]:
    return [Beat("screen", "director", data={"flow": way.goal.flow})] if way.goal.screened else []


def send(way: Way) -> list[Beat]:
    return sent(way, way.matter.unit, list(way.matter.assist))


def sent(way: Way, unit: str, helpers: list[str]) -> list[Beat]:
    """To a unit: at once, after a leader's instruction, or at once with the approval afterwards, as the category asks."""
    require, mode = phrase("require", way.rng), modes()[way.matter.template.category]
    if mode == "approve":
        return [*put_before(way, unit, helpers, require), *_instructed(way)]
    data = {"unit": unit, "assisting": helpers, "require": require}
    after = [Beat("write_instruction", "leader1", data={"words": "同意，请抓紧办理"})]
    owed = mode == "urgent" and (way.over or way.goal.state not in ("dispatched", "signed"))
    return [Beat("dispatch", way.hands.owner, data=data), *(after if owed else [])]


def put_before(way: Way, unit: str, helpers: list[str], opinion: str) -> list[Beat]:
    """呈批: the clerk proposes, the leader of the window's line is asked."""
    data = {"unit": unit, "opinion": opinion, "leader": way.leader}
    more = {"days": way.rng.choice([3, 5, 10])} if way.rng.random() < 0.6 else {}
    return [Beat("submit", way.hands.owner, data=data | more | ({"assisting": helpers} if helpers else {}))]


def _instructed(way: Way) -> list[Beat]:
    """批示: most sign here themselves, some say it and have it recorded, which they confirm when they get to it."""
    words = way.rng.choice(["同意", "同意", "阅", "请××牵头办理", "同意，请抓紧办理"])
    if way.rng.random() < 0.8:
        return [Beat("instruct", way.leader, data={"instruction": words})]
    said = Beat("record_instruction", way.hands.owner, data={"instruction": words, "recorded": "voice"})
    fresh = way.goal.state in ("dispatched", "signed")
    return [said, *([] if fresh else [Beat("confirm_instruction", way.leader)])]


def take_up(way: Way) -> list[Beat]:
    liaison, worker = way.hands.liaison, way.hands.worker
    beats = [Beat("sign", liaison, (0, 2) if way.petition else (0, 1))]
    if way.petition:
        beats += [Beat("accept", liaison, (0, 2), {"note": "属本单位职权，予以受理。"}), *_informed(way)]
    beats.append(Beat("start", liaison, (0, 1), {"handler": worker} if worker != liaison else {}))
    if not way.anonymous and way.rng.random() < 0.75:
        beats.append(Beat("contact", worker, data=contact(way)))
    return beats


def _informed(way: Way) -> list[Beat]:
    """告知 in writing, for whom nobody told on the day of coming (信访工作条例 §23)."""
    if way.anonymous or way.matter.registration["told_now"]:
        return []
    said = {"way": "letter", "said": "受理告知书已送达本人，写明承办单位、办理程序和期限。"}
    return [Beat("inform", way.hands.liaison, data=said)]


def contact(way: Way) -> dict[str, Any]:
    outcome, note = way.rng.choice(phrases()["contact"])
    return {"outcome": outcome, "note": fill(note, way.rng)}


def pressure(way: Way) -> list[Beat]:
    """What slows or hurries a matter in hand: urged when late, longer petitions extended or suspended."""
    chance, rng = way.rng.random(), way.rng
    if way.goal.late:
        return urged(way, (1, 2)) if chance < 0.7 else []
    if not way.petition or way.goal.state != "in_hand":
        return []
    if chance < 0.12:
        told = {"amount": rng.choice([10, 15, 20, 30]), "reason": phrase("extend", rng), "told_way": "phone"}
        return [Beat("extend", way.hands.head, (1, 6), told)]
    if chance < 0.2:
        return [
            Beat("suspend", way.hands.head, (1, 4), {"ground": "appraisal", "note": phrase("suspend", rng)})
        ]
    if chance < 0.28:
        return [Beat("visited", way.hands.owner, (2, 8), {"words": phrase("visited", rng)})]
    return urged(way) if chance < 0.4 else []


def urged(way: Way, gap: Gap = (2, 8)) -> list[Beat]:
    """Before the limit is near the desk reminds first; pressure has an order."""
    return [
        Beat("remind", way.hands.owner, gap),
        Beat("urge", way.hands.owner, (0, 1), {"words": phrase("urge", way.rng)}),
    ]


def assist(way: Way) -> list[Beat]:
    """Assisting units do their part before the lead reports; one without accounts by letter, typed at the window."""
    return [assisted(key, way) for key in way.matter.assist]


def assisted(key: str, way: Way) -> Beat:
    unit = units()[key]
    if unit["online"] == "1":
        return Beat(
            "assist_report", liaison_of(key), (0, 1), {"unit": key, "text": phrase("assisted", way.rng)}
        )
    text = f"{unit['name']}{phrase('assisted_offline', way.rng)}"
    return Beat("assist_report", way.hands.owner, (0, 1), {"unit": key, "text": text})


def report(way: Way, *, oral: bool = False) -> list[Beat]:
    """From the result to the answer in the person's hands; `oral` when a second round is to follow it."""
    first = Beat("report", way.hands.worker, (3, 22) if way.petition else (0, 2), result(way))
    beats = [first]
    if way.rng.random() < 0.1:
        beats.append(Beat("send_back", way.hands.head, data={"reason": phrase("send_back", way.rng)}))
        beats.append(replace(first, gap=(0, 1)))
    beats.append(Beat("verify", way.hands.head, (0, 1), {"note": phrase("verify", way.rng)}))
    return [*beats, told(way, oral=oral)]


def told(way: Way, *, oral: bool = False) -> Beat:
    """答复; by post it counts from the day on the receipt, which comes back days later."""
    if way.anonymous:
        return Beat("tell", way.hands.worker, (0, 1), {"way": "visit", "said": phrases()["said_anonymous"]})
    written = way.petition and not oral
    chosen = way.rng.choice(
        ["counter", "letter", "post"] if written else ["phone", "phone", "visit", "counter"]
    )
    data = {"way": chosen, "said": fill(way.rng.choice(phrases()["said"][chosen]), way.rng)}
    return Beat("tell", way.hands.worker, *_by_post(data))


def _by_post(data: dict[str, Any]) -> tuple[Gap, dict[str, Any]]:
    """How long it takes, and that the receipt was signed the day before it is typed."""
    return ((2, 2), data | {"served_on": SERVED_BEFORE}) if data["way"] == "post" else ((0, 1), data)


def served(way: Way) -> Beat:
    """The written opinion by registered mail."""
    said = fill(way.rng.choice(phrases()["said"]["post"]), way.rng)
    return Beat("tell", way.hands.worker, *_by_post({"way": "post", "said": said}))


def above(way: Way, step: str, level: int) -> list[Beat]:
    """复查 or 复核 by the level above: asked by letter, upheld, and served."""
    rng, owner = way.rng, way.hands.owner
    authority = ("区信访局", "市信访局")[level - 1]
    asked = {
        "asked_on": timedelta(0),
        "way": "letter",
        "authority": authority,
        "request": phrase("review", rng),
    }
    decided = {
        "review_outcome": "uphold",
        "decided_on": timedelta(days=2),
        "served_on": SERVED_BEFORE,
        "doc_number": f"信复字第 {rng.randint(10, 99)} 号",
    }
    return [
        Beat(f"request_{step}", owner, (2, 6), asked),
        Beat(f"decide_{step}", owner, (6, 12), decided),
    ]


def result(way: Way) -> dict[str, Any]:
    data: dict[str, Any] = {"result": way.matter.result}
    if not way.hands.online:
        data["source_reply"] = f"{units()[way.matter.unit]['name']}来函"
    if way.petition:
        data["decision"] = way.rng.choices(["support", "explain", "reject"], [70, 22, 8])[0]
        law = phrases()["basis_of"].get(way.matter.template.category, "现行政策规定")
        data["basis"] = f"{law}；《信访工作条例》第三十二条"
        if data["decision"] != "support":
            data["result"] = fill(phrases()[f"{data['decision']}_result"], way.rng)
    return data


def callback(way: Way) -> list[Beat]:
    """Up to three tries; who is anonymous owes none; a rating is the person's own."""
    caller, rng = way.hands.caller, way.rng
    if way.anonymous:
        return [Beat("call_back", caller, (1, 2), {"outcome": "not_owed"})]
    missed = rng.choices([0, 1, 2, 3], [80, 11, 5, 4])[0]
    tries = [Beat("attempt", caller, (0, 1), {"way": "phone"}) for _ in range(min(missed, 2))]
    last: dict[str, Any] = {"outcome": "no_answer" if missed == 3 else "reached", "way": "phone"}
    if missed < 3 and rng.random() < 0.03:
        last["outcome"] = "refused"
    rate = []
    if last["outcome"] == "reached":
        given = stars(way)
        last |= {"solved": "yes", "comment": comment(way, given)}
        rate = [Beat("rate", caller, data={"rating": given})]
    if rate and way.goal.state != "rated" and rng.random() < 0.8:
        last["rating"], rate = rate[0].data["rating"], []
    return [*tries, Beat("call_back", caller, (1, 2), last), *rate]


def comment(way: Way, rating: str) -> str:
    """What a content person says; who gives few stars says why."""
    if rating in "12":
        return phrase("callback_slow", way.rng)
    own = phrases()["callback_yes_of"].get(way.matter.template.category, [])
    words: str = way.rng.choice([*own, *own, *phrases()["callback_yes"]])
    return words


def unsolved(way: Way) -> Beat:
    """Through the call-back desk's form, which sends it back by rule."""
    solved = way.rng.choice(["partly", "no"])
    comment = phrase(f"callback_{solved}", way.rng)
    data = {"outcome": "reached", "way": "phone", "solved": solved, "comment": comment}
    return Beat("callback", way.hands.caller, (1, 2), data)


def still_unsolved(way: Way) -> list[Beat]:
    """Not solved the second time either: the centre decides, with a written explanation."""
    data = {
        "outcome": "reached",
        "way": "phone",
        "solved": "no",
        "rating": "2",
        "comment": phrase("callback_no", way.rng),
    }
    close, archive = end(way)
    return [
        Beat("call_back", way.hands.caller, (1, 2), data),
        replace(close, data={"note": phrase("close_unsolved", way.rng)}),
        archive,
    ]


def end(way: Way, gap: Gap = (0, 1)) -> list[Beat]:
    return [Beat("close", way.hands.owner, gap), Beat("archive", way.hands.owner, (4, 14))]


def stars(way: Way) -> str:
    return way.rng.choices("54321", [46, 36, 12, 4, 2])[0]
