"""Grids and posts as a workbook of two sheets. Cells of text stay text: a leading = + - @ makes no formula.

Files are opened by whoever calls (the safe reader of `intake.importer.workbook`); here are headings and rows.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from yimen.foundation.errors import Invalid

from ..headings import recognise
from ..models import Grid, GridPost
from . import geojson
from .rows import GRID, GRIDS, LEVELS, MOST, NEEDED, POST, POSTS, ROLES, Sheets, Wrong, grid_row, post_row

_MOST_IN_A_CELL: Final = 32_000
Rows = Sequence[tuple[int, Sequence[Any]]]


def read(grids: Rows | None, posts: Rows | None) -> Sheets:
    """The two sheets, each (row number, values) with the headings first, or None. Raises Invalid for wrong columns."""
    if not grids and not posts:
        message = _("工作簿里应有“%(grids)s”或“%(posts)s”表，第一行是列名")
        raise Invalid(_("还不能导入"), {"file": message % {"grids": GRIDS, "posts": POSTS}})
    sheets = Sheets()
    _take(sheets, GRIDS, grids or (), GRID, "grid", lambda n, told: sheets.grids.append(grid_row(n, told)))
    _take(sheets, POSTS, posts or (), POST, "post", lambda n, told: sheets.posts.append(post_row(n, told)))
    return sheets


def _take(
    sheets: Sheets, title: str, rows: Rows, known: Mapping[str, tuple[str, ...]], kind: str,
    take: Callable[[int, dict[str, Any]], None],
) -> None:  # fmt: skip
    if not rows:
        return
    if len(rows) > MOST + 1:
        raise Invalid(_("还不能导入"), {"file": _("一次最多导入 %d 行") % MOST})
    try:
        places = recognise(rows[0][1], known, NEEDED[kind])
    except Invalid as error:
        raise Invalid(_("还不能导入"), {"file": f"{title}：{error}"}) from error
    for number, values in rows[1:]:
        told = {name: values[place] for name, place in places.items() if place < len(values)}
        try:
            take(number, told)
        except ValueError as error:
            sheets.wrong.append(Wrong(title, number, str(error)))


def write(grids: Iterable[Grid], posts: Iterable[GridPost]) -> bytes:
    """Both sheets, headings frozen. An outline too long for a cell is left out; GeoJSON carries every one."""
    book = Workbook(write_only=True)
    _sheet(book, GRIDS, [names[0] for names in GRID.values()], map(_grid, grids))
    _sheet(book, POSTS, [names[0] for names in POST.values()], map(_post, posts))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Any, title: str, heads: list[str], rows: Iterable[list[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in [heads, *rows]:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value="".join(char for char in value if char >= " "))
    cell.data_type = "s"
    return cell


def _grid(grid: Grid) -> list[Any]:
    told = geojson.told(grid)
    outline = json.dumps(grid.polygon, separators=(",", ":")) if grid.polygon else ""
    told |= {
        "level": next(words for words, level in LEVELS.items() if level == grid.level),
        "unit": grid.unit.name,
        "places": "|".join(grid.places),
        "polygon": outline if len(outline) <= _MOST_IN_A_CELL else "",
    }
    return [told[name] for name in GRID]


def _post(post: GridPost) -> list[Any]:
    role = next(words for words, role in ROLES.items() if role == post.role)
    until = post.until.isoformat() if post.until else ""
    return [
        post.grid.code, post.grid.name, post.user.sign_in, post.user.name, role, post.since.isoformat(), until
    ]  # fmt: skip
