"""换班: asked by one, agreed by the other, approved by the director. A shift is never left without its people."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from .. import duty
from ..models import DutyShift, DutySwap
from ..nameless import plain
from ..roster_models import OPEN_SWAPS

SWAP = "duty_swap"


@transaction.atomic
def ask_swap(
    actor: Actor, grants: Grants, shift_id: int, other: int, back: int | None = None, reason: str = "",
    *, at: datetime | None = None,
) -> DutySwap:  # fmt: skip
    """Ask `other` to take one's own shift, perhaps for one of theirs (`back`). One ledger entry `duty.swap_asked`.

    Raises Invalid by field, Conflict for a shift that has begun or a request that is open already, Refused, Missing.
    """
    require(grants, "grids.duty")
    now = at or timezone.now()
    mine = duty.get(shift_id)
    theirs = duty.get(back) if back else None
    if actor.user_id is None or actor.user_id not in duty.people_of(mine):
        raise Refused(_("只能换自己的班"))
    _not_begun(now, mine, theirs)
    if wrong := fits(mine, actor.user_id, other) or (
        fits(theirs, other, actor.user_id, "back") if theirs else {}
    ):
        raise Invalid(_("还不能保存"), wrong)
    row = DutySwap(
        shift=mine,
        asker_id=actor.user_id,
        other_id=other,
        back=theirs,
        reason=plain(reason)[:200],
        asked_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("这一班您已经申请过换班，请先收回")) from error
    append(actor, "duty.swap_asked", SWAP, row.pk, _payload(row), at=now)
    return row


def fits(one: DutyShift, out: int, into: int, field: str = "other") -> dict[str, object]:
    """What stands against `into` taking the place of `out` on a shift; empty when nothing does."""
    people = duty.people_of(one)
    if out not in people:
        return {field: _("%s那一班没有这个人") % one.day.isoformat()}
    if into in people:
        return {field: _("对方那一天本来就值班")}
    able = duty.leaders() if out == one.leader_id else duty.eligible()
    if into not in {user.pk for user in able}:
        return {field: _("带班只能由领导来换") if out == one.leader_id else _("此人不在可以值班的名单里")}
    return {}


@transaction.atomic
def agree(actor: Actor, grants: Grants, swap_id: int, *, at: datetime | None = None) -> DutySwap:
    """The other person agrees. One ledger entry `duty.swap_agreed`. Raises Conflict, Refused, Missing."""
    now = at or timezone.now()
    row = _open(swap_id)
    _only(actor, row.other_id)
    if row.state != "asked":
        raise Conflict(_("这份换班申请已经答复过了"))
    _not_begun(now, row.shift, row.back)
    row.state, row.agreed_at = "agreed", now
    row.save(update_fields=["state", "agreed_at"])
    append(actor, "duty.swap_agreed", SWAP, row.pk, _payload(row), at=now)
    return row


@transaction.atomic
def decline(actor: Actor, grants: Grants, swap_id: int, *, at: datetime | None = None) -> DutySwap:
    """The other person does not. Also after having agreed, while it is not approved."""
    row = _open(swap_id)
    _only(actor, row.other_id)
    return _decided(actor, row, "declined", "duty.swap_declined", at)


@transaction.atomic
def withdraw(actor: Actor, grants: Grants, swap_id: int, *, at: datetime | None = None) -> DutySwap:
    """The asker takes the request back."""
    row = _open(swap_id)
    _only(actor, row.asker_id)
    return _decided(actor, row, "withdrawn", "duty.swap_withdrawn", at)


@transaction.atomic
def refuse_swap(
    actor: Actor, grants: Grants, swap_id: int, answer: str, *, at: datetime | None = None
) -> DutySwap:
    """Not approved, with words. Raises Invalid without them."""
    require(grants, "grids.approve_swap")
    row = _open(swap_id)
    row.answer = plain(answer)[:200]
    if not row.answer:
        raise Invalid(_("还不能保存"), {"answer": _("请写明为什么不批准")})
    return _decided(actor, row, "refused", "duty.swap_refused", at)


@transaction.atomic
def approve(actor: Actor, grants: Grants, swap_id: int, *, at: datetime | None = None) -> DutySwap:
    """Approved by the director (or a leader): the people change places, in one transaction with the ledger entry.

    Nobody approves a swap of their own. Raises Conflict when it was not agreed, has begun, or no longer fits because
    the roster changed meanwhile.
    """
    require(grants, "grids.approve_swap")
    now = at or timezone.now()
    row = _open(swap_id)
    if actor.user_id in (row.asker_id, row.other_id):
        raise Refused(_("自己的换班由别的领导批准"))
    if row.state != "agreed":
        raise Conflict(_("对方还没有同意"))
    locked = {one.pk: one for one in _locked_shifts(row)}
    mine, theirs = locked[row.shift_id], locked.get(row.back_id or 0)
    _not_begun(now, mine, theirs)
    wrong = fits(mine, row.asker_id, row.other_id) or (
        fits(theirs, row.other_id, row.asker_id) if theirs else {}
    )
    if wrong:
        raise Conflict(_("值班表已经变了，这份换班不再合适：%s") % "；".join(map(str, wrong.values())))
    replace(mine, row.asker_id, row.other_id)
    if theirs:
        replace(theirs, row.other_id, row.asker_id)
    return _decided(actor, row, "approved", "duty.swap_approved", now)


def replace(one: DutyShift, out: int, into: int) -> None:
    """`into` takes the place that `out` has on a locked shift: the phone, beside it, or in charge."""
    if one.person_id == out:
        one.person_id = into
    elif one.leader_id == out:
        one.leader_id = into
    else:
        one.others.remove(out)
        one.others.add(into)
    one.save(update_fields=["person", "leader"])


def _locked_shifts(row: DutySwap) -> list[DutyShift]:
    ids = [pk for pk in (row.shift_id, row.back_id) if pk]
    return list(DutyShift.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _decided(actor: Actor, row: DutySwap, state: str, kind: str, at: datetime | None) -> DutySwap:
    row.state, row.decided_by_id, row.decided_at = state, actor.user_id, at or timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    append(actor, kind, SWAP, row.pk, _payload(row), at=row.decided_at)
    return row


def _payload(row: DutySwap) -> dict[str, object]:
    return {
        "shift": row.shift.day.isoformat(),
        "asker": row.asker_id,
        "other": row.other_id,
        "back": row.back.day.isoformat() if row.back else None,
    }


def _open(swap_id: int) -> DutySwap:
    row = DutySwap.objects.select_for_update().filter(pk=swap_id).first()
    if row is None:
        raise Missing(_("没有这份换班申请"))
    if row.state not in OPEN_SWAPS:
        raise Conflict(_("这份换班申请已经有结果了"))
    return row


def _only(actor: Actor, user_id: int) -> None:
    if actor.user_id != user_id:
        raise Refused(_("只有本人能答复"))


def _not_begun(now: datetime, *shifts: DutyShift | None) -> None:
    if any(one is not None and one.starts_at <= now for one in shifts):
        raise Conflict(_("已经开始的班不能换"))
