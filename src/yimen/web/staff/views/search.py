"""Search over everything the person may see: number, title, words, place, unit; two characters are enough."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from yimen.cases import queries

from ..door import StaffRequest, page
from ..show.row import rows_of


@page(methods=("GET", "HEAD"))
def search(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:100]
    found = queries.search(request.grants, text)
    context = {"q": text, "rows": rows_of(found, request.user.pk), "full": len(found) >= queries.PAGE,
               "phone": not found and request.rail.desk and len(text) >= 7 and text.isdecimal()}  # fmt: skip
    return render(request, "staff/search.html", context)
