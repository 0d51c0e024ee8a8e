"""A list as XLSX for an office: headings that stay in sight and on every printed page, and no formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

HAIR: Final = Border(*(Side(style="thin", color="FF999999"),) * 4)
A4: Final = 9  # the number that workbooks have for it
Cell: TypeAlias = str | int


def workbook(
    title: str, notes: Sequence[str], columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]
) -> bytes:
    """One sheet: title, a line of notes, headings of (words, width), then `rows`. A4 across, headings on each page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    _page(sheet, columns)
    sheet.append([_cell(sheet, title, Font(bold=True, size=14), wrap=False)])
    sheet.append([_cell(sheet, "　".join(notes), Font(size=10), wrap=False)])
    sheet.append([_cell(sheet, words, Font(bold=True), border=HAIR) for words, _width in columns])
    like = _cell(sheet, "", border=HAIR)
    for row in rows:
        sheet.append([_alike(sheet, value, like) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _page(sheet: Any, columns: Sequence[tuple[str, int]]) -> None:
    sheet.freeze_panes = "B4"
    sheet.print_title_rows = "1:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    for place, (_words, width) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width


def _sheet_name(title: str) -> str:
    return "".join("　" if char in r"[]:*?/\'" else char for char in plain(title))[:31] or "1"


def _cell(
    sheet: Any, value: Cell, font: Font | None = None, *, wrap: bool = True, border: Border | None = None
) -> Any:
    """A cell of plain text or a number: a leading = + - @ stays a character (no formula, no link)."""
    cell = WriteOnlyCell(sheet, value=plain(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=wrap)
    if font:
        cell.font = font
    if border:
        cell.border = border
    return cell


def _alike(sheet: Any, value: Cell, like: Any) -> Any:
    """A cell in the style of another: looking a style up for every cell would take minutes for a long list."""
    cell = WriteOnlyCell(sheet, value=plain(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell._style = like._style
    return cell


def plain(text: str) -> str:
    """Without the control characters that a workbook cannot hold; at most what a cell can."""
    return "".join(c for c in text if c >= " " or c in "\n\t")[:32_000]
