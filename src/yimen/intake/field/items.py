"""Taking an item in, exactly once: the same id and words give the same receipt, other words are refused (OFFLINE)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, grants_of
from yimen.cases.models import Case
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused

from . import boxes, deeds, envelope, plaintext
from .models import FieldFile, FieldItem, FieldSeat
from .plaintext import Said
from .workers import may_work

ENVELOPE_LIMIT: Final = 256 * 1024  # bytes of an envelope: words, never pictures
PER_MINUTE: Final = int(getattr(settings, "FIELD_PER_MINUTE", 300))  # new items of one phone


class SlowDown(Refused):
    """Too many new items of one phone in a minute."""

    code = "slow_down"


def opened(seat: FieldSeat | None, uuid: UUID, sealed: object) -> tuple[FieldSeat, Said, str]:
    """The seat that made it, what it says, and the hash of its words. `seat` None: known by the item itself (import).

    Raises Invalid (code "envelope") for what does not open, is not signed by the seat's phone, or is about another id.
    """
    try:
        letter = envelope.read(sealed)
        text = envelope.open_envelope(letter, str(uuid), boxes.private_keys())
        said = plaintext.read(text)
        seat = seat or FieldSeat.objects.select_related("device", "user").get(uuid=said.seat)
        key = envelope.public_key(seat.device.public_key)
        ours = envelope.signed(key, envelope.item_text(str(uuid), letter.data), letter.sig)
    except (envelope.NotSealed, FieldSeat.DoesNotExist) as error:
        raise Invalid(_("这一条打不开：内容不完整，或不是用本单位的密钥封的"), code="envelope") from error
    if not ours or said.id != uuid or said.seat != seat.uuid:
        raise Invalid(_("这一条的签名、编号或使用人对不上"), code="envelope")
    return seat, said, hashlib.sha256(text).hexdigest()


@dataclass(frozen=True, slots=True)
class Importer:
    """Who takes in an exported file at the office."""

    actor: Actor
    grants: Grants


def take_in(
    seat: FieldSeat,
    uuid: UUID,
    sealed: object,
    *,
    importer: Importer | None = None,
    at: datetime | None = None,
) -> FieldItem:
    """One item, once, in one transaction with what it does. The same again: the row that is there.

    Raises Conflict (code "other_body" for other words under this id; else what the matter says), Invalid, Refused,
    SlowDown. Nothing is kept when it raises.
    """
    _seat, said, digest = opened(seat, uuid, sealed)
    now = at or timezone.now()
    with transaction.atomic():
        _take_turn(uuid)
        if known := FieldItem.objects.filter(uuid=uuid).first():
            return _same(known, seat, digest)
        if importer is None:
            _not_too_many(seat, now)
        actor, grants = _who(seat, importer)
        case = deeds.do(actor, grants, said, now)
        return _kept(seat, said, digest, case, importer, now)


def _take_turn(uuid: UUID) -> None:
    """Who comes second with the same id waits for the first and then finds it."""
    number = int.from_bytes(uuid.bytes[8:], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _same(known: FieldItem, seat: FieldSeat, digest: str) -> FieldItem:
    if known.seat_id != seat.pk or known.body_sha256 != digest:
        raise Conflict(_("这一条已经收到过，但内容不一样；请核对后另写一条"), code="other_body")
    return known


def _not_too_many(seat: FieldSeat, now: datetime) -> None:
    since = now - timedelta(minutes=1)
    if FieldItem.objects.filter(seat__device=seat.device_id, received_at__gt=since).count() >= PER_MINUTE:
        raise SlowDown(_("这部手机一分钟里送来的太多，请稍等再送"))


def _who(seat: FieldSeat, importer: Importer | None) -> tuple[Actor, Grants]:
    """The worker acts, with what the worker holds today. From a file: the worker still, by somebody else's hand; who has
    left meanwhile is spoken for by the importer."""
    actor = Actor(seat.user_id, seat.user.name, "field" if importer is None else "import")
    grants = grants_of(actor)
    if importer is not None and not (grants.by_role and may_work(seat.user)):
        return Actor(importer.actor.user_id, importer.actor.label, "import"), importer.grants
    return actor, grants


def _kept(
    seat: FieldSeat, said: Said, digest: str, case: Case | None, importer: Importer | None, now: datetime
) -> FieldItem:
    if said.files and case is None:
        raise Invalid(_("这一条不属于任何事项，不能带文件"), {"files": _("请去掉文件")})
    item = FieldItem.objects.create(
        uuid=said.id, seat=seat, kind=said.kind, body_sha256=digest, case=case, device_at=said.made_at,
        state="received" if said.files else "done", received_at=now,
        imported_by_id=importer.actor.user_id if importer else None,
    )  # fmt: skip
    FieldFile.objects.bulk_create([
        FieldFile(
            item=item, sha256=one.sha256, size=one.size, name=one.name, mime=one.mime, purpose=one.purpose,
            wrapped_key=crypto.wrap(one.key, key_place(item.uuid, one.sha256)), iv=one.iv, touched_at=now,
        )
        for one in said.files
    ])  # fmt: skip
    return item


def key_place(uuid: UUID, sha256: str) -> str:
    return f"intake_fieldfile.wrapped_key.{uuid}.{sha256}"


def item_of(seat: FieldSeat, uuid: UUID) -> FieldItem:
    """An item of this phone that was taken in. Raises Missing."""
    found = (
        FieldItem.objects.filter(uuid=uuid, seat__device=seat.device_id)
        .select_related("case", "seat__user")
        .first()
    )
    if found is None:
        raise Missing(_("没有收到过这一条"))
    return found


def receipt(item: FieldItem) -> dict[str, object]:
    """What the phone compares before it deletes anything (docs/rooms/field.md)."""
    files = list(FieldFile.objects.filter(item=item))
    case = item.case
    return {
        "item": str(item.uuid),
        "body_sha256": item.body_sha256,
        "state": item.state,
        "case": str(case.uuid) if case else None,
        "number": case.number if case else "",
        "url": f"/staff/cases/{case.uuid}/" if case else "",
        "files": {one.sha256: one.received for one in files},
        "done": [one.sha256 for one in files if one.done_at and not one.refused],
        "refused": {one.sha256: one.refused for one in files if one.refused},
        "received_at": int(item.received_at.timestamp() * 1000),
    }


__all__ = ["ENVELOPE_LIMIT", "Importer", "SlowDown", "item_of", "key_place", "opened", "receipt", "take_in"]
