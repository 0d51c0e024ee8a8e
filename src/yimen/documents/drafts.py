"""The delivered DOCX templates, drawn from the field list: `python -m yimen.documents.drafts` writes them anew.

Faces are those of the trade (GB/T 9704: 仿宋, 黑体, 小标宋); WPS and Word have them or take their nearest.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from . import fields, values, word
from .fields import Field

MIDDLE: Final = WD_CELL_VERTICAL_ALIGNMENT.CENTER
SONG, FANG, HEI = "方正小标宋简体", "仿宋_GB2312", "黑体"
RED = RGBColor(0xC8, 0x10, 0x2E)
LETTERS: Final = ("V05", "V06")
WIDTHS: Final = (30, 56, 28, 52)  # millimetres of the four columns
# Places for long words: a row of their own, this many millimetres high at least.
TALL: Final = {
    "request": 18, "facts": 11, "first_opinion": 10, "instruction": 10, "followups": 10, "result": 11, "content": 36,
    "require": 22, "objection": 16, "reply": 26, "unsat_reason": 14, "callback": 16, "reason": 36, "letter": 18,
    "refused": 24, "materials": 50, "answer": 36, "remark": 8,
}  # fmt: skip
WIDE: Final = {
    "address", "representatives", "appeal_kind", "route", "attachments", "feedback", "rating", "co_units", "kind",
    "co_leaders", "files", "title", "way", "place", "question", "where", "handler_unit", "source_no", "signed",
}  # fmt: skip
SIGNED: Final = {
    "V01": "来访人（代表）签名或指印：　　　　　　　接待人签名：　　　　　　　接待单位（盖章）：",
    "V02": "转办单位（盖章）：　　　　　　　　　　　　回执：签收人签名：",
    "V03": "签发人签名：　　　　　　督办单位（盖章）：　　　　　　牵头单位签收：",
    "V04": "回访人签名：　　　　　　　　来访人签名（现场、上门回访）：",
    "R01": "交件人签名：　　　　　　　　　　　　收件单位（盖章）：",
    "R02": "受送达人签名或盖章：　　　　　　送达人签名：　　　　　　送达单位（盖章）：",
}


def draft(form: str) -> bytes:
    """The delivered template of one form; the same bytes each time."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    _face(document.styles["Normal"], FANG, 12 if form not in LETTERS else 16)
    _chinese(document)
    if "mark" in values.names(form):
        _mark(section)
    (_letter if form in LETTERS else _sheet)(document, form)
    return _settled(document)


def _face(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = name, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _mark(section: Any) -> None:
    """On every page: that this is a draft, or to be kept in confidence."""
    section.header_distance = Mm(6)
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.RIGHT
    _said(paragraph, "{{ mark }}", HEI, 12)


def _chinese(document: Any) -> None:
    """Punctuation and line ends as on the mainland."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _said(paragraph: Any, words: str, face: str = FANG, size: float = 12, *, bold: bool = False) -> Any:
    run = paragraph.add_run(words)
    run.bold = bold
    _face(run, face, size)
    return run


def _line(document: Any, words: str, face: str, size: float, align: Any = None, after: float = 0) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(after)
    _said(paragraph, words, face, size)
    return paragraph


# --- Forms: a heading, a number, a table -----------------------------------------------------------------------


def _sheet(document: Any, form: str) -> None:
    section = document.sections[0]
    section.left_margin, section.right_margin = Mm(24), Mm(20)
    section.top_margin = section.bottom_margin = Mm(13)
    _line(document, "{{ office }}", FANG, 12, ALIGN.CENTER)
    _line(document, "{{ heading }}", SONG, 22, ALIGN.CENTER, after=6)
    listed = fields.printed(form)
    first = next((field for field in listed if field.key in ("no", "doc_no")), listed[0])
    rest = [field for field in listed if field is not first]
    _line(document, f"{first.label}：{{{{ {first.key} }}}}", FANG, 12, ALIGN.RIGHT, after=3)
    _table(document, rest)
    _after(document, form)
    foot = section.footer.paragraphs[0]
    _said(
        foot, "{{ office }}" + ("　打印：{{ printed_at }} {{ printed_by }}" if form != "R03" else ""), FANG, 9
    )


def _after(document: Any, form: str) -> None:
    own = values.standing()[form.lower()]
    for key in ("ask", "own", "hand", "note"):
        if words := own.get(key):
            _line(document, words if isinstance(words, str) else words[0], FANG, 10.5)
    if form in SIGNED:
        _line(document, SIGNED[form], FANG, 11).paragraph_format.space_before = Pt(14)
        _line(document, "　　年　　月　　日", FANG, 11, ALIGN.RIGHT)


def _table(document: Any, rows: Iterable[Field]) -> None:
    table = document.add_table(rows=0, cols=4, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for pair in _paired(rows):
        row = table.add_row()
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(TALL.get(pair[0].key, 6.4))
        cells = list(row.cells)
        for cell, width in zip(cells, WIDTHS, strict=True):
            cell.width = Mm(width)
        if len(pair) == 1:
            cells = [cells[0], cells[1].merge(cells[3])]
        for field, label, place in zip(pair, cells[::2], cells[1::2], strict=True):
            mark = values.standing()["v02"]["lead"] if field.key == "to_unit" else ""
            _cell(label, field.label + mark, HEI, 9, ALIGN.CENTER)
            _cell(place, f"{{{{ {field.key} }}}}", FANG, 11)
            label.vertical_alignment = MIDDLE
            place.vertical_alignment = None if field.key in TALL else MIDDLE


def _cell(cell: Any, words: str, face: str, size: float, align: Any = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(0)
    _said(paragraph, words, face, size)


def _paired(rows: Iterable[Field]) -> Iterator[list[Field]]:
    """Short fields two by two, in the order of the list; long ones alone."""
    waiting: list[Field] = []
    for field in rows:
        alone = field.key in TALL or field.key in WIDE
        if alone and waiting:
            yield waiting
            waiting = []
        waiting.append(field)
        if alone or len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


# --- Letters: red head, number, text, seal ----------------------------------------------------------------------


def _letter(document: Any, form: str) -> None:
    section = document.sections[0]
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(28), Mm(22)
    unit = "seal" if form == "V06" else "issuer"
    head = _line(document, f"{{{{ {unit} }}}}", SONG, 30, ALIGN.CENTER, after=6)
    head.runs[0].font.color.rgb = RED
    _ruled(head)
    _line(document, "{{ doc_no }}", FANG, 16, ALIGN.RIGHT, after=8)
    _line(document, "{{ heading }}" if form == "V05" else "{{ title }}", SONG, 22, ALIGN.CENTER, after=8)
    _line(document, "{{ name }}：", FANG, 16)
    (_notice if form == "V05" else _decision)(document)
    seal = _line(document, f"{{{{ {unit} }}}}", FANG, 16, ALIGN.RIGHT)
    seal.paragraph_format.space_before = Pt(20)
    day = _line(document, "{{ date }}", FANG, 16, ALIGN.RIGHT, after=14)
    for paragraph in (document.paragraphs[-3], seal, day):  # no seal and no 版记 on a page without text
        paragraph.paragraph_format.keep_with_next = True
    for key in ("approved_by", "signed_by", "served"):
        if label := fields.labels(form).get(key):
            _ruled(_line(document, f"{label}：{{{{ {key} }}}}", FANG, 12), "single", "000000", "6")


def _ruled(
    paragraph: Any, kind: str = "thickThinSmallGap", colour: str = "C8102E", width: str = "24"
) -> None:
    border, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", width), ("space", "4"), ("color", colour)):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


def _indented(document: Any, *parts: tuple[str, str]) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(32)
    paragraph.paragraph_format.line_spacing = Pt(28.95)
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.keep_with_next = all(face == HEI for _words, face in parts)
    for words, face in parts:
        _said(paragraph, words, face, 16)


def _notice(document: Any) -> None:
    _indented(document, ("{{ lead }}" + values.standing()["v05"]["greeting"], FANG))
    for key in ("summary", "received", "procedure", "sent_to", "competent", "extension"):
        label = fields.labels("V05")[key]
        optional = key in ("sent_to", "competent", "extension")
        start, end = ("{%p if " + key + " %}", "{%p endif %}") if optional else ("", "")
        if optional:
            document.add_paragraph(start)
        _indented(document, (f"{label}：", HEI), (f"{{{{ {key} }}}}", FANG))
        if optional:
            document.add_paragraph(end)
    _indented(document, (values.standing()["v05"]["closing"], FANG))


def _decision(document: Any) -> None:
    _indented(document, (values.standing()["v06"]["greeting"], FANG))
    labels = fields.labels("V06")
    _indented(document, (f"{labels['received']}：", HEI), ("{{ received }}", FANG))
    document.add_paragraph("{%p if forwarder %}")
    _indented(document, (f"{labels['forwarder']}：", HEI), ("{{ forwarder }}", FANG))
    document.add_paragraph("{%p endif %}")
    parts = ("request", "facts", "opinion", "basis", "remedy")
    for number, key in zip("一二三四五", parts, strict=True):
        _indented(document, (f"{number}、{labels[key]}", HEI))
        _indented(document, (f"{{{{ {key} }}}}", FANG))


def _settled(document: Any) -> bytes:
    """Saved without the hour or the maker: the same template gives the same bytes."""
    core = document.core_properties
    core.author, core.title, core.comments = "", "", ""
    core.created = core.modified = datetime(2026, 1, 1)
    package = document.part.package
    for owner in (package, document.part):  # the library's own preview picture and custom parts stay out
        for name in [
            n
            for n, rel in owner.rels.items()
            if rel.reltype.endswith(("/thumbnail", "/customXml", "/stylesWithEffects"))
        ]:
            owner.rels.pop(name)
    loose, tight = io.BytesIO(), io.BytesIO()
    document.save(loose)
    with zipfile.ZipFile(loose) as old, zipfile.ZipFile(tight, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(
                zipfile.ZipInfo(entry.filename, (2026, 1, 1, 0, 0, 0)), old.read(entry), zipfile.ZIP_DEFLATED
            )
    return tight.getvalue()


def main() -> int:
    for form in values.SHAPES:
        folder = word.SHIPPED / form
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{form}.docx").write_bytes(draft(form))
    return 0


if __name__ == "__main__":
    sys.exit(main())
