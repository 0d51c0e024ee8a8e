"""Drawing the map and posting people to it. Each verb is one transaction; every change renews the revision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import shape

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append

from . import codes
from .kinds import Level, PostRole
from .models import Grid, GridPost, GridRevision


@transaction.atomic
def add_grid(actor: Actor, grid: Grid) -> Grid:
    """Put one grid on the map. Raises Invalid for a bad code, polygon or parent."""
    _check_code(grid)
    _check_parent(grid)
    _check_polygon(grid)
    grid.save(force_insert=True)
    _renew()
    append(
        actor, "grids.added", "grid", grid.pk, {"code": grid.code, "scheme": grid.scheme, "name": grid.name}
    )
    return grid


def post(actor: Actor, user: User, grid: Grid, role: PostRole, since: date) -> GridPost:
    """One person answers for a grid from a day on."""
    return post_many(actor, [GridPost(user=user, grid=grid, role=role, since=since)])[0]


@transaction.atomic
def post_many(actor: Actor, rows: Iterable[GridPost]) -> list[GridPost]:
    """Many at once (set-up): one insert for all, one ledger entry each. All or nothing."""
    posts = list(rows)
    GridPost.objects.bulk_create(posts)
    for row in posts:
        append(actor, "grids.posted", "grid", row.grid_id, _payload(row))
    return posts


@transaction.atomic
def end_post(actor: Actor, post_id: int, last_day: date) -> GridPost:
    """A person answers for a grid until `last_day`. Raises Invalid when that is before the first."""
    row = GridPost.objects.select_for_update().get(pk=post_id)
    if last_day < row.since:
        raise Invalid(_("结束日期早于开始日期"), {"until": _("结束日期早于开始日期")})
    row.until = last_day
    row.save(update_fields=["until"])
    append(actor, "grids.post_ended", "grid", row.grid_id, _payload(row))
    return row


def _payload(row: GridPost) -> dict[str, object]:
    until = row.until.isoformat() if row.until else None
    return {"user": row.user_id, "role": row.role, "since": row.since.isoformat(), "until": until}


def _renew() -> None:
    GridRevision.objects.update_or_create(pk=1, defaults={"token": uuid7()})


def _check_code(grid: Grid) -> None:
    try:
        codes.check(grid.code, grid.scheme, grid.level)
    except ValueError as error:
        raise Invalid(_("网格编码不对"), {"code": str(error)}) from error


def _check_parent(grid: Grid) -> None:
    """A grid belongs to a community, never straight to a subdistrict (DB6101/T 3185-2024)."""
    wanted = {Level.STREET: None, Level.COMMUNITY: Level.STREET}.get(Level(grid.level), Level.COMMUNITY)
    actual = grid.parent.level if grid.parent else None
    if actual != wanted:
        raise Invalid(_("上级网格不对"), {"parent": _("网格须归属社区，社区归属街道")})


def _check_polygon(grid: Grid) -> None:
    if grid.polygon is None:
        return
    drawn = shape(grid.polygon)
    if drawn.geom_type not in {"Polygon", "MultiPolygon"} or drawn.is_empty or not drawn.is_valid:
        raise Invalid(_("网格边界不对"), {"polygon": _("边界须是闭合、不自相交的面")})
