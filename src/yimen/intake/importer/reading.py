"""Open any table: CSV in any common encoding and with any delimiter, XLSX, JSON lines. Nothing is interpreted here."""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

from . import workbook

SAMPLE_ROWS: Final = 200
MAX_COLUMNS: Final = 300
MAX_CELL: Final = 2_000_000
_DELIMITERS: Final = ",;\t|"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file. `number` is the line (the sheet's row) people find it by; `problem` says
    why it cannot be used at all."""

    number: int
    cells: dict[str, Any]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was understood: its headers, how to read it, and its rows as often as they are asked for."""

    path: Path
    headers: list[str]
    form: str
    _rows: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        return self._rows()

    def samples(self) -> list[Row]:
        return list(islice(self.rows(), SAMPLE_ROWS))


def open_table(path: Path) -> Table:
    """Understand `path` by its content first, its ending second. Raises Invalid with a sentence."""
    try:
        with path.open("rb") as file:
            head = file.read(65_536)
    except OSError as error:
        raise Invalid(_("读不了文件 %(path)s：%(why)s") % {"path": path, "why": error.strerror}) from error
    if not head.strip():
        raise Invalid(_("文件是空的"))
    if head.startswith(b"PK\x03\x04"):
        return _sheet(path)
    if head.startswith(_OLD_OFFICE):
        raise Invalid(_("这是旧的 Excel 格式（.xls）或带密码的文件，请另存为 XLSX 或 CSV 后再导入"))
    encoding, mistakes = detect_encoding(path)
    with path.open(encoding=encoding, errors="replace") as file:
        begin = file.read(1000).lstrip("\ufeff \t\r\n")[:1]
    if begin == "{":
        return _lines(path, encoding)
    if begin == "[":
        raise Invalid(_("请把 JSON 存成每行一个对象（JSON Lines）后再导入"))
    return _delimited(path, encoding, mistakes)


# Encodings


def detect_encoding(path: Path) -> tuple[str, bool]:
    """(encoding, whether some bytes do not fit it). UTF-8 and UTF-16 with or without mark, else GB18030."""
    with path.open("rb") as file:
        head = file.read(65_536)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, not _fits(path, name)
    if silent := _silent_utf16(head):
        return silent, not _fits(path, silent)
    for name in ("utf-8", "gb18030"):
        if _fits(path, name):
            return name, False
    wrong = {name: head.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    return min(wrong, key=lambda name: wrong[name]), True


def _silent_utf16(head: bytes) -> str:
    """UTF-16 without its mark shows as zero bytes beside every Latin sign, comma and line end."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 < len(head) or min(even, odd) * 10 > max(even, odd):
        return ""
    if max(even, odd) * 5 < len(head) and _is_utf8(head):
        return ""  # a few zero bytes that strayed into other text
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


# CSV


def _delimited(path: Path, encoding: str, mistakes: bool) -> Table:
    csv.field_size_limit(MAX_CELL)
    delimiter = _delimiter(path, encoding)
    skip, headers = find_headers(islice(_records(path, encoding, delimiter), 10))

    def rows() -> Iterator[Row]:
        for number, cells in islice(_records(path, encoding, delimiter), skip + 1, None):
            if row := make_row(number, headers, cells):
                yield row

    note = _("，有认不出的字") if mistakes else ""
    name = {"\t": _("制表符"), ",": _("逗号"), ";": _("分号"), "|": _("竖线")}[delimiter]
    return Table(path, headers, f"CSV（{encoding}，{name}{note}）", rows)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, cells) for every record; a record that cannot be parsed ends nothing."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells = ["\ufffd"]
            yield number, cells


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter by which most of the first records have the same number of columns, more than one."""
    best, most = ",", (0.0, 0)
    for candidate in _DELIMITERS:
        widths = [len(cells) for _n, cells in islice(_records(path, encoding, candidate), 40) if any(cells)]
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        score = (times / len(widths), width) if width > 1 else (0.0, 0)
        if score > most:
            best, most = candidate, score
    return best


# What all forms share


def find_headers(first: Iterable[tuple[int, Sequence[Any]]]) -> tuple[int, list[str]]:
    """(index of the header record, unique names). A title line above the headers is passed over."""
    records = [[str(cell if cell is not None else "").strip() for cell in cells] for _n, cells in first]
    widest = max((sum(map(bool, cells)) for cells in records), default=0)
    for index, cells in enumerate(records):
        if widest and sum(map(bool, cells)) >= max(1, widest * 0.6):
            return index, _unique(cells)
    raise Invalid(_("找不到表头：第一行应是各列的名称"))


def _unique(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise Invalid(_("列数超过 %(most)s，请只保留需要的列") % {"most": MAX_COLUMNS})
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.lstrip("\ufeff").split())[:60] or _("第%(n)s列") % {"n": place}
        while name in names:
            name += "′"
        names.append(name)
    return names


def make_row(number: int, headers: list[str], cells: Sequence[Any]) -> Row | None:
    """The record under its headers; None when it is blank. Cells beyond the headers make it unusable."""
    if not any(cell not in (None, "") and str(cell).strip() for cell in cells):
        return None
    padded = [*cells, *[""] * (len(headers) - len(cells))]
    spill = any(cell not in (None, "") for cell in cells[len(headers) :])
    problem = _("列数多于表头，可能缺少引号") if spill else ""
    return Row(number, dict(zip(headers, padded, strict=False)), problem)


# XLSX and JSON lines


def _sheet(path: Path) -> Table:
    workbook.refuse_bombs(path)
    sheet = workbook.choose_sheet(path)
    skip, headers = find_headers(islice(workbook.records(path, sheet), 10))

    def rows() -> Iterator[Row]:
        for number, cells in islice(workbook.records(path, sheet), skip + 1, None):
            if row := make_row(number, headers, cells):
                yield row

    return Table(path, headers, _("XLSX（工作表“%(sheet)s”）") % {"sheet": sheet}, rows)


def _lines(path: Path, encoding: str) -> Table:
    def rows() -> Iterator[Row]:
        with path.open(encoding=encoding, errors="replace") as file:
            for number, line in enumerate(file, start=1):
                if line.strip("\ufeff \t\r\n"):
                    yield _object(number, line.strip("\ufeff"))

    seen: dict[str, None] = {}
    for row in islice(rows(), SAMPLE_ROWS):
        seen.update(dict.fromkeys(row.cells))
    if not seen:
        raise Invalid(_("这个 JSON 文件里没有一行是对象"))
    if len(seen) > MAX_COLUMNS:
        raise Invalid(_("列数超过 %(most)s，请只保留需要的列") % {"most": MAX_COLUMNS})
    return Table(path, list(seen), _("JSON Lines（%(encoding)s）") % {"encoding": encoding}, rows)


def _object(number: int, line: str) -> Row:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {}, _("这一行不是正确的 JSON"))
    if not isinstance(data, dict):
        return Row(number, {}, _("这一行不是 JSON 对象"))
    return Row(number, {str(key): _flat(value) for key, value in data.items()})


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
