"""The premises as a table: out as XLSX, in from XLSX or CSV after a dry run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Conflict, Invalid
from yimen.grids import contacts, premises_table
from yimen.grids import premises as reading
from yimen.grids.actions import premises_import
from yimen.intake.importer.reading import open_table
from yimen.reports.workbook import workbook

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.premises import TableForm
from .exports import XLSX, attached

MAX_BYTES = 5_000_000
WIDTHS = {"name": 30, "kind": 12, "address": 40, "grid": 28, "contact": 20, "phone": 20}
Rows = list[tuple[int, Mapping[str, Any]]]


@page("grids.keep_premises", methods=("GET", "HEAD"))
def export(request: StaffRequest) -> HttpResponse:
    """Every premise of this person's grids, with the columns that an import reads."""
    columns = [(known[0], WIDTHS[name]) for name, known in premises_table.COLUMNS.items()]
    rows = []
    for row in reading.register(request.grants):
        contact = contacts.of(row)
        rows.append(
            [
                row.name,
                str(row.get_kind_display()),
                row.address,
                row.grid.code,
                contact["name"],
                contact["phone"],
            ]
        )
    premises_import.exported(request.actor, len(rows))
    notes = [_("截至 %s") % f"{timezone.localdate():%Y-%m-%d}"]
    return attached(workbook(_("楼宇和单位"), notes, columns, rows), XLSX, f"{_('楼宇和单位')}.xlsx")


@page("grids.keep_premises")
def take_in(request: StaffRequest) -> HttpResponse:
    """A file is read and judged; what it would do is shown; then it is done, all or nothing."""
    saving = request.method == "POST" and request.POST.get("do") == "save"
    form = TableForm(None if saving or request.method != "POST" else request.POST, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    try:
        if saving:
            plan = premises_import.take(request.actor, request.grants, _carried(request.POST.get("rows", "")))
            words = _("已导入：新增 %(added)d 处，修改 %(changed)d 处。")
            messages.success(request, words % {"added": len(plan.added), "changed": len(plan.changed)})
            return redirect("staff:premises")
        if form.is_bound:
            status = 400
            if form.is_valid():
                rows = _read(form.cleaned_data["file"])
                plan = premises_table.judge(request.grants, rows)
                status = 200
                context |= {"plan": plan, "rows": json.dumps(rows, ensure_ascii=False)}
    except (Invalid, Conflict) as error:
        context |= {"form": _refused(form, error)}
        status = kind_of(error).status
    return render(request, "staff/premises/import.html", context, status=status)


def _refused(form: TableForm, error: Invalid | Conflict) -> TableForm:
    """The error on a form that is shown again; where the rows were carried along there is a fresh one."""
    shown = form if form.is_bound else TableForm({}, {})
    shown.errors.clear() if shown.is_bound else None
    shown.add_error(None, str(error))
    return shown


def _read(file: UploadedFile) -> Rows:
    """Rows under our names; the file itself is gone afterwards. Raises Invalid."""
    if (file.size or 0) > MAX_BYTES:
        raise Invalid(_("文件太大，最多 5 MB"))
    with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix[:8]) as kept:
        for part in file.chunks():
            kept.write(part)
        kept.flush()
        table = open_table(Path(kept.name))
        names = premises_table.columns(table.headers)
        rows = list(table.rows())
    broken = next((row for row in rows if row.problem), None)
    if broken:
        raise Invalid(_("第 %(n)d 行：%(why)s") % {"n": broken.number, "why": broken.problem})
    return [
        (row.number, {names[head]: _said(cell) for head, cell in row.cells.items() if head in names})
        for row in rows
    ]


def _said(cell: Any) -> str:
    return str(cell if cell is not None else "").strip()


def _carried(text: str) -> Rows:
    """What the page of the dry run brought along; it is judged again. Raises Invalid."""
    try:
        return [
            (int(number), {str(name): _said(cell) for name, cell in cells.items()})
            for number, cells in json.loads(text)
        ]
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid(_("请重新选择文件")) from error
