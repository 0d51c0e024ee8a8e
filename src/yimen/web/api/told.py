"""What machines are told. A list never holds anything of a participant; a matter shows its people masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema

from yimen.cases.actions.people import Shown
from yimen.cases.models import Assignment, Attachment, Case, Category, Clock
from yimen.organisations.models import Unit


class Named(Schema):
    key: str
    name: str


class Row(Schema):
    """A matter as a list shows it."""

    id: UUID
    number: str
    title: str
    state: str
    open: bool
    next_step: str | None
    flow: str
    screened: bool
    sealed: bool
    category: Named
    lead_unit: Named | None
    holder: str | None
    holder_unit: Named | None
    channel: str
    urgency: str
    place: str
    party_size: int
    received_at: datetime
    due_at: datetime | None
    version: int


class Page(Schema):
    """`after` is the cursor of the next page; null at the end."""

    items: list[Row]
    after: str | None


class Found(Schema):
    """`full`: there may be more than were asked for; add a word."""

    items: list[Row]
    full: bool


class Receipt(Schema):
    """The same for every repeat of the same request."""

    id: UUID
    number: str
    received_at: datetime
    url: str


class PersonOut(Schema):
    """Masked: 陈**, 138****2071. Reading them in full takes a reason and a page."""

    role: str
    name: str
    phone: str
    address: str


class ClockOut(Schema):
    kind: str
    step: str
    started_at: datetime
    due_at: datetime | None
    running: bool
    outcome: str


class Part(Schema):
    unit: Named
    role: str
    state: str
    sent_at: datetime


class FileOut(Schema):
    """`state`: clean (a copy without metadata is given out), pending, sealed (download only), blocked."""

    id: UUID
    name: str
    mime: str
    size: int
    sha256: str
    state: str
    added_at: datetime


class Files(Schema):
    items: list[FileOut]


class Detail(Row):
    """One matter."""

    text: str
    wish: str
    appeal: str
    anonymous: bool
    confidential: bool
    suspended: bool
    told_at: datetime | None
    accepted_at: datetime | None
    served_at: datetime | None
    closed_at: datetime | None
    accountable: str | None
    accountable_unit: Named | None
    grid: Named | None
    external_number: str
    from_body: str
    from_number: str
    rating: int | None
    people: list[PersonOut]
    clocks: list[ClockOut]
    parts: list[Part]
    attachments: list[FileOut]


class Choice(Schema):
    code: str
    words: str


class FieldOut(Schema):
    """One field of a step: `kind` is its shape in the request's `fields`."""

    name: str
    kind: str
    words: str
    required: bool
    choices: list[Choice]


class Move(Schema):
    """A step that may be taken now by this person. `primary`: the one the page offers first."""

    verb: str
    words: str
    primary: bool
    fields: list[FieldOut]


class Moves(Schema):
    id: UUID
    state: str
    version: int
    items: list[Move]


class UnitOut(Schema):
    key: str
    name: str
    kind: str
    online: bool


class Units(Schema):
    items: list[UnitOut]


class CategoryOut(Schema):
    """`dispatch_mode`: direct, approve (a leader's instruction first), urgent (done first, approved after)."""

    key: str
    name: str
    name_en: str
    default_unit: str
    dispatch_mode: str
    urgency: str


class Categories(Schema):
    items: list[CategoryOut]


class Wrong(Schema):
    field: str
    detail: str


class ProblemOut(Schema):
    """RFC 9457. `code` is stable; `detail` is a sentence in the language of Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Wrong]


def row(case: Case) -> dict[str, Any]:
    """Reads nothing that `queries.page` and `get_visible` have not joined."""
    return {
        "id": case.uuid,
        "number": case.number,
        "title": case.title,
        "state": case.state,
        "open": bool(case.open),
        "next_step": case.next_step,
        "flow": case.flow,
        "screened": case.screened,
        "sealed": case.sealed,
        "category": {"key": case.category.key, "name": case.category.name},
        "lead_unit": named(case.lead_unit),
        "holder": case.holder.name if case.open and case.holder else None,
        "holder_unit": named(case.holder_unit) if case.open else None,
        "channel": case.channel,
        "urgency": case.urgency,
        "place": case.place,
        "party_size": case.party_size,
        "received_at": case.received_at,
        "due_at": case.due_at,
        "version": case.version,
    }


def named(unit: Unit | None) -> dict[str, str] | None:
    return {"key": unit.key, "name": unit.name} if unit else None


_DETAILS = (
    "wish", "appeal", "anonymous", "confidential", "suspended", "told_at", "accepted_at", "served_at", "closed_at",
    "external_number", "from_body", "from_number", "rating",
)  # fmt: skip


def detail(
    case: Case,
    text: str,
    people: list[Shown],
    clocks: list[Clock],
    parts: list[Assignment],
    files: list[Attachment],
) -> dict[str, Any]:
    return {
        **row(case),
        **{name: getattr(case, name) for name in _DETAILS},
        "text": text,
        "accountable": case.accountable_person.name if case.accountable_person else None,
        "accountable_unit": named(case.accountable_unit),
        "grid": {"key": case.grid.code, "name": case.grid.name} if case.grid else None,
        "people": [
            {"role": one.role, "name": one.name, "phone": one.phone, "address": one.address} for one in people
        ],
        "clocks": [_clock(clock) for clock in clocks],
        "parts": [_part(part) for part in parts],
        "attachments": [file(one) for one in files],
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "step": clock.step,
        "started_at": clock.start_at,
        "due_at": clock.due_at,
        "running": bool(clock.running),
        "outcome": clock.outcome,
    }


def _part(part: Assignment) -> dict[str, Any]:
    return {"unit": named(part.unit), "role": part.role, "state": part.state, "sent_at": part.sent_at}


def file(one: Attachment) -> dict[str, Any]:
    return {
        "id": one.uuid,
        "name": one.name,
        "mime": one.mime,
        "size": one.size,
        "sha256": one.sha256,
        "state": one.state,
        "added_at": one.at,
    }


def unit(one: Unit) -> dict[str, Any]:
    return {"key": one.key, "name": one.name, "kind": one.kind, "online": one.online}


def category(one: Category) -> dict[str, Any]:
    names = ("key", "name", "name_en", "default_unit", "dispatch_mode", "urgency")
    return {name: getattr(one, name) for name in names}
