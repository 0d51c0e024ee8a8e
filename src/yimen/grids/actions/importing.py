"""Taking a file in: all of it or nothing. A dry run does the very same and undoes it, so that it cannot tell otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, YimenError
from yimen.ledger.actions import append
from yimen.organisations.models import Unit

from ..exchange.rows import GRIDS, POSTS, GridRow, PostRow, Sheets, Wrong
from ..models import Grid, GridPost
from .drawing import add_grid, change_grid
from .posts import end_post, post


@dataclass(slots=True)
class Outcome:
    """What a file does: (what, words) by kind, how many rows change nothing, and what is wrong by row."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    same: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return bool(self.added or self.changed or self.ended)


def exported(actor: Actor, form: str, count: int, *, public: bool = False) -> None:
    """That the map left the house as a file, and by whom."""
    append(actor, "grids.exported", "grid", 0, {"form": form, "count": count, "public": public})


class _Undone(Exception):
    """Takes a dry run, or a file with something wrong in it, back."""


def take_in(actor: Actor, sheets: Sheets, *, dry: bool) -> Outcome:
    """Add, change and end grids and posts as the file says; nothing of it while any row is wrong, or when `dry`.

    A grid is known by scheme and code, a post by grid, person, duty and first day. What the file does not name stays
    as it is. One ledger entry for each change and one `grids.imported` with the counts.
    """
    found = Outcome(wrong=list(sheets.wrong))
    try:
        with transaction.atomic():
            _all(actor, sheets, found)
            if dry or found.wrong:
                raise _Undone
            counts = {"added": len(found.added), "changed": len(found.changed), "ended": len(found.ended)}
            append(actor, "grids.imported", "grid", 0, counts)
    except _Undone:
        pass
    return found


def _all(actor: Actor, sheets: Sheets, found: Outcome) -> None:
    known = {
        (grid.scheme, grid.code): grid
        for grid in Grid.objects.select_for_update(of=("self",)).select_related("unit", "parent")
    }
    units = {name: unit for unit in Unit.objects.all() for name in (unit.key, unit.name)}
    for row in sorted(sheets.grids, key=lambda row: row.level):
        _tried(found, GRIDS, row.row, lambda row=row: _take_grid(actor, row, known, units, found))
    by_code = {code: grid for (_scheme, code), grid in known.items()}
    for one in sheets.posts:
        _tried(found, POSTS, one.row, lambda one=one: _take_post(actor, one, by_code, found))


def _tried(found: Outcome, sheet: str, row: int, do: Any) -> None:
    """One row; what is refused is noted and the next one tried, so that everything wrong is told at once."""
    try:
        with transaction.atomic():
            do()
    except YimenError as error:
        said = getattr(error, "fields", {}).values() or [error]
        found.wrong.append(Wrong(sheet, row, _("；").join(str(words) for words in said)))


def _take_grid(
    actor: Actor, row: GridRow, known: dict[tuple[str, str], Grid], units: dict[str, Unit], found: Outcome
) -> None:
    unit = units.get(row.unit)
    if unit is None:
        raise Invalid(_("没有这个单位：%s") % row.unit)
    parent = known.get((row.scheme, row.parent)) if row.parent else None
    if row.parent and parent is None:
        raise Invalid(_("没有这个上级网格：%s") % row.parent)
    grid = known.get((row.scheme, row.code))
    if grid is None:
        made = Grid(
            code=row.code, scheme=row.scheme, name=row.name, number=row.number, level=row.level, parent=parent, unit=unit,
            places=row.places, polygon=row.polygon, crs=row.crs, valid_from=row.valid_from, valid_to=row.valid_to,
        )  # fmt: skip
        known[row.scheme, row.code] = add_grid(actor, made)
        found.added.append(f"{row.name} {row.code}")
        return
    _change(actor, grid, row, unit, parent, found)


def _change(actor: Actor, grid: Grid, row: GridRow, unit: Unit, parent: Grid | None, found: Outcome) -> None:
    if (grid.level, grid.valid_from) != (row.level, row.valid_from):
        raise Invalid(_("层级和设立日期不能改：编码不重复使用，请撤销后另编新码"))
    told = {
        "name": row.name, "unit": unit, "number": row.number, "parent": parent, "places": row.places,
        "polygon": row.polygon, "crs": row.crs, "valid_to": row.valid_to,
    }  # fmt: skip
    kept = ("name", "unit")
    wanted = {name: value for name, value in told.items() if name in kept or name in row.given}
    if row.polygon is None:  # an outline left out is no outline taken away
        wanted = {name: value for name, value in wanted.items() if name not in ("polygon", "crs")}
    wanted = {name: value for name, value in wanted.items() if getattr(grid, name) != value}
    if not wanted:
        found.same += 1
        return
    change_grid(actor, grid, wanted)
    (found.ended if wanted.get("valid_to") else found.changed).append(f"{row.name} {row.code}")


def _take_post(actor: Actor, row: PostRow, by_code: dict[str, Grid], found: Outcome) -> None:
    grid = by_code.get(row.grid)
    if grid is None:
        raise Invalid(_("没有这个网格：%s") % row.grid)
    user = User.objects.filter(sign_in__iexact=row.sign_in).first()
    if user is None:
        raise Invalid(_("没有这个登录名：%s") % row.sign_in)
    words = f"{grid.name} {user.name}"
    kept = GridPost.objects.filter(grid=grid, user=user, role=row.role, since=row.since).first()
    if kept is None:
        post(actor, user, grid, row.role, row.since, row.until)
        found.added.append(words)
    elif kept.until == row.until:
        found.same += 1
    elif row.until is None:
        raise Invalid(_("这项任职已经定了结束日期；要继续，请从新的日期起另行指定"))
    else:
        end_post(actor, kept.pk, row.until)
        found.ended.append(words)
