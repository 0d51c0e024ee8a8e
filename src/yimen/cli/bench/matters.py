"""Invented matters as rows: each with its clocks, key, people, parts, results, history and figures.

A loaded matter holds what its state asks for, but its history is shorter than a played one: of the steps only the
registration, the dispatch, the answer and the end are kept (docs/operating/speed.md says what that leaves out).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from yimen.cases.actions.keys import place_of
from yimen.cases.actions.people import Person, seal_person
from yimen.cases.models import (
    Assignment,
    Callback,
    Case,
    CaseKey,
    Clock,
    Participant,
    PhoneIndex,
    Reminder,
    Result,
)
from yimen.cases.rules import make_title
from yimen.cases.states import STATES
from yimen.foundation import crypto
from yimen.ledger import canonical
from yimen.ledger.models import Entry, Link
from yimen.reports.models import Limit, Standing

from .rows import NULL, Table, blob, moment, number, text
from .street import Clerk, Desk, Kept, Place, Street
from .words import Said, Speech

YEARS = 6
NEAR = timedelta(days=2)  # 临期提醒 is given so long before the limit (data/pressure_settings.csv)
OPEN, LATELY = 0.04, 15
"""The newest 4 % came in within the last 15 working days; nearly all of them are open, of the others a few."""
OPEN_LATELY, OPEN_STILL = 0.95, 0.002
PLACED = 0.6  # of the matters have a point on the map
OPEN_STATES = {
    "registered": 14, "dispatched": 12, "signed": 8, "in_hand": 38, "reported": 6,
    "verified": 6, "told": 12, "called_back": 2,
}  # fmt: skip
AT_DESK = ("registered", "answered", "told", "called_back")  # the accountable person's turn
BEFORE_DISPATCH = ("registered", "answered")
HEARD = "已与来访人核对，情况属实。"


@dataclass(slots=True)
class Ids:
    """The last number given out of each kind."""

    case: int = 0
    clock: int = 0
    entry: int = 0
    seq: int = 0
    mac: bytes = b""
    numbers: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """One matter while it is invented."""

    id: int
    number: str
    said: Said
    place: str
    title: str
    spot: tuple[float, float] | None
    grid: int
    category: tuple[int, str]
    clerk: Clerk
    desk: Desk | None
    flow: str
    state: str
    times: list[datetime]  # received, dispatched, answered, closed
    screened: bool = True
    governing: int | None = None
    due: datetime | None = None

    @property
    def open(self) -> bool:
        return STATES[self.state].open

    @property
    def changed(self) -> datetime:
        """When the latest step was done."""
        if self.state in ("closed", "called_back"):
            return self.times[3]
        if self.state in ("told", "answered"):
            return self.times[2]
        return self.times[0] if self.state == "registered" else self.times[1]


class Matters:
    """Invents matters into the buffers `tables`, in the order in which they must be copied."""

    def __init__(self, street: Street, ids: Ids, seed: int, now: datetime) -> None:
        self.street, self.ids, self.now = street, ids, now
        self.chance = Random(f"{seed}:{ids.case}")  # a home that grows does not say the same again
        self.speech = Speech(self.chance)
        self.keys = crypto.keyring()
        self.tables = _tables()
        self._days = list(_workdays(now))

    def invent(self, count: int) -> Iterator[int]:
        """One matter after the other, the oldest first; gives how many there are."""
        for done in range(count):
            self._write(self._draft((done + self.chance.random()) / count))
            yield done + 1

    # --- what it is ------------------------------------------------------------------------------------------

    def _draft(self, part: float) -> Draft:
        draw, street = self.chance.random, self.street
        said = self.speech.say()
        place = street.places[int(draw() ** 1.3 * len(street.places))]
        received = self._moment(self._day(part))
        key = place.community if said.template.unit == "shequ" else said.template.unit
        desk = street.desks[key] if said.template.mode == "d" else None
        where = self.speech.place(place.estates[int(draw() * len(place.estates))])
        self.ids.case += 1
        return Draft(
            self.ids.case, self._number(received), said, where, make_title(said.text)[:120], self._spot(place), place.grid,
            street.categories[said.template.category], street.clerks[int(draw() ** 1.2 * len(street.clerks))],
            desk, said.template.flow, *self._life(received, desk, part >= 1 - OPEN),
        )  # fmt: skip

    def _spot(self, place: Place) -> tuple[float, float] | None:
        """Where on the map it is, of most: somewhere in the grid's box of degrees."""
        if place.corners is None or self.chance.random() > PLACED:
            return None
        west, south, east, north = place.corners
        return self.chance.uniform(west, east), self.chance.uniform(south, north)

    def _number(self, received: datetime) -> str:
        self.ids.numbers[received.year] = count = self.ids.numbers.get(received.year, 0) + 1
        return f"{self.street.prefix}〔{received.year}〕{count:05d}"

    def _day(self, part: float) -> float:
        """Evenly over the years, then the newest crowded into the last days."""
        before = len(self._days) - LATELY
        return part / (1 - OPEN) * before if part < 1 - OPEN else before + (part - 1 + OPEN) / OPEN * LATELY

    def _moment(self, day: float) -> datetime:
        """A whole minute of a working day: 8 to 12 and 14 to 18."""
        minute = int((day - int(day)) * 480)
        start = self._days[min(int(day), len(self._days) - 1)]
        return min(start + timedelta(minutes=minute + (120 if minute >= 240 else 0)), self.now)

    def _life(self, received: datetime, desk: Desk | None, late: bool) -> tuple[str, list[datetime], bool]:
        """The state it is in, the times of its steps, and whether it was screened."""
        draw = self.chance.random
        age, state = self.now - received, "closed"
        if draw() < (OPEN_LATELY if late else OPEN_STILL):
            state = self.chance.choices([*OPEN_STATES], [*OPEN_STATES.values()])[0] if desk else "answered"
        span = min(age * 0.95, timedelta(days=2 + draw() * 18)) if state == "closed" else age
        steps = sorted(draw() for _ in range(3))
        times = [received, *((received + span * step).replace(microsecond=0) for step in steps)]
        return state, times, state != "registered" or draw() < 0.7

    # --- its rows --------------------------------------------------------------------------------------------

    def _write(self, draft: Draft) -> None:
        clocks = list(self._clocks(draft))
        running = [(due, ref) for ref, due, governs in clocks if governs]
        if draft.open:
            draft.due, draft.governing = min(running)
        self._case(draft)
        self._people(draft)
        if draft.desk and draft.state not in BEFORE_DISPATCH:
            self._part(draft, draft.desk, clocks[-1][0])
        self._history(draft)

    def _clocks(self, draft: Draft) -> Iterator[tuple[int, datetime, bool]]:
        """办结, the state's own step while it is open, the unit's part last: id, due, whether it may govern."""
        centre = self.street.centre.unit
        unit = draft.desk.unit if draft.desk and draft.state not in BEFORE_DISPATCH else centre
        yield self._clock(draft, "conclude", "conclude", draft.times[0], unit, done=draft.times[2])
        if draft.open:
            owing = centre if draft.state in AT_DESK else unit
            if self.street.limit(draft.flow, draft.state, draft.changed):
                yield self._clock(draft, "step", draft.state, draft.changed, owing, done=None)
        if not draft.screened:
            yield self._clock(draft, "screen", "screen", draft.times[0], centre, done=None)
        if unit != centre:
            reported = draft.state in ("closed", "told", "called_back", "verified", "reported")
            done = draft.times[2] if reported else None
            yield self._clock(draft, "assignment", "assignment", draft.times[1], unit, done=done)

    def _clock(
        self, draft: Draft, kind: str, step: str, start: datetime, unit: int, *, done: datetime | None
    ) -> tuple[int, datetime, bool]:
        kept = self.street.limit(draft.flow, step, start)
        assert kept, f"no rule for {draft.flow} {step}"
        if kind == "conclude" and draft.open and draft.state not in ("told", "called_back"):
            done = None
        self.ids.clock += 1
        outcome = "" if done is None else "late" if done > kept.due else "met"
        self.tables["clock"].add(
            str(self.ids.clock), str(draft.id), kind, step, kept.rule, moment(start), moment(kept.target),
            moment(kept.due), "t" if kept.provisional else "f", kept.explain, kept.explain_en,
            "t" if done is None else NULL, moment(done), outcome, str(unit),
        )  # fmt: skip
        self._limit(draft, kept, kind, step, start, unit, at=start, done=None, outcome="")
        if done is not None:
            self._limit(draft, kept, kind, step, start, unit, at=done, done=done, outcome=outcome)
        governs = done is None and kind not in ("screen", "assignment")
        return self.ids.clock, kept.due, governs

    def _limit(
        self, draft: Draft, kept: Kept, kind: str, step: str, start: datetime, unit: int, *,
        at: datetime, done: datetime | None, outcome: str,
    ) -> None:  # fmt: skip
        self.tables["limit"].add(
            str(draft.id), str(self.ids.clock), moment(at), moment(at), kind, step, draft.flow, moment(start),
            moment(kept.due), moment(done), outcome, str(unit),
        )  # fmt: skip

    def _reminded(self, draft: Draft, holder: int, liaison: int | None) -> tuple[str, str, str]:
        """临期提醒 of what is due soon or was: its row, and what the matter carries of it."""
        if not draft.open or draft.due is None or draft.due > self.now + NEAR:
            return NULL, NULL, NULL
        limit = number(draft.governing), moment(draft.due)
        self.tables["reminder"].add(
            str(draft.id), *limit, str(holder), number(liaison), moment(draft.changed)
        )
        return *limit, number(liaison)

    def _case(self, draft: Draft) -> None:
        desk, out, told = (
            draft.desk,
            draft.state not in BEFORE_DISPATCH,
            draft.state in ("closed", "told", "called_back"),
        )
        handled = desk if out else None
        holder, holder_unit = self._holder(draft, handled)
        rated = draft.state == "closed" and draft.id % 5 == 0
        search = "\n".join(
            filter(None, (draft.number, draft.title, draft.said.text, draft.place, draft.category[1],
                          handled.name if handled else ""))
        )  # fmt: skip
        worker = handled.liaison if handled and handled.online else None
        self.tables["case"].add(
            str(draft.id), f"{self.chance.getrandbits(128):032x}", draft.number, draft.flow,
            "t" if draft.screened else "f", draft.state, "2" if draft.open else "7", text(draft.title),
            text(draft.said.text), text(draft.said.wish), text(draft.place), self._channel(), "normal", draft.clerk.window,
            moment(draft.times[0]), moment(draft.times[0]), moment(draft.times[2] if told else None),
            "phone" if told else "", moment(draft.times[0]), moment(draft.changed), moment(draft.times[0]), moment(draft.times[3] if not draft.open else None),
            STATES[draft.state].next_step or NULL, moment(draft.due), "reached" if rated else "",
            "yes" if rated else "", str(3 + draft.id % 3) if rated else NULL, text(search), str(draft.grid),
            str(draft.category[0]), str(draft.clerk.user), str(self.street.centre.unit), str(holder),
            str(holder_unit), number(handled.unit if handled else None), number(worker),
            number(worker if told else None), number(worker if told else None), number(draft.governing),
            *(map(str, draft.spot) if draft.spot else (NULL, NULL)), *self._reminded(draft, holder, worker),
        )  # fmt: skip
        for was, state, at in self._moves(draft):
            unit = handled.unit if handled and state != "registered" else None
            self.tables["standing"].add(
                str(draft.id), moment(at), moment(at), was, state, draft.flow, "t" if draft.screened else "f",
                str(draft.category[0]), number(unit), number(unit if was not in ("", "registered") else None),
                moment(draft.times[0]),
            )  # fmt: skip

    def _holder(self, draft: Draft, desk: Desk | None) -> tuple[int, int]:
        if desk is None or not desk.online or not draft.open or draft.state in AT_DESK:
            return draft.clerk.user, self.street.centre.unit
        who = desk.head if draft.state == "reported" else desk.liaison
        assert who
        return who, desk.unit

    def _channel(self) -> str:
        drawn = self.chance.random()
        return (
            "visit" if drawn < 0.64 else "phone" if drawn < 0.88 else "letter" if drawn < 0.93 else "online"
        )

    def _moves(self, draft: Draft) -> list[tuple[str, str, datetime]]:
        """From, to, when: the steps that figures are counted from."""
        if draft.desk is None or draft.state in BEFORE_DISPATCH:
            path = ["registered", "answered", "closed"] if draft.state != "registered" else ["registered"]
        else:
            path = ["registered", "dispatched", "told", "closed"]
        if draft.state not in path:
            path = [*path[: 3 if draft.state == "called_back" else 2], draft.state]
        path = path[: path.index(draft.state) + 1]
        at = {"registered": draft.times[0], "dispatched": draft.times[1], "closed": draft.times[3]}
        at |= {"told": draft.times[2], "answered": draft.times[2]}
        return [
            (was, state, at.get(state, draft.changed)) for was, state in zip(["", *path], path, strict=False)
        ]

    def _people(self, draft: Draft) -> None:
        """The key of every matter; in four of five a person, sealed under it, findable by phone while it is open."""
        key = os.urandom(32)
        self.tables["key"].add(str(draft.id), blob(self.keys.wrap(key, place_of(draft.id))))
        if draft.id % 5 == 1:
            return
        phone = f"0931-000 {draft.id % 10_000:04d}"
        person = Person(f"{self.chance.choice('赵钱孙李周吴郑王')}师傅", phone)
        sealed = seal_person(draft.id, 0, key, person)
        self.tables["person"].add(str(draft.id), "0", "visitor", blob(sealed), moment(draft.times[0]))
        if draft.open:
            self.tables["phone"].add(str(draft.id), blob(self.keys.blind_index(phone)))

    def _part(self, draft: Draft, desk: Desk, clock: int) -> None:
        """The lead unit's part, its result and the call-back."""
        over = draft.state == "closed"
        reported = over or draft.state in ("reported", "verified", "told", "called_back")
        state = (
            "ended"
            if over
            else "reported"
            if reported
            else "sent"
            if draft.state == "dispatched"
            else "signed"
        )
        sent, answered = draft.times[1], draft.times[2]
        self.tables["assignment"].add(
            str(draft.id), str(desk.unit), "lead", state, "f" if desk.online else "t", moment(sent),
            moment(None if state == "sent" else sent), moment(answered if reported else None),
            moment(draft.times[3] if over else None), str(draft.clerk.user), str(clock),
        )  # fmt: skip
        if reported:
            by = desk.liaison or draft.clerk.user
            self.tables["result"].add(
                str(draft.id), str(desk.unit), text(draft.said.result), "support", str(by), moment(answered)
            )
        if over and draft.id % 5 == 0:
            self.tables["callback"].add(
                str(draft.id), "1", moment(draft.times[3]), "reached", "yes", str(3 + draft.id % 3),
                str(self.street.director),
            )  # fmt: skip

    # --- its history -----------------------------------------------------------------------------------------

    def _history(self, draft: Draft) -> None:
        """What the ledger holds, with the application's word for each entry and its link of the chain."""
        clerk, opened = draft.clerk, draft.times[0]
        words = {"title": draft.title, "place": draft.place}
        self._entry(draft, "case.opened", opened, clerk.user, clerk.name, {
            "set": {"state": "registered"}, "number": draft.number, "channel": "visit",
            "category": draft.said.template.category, "received_at": opened, "told_at": None, "party_size": 1,
            "anonymous": draft.id % 5 == 1, "words": words,
        })  # fmt: skip
        for was, state, at in self._moves(draft)[1:]:
            if state == "dispatched" and draft.desk:
                given: dict[str, Any] = {"verb": "dispatch", "unit": draft.desk.name}
            elif state == "closed":
                given = {"verb": "close", "words": {"note": HEARD}}
            else:
                continue
            given |= {"from": was, "to": state, "set": {"state": state}}
            self._entry(draft, f"case.{given['verb']}", at, clerk.user, clerk.name, given)

    def _entry(self, draft: Draft, kind: str, at: datetime, by: int, name: str, said: dict[str, Any]) -> None:
        payload = canonical.dumps(canonical.encode(said))
        self.ids.entry += 1
        recorded = canonical.epoch(at)
        row = canonical.Row(
            self.ids.entry, kind, "case", draft.id, by, name, "bench", recorded, recorded, payload, None, b""
        )
        words = canonical.said(row)
        origin = canonical.origin(self.keys, words, os.urandom(canonical.NONCE_SIZE))
        self.tables["entry"].add(
            str(self.ids.entry), kind, "case", str(draft.id), str(by), name, "bench", moment(at), moment(at),
            text(payload), blob(origin),
        )  # fmt: skip
        self.ids.seq += 1
        link = canonical.link_bytes(self.ids.seq, row._replace(origin=origin), words)
        self.ids.mac = self.keys.chain_mac(self.ids.mac, link)
        self.tables["link"].add(str(self.ids.seq), str(self.ids.entry), blob(self.ids.mac))


def _workdays(now: datetime) -> Iterator[datetime]:
    """The opening hour of each weekday of the years before, today included."""
    day = datetime.combine(now.date() - timedelta(days=round(YEARS * 365.25)), time(8), now.tzinfo)
    while day < now:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def _tables() -> dict[str, Table]:
    """Every table that is filled, in the order of copying, each with the columns that vary."""
    return {
        "clock": Table(
            Clock,
            "id case_id kind step rule start_at target_at due_at provisional explain explain_en running"
            " stopped_at outcome charged_unit_id",
        ),
        "case": Table(
            Case,
            "id uuid number flow screened state version title text wish place channel urgency window"
            " received_at told_at served_at served_way round_at changed_at recorded_at closed_at next_step due_at last_outcome"
            " last_solved rating search_text grid_id category_id accountable_person_id accountable_unit_id"
            " holder_id holder_unit_id lead_unit_id handler_id answered_by_id told_by_id clock_id lng lat"
            " reminded_clock reminded_due reminded_liaison",
        ),
        "standing": Table(
            Standing,
            "case_id at known_at was state flow screened category_id unit_id was_unit_id told_at",
            tries="0", returns="0", redos="0", history="f",
        ),
        "limit": Table(
            Limit,
            "case_id clock_id at known_at kind step flow start_at due_at stopped_at outcome unit_id",
            extend="0",
        ),
        "key": Table(CaseKey, "case_id wrapped"),
        "person": Table(Participant, "case_id slot role sealed created_at"),
        "phone": Table(PhoneIndex, "case_id digest"),
        "assignment": Table(
            Assignment,
            "case_id unit_id role state offline sent_at signed_at reported_at ended_at sent_by_id clock_id",
        ),
        "reminder": Table(Reminder, "case_id clock_id due_at to_user_id liaison_id at"),
        "result": Table(Result, "case_id unit_id text decision by_id at"),
        "callback": Table(Callback, "case_id attempt at outcome solved rating by_id"),
        "entry": Table(
            Entry, "id kind subject subject_id actor_id actor_label via at recorded_at payload origin"
        ),
        "link": Table(Link, "seq entry_id mac"),
    }  # fmt: skip
