"""Opening a matter: the one way in, whichever door it came through."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation import crypto, prepared
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.foundation.ids import uuid7
from yimen.grids import queries as grids
from yimen.jobs import enqueue
from yimen.organisations.models import Membership

from ..models import Case, Category, Clock
from ..models.case import APPEALS, CHANNELS, URGENCIES
from ..rules import make_title, plain
from ..states import MAX_REPRESENTATIVES, STATES, Flow
from . import clocks, ground, holders, inserting, leaders, majors, numbers, people, search
from .keys import draft_key, key_of
from .people import Person
from .record import record, standing

CLOCK_IDS = "_clock_ids"  # with a drafted matter, until its clocks are made
EARLIEST_YEAR = 1990  # nothing older is taken in: a slip of the pen


@dataclass(frozen=True, slots=True)
class Registration:
    """What the window writes down. Only `text` and `category` are required; `received_at` differs in 补录."""

    text: str
    category: str
    place: str = ""
    wish: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    title: str = ""
    channel: str = "visit"
    appeal: str = "appeal"
    urgency: str = ""
    anonymous: bool = False
    confidential: bool = False
    told_now: bool = False
    received_at: datetime | None = None
    party_size: int = 1
    representatives: tuple[Person, ...] = ()
    on_behalf: Person | None = None
    witness: Person | None = None
    dictated: bool = False
    read_back: bool = False
    fingerprint: bool = False
    reported_to: str = ""
    reported_at: datetime | None = None
    reception: int | None = None
    external_number: str = ""
    from_body: str = ""
    from_number: str = ""
    from_on: date | None = None
    reserved_number: str = ""  # printed on a blank form during a power cut; the matter gets exactly this one
    source: str = ""
    client_key: UUID | None = None
    words: dict[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """A keyed digest of the content, to tell a repeat of the same from another; forgotten at closing."""
        body = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "client_key"}
        return crypto.content_digest(json.dumps(body, default=_said, sort_keys=True).encode()).hex()


def _said(value: object) -> object:
    return asdict(value) if isinstance(value, Person) else str(value)


def open_case(actor: Actor, grants: Grants, form: Registration, *, at: datetime | None = None) -> Case:
    """Register one matter and give it a number, an owner, clocks and a first ledger entry, in one transaction.

    The actor becomes the first contact (首问责任人). A repeat with the same `client_key` and content gives the same
    matter; other content under that key raises Conflict. Raises Invalid with the fields at fault.
    """
    require(grants, "cases.open")
    now = at or timezone.now()
    known = ground.read(actor, form.category, form.client_key, timezone.localdate(now))
    if known.repeated and (repeated := _repeated(form)):
        return repeated
    category = check(form, now, known=known)
    member = known.member or holders.first_contact(actor)
    try:
        with known.known(), transaction.atomic():
            with prepared.in_one_go():
                case = draft(form, category, member, now, prefix=known.prefix)
                store(case, form, now)
                record_opening(actor, case, form, now)
            if form.reserved_number:
                numbers.used(case, now)
            majors.keep_from_registration(actor, case, form.reported_to, form.reported_at, now)
            if form.reception:
                leaders.tie(actor, case, form.reception, now)
    except (IntegrityError, Conflict):
        if repeated := _repeated(form):  # another connection was first with the same form
            return repeated
        raise
    return case


def _repeated(form: Registration) -> Case | None:
    if form.client_key is None:
        return None
    case = Case.objects.filter(client_key=form.client_key).first()
    if case and case.client_hash != form.digest():  # a closed matter has none: nobody can say it is the same
        raise Conflict(_("这张登记表已经登记过（%s），内容却不同；请核对后另开一张") % case.number)
    return case


def check(
    form: Registration, now: datetime, *, sealed: bool = False, known: ground.Ground | None = None
) -> Category:
    """The category in force; Invalid names every field at fault. `known`: what was read already."""
    wrong: dict[str, object] = {}
    if not form.text.strip():
        wrong["text"] = _("请写下来访人反映什么")
    elif len(form.text) > 20_000:
        wrong["text"] = _("最多 20000 字，现有 %d 字") % len(form.text)
    today = timezone.localdate(now)
    category = known.category if known else _category(form.category, today)
    if category is None:
        wrong["category"] = _("请选择类别")
    wrong |= _check_people(form) | _check_choices(form) | _check_paper(form, today) | _check_reserved(form)
    if form.received_at and form.received_at > now + timedelta(minutes=1):
        wrong["received_at"] = _("收到时间不能在将来")
    elif form.received_at and form.received_at.year < EARLIEST_YEAR:
        wrong["received_at"] = _("收到时间早于 %d 年，请核对") % EARLIEST_YEAR
    if form.appeal == "accusation" and not sealed:
        wrong["appeal"] = _("检举控告只登记移交，请用“检举控告”一页")
    if wrong or category is None:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    return category


def _category(key: str, today: date) -> Category | None:
    return Category.objects.filter(key=key, valid_from__lte=today).exclude(valid_to__lt=today).last()


def _check_paper(form: Registration, today: date) -> dict[str, object]:
    """来文: the day the paper came cannot be in the future, and an old year is a slip of the pen."""
    if form.from_on and form.from_on > today:
        return {"from_on": _("收文日期不能在将来")}
    if form.from_on and form.from_on.year < EARLIEST_YEAR:
        return {"from_on": _("收文日期早于 %d 年，请核对") % EARLIEST_YEAR}
    return {}


def _check_reserved(form: Registration) -> dict[str, object]:
    """A number given out on paper: known, not used, and with the hour that stands on the paper."""
    if not form.reserved_number:
        return {}
    found: dict[str, object] = {}
    if said := numbers.wrong(form.reserved_number):
        found["reserved_number"] = said
    if not form.received_at:
        found["received_at"] = _("补录脱机登记表，请填写纸上的收到时间")
    return found


def _check_people(form: Registration) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if len(form.representatives) > MAX_REPRESENTATIVES:
        wrong["representatives"] = _("代表不超过五人（信访工作条例第二十条）")
    if form.party_size < 1:
        wrong["party_size"] = _("人数至少为 1")
    elif form.party_size < len(form.representatives):
        wrong["party_size"] = _("人数不能少于代表人数")
    wrong |= {
        name: _("请填写电话号码，只用数字、空格和短横")
        for name, person in people.named(form)
        if person.phone and not people.looks_like_phone(person.phone)
    }
    if form.anonymous and any(person for name, person in people.named(form) if name != "witness"):
        wrong["anonymous"] = _("匿名事项不记姓名和电话")
    if form.dictated and not (form.read_back and form.fingerprint and form.witness):
        wrong["dictated"] = _("口述代书要读给本人听、签名或按指印，并写明见证人")
    return wrong


def _check_choices(form: Registration) -> dict[str, object]:
    allowed = {"channel": CHANNELS, "appeal": APPEALS}
    wrong: dict[str, object] = {
        name: _("请从所列选项中选择")
        for name, options in allowed.items()
        if getattr(form, name) not in dict(options)
    }
    if form.urgency and form.urgency not in dict(URGENCIES):
        wrong["urgency"] = _("请从所列选项中选择")
    limits = {
        "place": 200,
        "wish": 500,
        "title": 120,
        "name": 60,
        "phone": 40,
        "address": 200,
        "external_number": 60,
        "from_body": 100,
        "from_number": 60,
    }
    return wrong | too_long(form, limits)


def too_long(form: object, limits: Mapping[str, int]) -> dict[str, object]:
    """The texts of a form that are longer than they may be, each with its sentence."""
    lengths = {name: len(getattr(form, name)) for name in limits}
    said = _("最多 %(limit)d 字，现有 %(now)d 字")
    return {
        name: said % {"limit": limits[name], "now": now}
        for name, now in lengths.items()
        if now > limits[name]
    }


def draft(
    form: Registration,
    category: Category,
    member: Membership,
    now: datetime,
    *,
    sealed: bool = False,
    prefix: str = "",
) -> Case:
    """The matter, unsaved, with its number; `store` takes it from here. `prefix`: of the number, where it was read."""
    received = form.received_at or _paper_came(form.from_on, now) or now
    text, place = plain(form.text), plain(form.place)
    reserved = numbers.claim(form.reserved_number) if form.reserved_number else ""
    taken = inserting.numbers(timezone.localdate(received).year, serial=not (reserved or sealed))
    case = Case(
        pk=taken.case,
        uuid=uuid7(),
        number=reserved or numbers.said(received, taken.serial, prefix),
        sealed=sealed,
        flow=Flow.PETITION,
        state="registered",
        title=(plain(form.title) or make_title(text))[:120],
        text=text,
        wish=plain(form.wish),
        place=place,
        grid=grids.match_place(place) if place else None,
        category=category,
        channel=form.channel,
        appeal=form.appeal,
        urgency=form.urgency or category.urgency,
        party_size=form.party_size,
        anonymous=form.anonymous,
        confidential=form.confidential,
        external_number=plain(form.external_number),
        from_body=plain(form.from_body),
        from_number=plain(form.from_number),
        from_on=form.from_on,
        reachable=any(person.phone for name, person in people.named(form) if name != "witness"),
        round_at=received,
        changed_at=now,
        window=member.window,
        received_at=received,
        told_at=now if form.told_now else None,
        source=form.source,
        client_key=form.client_key,
        client_hash=form.digest() if form.client_key else "",
        next_step=STATES["registered"].next_step,
    )
    case.accountable_person_id = case.holder_id = member.user_id
    case.accountable_unit = case.holder_unit = member.unit
    case.__dict__[CLOCK_IDS] = taken.clocks
    return case


def _paper_came(day: date | None, now: datetime) -> datetime | None:
    """A paper from above that lay for days was received on the day it came: limits count from there (PRACTICE)."""
    if day is None or day >= timezone.localdate(now):
        return None
    return timezone.make_aware(datetime.combine(day, time(9)))


def store(case: Case, form: Registration, now: datetime) -> None:
    """The matter, its clocks, its key and its people, in one statement."""
    unit_id = case.accountable_unit_id
    made = [clocks.new_clock(case, "step", "registered", now, unit_id)]
    if not form.told_now and not form.anonymous and clocks.has_rule(case, "inform", case.received_at):
        made.append(clocks.new_clock(case, "inform", "inform", case.received_at, unit_id))
    if _service_limit(case):
        made.append(
            clocks.new_clock(case, "conclude", "conclude", case.received_at, unit_id, flow=Flow.SERVICE)
        )
    if not case.screened:
        made.append(clocks.new_clock(case, "screen", "screen", now, unit_id))
    write(case, made, form)


def write(case: Case, made: list[Clock], form: Registration) -> None:
    """A drafted matter with these clocks and the people of `form`; its clocks' ids came with its number (`CLOCK_IDS`)."""
    for clock, ref in zip(made, case.__dict__.pop(CLOCK_IDS), strict=False):
        clock.pk = ref
    clocks.govern(case, made)
    case.search_text = search.text_of(case)
    key = draft_key(case)
    inserting.insert(case, made, key, *people.drafts(case.pk, key_of(case), form))


def _service_limit(case: Case) -> bool:
    """A service matter, or one not yet screened, is to be concluded counting from receipt."""
    return not case.screened or case.flow == Flow.SERVICE


def record_opening(actor: Actor, case: Case, form: Registration, now: datetime) -> None:
    record(
        actor,
        case,
        "case.opened",
        at=now,
        payload={
            "set": {"state": case.state, **standing(case)},
            "number": case.number,
            "channel": case.channel,
            "category": case.category.key,
            "received_at": case.received_at,
            "told_at": case.told_at,
            "party_size": case.party_size,
            "anonymous": case.anonymous,
        },
        words=_opening_words(case, form),
    )
    if not case.sealed:
        enqueue("cases.alikes", case=case.pk)


@translation.override("zh-hans")  # the ledger is kept in the office's language
def _opening_words(case: Case, form: Registration) -> dict[str, Any]:
    words: dict[str, Any] = {"title": case.title, "place": case.place, **form.words}
    if form.reported_to:
        words["reported_to"] = form.reported_to
        words["reported_at"] = form.reported_at
    if form.dictated:
        words["dictated"] = _("口述代书：已读给本人听，本人签名或按指印，有见证人")
    if form.on_behalf:
        words["on_behalf"] = _("代为反映")
    return words
