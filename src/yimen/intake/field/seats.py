"""Which worker on which phone a request comes from: known by ids, proved by the phone's signature."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid, Refused

from . import envelope
from .models import FieldSeat
from .plaintext import moment, uuid_of
from .workers import may_work

FRESH: Final = timedelta(hours=72)
"""How far off a reading request's clock may be; what is sent may be as old as it likes (it happens once)."""


class Unknown(Refused):
    """No such phone, or not its signature: code "unknown_device" or "signature"."""


class SwitchedOff(Refused):
    """The phone or the worker's seat on it sends nothing any more."""

    code = "switched_off"


class WrongClock(Invalid):
    """A reading request whose time is too far off."""

    code = "clock"


def seat_of(device: str, seat: str, text: str, signature: str) -> FieldSeat:
    """The seat that signed `text`. Raises Unknown, SwitchedOff. Nothing is said of a phone to who cannot sign for it."""
    row = _found(device, seat)
    try:
        proof = envelope.unb64(signature, 2 * envelope.COORDINATE)
        ours = envelope.signed(envelope.public_key(row.device.public_key), text, proof)
    except envelope.NotSealed:
        ours = False
    if not ours:
        raise Unknown(_("这不是这部手机的签名"), code="signature")
    if row.off_at is not None or row.device.off_at is not None or not may_work(row.user):
        raise SwitchedOff(
            _("这部手机（或您在这部手机上的使用）已停用；没有送出的内容都还在，可以导出后交到社区或中心导入")
        )
    return row


def _found(device: str, seat: str) -> FieldSeat:
    try:
        ids: tuple[UUID, UUID] = uuid_of(device), uuid_of(seat)
    except envelope.NotSealed:
        raise Unknown(_("这部手机没有登记"), code="unknown_device") from None
    rows = FieldSeat.objects.select_related("device", "user").filter(uuid=ids[1], device__uuid=ids[0])
    row = rows.first()
    if row is None:
        raise Unknown(_("这部手机没有登记"), code="unknown_device")
    return row


def check_fresh(time: str, now: datetime | None = None) -> None:
    """Raises WrongClock for a time that is none, or more than 72 hours off."""
    said = moment(int(time)) if time.isdecimal() and len(time) < 16 else None
    if said is None or abs(said - (now or timezone.now())) > FRESH:
        raise WrongClock(_("手机的时间差得太多，请校准后再试"))
