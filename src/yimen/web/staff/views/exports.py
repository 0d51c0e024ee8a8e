"""Lists that leave as workbooks: at once when short, by a job when long; the page of such a job, and its file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from yimen.reports import exporting, exports, lists, registers
from yimen.reports.lists import Wanted
from yimen.reports.models import Export

from ..door import StaffRequest, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT = 50  # asked for lately, on one page


def give(request: StaffRequest, wanted: Wanted) -> HttpResponse:
    """The list as a workbook; when it is long the page of the job that makes it."""
    found = lists.rows(request.grants, wanted)
    if exports.is_large(found):
        row = exports.ask(request.actor, request.grants, wanted, found.order_by().count())
        return redirect("staff:export", row.uuid)
    return _at_once(request, wanted, found)


def _at_once(request: StaffRequest, wanted: Wanted, found: QuerySet[Any]) -> HttpResponse:
    body, count = registers.export(wanted.register, found, title=wanted.title, notes=wanted.notes)
    exporting.exported(request.actor, request.grants, wanted.what, count, wanted.filters, "xlsx")
    return attached(body, XLSX, wanted.file)


def attached(body: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer


@page(methods=("GET", "HEAD"))
def mine(request: StaffRequest) -> HttpResponse:
    """What this person asked for. Whoever lost the right still reads here that nothing was made."""
    rows = [_said(row) for row in exports.mine(request.actor)[:KEPT]]
    return render(request, "staff/exports.html", {"rows": rows})


@page(methods=("GET", "HEAD"))
def export(request: StaffRequest, ref: UUID) -> HttpResponse:
    """How far it is, and the file when it is there. With htmx the page asks again by itself."""
    return render(request, "staff/export.html", _said(exports.one_of_mine(request.actor, ref)))


@page(methods=("GET",))
def export_file(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The file, once more with the right asked; whoever lost it finds nothing (404)."""
    wanted, body = exports.fetch(request.actor, request.grants, ref)
    return attached(body, XLSX, wanted.file)


def _said(row: Export) -> dict[str, Any]:
    return {
        "export": row,
        "title": exports.title(row),
        "words": exports.STATES[row.state],
        "waiting": row.state in exports.WAITING,
    }
