"""Loads the demo street: the office, its units, the map and everybody who signs in. All invented (data/NOTE.md)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone
from shapely.geometry import Polygon, mapping
from shapely.ops import unary_union

from yimen.access.actions import Granting, grant_many, stand_in
from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.accounts.actions import create_demo_users
from yimen.accounts.models import User
from yimen.foundation.actor import Actor
from yimen.grids import codes
from yimen.grids.actions import add_grid, post, post_many, take_leave
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid, GridPost
from yimen.organisations.actions import Joining, add_unit, join_many, set_office
from yimen.organisations.models import Membership, Office, Unit

from . import SEED, terrain
from .people import Person, cast, table

SINCE = date(2024, 1, 1)
STREET = "永安路街道"
DIVISION = "990101007"  # 99: no province has it; 007: a subdistrict (GB/T 10114)
ROWS = (8, 8, 7, 5)  # pieces of the map per row, north to south; whole communities in each
ACTOR = Actor(user_id=None, label="演示数据", via="demo")
OFFICE = {
    "name": STREET,
    "centre_name": "永安路街道综治中心",
    "number_prefix": "永",
    "address": "永安路 1 号东门 1 楼",
    "phone": "0931-000 0000",
    "hours": "工作日 08:00–12:00、14:00–18:00；周三延时至 20:00",
    "duty_phone": "0931-000 0110",
    "supervision_phone": "0931-000 0112",
    "division_code": DIVISION + "000",
    "note": "演示街道：单位、地点、电话、人名全部虚构，如有雷同纯属巧合。",
}


def is_loaded() -> bool:
    return Office.objects.exists()


@transaction.atomic
def load(seed: int = SEED) -> None:
    """The whole street in one transaction: all of it or nothing. The same seed gives the same street."""
    set_office(ACTOR, **OFFICE)
    units = _load_units()
    grids = _load_grids(units, Random(f"{seed}:map"))
    people = cast(seed)
    users = create_demo_users([(person.sign_in, person.name) for person in people])
    _join(people, users, units)
    _grant(people, users, units, grids)
    _post(people, users, grids)


def _load_units() -> dict[str, Unit]:
    """Units in their printed order; the centre is adopted when the set-up has already made it."""
    units = {unit.key: unit for unit in Unit.objects.all()}
    for order, row in enumerate(table("units.csv"), start=1):
        units[row["key"]] = _save_unit(row, order, units)
    return units


def _save_unit(row: dict[str, str], order: int, units: dict[str, Unit]) -> Unit:
    unit = Unit(
        key=row["key"],
        name=row["name"],
        kind=row["kind"],
        parent=units.get(row["parent"]),
        online=row["online"] == "1",
        phone=row["phone"],
        address=row["address"],
        hours=row["hours"],
        order=order,
    )
    return add_unit(ACTOR, unit)


def _load_grids(units: dict[str, Unit], rng: Random) -> dict[int, Grid]:
    """Level 1, the communities and the third-level grids; a community's outline is that of its grids."""
    rows = table("grids.csv")
    shapes = {i: Polygon(ring) for i, ring in enumerate(terrain.lay_out(ROWS, rng), start=1)}
    street = _grid(units["zongzhi"], Level.STREET, STREET, "000", None, list(shapes.values()))
    grids: dict[int, Grid] = {}
    for key in dict.fromkeys(row["community"] for row in rows):
        mine = [row for row in rows if row["community"] == key]
        drawn = [shapes[int(row["number"])] for row in mine]
        community = _grid(units[key], Level.COMMUNITY, units[key].name, _part(key), street, drawn)
        for sequence, row in enumerate(mine, start=1):
            number = int(row["number"])
            grids[number] = _third(units[key], community, sequence, row, shapes[number])
    return grids


def _part(unit_key: str) -> str:
    """The community's three digits in the codes: shequ07 → 007."""
    return f"0{unit_key[-2:]}"


def _grid(unit: Unit, level: Level, name: str, part: str, parent: Grid | None, drawn: list[Polygon]) -> Grid:
    code = codes.cjt349(DIVISION + part)
    outline = _geojson(unary_union(drawn))
    grid = Grid(
        code=code, scheme="cjt349", name=name, level=level, parent=parent, unit=unit, valid_from=SINCE
    )
    grid.polygon = outline
    return add_grid(ACTOR, grid)


def _third(unit: Unit, parent: Grid, sequence: int, row: dict[str, str], drawn: Polygon) -> Grid:
    grid = Grid(
        code=codes.cjt349(DIVISION + _part(unit.key), sequence),
        scheme="cjt349",
        name=f"第{row['number']}网格",
        number=int(row["number"]),
        level=Level.GRID,
        parent=parent,
        unit=unit,
        places=row["places"].split("|"),
        polygon=_geojson(drawn),
        valid_from=SINCE,
    )
    return add_grid(ACTOR, grid)


def _geojson(shape: Polygon) -> dict[str, object]:
    """GeoJSON with lists (as it comes back from the database), longitude first."""
    found = mapping(shape)
    rings = [[list(point) for point in ring] for ring in found["coordinates"]]
    return {"type": found["type"], "coordinates": rings}


def _join(people: list[Person], users: dict[str, User], units: dict[str, Unit]) -> list[Membership]:
    return join_many(
        ACTOR,
        [
            Joining(users[p.sign_in], units[p.unit], SINCE, p.title, p.window, p.liaison)
            for p in people
            if p.unit
        ],
    )


def _grant(
    people: list[Person], users: dict[str, User], units: dict[str, Unit], grids: dict[int, Grid]
) -> None:
    rows = []
    for person in people:
        for role in roles_of(person):
            grid = grids[person.grid].code if person.grid and role in (Role.GRIDLEAD, Role.WORKER) else ""
            rows.append(Granting(users[person.sign_in], role, units[person.over], SINCE, grid_code=grid))
    grant_many(ACTOR, rows)
    _stand_in(users)


def _stand_in(users: dict[str, User]) -> None:
    """One leader goes on a course next week and the other stands in: to be seen under 角色与代理."""
    away = RoleGrant.objects.get(user=users["leader2"], role=Role.LEADER)
    since = timezone.localdate() + timedelta(days=7)
    stand_in(ACTOR, away, users["leader1"], since, since + timedelta(days=4), reason="外出学习")


def roles_of(person: Person) -> tuple[Role, ...]:
    """A community's secretary signs what its grid leaders handle; everybody else has one role."""
    more = {"community": (Role.HEAD,), "gridlead": (Role.HANDLER,)}.get(person.role, ())
    return (Role(person.role), *more)


def _post(people: list[Person], users: dict[str, User], grids: dict[int, Grid]) -> None:
    kinds = {"gridlead": PostRole.LEAD, "worker": PostRole.WORKER}
    post_many(
        ACTOR,
        [
            GridPost(user=users[p.sign_in], grid=grids[p.grid], role=kinds[p.role], since=SINCE)
            for p in people
            if p.grid
        ],
    )
    _lead_above(people, users, grids)
    _away(people, users)


def _lead_above(people: list[Person], users: dict[str, User], grids: dict[int, Grid]) -> None:
    """Every community is led by its secretary, the street by the leader in charge."""
    above = {grid.parent.unit.key: grid.parent for grid in grids.values() if grid.parent}
    for person in people:
        if person.role == "community" and person.unit in above:
            post(ACTOR, users[person.sign_in], above.pop(person.unit), PostRole.LEAD, SINCE)
    street = next(grid.parent.parent for grid in grids.values() if grid.parent and grid.parent.parent)
    post(ACTOR, users["leader1"], street, PostRole.LEAD, SINCE)


def _away(people: list[Person], users: dict[str, User]) -> None:
    """Two workers are away this week: one with a stand-in next door, one whose stand-in is away too in two days."""
    first, second, third = [users[p.sign_in] for p in people if p.role == "worker" and p.grid][:3]
    today = timezone.localdate()
    take_leave(ACTOR, first, today, today + timedelta(days=5), second)
    take_leave(ACTOR, second, today + timedelta(days=2), today + timedelta(days=3), third)
