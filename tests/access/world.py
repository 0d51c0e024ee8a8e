"""Twenty ways to be a member of staff and nineteen ways to stand to a matter: the axes of the access matrix.

Built once by the rooms' own verbs. Where a relation cannot come about by a verb for everybody (to be the accountable
person, to be granted a sealed matter), rows are written as the database itself would allow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

import places
from cast import SINCE, Cast, Person, advance, play, submitted
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.models import (
    Assignment,
    AssistResult,
    Case,
    Merge,
    PersonAnswer,
    SealedExclusion,
    SealedGrant,
)
from yimen.grids.models import GridPost
from yimen.organisations.models import Membership

# The name of a column in expectations/*.csv → how this person is hired: unit and roles.
HIRED: dict[str, tuple[str, tuple[Role, ...]]] = {
    "clerk": ("centre", (Role.CLERK,)),
    "director": ("centre", (Role.DIRECTOR,)),
    "leader": ("centre", (Role.LEADER,)),
    "handler": ("chengguan", (Role.HANDLER,)),
    "head": ("chengguan", (Role.HEAD,)),
    "officer": ("chengguan", (Role.OFFICER,)),
    "community": ("chengguan", (Role.COMMUNITY,)),
    "district": ("chengguan", (Role.DISTRICT,)),
    "mediator": ("chengguan", (Role.MEDIATOR,)),
    "gridlead": ("chengguan", (Role.GRIDLEAD,)),
    "worker": ("chengguan", (Role.WORKER,)),
    "lawyer": ("centre", (Role.LAWYER,)),
    "counsellor": ("centre", (Role.COUNSELLOR,)),
    "auditor": ("centre", (Role.AUDITOR,)),
    "security": ("centre", (Role.SECURITY,)),
    "admin": ("centre", (Role.ADMIN,)),
    "none": ("chengguan", ()),  # signed in, no role
    "ended": ("centre", ()),  # a clerk whose role ended yesterday
    "stand_in": ("centre", ()),  # acts for the leader today (代理)
    "mixed": ("chengguan", (Role.HANDLER, Role.ADMIN)),  # a handler's work and an administrator's keys
}
# Who stands to every matter exactly as another one does (sees.csv): asked by fewer addresses.
AS_OTHERS = {"officer", "community", "district", "mediator", "gridlead", "lawyer", "counsellor"}
PREBUILT: World | None = None
TEXT = "楼道里的灯坏了两个月，老人摔过一次。"


@dataclass
class World:
    cast: Cast
    people: dict[str, Person] = field(default_factory=dict)
    matters: dict[str, Case] = field(default_factory=dict)

    @cached_property
    def places(self) -> places.Places:
        """The grids of the street and who is posted there."""
        return places.settle(self.cast)

    def stands(self, who: str, relation: str) -> Case:
        """The matter of a relation, fresh from the database, with this person put into the relation."""
        case, person = self.matters[relation], self.people[who]
        if relation in PUT:
            PUT[relation](case, person)
        return Case.objects.select_related("lead_unit").get(pk=case.pk)


def build() -> World:
    cast = play()
    load_handbook()
    made = World(cast)
    _ = made.places  # before anybody is hired
    for name, (unit, roles) in HIRED.items():
        made.people[name] = cast.joins(f"m.{name}", f"甲{name}", unit, *roles)
    _periods(made)
    for relation, way in MATTERS.items():
        made.matters[relation] = way(made)
    return made


def _periods(made: World) -> None:
    today, centre = timezone.localdate(), made.cast.units["centre"]
    ended, acting, leader = (made.people[name].user for name in ("ended", "stand_in", "leader"))
    RoleGrant.objects.create(
        user=ended, role=Role.CLERK, unit=centre, since=SINCE, until=today - timedelta(days=1)
    )
    RoleGrant.objects.create(
        user=acting, role=Role.LEADER, unit=centre, since=SINCE, until=today + timedelta(days=9), stands_for=leader
    )  # fmt: skip


def _opens(made: World, **more: object) -> Case:
    return made.cast["clerk1"].opens(TEXT, **more)  # type: ignore[arg-type]


def _led(state: str, unit: str = "chengguan") -> Callable[[World], Case]:
    return lambda made: advance(made.cast, _opens(made), state, unit=unit)


def _service(made: World) -> Case:
    """服务诉求 in its unit's hands: another table of steps."""
    case = advance(made.cast, _opens(made), "signed")
    Case.objects.filter(pk=case.pk).update(flow="service")
    return case


def _assist(made: World) -> Case:
    return made.cast["clerk1"].does(_opens(made), "dispatch", unit="zhifa", assisting=["chengguan"])


def _given_back(made: World) -> Case:
    handler = made.cast["handler.chengguan"]
    case = handler.does(advance(made.cast, _opens(made), "dispatched"), "request_return", reason="不归我办")
    return made.cast["clerk1"].does(case, "agree_return")


def _asked_back(made: World) -> Case:
    case = advance(made.cast, _opens(made), "dispatched")
    return made.cast["handler.chengguan"].does(case, "request_return", reason="不归我办")


def _awaiting(made: World) -> Case:
    leader = made.people["leader"]
    made.cast.people["the leader"] = leader
    return submitted(made.cast, _opens(made), leader="the leader")


def _merged(made: World) -> Case:
    main = advance(made.cast, _opens(made), "in_hand")
    return made.cast["clerk1"].does(_opens(made), "merge", main=main.number)


def _outside(made: World) -> Case:
    return made.cast["clerk1"].does(_opens(made), "dispatch", unit="gongre")


def _sealed(*, granted: bool = True, people: bool = False, units: bool = False, leader: bool = False) -> Callable[[World], Case]:  # fmt: skip
    def make(made: World) -> Case:
        clerk, now = made.cast["clerk1"], timezone.now()
        case = hand_over_accusation(clerk.actor, clerk.grants, to=made.cast.units["jiwei"])
        everybody = [person.user for person in made.people.values()]
        named = everybody if people else [made.people["leader"].user] if leader else []
        houses = [made.cast.units["centre"], made.cast.units["chengguan"]] if units else []
        SealedGrant.objects.bulk_create(
            SealedGrant(case=case, user=user, granted_by=clerk.user, reason="移交", at=now)
            for user in everybody
            if granted
        )
        SealedExclusion.objects.bulk_create(
            [SealedExclusion(case=case, user=user) for user in named]
            + [SealedExclusion(case=case, unit=unit) for unit in houses]
        )
        return case

    return make


MATTERS: dict[str, Callable[[World], Case]] = {
    "fresh": lambda made: _opens(made, phone="13800002071", name="王建国"),
    "accountable": lambda made: _opens(made),
    "holder": lambda made: _opens(made),
    "lead": _led("in_hand"),
    "lead_confidential": lambda made: advance(made.cast, _opens(made, confidential=True), "in_hand"),
    "petition": _led("signed"),
    "service": _service,
    "assist": _assist,
    "given_back": _given_back,
    "asked_back": _asked_back,
    "other": _led("in_hand", "zhifa"),
    "offline": _outside,
    "awaiting": _awaiting,
    "reported": _led("reported"),
    "told": _led("told"),
    "closed": _led("closed"),
    "merged": _merged,
    "hidden": lambda made: _over(made, hidden=True),
    "destroyed": lambda made: _over(made, hidden=True, erased=True),
    "answered_self": lambda made: made.cast["clerk2"].does(_opens(made), "answer", reply="已经修好。"),
    "told_self": _led("told"),
    "told_as_member": _led("told"),
    "told_of_many": _led("told"),
    "told_for_helpers": lambda made: _helped(made),
    "told_after_main": lambda made: _followed(made),
    "place": lambda made: made.places.reports(grid_code=made.places.second.code),
    "place_posted": lambda made: made.places.reports(),
    "place_held": lambda made: made.places.reports(grid_code=made.places.second.code),
    "place_checking": lambda made: places.advance(
        made.places, _at_the_street(made), "checking", unit="zhifa"
    ),
    "sealed": _sealed(granted=False),
    "sealed_granted": _sealed(),
    "sealed_named": _sealed(people=True),
    "sealed_unit_named": _sealed(units=True),
    "sealed_leader_named": _sealed(leader=True),
}


def _at_the_street(made: World) -> Case:
    return made.places.reports(kind=places.HATCH)


def _over(made: World, *, hidden: bool, erased: bool = False) -> Case:
    """Its period is over: hidden for thirty days, then destroyed."""
    case, now = advance(made.cast, _opens(made), "closed"), timezone.now()
    Case.objects.filter(pk=case.pk).update(
        hidden_at=now if hidden else None, erased_at=now if erased else None
    )
    return case


def _helped(made: World) -> Case:
    """Told, with an assisting unit's answer on it."""
    clerk = made.cast["clerk1"]
    case = clerk.does(_opens(made), "dispatch", unit="chengguan", assisting=["zhifa"])
    part = Assignment.objects.get(case=case, role="assist")
    helper, handler = made.cast["handler.zhifa"], made.cast["handler.chengguan"]
    AssistResult.objects.create(assignment=part, text="围挡已拆。", by=helper.user, at=timezone.now())
    for verb in ("sign", "accept", "start"):
        case = handler.does(case, verb)
    case = handler.does(case, "report", result="已修好。", decision="support", without="协办已答复")
    case = made.cast["head.chengguan"].does(case, "verify")
    return handler.does(case, "tell", way="phone")


def _followed(made: World) -> Case:
    """Told with its main matter's result, which another unit worked out."""
    main = advance(made.cast, _opens(made), "told", unit="zhifa")
    case = advance(made.cast, _opens(made), "told")
    Merge.objects.create(case=case, main=main, by=made.cast["clerk1"].user, at=timezone.now())
    return case


def _answered_it(case: Case, person: Person) -> None:
    Case.objects.filter(pk=case.pk).update(answered_by=person.user)


def _told_it(case: Case, person: Person) -> None:
    Case.objects.filter(pk=case.pk).update(told_by=person.user)


def _joins_the_unit(case: Case, person: Person) -> None:
    """A member of the handling unit, with no role in it."""
    Membership.objects.get_or_create(
        user=person.user, unit=case.lead_unit, defaults={"since": SINCE, "liaison": False}
    )


def _joins_the_mains_unit(case: Case, person: Person) -> None:
    main = Merge.objects.get(case=case).main
    Membership.objects.get_or_create(
        user=person.user, unit=main.lead_unit, defaults={"since": SINCE, "liaison": False}
    )


def _told_one_of_many(case: Case, person: Person) -> None:
    PersonAnswer.objects.update_or_create(case=case, turn=1, slot=0, defaults={"told_by": person.user})


def _typed_the_helpers_answer(case: Case, person: Person) -> None:
    AssistResult.objects.filter(assignment__case=case).update(by=person.user)


def _make_accountable(case: Case, person: Person) -> None:
    Case.objects.filter(pk=case.pk).update(accountable_person=person.user, accountable_unit=person.unit)


def _make_holder(case: Case, person: Person) -> None:
    Case.objects.filter(pk=case.pk).update(holder=person.user, holder_unit=person.unit)


def _posts(case: Case, person: Person) -> None:
    """定人定网: answers for the grid of the matter from now on."""
    assert case.grid is not None
    GridPost.objects.get_or_create(user=person.user, grid=case.grid, role="worker", since=SINCE)


PUT: dict[str, Callable[[Case, Person], None]] = {
    "accountable": _make_accountable,
    "holder": _make_holder,
    "place_posted": _posts,
    "place_held": _make_holder,
    "place_checking": _posts,
    "answered_self": _answered_it,
    "told_self": _told_it,
    "told_as_member": _joins_the_unit,
    "told_of_many": _told_one_of_many,
    "told_for_helpers": _typed_the_helpers_answer,
    "told_after_main": _joins_the_mains_unit,
}


def leaves(person: Person) -> None:
    """Every role of this person ended yesterday, and the membership today."""
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleGrant.objects.filter(user=person.user).update(until=yesterday)
    Membership.objects.filter(user=person.user).update(until=timezone.localdate())
