"""A small street for the tests of grids: pieces that share their corners, people, and the days around one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.grids import actions, codes
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost
from yimen.organisations.models import Unit

ACTOR = Actor(None, "test", "cli")
SINCE = date(2025, 1, 1)
DAY = timedelta(days=1)
DIVISION = "990101007"


def rectangle(west: float, south: float, wide: float = 0.01, high: float = 0.01) -> dict[str, Any]:
    """GeoJSON, counter-clockwise, rounded so that neighbours have the very same corners."""
    east, north = round(west + wide, 8), round(south + high, 8)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def unit(key: str, name: str = "") -> Unit:
    return Unit.objects.get_or_create(key=key, defaults={"name": name or key, "kind": "community"})[0]


def person(sign_in: str, *, active: bool = True) -> User:
    return User.objects.create_user(sign_in, sign_in.upper(), is_active=active)


def made(level: Level, community: int, sequence: int = 0, parent: Grid | None = None, **more: Any) -> Grid:
    """A grid added to the map, named by its level and place in the code."""
    fields: dict[str, Any] = {
        "code": codes.cjt349(f"{DIVISION}{community:03d}", sequence), "scheme": "cjt349", "level": level, "parent": parent,
        "unit": unit(f"shequ{community:02d}"), "name": f"g{community}-{sequence}", "valid_from": SINCE,
    }  # fmt: skip
    return actions.add_grid(ACTOR, Grid(**(fields | more)))


def street(grids: int = 2, **more: Any) -> tuple[Grid, Grid, list[Grid]]:
    """(subdistrict, community, its grids in a row from west to east), without a gap."""
    top = made(Level.STREET, 0, polygon=rectangle(102.4, 40.1, 0.01 * grids))
    community = made(Level.COMMUNITY, 1, 0, top, polygon=rectangle(102.4, 40.1, 0.01 * grids))
    rows = [
        made(
            Level.GRID,
            1,
            n + 1,
            community,
            number=n + 1,
            polygon=rectangle(round(102.4 + 0.01 * n, 6), 40.1),
            **more,
        )
        for n in range(grids)
    ]
    return top, community, rows


def posts(user: User, grid: Grid, role: PostRole = PostRole.WORKER, since: date = SINCE) -> GridPost:
    return actions.post(ACTOR, user, grid, role, since)
