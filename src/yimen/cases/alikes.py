"""可能是同一件事: which open matters resemble a new one, by category, place and words; matters of a place by their
class, how far apart they are, when, and words. Matters only, never people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import cos, hypot, radians

from django.db.models import Q, QuerySet
from django.utils import timezone

from yimen.access.registry import Grants

from . import dossier
from .models import Case, EventClass
from .queries import in_rows, matching, visible_to

LOOK_BACK = timedelta(days=60)
NEWEST, NEARBY, AT_MOST = 150, 50, 5
LEAST, LEAST_NEARBY = 45, 25
"""Of a hundred: how much of the shorter text's pairs of characters occur in the longer; less is enough at one place."""
SHORTEST = 8
"""Texts of fewer characters say too little to be compared."""
# Matters of a place. How far apart, in metres, is still one spot, where no words are needed; or one neighbourhood.
SPOT, NEIGHBOURHOOD = 40, 200
ON_THE_SPOT = 60  # the least that one spot counts, of a hundred
RECENT = timedelta(days=30)
METRES = 111_320  # in a degree of latitude; of longitude, times the cosine


@dataclass(frozen=True, slots=True)
class Found:
    other_id: int
    score: int


def like(case: Case) -> list[Found]:
    """At most five open matters of the same category that resemble this one, the most alike first. Never sealed ones."""
    if case.sealed or not case.open:
        return []
    if case.event_class is not None:
        return _best(Report.of(case), _reported(Report.of(case)).filter(id__lt=case.pk))
    scored = [Found(other.pk, _score(case, other)) for other in _candidates(case)]
    return _most(one for one in scored if one.score)


def _candidates(case: Case) -> list[Case]:
    rows = Case.objects.filter(
        open=True, sealed=False, category=case.category_id, id__lt=case.pk,
        received_at__gte=case.received_at - LOOK_BACK,
    ).only("id", "title", "text", "place")  # fmt: skip
    newest = rows.order_by("-received_at", "-id")
    found = {row.pk: row for row in newest[:NEWEST]}
    if len(case.place) >= 2:
        found |= {row.pk: row for row in matching(newest, case.place)[:NEARBY]}
    return list(found.values())


def _score(case: Case, other: Case) -> int:
    nearby = bool(case.place) and (
        case.place in other.place or (other.place in case.place and other.place != "")
    )
    alike = overlap(case.text, other.text)
    return alike if alike >= (LEAST_NEARBY if nearby else LEAST) else 0


def overlap(one: str, other: str) -> int:
    """0–100: the share of the shorter text's pairs of characters that the longer has too."""
    first, second = _pairs(one), _pairs(other)
    if min(len(first), len(second)) < SHORTEST:
        return 0
    return round(100 * len(first & second) / min(len(first), len(second)))


def _pairs(text: str) -> frozenset[str]:
    words = [char for char in text if char.isalnum()]
    return frozenset(a + b for a, b in pairwise(words))


# --- matters of a place -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of a report: its class, where, when, and its words. `lng`, `lat` in degrees, both or none."""

    event_class: EventClass
    text: str
    place: str = ""
    grid_id: int | None = None
    lng: float | None = None
    lat: float | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, case: Case) -> Report:
        assert case.event_class is not None
        return cls(
            case.event_class, case.text, case.place, case.grid_id, case.lng, case.lat, case.received_at
        )


def reported(grants: Grants, report: Report) -> list[Suggestion]:
    """Before it is kept: open matters of the same class that this one may be, of those that the person may see."""
    found = _best(report, _reported(report, visible_to(grants)))
    rows = {row.pk: row for row in in_rows(Case.objects.filter(pk__in=[one.other_id for one in found]))}
    return [Suggestion(rows[one.other_id], one.score) for one in found]


def _reported(report: Report, among: QuerySet[Case] | None = None) -> QuerySet[Case]:
    """Open matters of the class, some weeks old at most, near by or somewhere unknown."""
    at, given = report.at or timezone.now(), report.event_class
    rows = (Case.objects.all() if among is None else among).filter(
        open=True, sealed=False, event_class__scheme=given.scheme, event_class__code=given.code,
        received_at__gte=at - RECENT,
    )  # fmt: skip
    if report.lng is None or report.lat is None:
        return rows
    up, across = NEIGHBOURHOOD / METRES, NEIGHBOURHOOD / METRES / max(cos(radians(report.lat)), 0.01)
    near = Q(
        lng__range=(report.lng - across, report.lng + across), lat__range=(report.lat - up, report.lat + up)
    )
    return rows.filter(near | Q(lng__isnull=True))


def _best(report: Report, rows: QuerySet[Case]) -> list[Found]:
    newest = rows.only("id", "title", "text", "place", "grid_id", "lng", "lat").order_by(
        "-received_at", "-id"
    )
    found = [Found(other.pk, _alike(report, other)) for other in newest[:NEWEST]]
    return _most(one for one in found if one.score)


def _most(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (-one.score, -one.other_id))[:AT_MOST]


def _alike(report: Report, other: Case) -> int:
    same_place = (
        bool(report.place)
        and other.place != ""
        and (report.place in other.place or other.place in report.place)
    )
    same_grid = report.grid_id is not None and report.grid_id == other.grid_id
    return likeness(
        metres(report.lng, report.lat, other.lng, other.lat), overlap(report.text, other.text),
        same_place=same_place, same_grid=same_grid,
    )  # fmt: skip


def likeness(apart: float | None, words: int, *, same_place: bool, same_grid: bool) -> int:
    """0–100 for two matters of one class. On one spot no words are needed; the further apart, the more in common. Where
    the distance is unknown (`apart` None) the place in words or the grid stands for it."""
    if apart is not None and apart <= SPOT:
        return max(ON_THE_SPOT, words)
    if apart is not None and apart > NEIGHBOURHOOD:
        return 0
    if same_place or apart is not None:
        return words if words >= LEAST_NEARBY else 0
    return words if same_grid and words >= LEAST else 0


def metres(
    lng: float | None, lat: float | None, other_lng: float | None, other_lat: float | None
) -> float | None:
    """How far apart two points are, on the plane (good to a per mille within a street); None where one is unknown."""
    if lng is None or lat is None or other_lng is None or other_lat is None:
        return None
    across = (lng - other_lng) * cos(radians((lat + other_lat) / 2))
    return METRES * hypot(across, lat - other_lat)


# --- what a person is shown ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another open matter that may be the same one."""

    other: Case
    score: int


def suggestions(grants: Grants, case: Case) -> list[Suggestion]:
    """For the triage: not dismissed, not linked or merged yet, and only what this person may see."""
    if not in_triage(case):
        return []
    rows = dossier.of(case, grants)
    scores = {row.other_id: row.score for row in rows.alikes}
    tied = {pk for link in rows.links for pk in (link.case_id, link.other_id)}  # somebody decided
    found = [
        Suggestion(row, scores[row.pk])
        for row in rows.others
        if row.open and row.pk in scores and row.pk not in tied
    ]
    return sorted(found, key=lambda one: (-one.score, -one.other.pk))


def in_triage(case: Case) -> bool:
    """Open and not with a unit yet: now it can still be merged without anybody having begun."""
    return bool(case.open) and not case.sealed and case.lead_unit_id is None and case.state != "merged"
