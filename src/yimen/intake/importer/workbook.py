"""XLSX, read row by row: cached values instead of formulas, and nothing that swells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import openpyxl
from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

MAX_UNPACKED: Final = 600 * 1024 * 1024
MAX_RATIO: Final = 200
MAX_PARTS: Final = 5_000
_SMALL: Final = 5 * 1024 * 1024  # below this a high ratio is just a table that repeats itself
_MISTAKES: Final = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})


def refuse_bombs(path: Path) -> None:
    """Raise Invalid before anything is unpacked that would swell, or that is no workbook."""
    try:
        with zipfile.ZipFile(path) as box:
            parts = box.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid(_("XLSX 文件已损坏，打不开")) from error
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Invalid(_("这是压缩包，不是 XLSX 表格"))
    swollen = any(p.file_size > _SMALL and p.file_size > MAX_RATIO * max(p.compress_size, 1) for p in parts)
    if swollen or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Invalid(_("XLSX 解开后太大，可能是恶意文件；请另存为 CSV 后再导入"))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever a broken part provokes
        raise Invalid(_("XLSX 文件已损坏，打不开")) from error
    try:
        yield book
    finally:
        book.close()


def titles(path: Path) -> list[str]:
    """The names of its sheets, hidden ones too."""
    with _opened(path) as book:
        return list(book.sheetnames)


def choose_sheet(path: Path) -> str:
    """The first visible sheet with at least two rows that hold something."""
    with _opened(path) as book:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in visible:
            if sum(1 for _row in islice(_filled(sheet), 2)) == 2:
                return str(sheet.title)
    raise Invalid(_("表格里没有数据：至少要有表头和一行内容"))


def records(path: Path, title: str) -> Iterator[tuple[int, list[Any]]]:
    """(row number in the sheet, values) of every row that holds something."""
    with _opened(path) as book:
        yield from _filled(book[title])


def _filled(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    sheet.reset_dimensions()  # the size a file claims is often wrong
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            values = [_value(cell) for cell in cells]
            if any(value not in ("", None) for value in values):
                yield number, values
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(_("XLSX 文件已损坏，读到一半停了")) from error


def _value(cell: Any) -> Any:
    if cell is None or (isinstance(cell, str) and cell in _MISTAKES):
        return ""
    if isinstance(cell, timedelta):
        return str(cell)
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
