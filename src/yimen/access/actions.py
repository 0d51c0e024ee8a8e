"""Giving and ending roles, and standing in. A role is always over a unit and from a day; it ends, it is never erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.ledger.actions import append
from yimen.organisations.models import Membership, Unit

from .models import RoleGrant
from .roles import NAMES, Role
from .rules import Period, clash


@dataclass(frozen=True, slots=True)
class Granting:
    """One role to be given. `grid_code` narrows it to one grid of the unit; `stands_for` makes it a 代理."""

    user: User
    role: Role
    unit: Unit
    since: date
    until: date | None = None
    grid_code: str = ""
    stands_for: User | None = None
    reason: str = ""

    def row(self, by: int | None) -> RoleGrant:
        return RoleGrant(
            user=self.user,
            role=Role(self.role),
            unit=self.unit,
            grid_code=self.grid_code,
            since=self.since,
            until=self.until,
            granted_by_id=by,
            stands_for=self.stands_for,
            reason=self.reason,
        )


def grant(
    actor: Actor,
    user: User,
    role: Role,
    unit: Unit,
    since: date,
    until: date | None = None,
    *,
    grid_code: str = "",
) -> RoleGrant:
    """Give `user` a role over `unit` from `since` to `until` (both days included; open when None).

    Raises Invalid when the period ends before it begins, the same grant exists, or the role excludes one that the
    person holds (three separate administrators); Refused for oneself. One ledger entry `access.granted`. Whether
    the actor may do this at all is asked by the door.
    """
    return grant_many(actor, [Granting(user, role, unit, since, until, grid_code)])[0]


@transaction.atomic
def grant_many(actor: Actor, grantings: Iterable[Granting]) -> list[RoleGrant]:
    """Many at once (set-up): one insert for all, one ledger entry each. All or nothing."""
    rows = [granting.row(actor.user_id) for granting in grantings]
    for row in rows:
        _check_period(row.since, row.until)
        if row.user_id == actor.user_id:
            raise Refused(_("不能给自己授角色，请找另一位管理员"))
    _check_separation(rows)
    _insert(rows)
    for row in rows:
        append(actor, "access.granted", "user", row.user_id, _payload(row))
    return rows


@transaction.atomic
def appoint(actor: Actor, granting: Granting) -> RoleGrant:
    """As `grant`, to an account that its owner has already taken into use: whoever made the one-time link of a new
    account could otherwise use it first and hold the role. Raises Invalid."""
    must_be_in_use(granting.user)
    return grant_many(actor, [granting])[0]


def must_be_in_use(user: User) -> None:
    """Raises Invalid for an account that is off, or that its owner has not taken into use."""
    if not user.is_active:
        raise Invalid(_("还不能保存"), {"person": _("这个账号已停用")})
    if not user.has_usable_password():
        raise Invalid(
            _("还不能保存"), {"person": _("此人还没有用一次性链接启用账号；请先当面确认本人已经启用")}
        )


@transaction.atomic
def stand_in(
    actor: Actor, away: RoleGrant, user: User, since: date, until: date, *, reason: str = ""
) -> RoleGrant:
    """代理: `user` holds the role of `away` over its unit from `since` to `until`, in that person's place.

    Ends by itself. Raises Invalid when the person stood in for does not hold the role all the time, when it is
    itself a 代理 (no chains), when both would stand in for each other, or when `user` is no member of the unit.
    """
    away = RoleGrant.objects.select_for_update().select_related("user", "unit").get(pk=away.pk)
    _check_period(since, until)
    if away.stands_for_id is not None:
        raise Invalid(_("代理来的角色不能再代理"), {"away": _("代理来的角色不能再代理")})
    if since < away.since or (away.until is not None and until > away.until):
        raise Invalid(_("还不能保存"), {"until": _("被代理人的角色在这段时间里并不一直有效")})
    if user.pk == away.user_id:
        raise Invalid(_("还不能保存"), {"person": _("不能代理自己")})
    _check_seat(away, user)
    _check_loop(away.user_id, user.pk, since, until)
    granting = Granting(
        user, Role(away.role), away.unit, since, until, away.grid_code, away.user, reason.strip()[:200]
    )
    return grant_many(actor, [granting])[0]


@transaction.atomic
def revoke(actor: Actor, grant_id: int, last_day: date) -> RoleGrant:
    """End a role after `last_day`; one that would end before it began is taken out (the ledger keeps both).

    Whoever stands in for it stops with it. Raises Conflict when it has already ended earlier. One ledger entry
    `access.revoked` for each.
    """
    row = RoleGrant.objects.select_for_update().get(pk=grant_id)
    if row.until is not None and row.until <= last_day:
        raise Conflict(_("这项角色已经结束"))
    _keep_one(row)
    _end(actor, row, last_day)
    if row.stands_for_id is None:
        for other in stood_in(row, last_day):
            _end(actor, other, last_day)
    return row


def _keep_one(row: RoleGrant) -> None:
    """Somebody always administers: the last system or security administrator stays until another is named."""
    if row.role not in (Role.ADMIN, Role.SECURITY) or row.stands_for_id is not None:
        return
    others = RoleGrant.objects.filter(role=row.role, user__is_active=True, until__isnull=True)
    if not others.exclude(pk=row.pk).filter(stands_for__isnull=True).exists():
        raise Conflict(_("这是最后一位%s，请先授予另一个人") % NAMES[Role(row.role)])


def stood_in(row: RoleGrant, after: date) -> list[RoleGrant]:
    """Those standing in for a grant who would still do so after that day."""
    rows = RoleGrant.objects.select_for_update().filter(
        stands_for=row.user_id, role=row.role, unit=row.unit_id
    )
    return list(rows.filter(until__gt=after))


def _end(actor: Actor, row: RoleGrant, last_day: date) -> None:
    append(actor, "access.revoked", "user", row.user_id, _payload(row) | {"last_day": last_day.isoformat()})
    if last_day < row.since:
        row.delete()
        return
    row.until = last_day
    row.save(update_fields=["until"])


def _insert(rows: list[RoleGrant]) -> None:
    try:
        with transaction.atomic():
            RoleGrant.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Invalid(_("这个人已有同样的角色"), {"role": _("这个人已有同样的角色")}) from error


def _check_period(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Invalid(_("结束日期早于开始日期"), {"until": _("结束日期早于开始日期")})


def _check_separation(rows: list[RoleGrant]) -> None:
    """The people are locked first, so that two grants at the same moment cannot both find nothing."""
    people = {row.user_id for row in rows}
    list(User.objects.select_for_update().filter(pk__in=people).order_by("pk").values_list("pk"))
    held: dict[int, list[Period]] = defaultdict(list)
    for user_id, *period in RoleGrant.objects.filter(user__in=people).values_list(
        "user_id", "role", "since", "until"
    ):
        held[user_id].append(Period(*period))
    for row in rows:
        wanted = Period(row.role, row.since, row.until)
        if other := clash(wanted, held[row.user_id]):
            sentence = _("三类管理员各由一人担任，且不兼办理事项；此人同时是%s") % NAMES[other]
            raise Invalid(_("这个角色不能与现有角色兼任"), {"role": sentence})
        held[row.user_id].append(wanted)


def _check_seat(away: RoleGrant, user: User) -> None:
    """Matters are held by members of a unit; a leader's stand-in may sit anywhere."""
    seats = Membership.objects.filter(user=user, active=True, user__is_active=True)
    if away.role != Role.LEADER:
        seats = seats.filter(unit=away.unit)
    if not seats.exists():
        raise Invalid(_("还不能保存"), {"person": _("代理人须是%s的在岗人员") % away.unit.name})


def _check_loop(away_id: int, user_id: int, since: date, until: date) -> None:
    """Whoever is away at that time cannot stand in for somebody, also not for the one who stands in."""
    rows = RoleGrant.objects.filter(since__lte=until, until__gte=since)
    if rows.filter(Q(stands_for=user_id)).exists():
        raise Invalid(_("还不能保存"), {"person": _("此人那段时间自己也由别人代理")})
    if rows.filter(user=away_id, stands_for__isnull=False).exists():
        raise Invalid(_("还不能保存"), {"away": _("被代理人那段时间正在代理别人，请先结束那项代理")})


def _payload(row: RoleGrant) -> dict[str, object]:
    said = {
        "grant": row.pk,
        "role": row.role,
        "unit": row.unit_id,
        "grid": row.grid_code,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }
    return said | ({"stands_for": row.stands_for_id, "reason": row.reason} if row.stands_for_id else {})
