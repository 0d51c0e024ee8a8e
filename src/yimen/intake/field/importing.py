"""What a phone exported, taken in at the office: looked at first, then through the same function as from the phone itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, YimenError
from yimen.ledger.actions import append

from . import events, files, items
from .envelope import unb64
from .models import FieldFile, FieldItem, FieldSeat
from .plaintext import Said, uuid_of

LARGEST: Final = 100 * 1024 * 1024  # bytes of a file
MOST: Final = 500  # items of one file


@dataclass(frozen=True, slots=True)
class Parcel:
    """One item of the file: sealed, with what files the phone had."""

    uuid: UUID
    envelope: Any
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is in a parcel. `known`: it came in already; `wrong`: why it cannot be taken in."""

    parcel: Parcel
    seat: FieldSeat | None = None
    said: Said | None = None
    known: FieldItem | None = None
    wrong: str = ""

    @property
    def words(self) -> str:
        """What it begins with, for the list before it is taken in."""
        if self.said is None:
            return ""
        found = (self.said.data.get(name) for name in ("text", "result", "reason", "day"))
        return next((str(text) for text in found if text), self.said.kind)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the item, or the sentence of the refusal; `missing` files the phone did not export."""

    parcel: Parcel
    item: FieldItem | None = None
    wrong: str = ""
    missing: int = 0


def read(content: bytes) -> list[Parcel]:
    """Raises Invalid beside `file`."""
    try:
        body = json.loads(content)
        if body["yimen_field_export"] != 1 or not isinstance(body["items"], list):
            raise KeyError("items")
        found = [_parcel(one) for one in body["items"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        wrong = _("这不是手机导出的文件，或者没有完整送到")
        raise Invalid(_("还不能导入"), {"file": wrong}) from error
    if len(found) > MOST:
        raise Invalid(_("还不能导入"), {"file": _("一个文件最多 %d 条") % MOST})
    return found


def _parcel(one: Mapping[str, Any]) -> Parcel:
    pieces: dict[str, bytes] = {}  # of the same bytes twice the first, as in `plaintext.read`
    for part in one.get("files", []):
        pieces.setdefault(str(part["sha256"]), unb64(part["data"]))
    return Parcel(uuid_of(one["uuid"]), one["envelope"], pieces)


def look(grants: Grants, parcels: list[Parcel]) -> list[Seen]:
    """What is in the file, opened but not taken in. Raises Refused."""
    require(grants, "intake.field_import")
    known = {row.uuid: row for row in FieldItem.objects.filter(uuid__in=[one.uuid for one in parcels])}
    return [_seen(one, known.get(one.uuid)) for one in parcels]


def _seen(parcel: Parcel, known: FieldItem | None) -> Seen:
    try:
        seat, said, _digest = items.opened(None, parcel.uuid, parcel.envelope)
    except YimenError as error:
        return Seen(parcel, known=known, wrong=str(error))
    return Seen(parcel, seat, said, known)


def take(actor: Actor, grants: Grants, parcels: list[Parcel]) -> Iterator[Outcome]:
    """Each item for itself: one that is refused stops no other. Repeated, or sent by the phone meanwhile: one item."""
    require(grants, "intake.field_import")
    importer = items.Importer(actor, grants)
    for parcel in parcels:
        try:
            item = _taken(importer, parcel)
            yield Outcome(parcel, item, *_files(item, parcel))
        except Invalid as error:
            yield Outcome(parcel, wrong=" ".join([str(error), *map(str, error.fields.values())]))
        except YimenError as error:
            yield Outcome(parcel, wrong=str(error))


@transaction.atomic
def _taken(importer: items.Importer, parcel: Parcel) -> FieldItem:
    seat, _said, _digest = items.opened(None, parcel.uuid, parcel.envelope)
    item = items.take_in(seat, parcel.uuid, parcel.envelope, importer=importer)
    if item.imported_by_id == importer.actor.user_id:
        payload = {"item": str(item.uuid), "seat": str(seat.uuid), "kind": item.kind}
        append(importer.actor, events.IMPORTED, events.ITEM, item.pk, payload)
    return item


def _files(item: FieldItem, parcel: Parcel) -> tuple[str, int]:
    """The files that the export brought; the refusals of some, and how many are still owed."""
    wrong = []
    for row in FieldFile.objects.filter(item=item, done_at__isnull=True):
        if (content := parcel.files.get(row.sha256)) is None:
            continue
        try:
            _put(item, row, content)
        except YimenError as error:
            wrong.append(str(error))
    owed = FieldFile.objects.filter(item=item, done_at__isnull=True).count()
    item.refresh_from_db(fields=["state"])
    return " ".join(wrong), owed


def _put(item: FieldItem, row: FieldFile, content: bytes) -> None:
    """As the phone would send it, from where the last piece ended."""
    offset = row.received
    while True:
        piece = content[offset : offset + files.CHUNK]
        digest = hashlib.sha256(piece).hexdigest()
        try:
            row = files.put(
                item.seat,
                item.uuid,
                row.sha256,
                offset=offset,
                total=len(content),
                piece=piece,
                digest=digest,
            )
        except files.Elsewhere as error:
            if error.received == offset or error.code == "damaged":
                raise
            offset = error.received
            continue
        if row.done_at is not None or not piece:
            return
        offset = row.received


__all__ = ["LARGEST", "Outcome", "Parcel", "Seen", "look", "read", "take"]
