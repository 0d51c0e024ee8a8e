"""定人定网: posting people to grids. Each verb is one transaction with one ledger entry for each post."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger.actions import append

from ..kinds import Level, PostRole
from ..models import Grid, GridPost


def post(
    actor: Actor, user: User, grid: Grid, role: PostRole, since: date, until: date | None = None
) -> GridPost:
    """One person answers for a grid from a day on. Raises Invalid by field, see `post_many`."""
    return post_many(actor, [GridPost(user=user, grid=grid, role=role, since=since, until=until)])[0]


@transaction.atomic
def post_many(actor: Actor, rows: Iterable[GridPost]) -> list[GridPost]:
    """Many at once (set-up, import): one insert for all, one ledger entry each. All or nothing.

    Raises Invalid for an account that is off, a role that the level does not have, a period that is upside down,
    the same post twice in one period, or a second lead at the same time. The grids are locked meanwhile.
    """
    posts = list(rows)
    list(
        Grid.objects.select_for_update()
        .filter(pk__in={row.grid_id for row in posts})
        .order_by("pk")
        .values_list("pk")
    )
    known = list(GridPost.objects.filter(grid__in={row.grid_id for row in posts}).select_related("user"))
    for row in posts:
        _check(row, known)
        known.append(row)
    GridPost.objects.bulk_create(posts)
    for row in posts:
        append(actor, "grids.posted", "grid", row.grid_id, _payload(row))
    return posts


@transaction.atomic
def end_post(actor: Actor, post_id: int, last_day: date) -> GridPost:
    """A person answers for a grid until `last_day`; a post that never began is taken out (the ledger keeps both).

    Raises Invalid when that is before the first day of a post that has begun, Conflict when it has ended by then.
    """
    row = GridPost.objects.select_for_update().get(pk=post_id)
    if row.until is not None and row.until <= last_day:
        raise Conflict(_("这项任职已经结束"))
    ahead = row.since > timezone.localdate()
    if last_day < row.since and not ahead:
        raise Invalid(
            _("结束日期早于开始日期"),
            {"last_day": _("结束日期早于开始日期"), "until": _("结束日期早于开始日期")},
        )
    append(actor, "grids.post_ended", "grid", row.grid_id, _payload(row) | {"until": last_day.isoformat()})
    if last_day < row.since:
        row.delete()
        return row
    row.until = last_day
    row.save(update_fields=["until"])
    return row


def _check(row: GridPost, known: list[GridPost]) -> None:
    if not row.user.is_active:
        raise Invalid(_("还不能保存"), {"person": _("这个账号已停用")})
    if row.role == PostRole.WORKER and row.grid.level < Level.GRID:
        raise Invalid(_("还不能保存"), {"role": _("街道和社区只设网格长")})
    if row.until is not None and row.until < row.since:
        raise Invalid(_("还不能保存"), {"until": _("结束日期早于开始日期")})
    _check_life(row)
    _check_others(row, [other for other in known if other.grid_id == row.grid_id and _meet(row, other)])


def _check_life(row: GridPost) -> None:
    """Nobody answers for a grid that does not exist."""
    if row.since < row.grid.valid_from:
        raise Invalid(_("还不能保存"), {"since": _("这个网格那时还没有设立")})
    if row.grid.valid_to is not None and (row.until is None or row.until > row.grid.valid_to):
        raise Invalid(_("还不能保存"), {"until": _("这个网格到那时已经撤销")})


def _check_others(row: GridPost, meanwhile: list[GridPost]) -> None:
    same = [other for other in meanwhile if other.role == row.role]
    if any(other.user_id == row.user_id for other in same):
        raise Invalid(_("还不能保存"), {"person": _("此人这段时间已经担任这个职务")})
    if row.role == PostRole.LEAD and same:
        sentence = _("这段时间的网格长是%s，请先结束其任职") % same[0].user.name
        raise Invalid(_("还不能保存"), {"role": sentence})


def _meet(one: GridPost, other: GridPost) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _payload(row: GridPost) -> dict[str, object]:
    until = row.until.isoformat() if row.until else None
    return {"user": row.user_id, "role": row.role, "since": row.since.isoformat(), "until": until}
