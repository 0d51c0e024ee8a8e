"""Search over everything the person may see: number, title, words, place, unit; two characters are enough."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import queries

from ..door import StaffRequest, page
from ..show.row import rows_of
from . import exports, reports


@page(methods=("GET", "HEAD"))
def search(request: StaffRequest) -> HttpResponse:
    text = _words(request)
    found = queries.search(request.grants, text)
    context = {"q": text, "rows": rows_of(found, request.user.pk), "full": len(found) >= queries.PAGE,
               "may_export": can(request.grants, "reports.read"),
               "phone": not found and request.rail.desk and len(text) >= 7 and text.isdecimal()}  # fmt: skip
    return render(request, "staff/search.html", context)


@page("reports.read", methods=("GET",))
def workbook(request: StaffRequest) -> HttpResponse:
    """Everything that this search finds, also beyond the page, as a workbook."""
    return exports.give(request, reports.list_of("search", _("搜索"), {"q": _words(request)}))


def _words(request: StaffRequest) -> str:
    return request.GET.get("q", "").strip()[:100]
