"""日报 and 周报: one page on the screen, one A4 page as PDF, and as a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Missing
from yimen.organisations.queries import office
from yimen.reports import exporting, sheets
from yimen.reports.period import Period, period

from ..door import StaffRequest, page
from ..show import period as periods
from .exports import XLSX, attached
from .reports import number

FORMS = {"pdf": "application/pdf", "xlsx": XLSX}


def _asked(request: StaffRequest, name: str) -> periods.Asked:
    """The day or week of `from` (today's), whatever `to` says: a sheet is of whole days or weeks."""
    if name not in sheets.SHEETS:
        raise Missing(_("只有日报和周报"))
    asked = periods.asked(request, name)
    first, last = sheets.span_of(name, asked.span.first)
    return periods.Asked(period(first, last, asked.span.cutoff, asked.span.known), asked.typed, asked.wrong)


@page("reports.read", methods=("GET", "HEAD"))
def sheet(request: StaffRequest, name: str) -> HttpResponse:
    """The sheet; every number opens its list."""
    asked = _asked(request, name)
    span, one = asked.span, sheets.sheet(request.grants, name, asked.span)
    context = {
        "sheet": one,
        "asked": asked,
        "span": span,
        "period_words": sheets.period_words(span),
        "moments": sheets.moments(span),
        "blocks": [
            (block.title, [number(i.measure.name, {i.measure.name: i.count}, span) for i in block.items])
            for block in one.blocks
        ],
        "grids": [(grid, [_grid_line(grid, line, span) for line in grid.lines]) for grid in one.grids],
        "before": periods.query(_neighbour(name, span, -1)),
        "after": periods.query(_neighbour(name, span, +1)) if span.last < timezone.localdate() else "",
        "same": periods.query(span),
    }
    return render(request, "staff/daysheet.html", context)


def _neighbour(name: str, span: Period, by: int) -> Period:
    edge = span.first if by < 0 else span.last
    first, last = sheets.span_of(name, edge + timezone.timedelta(days=by))
    return period(first, last)


def _grid_line(grid: sheets.Grid, line: tuple[str, str, list[int]], span: Period) -> tuple[str, list[object]]:
    key, words, counts = line
    named = zip(grid.measures, counts, strict=True)
    return words, [number(row.name, {row.name: count}, span, grid.by, key) for row, count in named]


@page("reports.read", methods=("GET",))
def sheet_file(request: StaffRequest, name: str, form: str) -> HttpResponse:
    """The sheet as pdf or xlsx, with the same numbers as the page of this address."""
    if form not in FORMS:
        raise Missing(_("只有 PDF 和 XLSX"))
    span = _asked(request, name).span
    one, place = sheets.sheet(request.grants, name, span), office()
    house = place.centre_name if place else ""
    body = sheets.pdf(one, house, request.user.name) if form == "pdf" else sheets.xlsx(one, house)
    count = sum(item.count for block in one.blocks for item in block.items)
    said = {"from": span.first.isoformat(), "at": span.cutoff.isoformat(), "known": span.known.isoformat()}
    exporting.exported(request.actor, request.grants, f"sheets/{name}", count, said, form)
    return attached(body, FORMS[form], f"{one.title}-{span.first:%Y%m%d}.{form}")
