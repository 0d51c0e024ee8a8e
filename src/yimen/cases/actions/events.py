"""网格上报: the one way in for a problem of a place, whichever door it came through; and the centre's one click."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.foundation.ids import uuid7
from yimen.grids import coordinates, index
from yimen.grids import queries as grids
from yimen.grids.kinds import Crs, Level
from yimen.grids.models import Grid
from yimen.jobs import enqueue

from .. import classes, climbing, grid_access, queries
from ..models import Case, Category, EventClass
from ..models.case import CHANNELS
from ..rules import make_title, plain
from ..states import STATES, Flow
from . import clocks, grid_holders, inserting, numbers, people
from .categories import LAST
from .open import CLOCK_IDS, Registration, too_long, write
from .record import record, standing
from .transition import by_itself, run

OWN: Final = "grid"  # the channel of who saw it with the own eyes
_STATES: Final = {"grid": "at_grid", "community": "at_community", "street": "raised"}
_BEFORE_SENDING: Final = {"raised": ("admit", "file"), "admitted": ("file",)}
_LIMITS: Final = {
    "place": 200,
    "name": 60,
    "phone": 40,
    "from_body": 100,
    "from_number": 60,
    "settled": 10_000,
}


@dataclass(frozen=True, slots=True)
class EventReport:
    """What is reported of a place. Only `text` and `event_class` (scheme:code) are required.

    `settled`: 自行处置, what was done on the spot. `lng`/`lat` in degrees under the tag `crs`, kept as WGS-84; `device_at`
    is the phone's own clock, which decides nothing. `name` and `phone` only of a resident who waits for an answer.
    """

    text: str
    event_class: str
    channel: str = OWN
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    crs: str = "WGS-84"
    urgent: bool = False
    settled: str = ""
    name: str = ""
    phone: str = ""
    device_at: datetime | None = None
    client_key: UUID | None = None
    from_body: str = ""
    from_number: str = ""
    grid_code: str = ""

    def digest(self) -> str:
        """A keyed digest of the content, to tell a repeat of the same from another."""
        body = {one.name: str(getattr(self, one.name)) for one in fields(self) if one.name != "client_key"}
        return crypto.content_digest(json.dumps(body, sort_keys=True).encode()).hex()

    @property
    def own(self) -> bool:
        return self.channel == OWN


def report(actor: Actor, grants: Grants, form: EventReport, *, at: datetime | None = None) -> Case:
    """Take in one report: a matter with number, owner, level, clock and first ledger entry, in one transaction.

    It begins at the lowest level that may settle its class (`climbing.first_level`); the centre and its person on duty
    are accountable from the first moment. What the worker settled on the spot closes at once, two ledger entries; where
    the class may not be settled there, the words are kept and the matter goes its way. A repeat with the same
    `client_key` gives the same matter, other content raises Conflict. Raises Refused, Invalid with the fields at fault.
    """
    require(grants, "cases.report_event")
    now = at or timezone.now()
    if repeated := _repeated(form):
        return repeated
    found = _checked(form, now)
    try:
        with transaction.atomic():
            case = _draft(actor, grants, form, found, now)
            _store(case, form, now)
            _record(actor, case, form, found, now)
            _settle(actor, grants, case, form, now)
    except IntegrityError:
        if repeated := _repeated(form):  # another connection was first with the same report
            return repeated
        raise
    return case


def _repeated(form: EventReport) -> Case | None:
    """The matter of this key. Closed, it has no digest any more: it is the same report then (the key is the phone's)."""
    if form.client_key is None:
        return None
    case = Case.objects.filter(client_key=form.client_key).first()
    if case and case.client_hash not in ("", form.digest()):
        raise Conflict(_("这条上报已经收到过（%s），内容却不同；请核对后另报一条") % case.number)
    return case


# --- what is asked of a report ------------------------------------------------------------------------------------


def _checked(form: EventReport, now: datetime) -> classes.Found:
    """The class that holds today. Raises Invalid with every field at fault."""
    wrong: dict[str, object] = {}
    if not plain(form.text):
        wrong["text"] = _("请写下看到了什么")
    elif len(form.text) > 20_000:
        wrong["text"] = _("最多 20000 字，现有 %d 字") % len(form.text)
    found = classes.find(form.event_class, timezone.localdate(now))
    if found is None:
        wrong["event_class"] = _("请选择小类")
    if form.channel not in dict(CHANNELS) or form.channel == "import":
        wrong["channel"] = _("请从所列选项中选择")
    if form.phone and not people.looks_like_phone(form.phone):
        wrong["phone"] = _("请填写电话号码，只用数字、空格和短横")
    wrong = too_long(form, _LIMITS) | wrong | _wrong_point(form) | _wrong_grid(form, now)
    if wrong or found is None:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    return found


def _wrong_point(form: EventReport) -> dict[str, object]:
    if form.lng is None and form.lat is None:
        return {}
    if _crs(form.crs) is None:
        return {"crs": _("不认识这个坐标系")}
    whole = form.lng is not None and form.lat is not None
    if not whole or not (-180 <= (form.lng or 0) <= 180 and -90 <= (form.lat or 0) <= 90):
        return {"lng": _("经纬度不对，请重新标注")}
    return {}


def _wrong_grid(form: EventReport, now: datetime) -> dict[str, object]:
    if form.grid_code and _grid_of_code(form.grid_code, now) is None:
        return {"grid_code": _("没有这个网格，或者已经停用")}
    return {}


def _crs(tag: str) -> Crs | None:
    plain_tag = tag.lower().replace("-", "").replace(" ", "")
    return next((crs for crs in Crs if crs.value == plain_tag), None)


# --- the matter -----------------------------------------------------------------------------------------------------


def _draft(actor: Actor, grants: Grants, form: EventReport, found: classes.Found, now: datetime) -> Case:
    """The matter, unsaved, with its number, level and holder."""
    kind, taken = found.row, inserting.numbers(timezone.localdate(now).year, serial=True)
    text, place, point = plain(form.text), plain(form.place), _point(form)
    grid = _grid(grants, form, point, now)
    case = Case(
        pk=taken.case, uuid=uuid7(), number=numbers.said(now, taken.serial), flow=Flow.GRID, screened=True,
        title=make_title(text)[:120], text=text, place=place, grid=grid, category=_category(kind, now), event_class=kind,
        channel=form.channel, appeal="help", urgency="urgent" if form.urgent or kind.urgent else "normal",
        reachable=bool(form.phone), from_body=plain(form.from_body), from_number=plain(form.from_number),
        reported_by_id=actor.user_id if form.own else None, device_at=form.device_at, verified="yes" if form.own else "",
        lng=point[0] if point else None, lat=point[1] if point else None, crs=_tag(form) if point else "",
        received_at=now, round_at=now, changed_at=now, client_key=form.client_key,
        client_hash=form.digest() if form.client_key else "",
    )  # fmt: skip
    case.state = _first_state(case, form, kind)
    case.next_step = STATES[case.state].next_step
    _own(actor, case, now)
    case.__dict__[CLOCK_IDS] = taken.clocks
    return case


def _first_state(case: Case, form: EventReport, kind: EventClass) -> str:
    if _settles_now(form, kind):
        return "at_grid"
    level = climbing.first_level(
        kind.settles_at, own=form.own, urgent=case.urgency != "normal", placed=case.grid_id is not None
    )
    return _STATES[level]


def _settles_now(form: EventReport, kind: EventClass) -> bool:
    """自行处置: seen by the own eyes, and of a class that the grid may settle."""
    return form.own and bool(form.settled.strip()) and climbing.may_settle(kind.settles_at, "grid")


def _own(actor: Actor, case: Case, now: datetime) -> None:
    """Accountable is the centre with who is on duty; the holder answers at the level where it begins."""
    unit = grid_holders.centre()
    seat = grid_holders.on_duty(unit, now)
    case.accountable_unit, case.accountable_person_id = unit, seat[1]
    found: grid_holders.Seat | None = None
    grid_unit = case.grid.unit_id if case.grid else None
    if case.state == "at_grid":
        found = grid_holders.first_seat(grid_holders.at_grid(case.grid, now), grid_unit)
        found = found or (grid_holders.seat(actor.user_id, grid_unit) if actor.user_id else None)
    if case.state == "at_community" or (case.state == "at_grid" and found is None):
        found = grid_holders.first_seat(grid_holders.at_community(case.grid, now), grid_unit)
    case.holder_unit_id, case.holder_id = found or seat


def _point(form: EventReport) -> tuple[float, float] | None:
    crs = _crs(form.crs)
    if form.lng is None or form.lat is None or crs is None:
        return None
    return coordinates.INTO[crs]((form.lng, form.lat))


def _tag(form: EventReport) -> str:
    crs = _crs(form.crs)
    return crs.value if crs else ""


def _grid(grants: Grants, form: EventReport, point: tuple[float, float] | None, now: datetime) -> Grid | None:
    """Where it is: the grid named, the point, the words, else the one grid where the worker answers."""
    day = timezone.localdate(now)
    if form.grid_code:
        return _grid_of_code(form.grid_code, now)
    if point and (found := index.locate(*point, day)):
        return found
    if form.place and (found := grids.match_place(form.place, day)):
        return found
    return _only_post(grants, now) if form.own else None


def _grid_of_code(code: str, now: datetime) -> Grid | None:
    rows = grids.grids(Level.GRID, timezone.localdate(now))
    return next((grid for grid in rows if grid.code == code), None)


def _only_post(grants: Grants, now: datetime) -> Grid | None:
    mine = set(grid_access.posted_at(grants.user_id).values_list("grid", flat=True))
    rows = [grid for grid in grids.grids(Level.GRID, timezone.localdate(now)) if grid.pk in mine]
    return rows[0] if len(rows) == 1 else None


def _category(kind: EventClass, now: datetime) -> Category:
    """Under what the matter counts beside those of the window; 其他 where the office ended that category."""
    day = timezone.localdate(now)
    rows = Category.objects.filter(key__in=[kind.category_key, LAST], valid_from__lte=day)
    known = {row.key: row for row in rows.exclude(valid_to__lt=day).order_by("order", "id")}
    return known.get(kind.category_key) or known[LAST]


# --- rows and ledger ------------------------------------------------------------------------------------------------


def _store(case: Case, form: EventReport, now: datetime) -> None:
    assert case.holder_unit_id and case.accountable_unit_id
    made = [clocks.new_clock(case, "step", case.state, now, case.holder_unit_id)]
    if case.state == "raised":
        made.append(clocks.new_clock(case, "conclude", clocks.STREET, now, case.accountable_unit_id))
    write(case, made, Registration(text=form.text, category="", name=plain(form.name), phone=form.phone))


@translation.override("zh-hans")  # the ledger is kept in the office's language
def _record(actor: Actor, case: Case, form: EventReport, found: classes.Found, now: datetime) -> None:
    words: dict[str, Any] = {"title": case.title, "place": case.place}
    if form.settled.strip() and not _settles_now(form, found.row):
        words["settled"] = _("已先行处置：%s") % plain(form.settled)
    payload: dict[str, Any] = {
        "set": {"state": case.state, **standing(case)}, "number": case.number, "channel": case.channel,
        "category": case.category.key, "class": found.row.key, "received_at": case.received_at,
        "level": climbing.level_of(case),
    }  # fmt: skip
    if found.said:
        payload["class_said"] = found.said
    record(actor, case, "case.event_reported", at=now, payload=payload, words=words)
    enqueue("cases.alikes", case=case.pk)


def _settle(actor: Actor, grants: Grants, case: Case, form: EventReport, now: datetime) -> None:
    kind = case.event_class
    if kind is None or not _settles_now(form, kind):
        return
    case.settled_on_spot = True
    if case.reachable:
        said = {"result": plain(form.settled), "way": "counter"}
        by_itself(case, "settle_told", said, at=now, actor=actor, grants=grants)
    else:
        by_itself(case, "settle", {"result": plain(form.settled)}, at=now, actor=actor, grants=grants)


# --- the centre's one click -----------------------------------------------------------------------------------------


def file_and_dispatch(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    unit: str,
    *,
    assisting: Sequence[str] = (),
    require: str = "",
    reason: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Case:
    """受理、立案、派遣 in one go, from wherever of the three it stands: a ledger entry each, one transaction. Raises as each
    of them does, Conflict when it is past them."""
    sending = {"unit": unit, "assisting": list(assisting), "require": require, "reason": reason}
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        for verb in _BEFORE_SENDING.get(case.state, ()):
            case, version = run(actor, grants, ref, verb, {}, at=at, version=version), None
        return run(
            actor, grants, ref, "send", {k: v for k, v in sending.items() if v}, at=at, version=version
        )
