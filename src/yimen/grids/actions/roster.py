"""The duty roster: filling days, setting one shift, the hours of a shift."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append

from .. import duty
from ..models import DutySetting, DutyShift

SHIFT = "duty_shift"
MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Planned:
    """One shift to be: the leader in charge, and the people, of whom the first answers the phone."""

    day: date
    leader: int
    people: tuple[int, ...]


def fill(
    actor: Actor, grants: Grants, planned: Sequence[Planned], phone: str = "", *, at: datetime | None = None
) -> int:
    """Put these shifts on the roster, all or none; gives how many. One ledger entry `duty.filled`.

    Raises Invalid for days that are over, too many of them or people who cannot be on duty, Conflict when one of the
    days has a shift by now (also when somebody else fills the same days at this moment), Refused.
    """
    require(grants, "grids.roster")
    now = at or timezone.now()
    if not 0 < len(planned) <= MOST_DAYS:
        raise Invalid(_("还不能保存"), {"last": _("一次排 1 到 %d 天") % MOST_DAYS})
    known, charge = _known(), {user.pk for user in duty.leaders()}
    rules = duty.settings()
    for one in planned:
        _check(one.leader, one.people, known, charge)
    rows = [_row(one, phone, rules) for one in planned]
    if any(row.ends_at <= now for row in rows):
        raise Invalid(_("还不能保存"), {"first": _("已经过去的值班不能再排")})
    with transaction.atomic():
        _insert(rows, planned)
        payload = {"days": [_said(one) for one in planned], "phone": phone}
        append(actor, "duty.filled", SHIFT, rows[0].pk, payload, at=now)
    return len(rows)


def _row(one: Planned, phone: str, rules: dict[str, duty.Setting]) -> DutyShift:
    starts_at, ends_at = duty.span(one.day, rules)
    return DutyShift(
        day=one.day, starts_at=starts_at, ends_at=ends_at, leader_id=one.leader, person_id=one.people[0], phone=phone
    )  # fmt: skip


def _insert(rows: list[DutyShift], planned: Sequence[Planned]) -> None:
    also = DutyShift.others.through
    try:
        with transaction.atomic():
            DutyShift.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Conflict(_("这些日子里已经有人排过班，请重新预览")) from error
    pairs = ((row.pk, user) for row, one in zip(rows, planned, strict=True) for user in one.people[1:])
    also.objects.bulk_create(also(dutyshift_id=row, user_id=user) for row, user in pairs)


@transaction.atomic
def set_shift(
    actor: Actor, grants: Grants, planned: Planned, phone: str = "", *, at: datetime | None = None
) -> DutyShift:
    """Make or change the shift of one day. One ledger entry `duty.set` with before and after.

    Raises Invalid with the fields at fault, Conflict for a shift that is over or that somebody made meanwhile.
    """
    require(grants, "grids.roster")
    now = at or timezone.now()
    _check(planned.leader, planned.people, _known(), {user.pk for user in duty.leaders()})
    row = DutyShift.objects.select_for_update().filter(day=planned.day).first()
    before = described(row) if row else {}
    if row is None:
        row = _row(planned, phone, duty.settings())
        _still_open(row, now)
        _insert([row], [planned])
    else:
        _still_open(row, now)
        row.leader_id, row.person_id, row.phone = planned.leader, planned.people[0], phone
        row.save(update_fields=["leader", "person", "phone"])
        row.others.set(planned.people[1:])
    append(actor, "duty.set", SHIFT, row.pk, {"before": before, "after": described(row)}, at=now)
    return row


def _still_open(row: DutyShift, now: datetime) -> None:
    if row.ends_at <= now:
        raise Conflict(_("这一班已经结束，不能再改"))


def described(row: DutyShift) -> dict[str, object]:
    """A shift as the ledger tells it: ids of people, no names."""
    others = sorted(row.others.values_list("pk", flat=True))
    return {"day": row.day.isoformat(), "leader": row.leader_id, "people": [row.person_id, *others], "phone": row.phone}  # fmt: skip


def _said(one: Planned) -> dict[str, object]:
    return {"day": one.day.isoformat(), "leader": one.leader, "people": list(one.people)}


def _known() -> set[int]:
    return {user.pk for user in duty.eligible()}


def _check(leader: int, people: Sequence[int], known: Collection[int], charge: Collection[int]) -> None:
    """A shift has a leader and at least one person; everybody once, and of those who can be on duty."""
    wrong: dict[str, object] = {}
    if leader not in charge:
        wrong["leader"] = _("请选择带班领导")
    if not people:
        wrong["people"] = _("至少要有一名值班人员")
    elif leader in people or len({*people}) != len(people) or not {*people} <= {*known}:
        wrong["people"] = _("请从名单里选，每人只选一次；带班领导不另算值班人员")
    if wrong:
        raise Invalid(_("还不能保存"), wrong)


@transaction.atomic
def set_hours(actor: Actor, grants: Grants, starts: str, ends: str) -> None:
    """From when to when a shift lasts, for shifts made from now on. Raises Invalid. Ledger `duty.hours_set`."""
    require(grants, "grids.roster")
    before = {key: row.value for key, row in duty.settings().items()}
    wanted = {"starts": _hour("starts", starts), "ends": _hour("ends", ends)}
    if wanted == before:
        return
    for key, value in wanted.items():
        row, _made = DutySetting.objects.update_or_create(key=key, defaults={"value": value})
    append(actor, "duty.hours_set", "duty_setting", row.pk, {"before": before, "after": wanted})


def _hour(key: str, value: str) -> str:
    try:
        return time.fromisoformat(value.strip()).strftime("%H:%M")
    except ValueError as error:
        raise Invalid(_("还不能保存"), {key: _("时间应写成 08:00")}) from error
