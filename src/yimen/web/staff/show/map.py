"""The map of open matters as a drawing: the grids' own outlines, and marks that lead to matters. Nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import cos, radians
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yimen.cases import on_map
from yimen.cases.models import Case
from yimen.cases.on_map import Box
from yimen.grids import index, outlines
from yimen.grids.kinds import Level
from yimen.grids.models import Grid

from .row import case_url, state_words

ASPECT: Final = 1.5
MANY: Final = 400  # more outlines than this are not drawn: the communities' instead
SHOWN: Final = 30
LATE: Final = "!"  # in a mark beside its colour: no colour speaks alone
AIMS: Final[tuple[tuple[str, object, Callable[[Box], Box]], ...]] = (
    ("plus", gettext_lazy("放大"), lambda box: box.scaled(0.5)),
    ("minus", gettext_lazy("缩小"), lambda box: box.scaled(2)),
    ("left", gettext_lazy("向西"), lambda box: box.moved(-0.5, 0)),
    ("right", gettext_lazy("向东"), lambda box: box.moved(0.5, 0)),
    ("up", gettext_lazy("向北"), lambda box: box.moved(0, 0.5)),
    ("down", gettext_lazy("向南"), lambda box: box.moved(0, -0.5)),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign on the sheet. `label` says it to who does not see it; `words` stand in it: a number, or nothing."""

    kind: str  # one, many, grid
    x: float
    y: float
    url: str
    label: str
    words: str = ""
    late: bool = False

    def drawn(self) -> SafeString:
        """The sign as a link of the drawing. A full sheet has a hundred of them: no template is asked for each."""
        at = {"x": self.x, "y": self.y}
        shape = format_html(_SQUARE if self.kind == "grid" else _CIRCLE, **at)
        words = (
            format_html('<text x="{x}" y="{y}">{words}</text>', words=self.words, **at) if self.words else ""
        )
        late = " late" if self.late else ""
        return format_html(_LINK, self.kind, late, self.url, self.label, self.label, shape, words)


_LINK: Final = '<a class="mark {}{}" href="{}" aria-label="{}"><title>{}</title>{}{}</a>'
_CIRCLE: Final = '<circle cx="{x}" cy="{y}" r="14"/>'
_SQUARE: Final = '<rect x="{x}" y="{y}" width="28" height="28" rx="6" transform="translate(-14 -14)"/>'


@dataclass(frozen=True, slots=True)
class Aim:
    icon: str
    label: object
    url: str


@dataclass(frozen=True, slots=True)
class Map:
    """`count` matters have a point in this box; `unplaced` of the reader's have none, their grid is known."""

    box: Box
    drawing: outlines.Drawing
    marks: list[Mark]
    aims: list[Aim]
    count: int
    unplaced: int
    whole: str = ""
    rows: list[Case] = field(default_factory=list)


def fitted(box: Box) -> Box:
    """The smallest box of the sheet's shape around this one, never narrower than can be told apart."""
    squeeze = cos(radians((box.south + box.north) / 2))
    high = max(box.height, box.width * squeeze / ASPECT, on_map.LEAST / ASPECT)
    wide = high * ASPECT / squeeze
    x, y = (box.west + box.east) / 2, (box.south + box.north) / 2
    return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def street() -> Box | None:
    """The whole street with a little room; None while no outline is drawn."""
    drawn = index.layer(Level.GRID).outlines
    if not drawn:
        return None
    sides = [outline.bounds for outline in drawn]
    found = Box(*(pick(side[n] for side in sides) for n, pick in enumerate((min, min, max, max))))
    return fitted(found.scaled(1.04))


def map_of(rows: QuerySet[Case], box: Box, now: datetime, kept: Mapping[str, str]) -> Map:
    """`rows`: what the reader may see and the filters leave. `kept`: the filters, for the addresses. Four queries."""
    drawing, put = _drawn(box, now)
    found, unplaced = on_map.gathered(rows, box, now)
    alone = on_map.alone(rows, found)
    marks = [*_of_grids(unplaced, drawing, kept), *(_mark(one, alone, put, box, kept) for one in found)]
    whole = street()
    return Map(
        box, drawing, marks, [Aim(icon, label, _url(aim(box), kept)) for icon, label, aim in AIMS if _told(aim(box))],
        sum(one.count for one in found), sum(count for count, _late in unplaced.values()),
        _url(whole, kept) if whole else "", on_map.listed(rows, box, SHOWN),
    )  # fmt: skip


def _told(box: Box) -> bool:
    """Whether such a box can be asked for."""
    return on_map.LEAST / 4 < box.width < on_map.MOST and box.west >= -180 and box.east <= 180


def _drawn(box: Box, now: datetime) -> tuple[outlines.Drawing, Callable[[float, float], list[float]]]:
    on = now.date()
    sides = (box.west, box.south, box.east, box.north)
    there = index.layer(Level.GRID).near(*sides, on)
    if len(there) > MANY:
        there = index.layer(Level.COMMUNITY).near(*sides, on)
    return outlines.window(*sides, there)


def _url(box: Box, kept: Mapping[str, str], at: str = "") -> str:
    return f"{_sheet(get_script_prefix())}?{urlencode({**kept, 'box': box.words()})}{at}"


@lru_cache(maxsize=4)
def _sheet(_prefix: str) -> str:
    """Where the map is: a full sheet asks a hundred times."""
    return reverse("staff:map")


def _mark(
    one: on_map.Cluster, alone: Mapping[int, Case], put: Callable[[float, float], list[float]], box: Box,
    kept: Mapping[str, str],
) -> Mark:  # fmt: skip
    x, y = put(one.lng, one.lat)
    case = alone.get(one.only) if one.only is not None else None
    if case is not None:
        label = _("%(number)s %(title)s，%(state)s") % {
            "number": case.number, "title": case.title, "state": state_words(case),
        }  # fmt: skip
        return Mark("one", x, y, case_url(case), label, LATE * one.late, bool(one.late))
    words = f"{one.count}{LATE if one.late else ''}"
    return Mark("many", x, y, _closer(one, box, kept), _several(one.count, one.late), words, bool(one.late))


def _closer(one: on_map.Cluster, box: Box, kept: Mapping[str, str]) -> str:
    """The box around a cluster; where it cannot be told apart any more, its list."""
    near = fitted(one.extent.scaled(1.3))
    if near.width >= box.width * 0.9:
        near = fitted(one.extent)
    at = "#rows" if near.width <= on_map.LEAST * 2 else ""
    return _url(near, kept, at)


def _several(count: int, late: int) -> str:
    words = ngettext("这里有 %(n)d 件", "这里有 %(n)d 件", count) % {"n": count}
    return words if not late else _("%(words)s，%(late)d 件超期") % {"words": words, "late": late}


def _of_grids(
    unplaced: Mapping[int, tuple[int, int]], drawing: outlines.Drawing, kept: Mapping[str, str]
) -> list[Mark]:
    """Matters of which only the grid is known, at the grid's name; they lead to the list of that grid."""
    marks = []
    for piece in drawing.others:
        if piece.grid.pk not in unplaced or not piece.label:
            continue
        count, late = unplaced[piece.grid.pk]
        words = ngettext("%(grid)s：%(n)d 件没有坐标", "%(grid)s：%(n)d 件没有坐标", count)
        label = words % {"grid": piece.grid.name, "n": count}
        marks.append(
            Mark("grid", piece.x, piece.y, _list_of(piece.grid, kept), label, str(count), bool(late))
        )
    return marks


def _list_of(grid: Grid, kept: Mapping[str, str]) -> str:
    return f"{reverse('staff:work', args=['all'])}?{urlencode({**kept, 'grid': grid.code})}"


def around(lng: float, lat: float) -> str:
    """The address of the map around one point."""
    return _url(fitted(Box(lng, lat, lng, lat)).scaled(4), {})
