"""What is kept of a shift: calls received, and the hand-over with two signatures."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from .. import duty
from ..models import DutyCall, DutyHandover, DutyShift
from ..nameless import plain
from .roster import SHIFT

LONG: Final = 500
NOTE: Final = 4000


@transaction.atomic
def add_call(
    actor: Actor, grants: Grants, shift_id: int, about: str, handling: str = "", reported_to: str = "",
    number: str = "", *, received_at: datetime | None = None, at: datetime | None = None,
) -> DutyCall:  # fmt: skip
    """Write down one call: when, what about, what was done, to whom it was reported. Never who called.

    By the people of the shift and the director, until the next shift has signed. Raises Invalid by field, Conflict,
    Refused, Missing. One ledger entry `duty.called` without the words.
    """
    now = at or timezone.now()
    row = _locked(shift_id)
    _must_serve(actor, grants, row)
    _not_taken(row)
    said = {"about": plain(about), "handling": plain(handling), "reported_to": plain(reported_to)}
    received = received_at or now
    _check(row, said, received, now)
    call = DutyCall.objects.create(
        shift=row, at=received, number=number.strip()[:40], by_id=actor.user_id, recorded_at=now, **said
    )
    payload = {"shift": row.day.isoformat(), "received_at": received, "number": call.number}
    append(actor, "duty.called", SHIFT, row.pk, payload, at=now)
    return call


def _check(row: DutyShift, said: dict[str, str], received: datetime, now: datetime) -> None:
    wrong: dict[str, object] = {}
    if not said["about"]:
        wrong["about"] = _("请写下接报事项")
    for name, limit in (("about", LONG), ("handling", LONG), ("reported_to", 100)):
        if len(said[name]) > limit:
            wrong[name] = _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": len(said[name])}
    if not row.starts_at <= received < row.ends_at or received > now:
        wrong["received_at"] = _("接报时间要在这一班之内，也不能在将来")
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)


@transaction.atomic
def give(
    actor: Actor, grants: Grants, shift_id: int, done: str, undone: str, *, at: datetime | None = None
) -> DutyHandover:
    """交班: write what is done and what is not, and sign. May be written again until it is taken over.

    Raises Invalid when both are empty or too long, Conflict once taken over, Refused for others than the shift's own
    people. One ledger entry `duty.given` with the numbers of lines.
    """
    now = at or timezone.now()
    row = _locked(shift_id)
    if actor.user_id not in duty.people_of(row):
        raise Refused(_("只有这一班的值班人员和带班领导能交班"))
    if now < row.starts_at:
        raise Conflict(_("这一班还没有开始"))
    _not_taken(row)
    done, undone = plain(done), plain(undone)
    _check_note(done, undone)
    note, _made = DutyHandover.objects.update_or_create(
        shift=row, defaults={"done": done, "undone": undone, "given_by_id": actor.user_id, "given_at": now}
    )
    payload = {
        "shift": row.day.isoformat(),
        "done": len(done.splitlines()),
        "undone": len(undone.splitlines()),
    }
    append(actor, "duty.given", SHIFT, row.pk, payload, at=now)
    return note


def _check_note(done: str, undone: str) -> None:
    if not done and not undone:
        raise Invalid(_("还不能保存"), {"done": _("请写下交接事项；没有就写“无”")})
    wrong = {
        name: _("最多 %d 字") % NOTE
        for name, words in (("done", done), ("undone", undone))
        if len(words) > NOTE
    }
    if wrong:
        raise Invalid(_("还不能保存"), wrong)


@transaction.atomic
def take(actor: Actor, grants: Grants, shift_id: int, *, at: datetime | None = None) -> DutyHandover:
    """接班: somebody of the next shift has read the note and signs. Never who gave it.

    While there is nobody else on the next shift the director signs. Raises Conflict when there is no note or it was
    taken over already, Refused for others. One ledger entry `duty.taken`.
    """
    now = at or timezone.now()
    row = _locked(shift_id)
    note = DutyHandover.objects.filter(shift=row).first()
    if note is None:
        raise Conflict(_("上一班还没有写交接"))
    _not_taken(row)
    if not takes(grants, row, note):
        raise Refused(_("由下一班的人接班；交班的人不能自己接"))
    note.taken_by_id, note.taken_at = actor.user_id, now
    note.save(update_fields=["taken_by", "taken_at"])
    append(
        actor,
        "duty.taken",
        SHIFT,
        row.pk,
        {"shift": row.day.isoformat(), "given_by": note.given_by_id},
        at=now,
    )
    return note


def takes(grants: Grants, row: DutyShift, note: DutyHandover) -> bool:
    """Whether this person signs for taking over."""
    ready = duty.may_take(row, note.given_by_id)
    if ready:
        return grants.user_id in ready
    return grants.has(Role.DIRECTOR) and grants.user_id != note.given_by_id


def serves(grants: Grants, row: DutyShift) -> bool:
    """Whether this person may write in the record of the shift."""
    return grants.user_id in duty.people_of(row) or grants.has(Role.DIRECTOR)


def _must_serve(actor: Actor, grants: Grants, row: DutyShift) -> None:
    if not serves(grants, row):
        raise Refused(_("只有这一班的值班人员、带班领导和中心主任能记录"))


def _locked(shift_id: int) -> DutyShift:
    row = DutyShift.objects.select_for_update().filter(pk=shift_id).first()
    if row is None:
        raise Missing(_("没有这一班"))
    return row


def _not_taken(row: DutyShift) -> None:
    if DutyHandover.objects.filter(shift=row, taken_at__isnull=False).exists():
        raise Conflict(_("下一班已经接班，记录不能再改"))
