"""The street that the matters are loaded into: its people, units, categories, places and rules, read once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from shapely.geometry import shape

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.calendars import queries as calendars
from yimen.calendars.rules import freeze
from yimen.cases.models import Category
from yimen.grids.kinds import Level
from yimen.grids.models import Grid
from yimen.organisations.models import Membership, Office, Unit

from ..demo.matters import WINDOW_CLERKS

CENTRE = "zongzhi"


@dataclass(frozen=True, slots=True)
class Desk:
    """A unit with who works there: 联络员 first, then who checks the result. Both None for a unit without accounts."""

    unit: int
    name: str
    online: bool
    liaison: int | None
    head: int | None


@dataclass(frozen=True, slots=True)
class Clerk:
    user: int
    name: str
    window: str


@dataclass(frozen=True, slots=True)
class Place:
    grid: int
    community: str
    estates: tuple[str, ...]
    corners: tuple[float, float, float, float] | None  # of its outline: west, south, east, north


@dataclass(frozen=True, slots=True)
class Kept:
    """A limit's frozen rule and what it gives for one day, ready for COPY. `due` is None where no rule is."""

    rule: str
    target: datetime | None
    due: datetime
    provisional: bool
    explain: str
    explain_en: str


@dataclass(slots=True)
class Street:
    """Everything by key; limits are counted once for each day."""

    prefix: str
    centre: Desk
    director: int
    desks: dict[str, Desk]
    clerks: list[Clerk]
    categories: dict[str, tuple[int, str]]
    places: list[Place]
    names: dict[int, str]
    _limits: dict[tuple[str, str, date], Kept | None] = field(default_factory=dict)

    def limit(self, flow: str, step: str, start: datetime) -> Kept | None:
        """What today's rule of a step gives from that day; None where the step has none."""
        key = (flow, step, start.date())
        if key not in self._limits:
            self._limits[key] = _counted(flow, step, start)
        return self._limits[key]


def read() -> Street:
    """The demo street of this home. Raises LookupError when it is not there."""
    units = {unit.pk: unit for unit in Unit.objects.all()}
    desks = {unit.key: _desk(unit) for unit in units.values()}
    if CENTRE not in desks:
        raise LookupError("no street here")
    members = Membership.objects.filter(active=True).select_related("user")
    clerks = [
        Clerk(row.user_id, row.user.name, row.window)
        for row in members.filter(user__sign_in__in=(*WINDOW_CLERKS, "clerk4")).order_by("user_id")
    ]
    grids = Grid.objects.filter(level=Level.GRID).order_by("number")
    return Street(
        prefix=Office.objects.values_list("number_prefix", flat=True)[0],
        centre=desks[CENTRE],
        director=_first(Role.DIRECTOR, units={desks[CENTRE].unit}) or clerks[0].user,
        desks=desks,
        clerks=clerks,
        categories={row.key: (row.pk, row.name) for row in Category.objects.all()},
        places=[
            Place(grid.pk, units[grid.unit_id].key, tuple(grid.places), _corners(grid)) for grid in grids
        ],
        names={row.user_id: row.user.name for row in members},
    )


def _corners(grid: Grid) -> tuple[float, float, float, float] | None:
    return shape(grid.polygon).bounds if grid.polygon else None


def _desk(unit: Unit) -> Desk:
    liaison = Membership.objects.filter(unit=unit, active=True, liaison=True).values_list(
        "user_id", flat=True
    )
    first = liaison.first()
    return Desk(
        unit.pk, unit.name, unit.online and first is not None, first, _first(Role.HEAD, {unit.pk}) or first
    )


def _first(role: Role, units: set[int]) -> int | None:
    members = Membership.objects.filter(active=True, unit__in=units).values("user")
    rows = RoleGrant.objects.filter(role=role, unit__in=units, user__in=members)
    return rows.order_by("user_id").values_list("user_id", flat=True).first()


def _counted(flow: str, step: str, start: datetime) -> Kept | None:
    try:
        rule = calendars.rule_for(flow, step, on=timezone.localdate())
    except LookupError:
        return None
    frozen: dict[str, Any] = freeze(rule)
    given = calendars.run_rule(frozen, start)
    assert given.due_at
    text = json.dumps(frozen, ensure_ascii=False)
    return Kept(text, given.target_at, given.due_at, given.provisional, given.explain, given.explain_en)
