"""A street with everything in it `n` times: what the counting of queries opens its pages on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.grids import duty_ground, ground

from cast import Cast, above, advance, submitted
from yimen.access import actions as access
from yimen.access.models import RoleGrant
from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.accounts.models import LinkRequest
from yimen.cases.actions import (
    assisting,
    callback_rules,
    desk,
    district,
    events,
    extensions,
    filters,
    instructions,
    joint,
    leaders,
    letters,
    limits,
    majors,
    materials,
    notes,
    numbers,
    outside,
    pressure,
    reminders,
    routing,
    supervision,
)  # fmt: skip
from yimen.cases.actions.accusations import hand_over_accusation
from yimen.cases.actions.attach import attach
from yimen.cases.actions.handbook import load_handbook
from yimen.cases.actions.people import Person
from yimen.cases.actions.transition import run
from yimen.cases.models import Case, Category, Letter, RoutingRule
from yimen.foundation.actor import Actor
from yimen.foundation.ids import uuid7
from yimen.grids import duty
from yimen.grids.actions import calls as duty_calls
from yimen.grids.actions import premises, swaps, take_leave
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid
from yimen.intake.actions import enquiry, queue
from yimen.intake.actions.places import raise_need
from yimen.intake.field import enrolment
from yimen.intake.models import DailyLine, DailyLog, FieldDevice, FieldSeat, QueuedMatter
from yimen.ledger import sequencer
from yimen.organisations.models import Unit

from .staff_ground import Enter, in_use

DAY = timedelta(days=1)
WORDS = {
    "title": "关于漏水问题的处理意见书", "request": "请求修好", "facts": "三次未修。", "decision": "support",
    "opinion": "已经修好。", "basis": "《物业管理条例》第三十五条", "remedy": "三十日内请求复查。",
}  # fmt: skip


@dataclass
class Street:
    """Everybody, and the matters by what they are an example of."""

    cast: Cast
    enter: Enter
    png: bytes
    cases: dict[str, list[Case]] = field(default_factory=dict)
    offered: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _clients: dict[str, Client] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser of this person, warm; of nobody where `who` is empty."""
        if who not in self._clients:
            self._clients[who] = self.enter(who) if who else Client()
            self._clients[who].get("/staff/")
        return self._clients[who]

    def act(self, who: str, verb: Any, case: Case, *more: Any, **data: Any) -> Any:
        person = self.cast[who]
        return verb(person.actor, person.grants, case.uuid, *more, **data)

    def petition(self, name: str, state: str = "in_hand", at: Any = None, **more: Any) -> Case:
        case = self.cast["clerk1"].opens(
            at=at, phone="13800002071", name="王建国", place="永安小区6号楼", **more
        )
        case = self.act("director", limits.screen, case, flow="petition", at=at)
        return self.keep(name, advance(self.cast, case, state, at=at))

    def service(self, name: str, state: str = "", at: Any = None, **more: Any) -> Case:
        case = self.cast["clerk1"].opens(
            "路灯不亮，晚上看不清路。", "appearance", at=at, place="永安小区", **more
        )
        case = self.act("director", limits.screen, case, flow="service", at=at)
        return self.keep(name, advance(self.cast, case, state, at=at) if state else case)

    def keep(self, name: str, case: Case) -> Case:
        self.cases.setdefault(name, []).append(case)
        return case


def furnish(cast: Cast, enter: Enter, png: bytes, n: int) -> Street:
    """Fill the street; every kind of thing `n` times."""
    street = Street(cast, enter, png)
    load_handbook()
    callback_rules.load_shipped()
    cast.joins("security", "安全员", "centre", Role.SECURITY)
    in_use(cast)
    for number in range(n):
        for fill in (
            _states,
            _pressed,
            _written,
            _together,
            _before_leaders,
            _desk,
            _own,
            _administered,
            _gridded,
            _on_duty,
            _places,
            _of_places,
            _phones,
        ):
            fill(street, number)
    sequencer.catch_up()
    return street


def _step(actor: Actor, grants: Grants, ref: UUID, verb: str, **data: Any) -> Case:
    return run(actor, grants, ref, verb, data)


def _states(street: Street, _number: int) -> None:
    """One matter in every state of the straight way, an untouched one, one above, one closed long ago."""
    for state in (
        "registered",
        "dispatched",
        "signed",
        "verified",
        "told",
        "called_back",
        "rated",
        "archived",
    ):
        street.petition(state, state)
    for state in ("", "dispatched", "reported", "told"):
        street.service(f"service {state}", state)
    street.keep("new", street.cast["clerk1"].opens(phone="13800002072", name="李四"))
    back = street.service("returning", "dispatched")
    street.act("handler.chengguan", _step, back, "request_return", reason="不属职责")
    gone = street.service("returned", "dispatched")
    street.act("handler.chengguan", _step, gone, "request_return", reason="不属职责")
    street.act("clerk1", _step, gone, "agree_return")
    for name in ("reviewing", "re_reviewing"):
        case = street.act("director", limits.screen, street.cast["clerk1"].opens(), flow="petition")
        street.keep(name, above(street.cast, case, name))


def _pressed(street: Street, number: int) -> None:
    """Reminded, urged to the top, under a supervision order, with an extension asked, in a leader's charge."""
    at = timezone.now() - 4 * DAY
    case = street.petition("pressed", at=at)
    street.act("clerk1", reminders.remind, case, at=at)
    for each in range(3):
        street.act("clerk1", pressure.urge, case, words="请尽快", at=at + each * DAY)
    draft = supervision.Draft(words="限期办结", due_on=timezone.localdate() + 9 * DAY)
    street.act("director", supervision.supervise, case, draft)
    street.act("handler.chengguan", supervision.feed_back, case, words="正在修", plan_finish=timezone.localdate() + DAY)  # fmt: skip
    street.act("handler.chengguan", extensions.ask_extension, case, amount=5, reason="等鉴定")
    street.act("leader1", leaders.take_charge, case, leader=street.cast["leader1"].user.pk)
    street.petition("late", at=timezone.now() - 90 * DAY)
    group = street.service("group", "signed", party_size=30)
    if number:
        street.act("clerk1", majors.report_up, group, name="何书记")
    day = timezone.localdate() + (number + 1) * DAY
    director = street.cast["director"]
    leaders.plan_reception(
        director.actor, director.grants, day=day, starts=time(9), ends=time(11),
        leader=street.cast["leader1"].user.pk, place="一楼接访室", published=True,
    )  # fmt: skip


def _written(street: Street, _number: int) -> None:
    """Letters drafted, before the head, signed; materials, files, calls, numbers elsewhere, further visits."""
    for state in ("drafting", "submitted", "signed"):
        case = street.petition(f"letter {state}", "verified")
        letter: Letter = street.act("handler.chengguan", letters.begin, case, "opinion", {**WORDS, "received_on": timezone.localdate()}, addressee=0)  # fmt: skip
        steps = {"drafting": (), "submitted": ("submit",), "signed": ("submit", "review", "sign")}[state]
        for verb in steps:
            who = "handler.chengguan" if verb == "submit" else "head.chengguan"
            letter.refresh_from_db()
            street.act(who, letters.move, case, letter.uuid, verb, version=letter.version)
    case = street.petition("busy")
    other = street.petition("other")
    street.act("clerk1", materials.take, case, lines="租房合同 复印件 3页")
    street.act("clerk1", attach, case, street.png, "现场.png")
    street.act("clerk1", desk.contact, case, outcome="reached")
    street.act("clerk1", desk.visited_again, case, words="又来问进度")
    street.act("clerk1", desk.link, case, other.uuid)
    street.act("clerk1", outside.add_outside, case, system="petition", number="370000-1")


def _together(street: Street, _number: int) -> None:
    """A matter with two helping units, one merged into another, one of many people."""
    case = street.service("helped")
    case = street.cast["clerk1"].does(case, "dispatch", unit="chengguan", assisting=["zhifa", "gongre"])
    street.act("handler.zhifa", assisting.assist_sign, case, unit_id=street.cast.units["zhifa"].pk)
    answered = street.service("helped and answered")
    street.cast["clerk1"].does(answered, "dispatch", unit="chengguan", assisting=["zhifa"], require="取证")
    helper = street.cast.units["zhifa"].pk
    street.act("handler.zhifa", assisting.assist_sign, answered, unit_id=helper)
    street.act("handler.zhifa", assisting.assist_report, answered, unit_id=helper, text="已经取证")
    main, member = street.service("main", "signed"), street.service("merged", "dispatched")
    street.act("clerk1", joint.merge, member, main=main.number)
    many = (Person("李一", "13800002071"), Person("赵二", "13800002072"))
    street.service("many", "told", party_size=3, representatives=many)


def _before_leaders(street: Street, _number: int) -> None:
    cast = street.cast
    street.keep("awaiting", submitted(cast, cast["clerk1"].opens("包工头欠十一人工资。", "wages")))
    case = street.petition("recorded")
    said = {"leader": str(cast["leader1"].user.pk), "instruction": "抓紧办理", "recorded": "voice"}
    street.act("clerk1", instructions.enter_instruction, case, said)
    street.act("leader1", instructions.write_instruction, street.petition("instructed"), words="限期解决")


def _desk(street: Street, number: int) -> None:
    """Enquiries, a row in the import queue, blank forms, a sealed matter, a link of matters for its writer."""
    clerk = street.cast["clerk1"]
    category = Category.objects.order_by("pk")[number]
    enquiry.tally(clerk.actor, clerk.grants, category=category.key)
    row = QueuedMatter(
        source=f"board{number}", record_id=str(number), title="菜场太吵", text="菜场早上太吵", category=category,
        channel="online", recorded_at=timezone.now(),
    )  # fmt: skip
    queue.enqueue(Actor(None, "operator", "cli"), row, name="王五")
    numbers.reserve(clerk.actor, clerk.grants, uuid7(), 1)
    sealed = hand_over_accusation(
        clerk.actor, clerk.grants, to=street.cast.units["jiwei"], named_units=[street.cast.units["zhifa"]]
    )
    street.keep("sealed", sealed)


def _own(street: Street, number: int) -> None:
    """What people keep for themselves: notes that remind, saved filters."""
    for who in ("clerk1", "director", "handler.chengguan", "head.chengguan", "leader1"):
        person, case = street.cast[who], street.cases["pressed"][-1]
        notes.write_note(person.actor, person.grants, case.uuid, text="周四再打电话", pinned=True)
        filters.save_filter(person.actor, name=f"筛选{number}", list_name="mine", query="state=told")


def _administered(street: Street, number: int) -> None:
    """Who stands in for a leader, colleagues who wait for a link."""
    cast, today = street.cast, timezone.localdate()
    if not number:
        away = RoleGrant.objects.get(user=cast["leader1"].user)
        access.stand_in(
            cast["security"].actor, away, cast["director"].user, today, today + 9 * DAY, reason="出差"
        )
        cast["director"]._grants = None
    new = cast.joins(f"new{number}", f"新同事{number}", "zhifa", Role.HANDLER)
    link = {"reason": "忘了密码，本人已到场"}
    street.enter("security").post(reverse("account_make_link", args=[new.user.pk]), link)
    assert LinkRequest.objects.count() == number + 1


def _gridded(street: Street, number: int) -> None:
    """A grid with a worker, a lead and a leave; the street and the community above come first."""
    if not number:
        top = ground.made(Level.STREET, 0, polygon=ground.rectangle(102.4, 40.1, 0.03))
        ground.made(Level.COMMUNITY, 1, 0, top, polygon=ground.rectangle(102.4, 40.1, 0.03))
    community = Grid.objects.get(level=Level.COMMUNITY)
    outline = ground.rectangle(round(102.4 + 0.01 * number, 6), 40.1)
    grid = ground.made(Level.GRID, 1, number + 1, community, number=number + 1, polygon=outline)
    worker = ground.person(f"gridworker{number}")
    ground.posts(worker, grid)
    ground.posts(ground.person(f"gridlead{number}"), grid, PostRole.LEAD)
    take_leave(ground.ACTOR, worker, timezone.localdate(), timezone.localdate(), street.cast["clerk1"].user)


def _of_places(street: Street, number: int) -> None:
    """Matters of a place in every state up to closed, one climbing, one before a leader, one with the district; a rule."""
    cast, grid = street.cast, Grid.objects.filter(level=Level.GRID).latest("pk")
    if not number:
        cast.units |= {"shequ01": grid.unit}
        cast.units["quzhi"] = Unit.objects.create(key="quzhi", name="区综治中心", kind="district")
        cast.joins("shequ1", "社区书记", "shequ01", Role.COMMUNITY, liaison=True)
        cast.joins("district1", "区联络员", "quzhi", Role.DISTRICT, liaison=True)
        who = cast["director"]
        row = RoutingRule(subject="event:01", unit=cast.units["zhifa"], valid_from=timezone.localdate())
        routing.add_rule(who.actor, who.grants, row)
    clerk, west = cast["clerk1"], 102.4 + 0.01 * number
    for turn, state in enumerate(("raised", "filed", "sent", "handling", "checking", "closed")):
        told = {
            "text": f"井盖松动 {number}",
            "event_class": "facility:0101",
            "channel": "above",
            "grid_code": grid.code,
        }
        point = {"lng": west + 0.001 * turn, "lat": 40.105}
        case = events.report(clerk.actor, clerk.grants, events.EventReport(**told, **point))
        street.keep(f"place {state}", _of_place(cast, case, state))
    busy, gone = street.cases["place handling"][-1], street.cases["place checking"][-1]
    for case in (busy, gone):
        district.prepare(clerk.actor, clerk.grants, case.uuid)
    leader = cast["leader1"]
    district.sign(leader.actor, leader.grants, gone.uuid)
    own = {"text": "单元门口垃圾满了", "event_class": "event:0102", "channel": "grid", "grid_code": grid.code}
    case = events.report(clerk.actor, clerk.grants, events.EventReport(**own))
    street.keep("place climbing", clerk.does(case, "send_up", reason="要动用吊车"))


def _of_place(cast: Cast, case: Case, state: str) -> Case:
    handler = cast["handler.chengguan"]
    way = (
        (cast["clerk1"], "admit", {}), (cast["clerk1"], "file", {}), (cast["clerk1"], "send", {"unit": "chengguan", "reason": "养护单位"}),
        (handler, "take", {}), (handler, "handle", {"result": "已换新", "no_photo": "夜间"}), (cast["clerk2"], "pass_check", {}),
    )  # fmt: skip
    for person, verb, data in way:
        if case.state == state:
            break
        case = person.does(case, verb, **data)
    return case


def _on_duty(street: Street, number: int) -> None:
    """Three days of the roster, a call on the shift that is on, a hand-over, a swap that waits for the director."""
    cast, first = street.cast, timezone.localdate() + (3 * number - 1) * DAY
    if not number:
        cast.joins("clerk3", "郑立新", "centre", Role.CLERK)
    duty_ground.shifts(cast, ("clerk1",), ("clerk1", "clerk2"), ("clerk2",), first=first)
    clerk, now = cast["clerk1"], duty.on_duty(timezone.now())
    assert now is not None
    duty_calls.add_call(clerk.actor, clerk.grants, now.pk, "路灯不亮", "已派人")
    for one in duty.shifts(first, first):
        duty_calls.give(clerk.actor, clerk.grants, one.pk, "路灯", "催供热", at=one.ends_at)
    other, last = cast["clerk2"], duty.shifts(first + 2 * DAY, first + 2 * DAY)[0]
    asked = swaps.ask_swap(
        other.actor, other.grants, last.pk, cast["clerk3"].user.pk, reason="出差", at=last.starts_at - DAY
    )
    swaps.agree(cast["clerk3"].actor, cast["clerk3"].grants, asked.pk, at=last.starts_at - DAY)


def _places(street: Street, number: int) -> None:
    """A premise with a visit, an open need and one that became a matter's."""
    clerk, grid = street.cast["clerk1"], Grid.objects.filter(level=Level.GRID).latest("pk")
    said = premises.Described(f"惠民超市{number}", "shop", "永安路 12 号", grid, "值班经理", "0931-000 1234")
    place = premises.add_premise(clerk.actor, clerk.grants, said)
    premises.visit(clerk.actor, clerk.grants, place.uuid, "通道畅通")
    premises.need(clerk.actor, clerk.grants, place.uuid, "后巷路灯坏了")
    need = premises.need(clerk.actor, clerk.grants, place.uuid, "门前路灯不亮")
    raise_need(clerk.actor, clerk.grants, need.pk)


def _phones(street: Street, number: int) -> None:
    """A worker with a phone in use and a daily log that was sent, and one whose phone was switched off."""
    clerk, seats = street.cast["clerk1"], []
    for name in ("现场", "退回"):
        who = street.cast.joins(
            f"phone{number}{name == '退回'}", f"{name}网格员{number}", "chengguan", Role.WORKER
        )
        device = FieldDevice.objects.create(
            uuid=uuid7(), label=f"手机{number}", kind="own", public_key={}, thumbprint=f"{name}{number}", since=timezone.now()
        )  # fmt: skip
        seats.append(
            FieldSeat.objects.create(uuid=uuid7(), device=device, user=who.user, since=timezone.now())
        )
    enrolment.switch_off(clerk.actor, clerk.grants, seats[1].device.uuid)
    row = DailyLog.objects.create(
        user=seats[0].user, day=timezone.localdate(), weather="晴", sent_at=timezone.now(), sent_to=clerk.user
    )
    for kind, words in (
        ("work", {"work": "巡看楼道", "place": "永安小区"}),
        ("patrol", {"item": "消防通道"}),
    ):
        DailyLine.objects.create(log=row, kind=kind, words=words, at=timezone.now())
