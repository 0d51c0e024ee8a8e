"""A phone is let in by a one-time code, and switched off by a press. Who may: `intake.field` (access.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.accounts.models import User
from yimen.foundation import ids
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from . import events
from .envelope import NotSealed, jwk_of, public_key, thumbprint
from .models import DEVICE_KINDS, FieldCode, FieldDevice, FieldSeat
from .workers import may_work, workers_for

CODE_MINUTES: Final = 15
AGAIN: Final = timedelta(hours=24)
"""So long the same phone gets the same answer to a code it has used: the first answer may have been lost."""


@transaction.atomic
def make_code(actor: Actor, grants: Grants, user: User, *, at: datetime | None = None) -> str:
    """A new code for this worker, told this once. Older unused ones of the worker end. Raises Refused."""
    require(grants, "intake.field")
    now = at or timezone.now()
    if not workers_for(grants).filter(pk=user.pk).exists():
        raise Refused(_("此人不在您能登记手机的人员里：先要有网格员、网格长或社区的任职"))
    FieldCode.objects.filter(user=user, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    code = ids.slip_code()
    row = FieldCode.objects.create(
        digest=ids.slip_digest(code), user=user, made_by_id=actor.user_id, made_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )  # fmt: skip
    append(actor, events.CODE_MADE, "user", user.pk, {"code": row.pk}, at=now)
    return code


@transaction.atomic
def enrol(code: str, key: object, label: str, kind: str, *, at: datetime | None = None) -> FieldSeat:
    """Seat the code's worker on the phone of this key. Repeated with the same key: the same seat.

    Raises Refused (code "code") for a code that is unknown, used, or over; Invalid for a key that is none.
    """
    now = at or timezone.now()
    jwk = _plain_key(key)
    row = FieldCode.objects.select_for_update(of=("self",)).filter(digest=ids.slip_digest(code)).first()
    seat = _seat_again(row, jwk, now) if row else None
    if row is None or (seat is None and not _holds(row, now)):
        raise Refused(_("这个登记码不对或已过期，请让开码的人重新开一个。"), code="code")
    if seat is None:
        device = _device(jwk, label, kind, now)
        seat = _seat(device, row.user, now)
        row.used_at, row.seat = now, seat
        row.save(update_fields=["used_at", "seat"])
        who = Actor(row.user_id, row.user.name, "field")
        payload = {"device": str(device.uuid), "label": device.label, "code": row.pk}
        append(who, events.ENROLLED, events.DEVICE, device.pk, payload, at=now)
    return seat


def _plain_key(key: object) -> dict[str, str]:
    try:
        return jwk_of(public_key(key))
    except NotSealed as error:
        raise Invalid(_("手机送来的密钥不对"), {"key": str(error)}) from error


def _holds(row: FieldCode, now: datetime) -> bool:
    return row.used_at is None and row.expires_at > now and may_work(row.user)


def _seat_again(row: FieldCode, jwk: dict[str, str], now: datetime) -> FieldSeat | None:
    """The seat that this code has given to this very key, for a day."""
    if row.used_at is None or row.seat is None or now - row.used_at > AGAIN:
        return None
    seat = FieldSeat.objects.select_related("device", "user").get(pk=row.seat.pk)
    return seat if seat.device.thumbprint == thumbprint(jwk) and seat.off_at is None else None


def _device(jwk: dict[str, str], label: str, kind: str, now: datetime) -> FieldDevice:
    """The device of this key; one that was switched off is on again, since somebody made a code for it."""
    plain = "".join(c for c in label if c.isprintable()).strip()[:60] or str(_("手机"))
    known = FieldDevice.objects.select_for_update().filter(thumbprint=thumbprint(jwk)).first()
    if known is None:
        chosen = kind if kind in dict(DEVICE_KINDS) else "own"
        return FieldDevice.objects.create(
            uuid=ids.uuid7(), label=plain, kind=chosen, public_key=jwk, thumbprint=thumbprint(jwk), since=now
        )
    known.off_at, known.off_by = None, None
    known.save(update_fields=["off_at", "off_by"])
    return known


def _seat(device: FieldDevice, user: User, now: datetime) -> FieldSeat:
    seat, made = FieldSeat.objects.get_or_create(
        device=device, user=user, defaults={"uuid": ids.uuid7(), "since": now}
    )
    if not made and seat.off_at is not None:
        seat.off_at = None
        seat.save(update_fields=["off_at"])
    return seat


def devices(grants: Grants) -> QuerySet[FieldSeat]:
    """Seats on phones of workers whom this person looks after, those in use first."""
    require(grants, "intake.field")
    mine = workers_for(grants).values("pk")
    rows = FieldSeat.objects.filter(user__in=mine).select_related("device", "user")
    return rows.order_by("device__off_at", "user__name", "-since")


@transaction.atomic
def switch_off(
    actor: Actor, grants: Grants, ref: UUID, *, seat: UUID | None = None, at: datetime | None = None
) -> FieldDevice:
    """A phone, or one worker's seat on it, sends nothing any more; what it sealed can still be taken in at the office.

    Raises Missing for a device of nobody whom this person looks after; Conflict when it is off already.
    """
    require(grants, "intake.field")
    now = at or timezone.now()
    mine = FieldSeat.objects.filter(user__in=workers_for(grants).values("pk"), device__uuid=ref)
    found = FieldDevice.objects.select_for_update().filter(pk__in=mine.values("device")).first()
    if found is None:
        raise Missing(_("没有这部手机"))
    wanted = Q(device=found, off_at__isnull=True) & (Q(uuid=seat) if seat else Q())
    if not FieldSeat.objects.filter(wanted).update(off_at=now):
        raise Conflict(_("这部手机已经停用"))
    if not FieldSeat.objects.filter(device=found, off_at__isnull=True).exists():
        found.off_at, found.off_by_id = now, actor.user_id
        found.save(update_fields=["off_at", "off_by"])
    payload: dict[str, Any] = {"device": str(found.uuid), "seat": str(seat) if seat else None}
    append(actor, events.SWITCHED_OFF, events.DEVICE, found.pk, payload, at=now)
    return found
