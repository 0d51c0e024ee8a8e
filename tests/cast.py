"""The people and units that tests play with: a small street, made by the rooms' own verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from yimen.access.models import RoleGrant
from yimen.access.registry import Grants, grants_of
from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.calendars import actions as calendars
from yimen.cases import queries
from yimen.cases.actions.categories import load_categories
from yimen.cases.actions.instructions import load_phrases
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.actions.record import words_of
from yimen.cases.actions.transition import run
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.ledger.actions import append
from yimen.ledger.models import Entry
from yimen.organisations.models import Membership, Office, Unit

SINCE = date(2020, 1, 1)
LEAK = "楼上卫生间漏水，把我家客厅吊顶泡塌了一块。找了三次物业没结果。"


@dataclass
class Person:
    """One member of staff with an actor and today's grants at hand."""

    user: User
    unit: Unit
    _grants: Grants | None = field(default=None, repr=False)

    @property
    def actor(self) -> Actor:
        return Actor(self.user.pk, self.user.name, via="web")

    @property
    def grants(self) -> Grants:
        if self._grants is None:
            self._grants = grants_of(self.actor)
        return self._grants

    def does(self, case: Case, verb: str, at: Any = None, **data: Any) -> Case:
        """Run one transition on the matter as it stands."""
        return run(self.actor, self.grants, case.uuid, verb, data, at=at)

    def opens(self, text: str = LEAK, category: str = "neighbour", at: Any = None, **more: Any) -> Case:
        return open_case(self.actor, self.grants, Registration(text=text, category=category, **more), at=at)

    def sees(self, case: Case) -> bool:
        return queries.visible_to(self.grants).filter(pk=case.pk).exists()


@dataclass
class Cast:
    """Everybody by sign-in, units by key."""

    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def __getitem__(self, sign_in: str) -> Person:
        return self.people[sign_in]

    def joins(self, sign_in: str, name: str, unit: str, *roles: Role, liaison: bool = False) -> Person:
        """One more member of staff."""
        user = User.objects.create(sign_in=sign_in, name=name, password="!")
        Membership.objects.create(user=user, unit=self.units[unit], liaison=liaison, since=SINCE)
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, unit=self.units[unit], since=SINCE)
        self.people[sign_in] = Person(user, self.units[unit])
        return self.people[sign_in]


UNITS = (
    ("centre", "综治中心", "centre", True),
    ("chengguan", "城市管理办", "office", True),
    ("zhifa", "综合行政执法队", "office", True),
    ("jiwei", "纪工委", "office", True),
    ("gongre", "供热公司", "external", False),
)


def play() -> Cast:
    """A street with a centre, three offices and a company without accounts; calendars and categories loaded."""
    calendars.load_shipped()
    load_categories()
    load_phrases()
    Office.objects.create(name="永安路街道", centre_name="永安路街道综治中心", number_prefix="永")
    cast = Cast()
    for key, name, kind, online in UNITS:
        cast.units[key] = Unit.objects.create(key=key, name=name, kind=kind, online=online)
    cast.joins("clerk1", "周敏", "centre", Role.CLERK)
    cast.joins("clerk2", "吴桐", "centre", Role.CLERK)
    cast.joins("director", "刘主任", "centre", Role.DIRECTOR)
    cast.joins("leader1", "何书记", "centre", Role.LEADER)
    for key in ("chengguan", "zhifa", "jiwei"):
        cast.joins(f"handler.{key}", f"{key}经办", key, Role.HANDLER, liaison=True)
        cast.joins(f"head.{key}", f"{key}负责人", key, Role.HEAD)
    cast.joins("auditor", "审计员", "centre", Role.AUDITOR)
    cast.joins("admin", "管理员", "centre", Role.ADMIN)
    return cast


def submitted(
    cast: Cast, case: Case, leader: str = "leader1", unit: str = "chengguan", at: Any = None, **more: Any
) -> Case:
    """呈批: the clerk puts the matter before a leader."""
    data = {"opinion": "请到现场查明，限期解决。", "unit": unit, "leader": str(cast[leader].user.pk)}
    return cast["clerk1"].does(case, "submit", at=at, **data, **more)


def advance(
    cast: Cast, case: Case, state: str, unit: str = "chengguan", at: Any = None, way: str = "phone"
) -> Case:
    """Bring a fresh matter to `state` by the shortest lawful way."""
    clerk, handler, head = cast["clerk1"], cast[f"handler.{unit}"], cast[f"head.{unit}"]
    steps: list[tuple[Person, str, dict[str, Any]]] = [
        (clerk, "dispatch", {"unit": unit}),
        (handler, "sign", {}),
    ]
    if case.flow == "petition":
        steps.append((handler, "accept", {}))
    decision = {"decision": "support"} if case.flow == "petition" else {}
    steps += [
        (handler, "start", {}),
        (handler, "report", {"result": "已修好漏点，商定赔偿。", **decision}),
        (head, "verify", {}),
        (handler, "tell", {"way": way}),
        (cast["clerk2"], "call_back", {"outcome": "reached", "solved": "yes"}),
        (cast["clerk2"], "rate", {"rating": "5"}),
        (clerk, "close", {}),
        (clerk, "archive", {}),
    ]
    for person, verb, data in steps:
        if case.state == state:
            break
        case = person.does(case, verb, at=at, **data)
    assert case.state == state, f"{state} is not on the straight way (now {case.state})"
    return case


def asked(at: Any = None, **more: Any) -> dict[str, Any]:
    """What a request for review or re-review says."""
    day = timezone.localdate(at)
    return {"asked_on": day, "way": "letter", "authority": "区信访局", "request": "不服处理意见", **more}


def decided(outcome: str = "uphold", at: Any = None, **more: Any) -> dict[str, Any]:
    """What the level above decided, received the same day."""
    served = at or timezone.now()
    dated = {"decided_on": timezone.localdate(served), "served_on": served, "doc_number": "区信复〔2026〕3号"}
    return {"review_outcome": outcome, **dated, **more}


def above(cast: Cast, case: Case, state: str, outcome: str = "uphold", at: Any = None) -> Case:
    """Bring a petition before the level above (复查, 复核), from a written opinion served."""
    clerk = cast["clerk1"]
    case = advance(cast, case, "told", at=at, way="letter")
    for verb, data in (
        ("request_review", asked(at)),
        ("decide_review", decided(outcome, at)),
        ("request_re_review", asked(at)),
    ):
        case = clerk.does(case, verb, at=at, **data)
        if case.state == state:
            break
    assert case.state == state
    return case


def said_in(entry: Entry) -> dict[str, Any]:
    """What people typed with an entry of a matter's ledger."""
    return words_of(Case.objects.get(pk=entry.subject_id), entry)


def as_the_first_release_wrote(case: Case, kind: str) -> None:
    """Append the last entry of this kind once more as the first release did: what was typed stands in plain."""
    entry = Entry.objects.filter(subject="case", subject_id=case.pk, kind=kind).latest("id")
    payload = {**entry.payload, "words": words_of(case, entry)}
    append(Actor(entry.actor_id, entry.actor_label, entry.via), kind, "case", case.pk, payload, at=entry.at)
