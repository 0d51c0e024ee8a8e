"""The map of open matters: filters as on the lists, marks that open their matter, no script and nothing from outside."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yimen.cases import on_map, queries
from yimen.grids.queries import held

from ..door import StaffRequest, page
from ..show import map as show
from ..show.row import rows_of
from .worklist import chosen_filters, filter_choices


@page(methods=("GET", "HEAD"))
def open_matters(request: StaffRequest) -> HttpResponse:
    """Open matters that the reader may see, in a box of degrees; without one, the whole street."""
    filters = chosen_filters(request)
    kept = {name: value for name, value in filters.items() if value}
    rows = queries.filtered(queries.worklist(request.grants, "all"), filters)
    now = timezone.now()
    with held():
        asked = request.GET.get("box", "")
        box = show.fitted(on_map.box_of(asked)) if asked else show.street()
        drawn = show.map_of(rows, box, now, kept) if box else None
    shown = {
        "map": drawn,
        "rows": rows_of(drawn.rows, request.user.pk) if drawn else [],
        "filters": filter_choices(filters),
        "filtered": bool(kept),
        "keep": [("box", asked)] if asked else [],
        "more": max(0, drawn.count - show.SHOWN) if drawn else 0,
    }
    return render(request, "staff/map.html", shown)
