"""台账 as a workbook: the fixed columns of the trade, exactly the matters of the list that was on the screen.

People do not appear. Every text is written as text, so that nothing typed becomes a formula in somebody's office.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from yimen.cases.fields import RATINGS
from yimen.cases.models import Case
from yimen.cases.states import FLOWS, STATES
from yimen.foundation.errors import Invalid

MOST: Final = 20_000  # rows of one workbook


def _day(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d") if at else ""


def _kind(case: Case) -> str:
    return str(dict(FLOWS)[case.flow]) if case.screened else _("待甄别")


def _rating(case: Case) -> str:
    return str(dict(RATINGS).get(str(case.rating), ""))


COLUMNS: Final[tuple[tuple[object, int, Callable[[Case], str]], ...]] = (
    (gettext_lazy("编号"), 18, lambda case: case.number),
    (gettext_lazy("收到日期"), 12, lambda case: _day(case.received_at)),
    (gettext_lazy("来访形式"), 10, lambda case: str(case.get_channel_display())),
    (gettext_lazy("性质"), 10, _kind),
    (gettext_lazy("类别"), 18, lambda case: case.category.name),
    (gettext_lazy("事项"), 40, lambda case: case.title),
    (gettext_lazy("地点"), 24, lambda case: case.place),
    (gettext_lazy("人数"), 6, lambda case: str(case.party_size)),
    (
        gettext_lazy("首问责任人"),
        12,
        lambda case: case.accountable_person.name if case.accountable_person else "",
    ),
    (gettext_lazy("主办单位"), 18, lambda case: case.lead_unit.name if case.lead_unit else ""),
    (gettext_lazy("环节"), 10, lambda case: str(STATES[case.state].zh)),
    (gettext_lazy("办理时限"), 12, lambda case: _day(case.due_at)),
    (gettext_lazy("告知日期"), 12, lambda case: _day(case.told_at)),
    (gettext_lazy("受理日期"), 12, lambda case: _day(case.accepted_at)),
    (gettext_lazy("答复日期"), 12, lambda case: _day(case.served_at)),
    (gettext_lazy("办结日期"), 12, lambda case: _day(case.closed_at)),
    (gettext_lazy("满意度"), 10, _rating),
    (gettext_lazy("外部系统编号"), 18, lambda case: case.external_number),
)


def workbook(rows: QuerySet[Case], title: str, *, cutoff: datetime) -> bytes:
    """An XLSX of `rows` with a heading that says what it is and when it was made. Raises Invalid when too long."""
    found = list(rows.select_related("category", "lead_unit", "accountable_person")[: MOST + 1])
    if len(found) > MOST:
        raise Invalid(_("超过 %d 件，请先筛选") % MOST)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("台账"))
    sheet.freeze_panes = "A3"
    for place, (_name, width, _of) in enumerate(COLUMNS):
        sheet.column_dimensions[_letter(place)].width = width
    stamp = timezone.localtime(cutoff).strftime("%Y-%m-%d %H:%M")
    sheet.append(
        _cells(sheet, [title, _("截至 %(at)s，共 %(n)d 件") % {"at": stamp, "n": len(found)}], bold=True)
    )
    sheet.append(_cells(sheet, [str(name) for name, _width, _of in COLUMNS], bold=True))
    for case in found:
        sheet.append(_cells(sheet, [of(case) for _name, _width, of in COLUMNS]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _cells(sheet: Any, texts: Iterable[str], *, bold: bool = False) -> list[WriteOnlyCell]:
    """Cells of plain text: a leading = + - @ stays a character (no formula, no link)."""
    made = []
    for text in texts:
        cell = WriteOnlyCell(sheet, value=_printable(text))
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if bold:
            cell.font = Font(bold=True)
        made.append(cell)
    return made


def _printable(text: str) -> str:
    """Without the control characters that a workbook cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t")
