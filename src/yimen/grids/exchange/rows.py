"""One vocabulary for both kinds of file: the columns of a grid and of a post, and a row read from words.

`Wrong` collects what cannot be taken, by row; whether a row is possible at all is asked of the actions themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.denied import squeeze

from .. import coordinates
from ..kinds import Crs, Level, PostRole

MOST: Final = 2000
GRIDS: Final = "网格"  # the names of the two sheets: part of the file's format, in no other language
POSTS: Final = "任职"
# Our name → the heading of the workbook, then other spellings that are understood.
GRID: Final[dict[str, tuple[str, ...]]] = {
    "code": ("编码", "网格编码"),
    "scheme": ("编码方式",),
    "level": ("层级",),
    "name": ("名称", "网格名称"),
    "number": ("网格号",),
    "parent": ("上级编码",),
    "unit": ("归属单位",),
    "places": ("范围", "小区"),
    "crs": ("坐标系",),
    "valid_from": ("设立日期",),
    "valid_to": ("撤销日期",),
    "polygon": ("边界",),
}
POST: Final[dict[str, tuple[str, ...]]] = {
    "grid": ("网格编码", "编码"),
    "grid_name": ("网格名称",),
    "sign_in": ("登录名",),
    "person": ("姓名",),
    "role": ("职务",),
    "since": ("开始日期",),
    "until": ("结束日期",),
}
NEEDED: Final = {
    "grid": ("code", "level", "name", "unit", "valid_from"),
    "post": ("grid", "sign_in", "role", "since"),
}
LEVELS: Final = {
    "街道": Level.STREET,
    "社区": Level.COMMUNITY,
    "网格": Level.GRID,
    "专属网格": Level.SPECIALIST,
}
ROLES: Final = {"网格员": PostRole.WORKER, "网格长": PostRole.LEAD}
_CRS: Final = {
    "wgs84": Crs.WGS84, "epsg4326": Crs.WGS84, "crs84": Crs.WGS84, "cgcs2000": Crs.CGCS2000, "epsg4490": Crs.CGCS2000,
    "gcj02": Crs.GCJ02, "bd09": Crs.BD09,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row of a sheet (`row` 0: with the file)."""

    sheet: str
    row: int
    words: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid as a file tells it. `given` names the optional columns the file has: only those are changed."""

    row: int
    code: str
    scheme: str
    level: Level
    name: str
    unit: str
    valid_from: date
    given: frozenset[str]
    number: int | None = None
    parent: str = ""
    places: list[str] = field(default_factory=list)
    polygon: dict[str, Any] | None = None
    crs: Crs = Crs.WGS84
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    row: int
    grid: str
    sign_in: str
    role: PostRole
    since: date
    until: date | None = None


@dataclass(slots=True)
class Sheets:
    """A file as read: its rows and what could not be read."""

    grids: list[GridRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def grid_row(number: int, told: Mapping[str, Any]) -> GridRow:
    """A row from our names and what the file says. Raises ValueError in the reader's words."""
    crs = _crs(told.get("crs"))
    return GridRow(
        number, _text(told, "code"), _text(told, "scheme") or "cjt349", _one_of(LEVELS, told, "level", GRID),
        _text(told, "name"), _text(told, "unit"), _day(told, "valid_from", GRID, needed=True) or date.min,
        frozenset(told), _number(told), _text(told, "parent"), _places(told.get("places")),
        _polygon(told.get("polygon"), crs), coordinates.kept_as(crs), _day(told, "valid_to", GRID),
    )  # fmt: skip


def post_row(number: int, told: Mapping[str, Any]) -> PostRow:
    """The same for a post."""
    since = _day(told, "since", POST, needed=True) or date.min
    role = _one_of(ROLES, told, "role", POST)
    return PostRow(
        number, _text(told, "grid"), _text(told, "sign_in"), role, since, _day(told, "until", POST)
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value).strip()


def _one_of(
    known: Mapping[str, Any], told: Mapping[str, Any], name: str, words: Mapping[str, tuple[str, ...]]
) -> Any:
    """By its Chinese word or by its code."""
    said = _text(told, name)
    found = known.get(said) or next((value for value in known.values() if str(value.value) == said), None)
    if found is None:
        raise ValueError(
            _("“%(column)s”只能写：%(words)s") % {"column": words[name][0], "words": _("、").join(known)}
        )
    return found


def _number(told: Mapping[str, Any]) -> int | None:
    said = _text(told, "number")
    if not said:
        return None
    if not said.isdecimal() or not 0 < int(said) < 10_000:
        raise ValueError(_("“网格号”应是 1 到 9999 的数字"))
    return int(said)


def _day(
    told: Mapping[str, Any], name: str, words: Mapping[str, tuple[str, ...]], *, needed: bool = False
) -> date | None:
    value = told.get(name)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not _text(told, name):
        if needed:
            raise ValueError(_("缺少“%s”") % words[name][0])
        return None
    try:
        return date.fromisoformat(_text(told, name).replace("/", "-"))
    except ValueError:
        raise ValueError(_("“%s”应写成 2026-01-01") % words[name][0]) from None


def _places(value: Any) -> list[str]:
    parts = (
        value
        if isinstance(value, list)
        else str(value or "").replace("，", "|").replace("、", "|").split("|")
    )
    return [str(part).strip() for part in parts if str(part).strip()]


def crs_of(name: object) -> Crs | None:
    """The coordinate system that a tag or an URN names (urn:ogc:def:crs:EPSG::4490), None for an unknown one."""
    words = squeeze(str(name))
    return next((crs for tail, crs in _CRS.items() if words.endswith(tail)), None)


def _crs(value: Any) -> Crs:
    if value in (None, ""):
        return Crs.WGS84
    found = crs_of(value)
    if found is None:
        raise ValueError(_("坐标系只能写：WGS-84、CGCS2000、GCJ-02、BD-09"))
    return found


def _polygon(value: Any, crs: Crs) -> dict[str, Any] | None:
    """The outline in the coordinates that are kept."""
    if value in (None, ""):
        return None
    try:
        geometry = json.loads(value) if isinstance(value, str) else value
        return coordinates.mapped(geometry, coordinates.INTO[crs])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise ValueError(_("边界应是 GeoJSON 的面，经度在前、纬度在后，单位是度")) from None
