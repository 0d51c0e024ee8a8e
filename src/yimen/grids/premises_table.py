"""A table of premises read and judged row by row, before anything is written; and the same columns for export.

Files are opened by whoever calls (`intake.importer.reading`); here are headers and rows. A column that speaks of
residents, or that the house denies, refuses the whole file by its name, whatever stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.access.registry import Grants, can
from yimen.foundation.denied import denied, squeeze
from yimen.foundation.errors import Invalid

from . import contacts, headings, queries, words
from .actions.premises import Described, check
from .kinds import Level
from .models import Grid, Premise
from .premises_models import PREMISE_KINDS

MOST_ROWS: Final = 5000
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("名称", "单位名称", "场所名称", "name"),
    "kind": ("类别", "类型", "kind"),
    "address": ("地址", "address"),
    "grid": ("网格", "网格编码", "所属网格", "grid"),
    "contact": ("经营联系人", "联系人", "contact"),
    "phone": ("经营电话", "联系电话", "电话", "phone"),
}
NEEDED: Final = ("name", "kind", "address", "grid")
_OF_RESIDENTS: Final = (
    "居民", "住户", "户主", "户数", "户号", "人口", "家庭", "家属", "租客", "房客", "出生", "年龄", "性别", "姓名",
    "resident", "household", "tenant", "birthday", "gender",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what it says, the premise it changes (None: a new one), or what is wrong with it."""

    number: int
    said: Described | None = None
    row: Premise | None = None
    wrong: tuple[str, ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. Nothing is done while any row is wrong."""

    added: list[Judged]
    changed: list[Judged]
    same: int
    wrong: list[Judged]


def columns(headers: Sequence[str]) -> dict[str, str]:
    """Header → our name. Raises Invalid for a column that is refused by name, and for a needed one that is missing."""
    found = headings.recognise(headers, COLUMNS, NEEDED, refused)
    return {headers[place]: name for name, place in found.items()}


def refused(header: str) -> str:
    """Why a column of this name may not come in; empty when it may (and is passed over)."""
    if what := denied(header):
        return what
    return _("这里不登记居民和住户") if any(word in squeeze(header) for word in _OF_RESIDENTS) else ""


def judge(grants: Grants, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Plan:
    """What these rows (number, our name → value) would do. Raises Invalid for none or too many. Four queries."""
    if not 0 < len(rows) <= MOST_ROWS:
        raise Invalid(_("一次导入 1 到 %d 行") % MOST_ROWS)
    known = {_key(row.grid_id, row.name, row.address): row for row in _standing()}
    places, seen = _Places(), set[tuple[int, str, str]]()
    plan = Plan([], [], 0, [])
    same = 0
    for number, cells in rows:
        one = _judged(
            grants, number, {key: str(cells.get(key) or "").strip() for key in COLUMNS}, places, known, seen
        )
        if one.wrong:
            plan.wrong.append(one)
        elif one.row is None:
            plan.added.append(one)
        elif _differs(one):
            plan.changed.append(one)
        else:
            same += 1
    return Plan(plan.added, plan.changed, same, plan.wrong)


def _judged(
    grants: Grants, number: int, cells: dict[str, str], places: _Places, known: dict[tuple[int, str, str], Premise],
    seen: set[tuple[int, str, str]],
) -> Judged:  # fmt: skip
    grid = places.find(cells["grid"])
    if grid is None:
        return Judged(number, wrong=(_("没有这个网格：%s") % (cells["grid"] or "—"),), cells=cells)
    kind = _kind(cells["kind"])
    said = Described(cells["name"], kind, cells["address"], grid, cells["contact"], cells["phone"])
    wrong = [str(words) for words in check(said).values()]
    if not can(grants, "grids.keep_premises", Premise(grid=grid)):
        wrong.append(_("不是您负责的社区"))
    key = _key(grid.pk, said.name, said.address)
    if key in seen:
        wrong.append(_("与前面一行重复"))
    seen.add(key)
    return Judged(number, said, known.get(key), tuple(wrong), cells)


def _differs(one: Judged) -> bool:
    assert one.said and one.row
    kept = contacts.of(one.row)
    return (one.row.kind, kept["name"], kept["phone"]) != (one.said.kind, one.said.contact, one.said.phone)


def _standing() -> Iterable[Premise]:
    return Premise.objects.filter(valid_to__isnull=True).select_related("grid")


def _key(grid: int, name: str, address: str) -> tuple[int, str, str]:
    return grid, name, address


def _kind(said: str) -> str:
    """Its word, or its code."""
    return next((code for code, words in PREMISE_KINDS if said in (code, str(words))), said)


class _Places:
    """Grids by their code or by how people say them (三社区第8网格), from the map in memory."""

    def __init__(self) -> None:
        self._grids = queries.grids(Level.GRID) + queries.grids(Level.SPECIALIST)
        self._by_code = {grid.code: grid for grid in self._grids}

    def find(self, said: str) -> Grid | None:
        return (
            self._by_code.get(words.plain(said))
            or self._named(said)
            or (queries.match_place(said) if said else None)
        )

    def _named(self, said: str) -> Grid | None:
        hits = [grid for grid in self._grids if words.plain(grid.name) == words.plain(said)]
        return hits[0] if len(hits) == 1 else None
