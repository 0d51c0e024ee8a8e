"""Drawing the map. Each verb is one transaction; every change renews the revision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from shapely.geometry import shape

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append
from yimen.ledger.changes import difference

from .. import codes
from ..kinds import Level
from ..models import Grid, GridPost, GridRevision
from .posts import end_post

CHANGEABLE: Final = frozenset(
    {"name", "number", "unit", "parent", "places", "polygon", "crs", "valid_to"}
)  # code, scheme, level and first day stay: a code is never used again for another place


@transaction.atomic
def add_grid(actor: Actor, grid: Grid) -> Grid:
    """Put one grid on the map. Raises Invalid for a bad code, polygon or parent."""
    _check(grid)
    grid.save(force_insert=True)
    renew()
    append(
        actor, "grids.added", "grid", grid.pk, {"code": grid.code, "scheme": grid.scheme, "name": grid.name}
    )
    return grid


@transaction.atomic
def change_grid(actor: Actor, grid: Grid, changes: Mapping[str, Any]) -> Grid:
    """Other words, another outline, or a last day (`valid_to`); `changes` holds names of CHANGEABLE.

    A last day ends the posts of the grid with it. Raises Invalid as `add_grid`, or while grids below go on; Conflict
    for a grid whose last day has passed. One ledger entry `grids.changed` or `grids.ended`, without the outline.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    kept = Grid.objects.select_for_update(of=("self",)).select_related("unit", "parent").get(pk=grid.pk)
    before = {name: _told(name, getattr(kept, name)) for name in changes}
    if kept.valid_to is not None and "valid_to" in changes and changes["valid_to"] != kept.valid_to:
        raise Conflict(_("这个网格已经撤销"))
    for name, value in changes.items():
        setattr(kept, name, value)
    _check(kept)
    kept.save(update_fields=list(changes))
    renew()
    if kept.valid_to is not None and changes.get("valid_to"):
        _close(actor, kept, kept.valid_to)
    verb = "grids.ended" if changes.get("valid_to") else "grids.changed"
    told = difference(before, {name: _told(name, value) for name, value in changes.items()})
    append(actor, verb, "grid", kept.pk, told)
    return kept


def _told(name: str, value: Any) -> Any:
    """A value as the ledger takes it. Of an outline only its size: it is the map's, not the ledger's."""
    if name == "polygon":
        return len(str(value)) if value else None
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value


def _close(actor: Actor, grid: Grid, last_day: date) -> None:
    """Nothing goes on in a grid that has ended."""
    going_on = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
    below = Grid.objects.filter(going_on, parent=grid).first()
    if below is not None:
        raise Invalid(_("还不能撤销"), {"valid_to": _("下辖的%s还没有撤销") % below.name})
    for post in GridPost.objects.filter(Q(until__isnull=True) | Q(until__gt=last_day), grid=grid):
        end_post(actor, post.pk, last_day)


def _check(grid: Grid) -> None:
    _check_fields(grid)
    _check_code(grid)
    _check_parent(grid)
    _check_polygon(grid)


def _check_fields(grid: Grid) -> None:
    """Lengths and choices, before the database says so less kindly."""
    try:
        grid.clean_fields(exclude=["parent", "unit", "polygon"])
    except ValidationError as error:
        said = {name: " ".join(texts) for name, texts in error.message_dict.items()}
        raise Invalid(_("还有内容要补充或更正"), said) from error
    if grid.valid_to is not None and grid.valid_to < grid.valid_from:
        raise Invalid(_("还不能保存"), {"valid_to": _("结束日期早于开始日期")})


def renew() -> None:
    """Tell every process that its copy of the map is old."""
    GridRevision.objects.update_or_create(pk=1, defaults={"token": uuid7()})


def _check_code(grid: Grid) -> None:
    """By its scheme; and a grid's twelve digits are those of what it belongs to."""
    try:
        codes.check(grid.code, grid.scheme, grid.level)
        inside = grid.parent is None or codes.within(
            grid.code, grid.scheme, grid.parent.code, grid.parent.scheme
        )
    except ValueError as error:
        sentence = _(
            "编码不合所写编码方式：位数要对，全是数字，街道段 001–599，社区段 001–999（街道本级 000）"
        )
        raise Invalid(_("网格编码不对"), {"code": sentence}) from error
    if not inside:
        raise Invalid(_("网格编码不对"), {"code": _("编码里的区划和上级网格不同")})


def _check_parent(grid: Grid) -> None:
    """A grid belongs to a community, never straight to a subdistrict (DB6101/T 3185-2024)."""
    wanted = {Level.STREET: None, Level.COMMUNITY: Level.STREET}.get(Level(grid.level), Level.COMMUNITY)
    actual = grid.parent.level if grid.parent else None
    if actual != wanted:
        raise Invalid(_("上级网格不对"), {"parent": _("网格须归属社区，社区归属街道")})


def _check_polygon(grid: Grid) -> None:
    if grid.polygon is None:
        return
    try:
        drawn = shape(grid.polygon)
        fine = drawn.geom_type in {"Polygon", "MultiPolygon"} and not drawn.is_empty and drawn.is_valid
    except Exception as error:  # shapely raises whatever a broken geometry provokes
        raise Invalid(_("网格边界不对"), {"polygon": _("边界须是闭合、不自相交的面")}) from error
    if not fine:
        raise Invalid(_("网格边界不对"), {"polygon": _("边界须是闭合、不自相交的面")})
