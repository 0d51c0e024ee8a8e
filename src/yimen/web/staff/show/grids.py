"""What the pages of grids show: the street as a tree with who answers, and one grid with its posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone
from shapely.geometry import shape

from yimen.grids import index, outlines, queries, wording
from yimen.grids.answering import Answering
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost, Leave


@dataclass(frozen=True, slots=True)
class Line:
    """One grid with who answers now, and why where the posts do not say it."""

    grid: Grid
    answering: Answering
    reasons: list[str]

    @property
    def vacant(self) -> bool:
        """Nobody of its own answers."""
        return self.answering.above is not None or self.answering.first is None


@dataclass(frozen=True, slots=True)
class Part:
    """A community with its grids and the specialist grids over them."""

    community: Line
    grids: list[Line]


def today() -> date:
    return timezone.localdate()


def street() -> tuple[list[Line], list[Part]]:
    """The street's own lines (one, as a rule) and its communities, everything that exists today."""
    there = [grid for grid in queries.all_grids() if queries.exists(grid, today())]
    answers = queries.answering_all(there)
    lines = [Line(grid, answers[grid.pk], wording.reasons(answers[grid.pk])) for grid in there]
    below: dict[int | None, list[Line]] = {}
    for line in lines:
        below.setdefault(line.grid.parent_id, []).append(line)
    tops = [line for line in lines if line.grid.level == Level.STREET]
    communities = [line for line in lines if line.grid.level == Level.COMMUNITY]
    return tops, [Part(line, below.get(line.grid.pk, [])) for line in communities]


def overview() -> outlines.Drawing | None:
    """All third-level grids on one sheet."""
    return outlines.draw(queries.grids(Level.GRID), room=0.02)


def around(grid: Grid, room: float = outlines.ROOM) -> outlines.Drawing | None:
    """One grid with its neighbours of the same level."""
    if not grid.polygon:
        return None
    level = Level(grid.level)
    beside = [other for other, _shape in index.layer(level).near(*_bounds(grid, room), today())]
    return outlines.draw([grid], beside, room)


def _bounds(grid: Grid, room: float) -> tuple[float, float, float, float]:
    west, south, east, north = shape(grid.polygon).bounds
    more = max(east - west, north - south) * room
    return west - more, south - more, east + more, north + more


@dataclass(frozen=True, slots=True)
class Held:
    """One post of a grid. `leaves` are the person's days away from today on."""

    post: GridPost
    leaves: list[dict[str, Any]]
    over: bool
    ahead: bool

    @property
    def away(self) -> dict[str, Any] | None:
        now = today()
        return next((row for row in self.leaves if row["since"] <= now <= row["until"]), None)


def posts(grid_id: int) -> list[Held]:
    """Every post of a grid, those that hold first, with leave: one question."""
    leaves = Leave.objects.filter(user=OuterRef("user"), until__gte=today()).order_by("since")
    shown = JSONObject(id="id", since="since", until="until", stand_in="stand_in__name")
    rows = GridPost.objects.filter(grid=grid_id).select_related("user").order_by("-since", "id")
    found = [_held(row) for row in rows.annotate(leaves=ArraySubquery(leaves.values(found=shown)))]
    return sorted(found, key=lambda one: (one.over, one.ahead))


def _held(row: Any) -> Held:
    leaves = [
        leave | {name: date.fromisoformat(leave[name]) for name in ("since", "until")} for leave in row.leaves
    ]
    over = row.until is not None and row.until < today()
    return Held(row, leaves, over, row.since > today())


@dataclass(frozen=True, slots=True)
class Holders:
    """Who is posted to a grid today by name, stand-ins left aside."""

    workers: list[str]
    lead: str


def holders(grid: Grid) -> Holders:
    """For the paper on the wall: people whose post holds today and whose account is on."""
    rows = GridPost.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today()), grid=grid, since__lte=today()
    )
    there = list(rows.filter(user__is_active=True).select_related("user").order_by("since", "id"))
    names = {role: [row.user.name for row in there if row.role == role] for role in PostRole}
    return Holders(names[PostRole.WORKER], next(iter(names[PostRole.LEAD]), ""))
