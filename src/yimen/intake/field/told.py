"""What a phone is told: the worker's tasks, the classes in force, the outlines of the community, the day's log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from shapely.geometry import shape

from yimen.access.registry import Grants
from yimen.cases import dossier, queries
from yimen.cases.fields import FIELDS
from yimen.cases.models import Attachment, Case, EventClass
from yimen.cases.states import STATES, Flow
from yimen.grids import outlines
from yimen.grids import queries as grids
from yimen.grids.kinds import Level
from yimen.grids.models import Grid, GridPost

from . import log
from .deeds import STEPS
from .log import Day, Line

MOST_TASKS: Final = 60
MOST_PHOTOS: Final = 6
RECENT: Final = 8


def ms(at: datetime | None) -> int | None:
    return int(at.timestamp() * 1000) if at else None


def tasks(grants: Grants) -> list[dict[str, Any]]:
    """What is this person's turn now: matters of a place that they hold, those due first."""
    rows = queries.visible_to(grants).filter(flow=Flow.GRID, holder=grants.user_id, open=True)
    cases = list(rows.select_related("event_class", "grid", "category").order_by("due_at", "id")[:MOST_TASKS])
    photos = _photos(cases)
    return [_task(grants, case, photos.get(case.pk, [])) for case in cases]


def _photos(cases: Iterable[Case]) -> dict[int, list[Attachment]]:
    found: dict[int, list[Attachment]] = {}
    for row in Attachment.objects.filter(case__in=[case.pk for case in cases]).order_by("-at"):
        if row.mime.startswith("image/") and len(found.setdefault(row.case_id, [])) < MOST_PHOTOS:
            found[row.case_id].append(row)
    return found


def _task(grants: Grants, case: Case, photos: list[Attachment]) -> dict[str, Any]:
    dossier.open_(case, grants)
    moves = [move for move in queries.moves(grants, case) if move.verb in STEPS]
    state = STATES[case.state]
    return {
        "case": str(case.uuid), "number": case.number, "state": case.state, "state_words": str(state.zh),
        "next": str(moves[0].words) if moves else "", "title": case.title, "text": case.text, "place": case.place,
        "class": case.event_class.name if case.event_class else case.category.name,
        "lng": case.lng, "lat": case.lat, "crs": case.crs, "urgent": case.urgency != "normal",
        "due_at": ms(case.due_at), "grid": case.grid.name if case.grid else "",
        "files": [
            {"uuid": str(row.uuid), "name": row.name, "mime": row.mime, "purpose": row.purpose} for row in photos
        ],
        "moves": [_move(move) for move in moves],
    }  # fmt: skip


def _move(move: queries.Move) -> dict[str, Any]:
    fields = [(name, True) for name in move.row.needs] + [(name, False) for name in move.row.may]
    return {
        "verb": move.verb,
        "label": str(move.words),
        "fields": [
            {
                "name": name, "label": str(FIELDS[name].zh), "kind": FIELDS[name].kind, "required": required,
                "choices": [[code, str(words)] for code, words in FIELDS[name].choices],
            }
            for name, required in fields
        ],
    }  # fmt: skip


def classes(user_id: int, on: date | None = None) -> dict[str, Any]:
    """The classes in force, and which of them this person's last matters were of."""
    day = on or timezone.localdate()
    rows = EventClass.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
    last = Case.objects.filter(reported_by=user_id, event_class__isnull=False).order_by("-id")
    used = [
        f"{scheme}:{code}"
        for scheme, code in last.values_list("event_class__scheme", "event_class__code")[:40]
    ]
    return {"classes": [_class(row) for row in rows], "recent": list(dict.fromkeys(used))[:RECENT]}


def _class(row: EventClass) -> dict[str, Any]:
    return {
        "id": row.key, "name": row.name, "big": row.big_name, "kind": row.kind, "evidence": row.evidence,
        "settles_at": row.settles_at, "urgent": row.urgent, "words": row.words,
        "filing_condition": row.filing_condition,
    }  # fmt: skip


def outline(user_id: int) -> dict[str, Any]:
    """The grids of the communities where this person is posted, as paths on a sheet, and how a point is put on it."""
    day = timezone.localdate()
    posts = GridPost.objects.filter(Q(until__isnull=True) | Q(until__gte=day), user=user_id, since__lte=day)
    own = set(posts.values_list("grid_id", flat=True))
    known = {grid.pk: grid for grid in grids.all_grids()}
    homes = {_community(known[pk], known) for pk in own if pk in known}
    below = [
        grid for grid in grids.grids(Level.GRID, day) if grid.parent_id in homes or grid.pk in own
    ] or grids.grids(Level.COMMUNITY, day)
    among = [(grid, shape(grid.polygon)) for grid in below if grid.polygon]
    if not among:
        return {"width": 0, "height": 0, "grids": []}
    west, south, east, north = _bounds([outline for _grid, outline in among])
    drawn, _at = outlines.window(west, south, east, north, among)
    return {
        "width": drawn.width, "height": drawn.height, "west": west, "north": north,
        "per_lng": drawn.width / (east - west), "per_lat": drawn.height / (north - south), "crs": "WGS-84",
        "grids": [
            {
                "code": piece.grid.code, "name": piece.grid.name, "label": piece.label, "path": piece.path,
                "x": piece.x, "y": piece.y, "own": piece.grid.pk in own,
            }
            for piece in drawn.others
        ],
    }  # fmt: skip


def _bounds(found: list[Any]) -> tuple[float, float, float, float]:
    """West, south, east, north of all of them, with a little room."""
    west, south = (min(outline.bounds[side] for outline in found) for side in (0, 1))
    east, north = (max(outline.bounds[side] for outline in found) for side in (2, 3))
    room = max(east - west, north - south, 1e-5) * 0.03
    return west - room, south - room, east + room, north + room


def _community(grid: Grid, known: dict[int, Grid]) -> int | None:
    """The community that a grid lies in; a community itself."""
    here: Grid | None = grid
    while here is not None and here.level != Level.COMMUNITY:
        here = known.get(here.parent_id) if here.parent_id else None
    return here.pk if here else None


def day_log(found: Day) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(), "weather": found.weather, "grid": found.grid,
        "lines": [_line(one) for one in found.lines], "sent_at": ms(found.sent_at),
        "to": found.sent_to.name if found.sent_to else "",
    }  # fmt: skip


def _line(one: Line) -> dict[str, Any]:
    return {
        "at": ms(one.at), "kind": one.kind, "own": one.own, "words": one.words,
        "case": str(one.case.uuid) if one.case else None, "number": one.case.number if one.case else "",
    }  # fmt: skip


__all__ = ["classes", "day_log", "log", "outline", "tasks"]
