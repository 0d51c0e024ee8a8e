"""What a page says of a matter of a place: its class, its point, its path up the ladder, and what waits for a leader."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from yimen.access.registry import Grants, can
from yimen.cases import climbing, routes
from yimen.cases.actions import district
from yimen.cases.models import Case, DistrictRequest, EventClass
from yimen.cases.models.grid import EVIDENCE
from yimen.cases.states import Flow

from .map import around


@dataclass(frozen=True, slots=True)
class Place:
    """`point` in degrees with the map's address; `limit` as people say it."""

    kind: EventClass
    evidence: list[str]
    point: str = ""
    url: str = ""
    device_at: datetime | None = None
    path: list[climbing.Rung] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """One 提请区级协调, and whether the reader decides on it now."""

    row: DistrictRequest
    may: bool


def place_of(case: Case) -> Place | None:
    """None for a matter of the window."""
    kind = case.event_class
    if case.flow != Flow.GRID or kind is None:
        return None
    words = dict(EVIDENCE)
    point, url = "", ""
    if case.lng is not None and case.lat is not None:
        point, url = f"{case.lng:.5f}, {case.lat:.5f}", around(case.lng, case.lat)
    evidence = [str(words[name]) for name in kind.evidence if name in words]
    return Place(kind, evidence, point, url, case.device_at, climbing.path(case))


def route_words(case: Case) -> str:
    """Where the rules send it, while it waits to be sent."""
    return routes.because(routes.route_of(case)) if case.state == "filed" else ""


def request_of(grants: Grants, case: Case) -> Request | None:
    """What waits for a leader."""
    row = climbing.request_of(case) if case.flow == Flow.GRID else None
    if row is None:
        return None
    return Request(row, can(grants, district.ACTION) and district.may_decide(grants, row))
