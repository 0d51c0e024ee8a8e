"""A street in grids for tests of matters of places: a community with two grids, its people, a district body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cast import Cast, Person
from yimen.access.roles import Role
from yimen.cases.actions.classes import load_classes
from yimen.cases.actions.events import EventReport, report
from yimen.cases.models import Case
from yimen.foundation.actor import Actor
from yimen.grids import actions, codes
from yimen.grids.kinds import Level, PostRole
from yimen.grids.models import Grid
from yimen.organisations.models import Unit

SINCE = date(2020, 1, 1)
RUBBISH, HATCH, CABLE, SMOKE = "event:0102", "facility:0101", "local:0603", "event:0116"
SAID = "单元门口的垃圾桶满了三天，袋子堆到路上"
_MAP = Actor(None, "test", "cli")


@dataclass
class Places:
    """The cast with its grids: `first` has a lead and two workers, `second` nobody."""

    cast: Cast
    community: Grid
    first: Grid
    second: Grid

    def __getitem__(self, sign_in: str) -> Person:
        return self.cast[sign_in]

    def reports(self, who: str = "worker1", kind: str = RUBBISH, at: Any = None, **more: Any) -> Case:
        """One report; by default seen by the worker of the first grid."""
        more = {"text": SAID, "grid_code": self.first.code, **more}
        person = self.cast[who]
        return report(person.actor, person.grants, EventReport(event_class=kind, **more), at=at)


def square(west: float, south: float) -> dict[str, Any]:
    east, north = round(west + 0.01, 6), round(south + 0.01, 6)
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def _grid(level: Level, sequence: int, unit: Unit, parent: Grid | None, name: str, west: float) -> Grid:
    community = 0 if level == Level.STREET else 1
    row = Grid(
        code=codes.cjt349(f"990101007{community:03d}", sequence), scheme="cjt349", level=level, parent=parent,
        unit=unit, name=name, number=sequence or None, valid_from=SINCE, polygon=square(west, 40.1),
    )  # fmt: skip
    return actions.add_grid(_MAP, row)


def settle(cast: Cast) -> Places:
    """Put the grids, the classes and the people of places into a street that is there."""
    load_classes()
    cast.units["shequ"] = Unit.objects.create(key="shequ", name="三社区", kind="community")
    cast.units["quzhi"] = Unit.objects.create(key="quzhi", name="区综治中心", kind="district")
    top = _grid(Level.STREET, 0, cast.units["centre"], None, "永安路街道", 102.4)
    community = _grid(Level.COMMUNITY, 0, cast.units["shequ"], top, "三社区", 102.4)
    first = _grid(Level.GRID, 1, cast.units["shequ"], community, "第1网格", 102.4)
    second = _grid(Level.GRID, 2, cast.units["shequ"], community, "第2网格", 102.41)
    cast.joins("gridlead", "马网格长", "shequ", Role.GRIDLEAD)
    cast.joins("worker1", "孙网格员", "shequ", Role.WORKER)
    cast.joins("worker2", "李网格员", "shequ", Role.WORKER)
    cast.joins("shequ1", "社区书记", "shequ", Role.COMMUNITY, liaison=True)
    cast.joins("shequ2", "社区副书记", "shequ", Role.COMMUNITY)
    cast.joins("district1", "区联络员", "quzhi", Role.DISTRICT, liaison=True)
    for who, role in (
        ("gridlead", PostRole.LEAD),
        ("worker1", PostRole.WORKER),
        ("worker2", PostRole.WORKER),
    ):
        actions.post(_MAP, cast[who].user, first, role, SINCE)
    actions.post(_MAP, cast["shequ1"].user, community, PostRole.LEAD, SINCE)
    return Places(cast, community, first, second)


def advance(places: Places, case: Case, state: str, unit: str = "chengguan", at: Any = None) -> Case:
    """Bring a matter that lies at the street (raised) to `state` by the shortest lawful way."""
    clerk, handler, worker = places["clerk1"], places[f"handler.{unit}"], places["worker2"]
    steps: list[tuple[Person, str, dict[str, Any]]] = [
        (clerk, "admit", {}),
        (clerk, "file", {}),
        (clerk, "send", {"unit": unit}),
        (handler, "take", {}),
        (handler, "handle", {"result": "已清运，冲洗干净", "no_photo": "手机没电"}),
        *(
            [(worker, "pass_told", {"way": "phone"})]
            if case.reachable
            else [(worker, "pass_check", {})]
        ),
    ]  # fmt: skip
    for person, verb, data in steps:
        if case.state == state:
            break
        case = person.does(case, verb, at=at, **data)
    assert case.state == state, f"{state} is not on the straight way (now {case.state})"
    return case
