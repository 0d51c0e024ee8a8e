"""Drawing the map. Each verb is one transaction; every change renews the revision."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from shapely.geometry import shape

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append

from .. import codes
from ..kinds import Level
from ..models import Grid, GridRevision


@transaction.atomic
def add_grid(actor: Actor, grid: Grid) -> Grid:
    """Put one grid on the map. Raises Invalid for a bad code, polygon or parent."""
    _check_code(grid)
    _check_parent(grid)
    _check_polygon(grid)
    grid.save(force_insert=True)
    renew()
    append(
        actor, "grids.added", "grid", grid.pk, {"code": grid.code, "scheme": grid.scheme, "name": grid.name}
    )
    return grid


def renew() -> None:
    """Tell every process that its copy of the map is old."""
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
