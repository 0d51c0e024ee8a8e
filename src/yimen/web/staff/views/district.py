"""提请区级协调: what waits for a leader's signature, and what lies with the district."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yimen.access.registry import can
from yimen.cases import queries
from yimen.cases.actions import district
from yimen.cases.models import DistrictRequest
from yimen.organisations.models import UnitKind

from ..door import StaffRequest, page
from ..show.row import rows_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request; `may` when the reader signs or refuses it."""

    row: DistrictRequest
    may: bool
    late: bool


@page(methods=("GET", "HEAD"))
def requests(request: StaffRequest) -> HttpResponse:
    """Inside what the reader may see: requests to be decided first, then matters that the district has."""
    seen, now = queries.visible_to(request.grants), timezone.now()
    rows = district.waiting().filter(case__in=seen)[:SHOWN]
    decides = can(request.grants, district.ACTION)
    found = [
        Waiting(row, decides and district.may_decide(request.grants, row), row.decide_by < now)
        for row in rows
    ]
    there = queries.in_rows(seen.filter(open=True, flow="grid", lead_unit__kind=UnitKind.DISTRICT))
    shown = {
        "mine": [one for one in found if one.may],
        "others": [one for one in found if not one.may],
        "rows": rows_of(there.order_by("due_at", "id")[:SHOWN], request.user.pk),
    }
    return render(request, "staff/event/district.html", shown)
