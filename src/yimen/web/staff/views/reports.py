"""Registers and figures: a list as a workbook, and numbers that open the list behind them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.models import Case
from yimen.foundation.errors import Missing
from yimen.reports import measures, register

from ..door import StaffRequest, page
from ..lists import WORKLISTS
from ..show.row import rows_of
from .worklist import chosen_filters

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # matters of one figure on a page


@page("reports.read", methods=("GET",))
def worklist(request: StaffRequest, name: str) -> HttpResponse:
    """The worklist on the screen, with its filters, as a workbook."""
    if name not in WORKLISTS:
        raise Missing(_("没有这个清单"))
    rows = queries.filtered(queries.worklist(request.grants, name), chosen_filters(request)).order_by(
        "due_at", "id"
    )
    return _workbook(rows, str(WORKLISTS[name].title))


def _workbook(rows: QuerySet[Case], title: str, cutoff: datetime | None = None) -> HttpResponse:
    now = cutoff or timezone.now()
    answer = HttpResponse(register.workbook(rows, title, cutoff=now), content_type=XLSX)
    name = f"{title}-{timezone.localtime(now):%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@page("reports.read", methods=("GET", "HEAD"))
def figures(request: StaffRequest) -> HttpResponse:
    """Figures of a period at a cut-off, by unit or category; every number is an address."""
    span, by = _span(request), request.GET.get("by", "unit")
    lines = measures.table(request.grants, span, by)
    context = {
        "span": span,
        "by": by,
        "measures": list(measures.MEASURES.values()),
        "lines": [
            {"line": line, "cells": [_cell(span, by, line, name) for name in measures.MEASURES]}
            for line in lines
        ],
    }
    return render(request, "staff/figures.html", context)


def _cell(span: measures.Period, by: str, line: measures.Line, name: str) -> dict[str, object]:
    return {
        "count": line.counts[name],
        "url": _address(span, by, line.key, name) if line.counts[name] else "",
    }


def _address(span: measures.Period, by: str, key: str, name: str) -> str:
    given = {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "at": span.cutoff.isoformat(),
        "by": by,
        "key": key,
    }
    return f"{reverse('staff:figure', args=[name])}?{urlencode(given)}"


@page("reports.read", methods=("GET", "HEAD"))
def figure(request: StaffRequest, name: str) -> HttpResponse:
    """The list behind one number, on the screen or as a workbook (?as=xlsx)."""
    span, by, key = _span(request), request.GET.get("by", "unit"), request.GET.get("key", "")
    rows = measures.of_group(measures.matters(request.grants, name, span), by, key).order_by(
        "received_at", "id"
    )
    measure = measures.MEASURES[name]
    if request.GET.get("as") == "xlsx":
        return _workbook(rows, str(measure.words), span.cutoff)
    shown = list(rows.select_related("category", "lead_unit", "holder", "holder_unit", "clock")[:SHOWN])
    context = {
        "measure": measure,
        "span": span,
        "count": rows.count(),
        "rows": rows_of(shown, request.user.pk),
        "workbook": f"{request.get_full_path()}&as=xlsx",
    }
    return render(request, "staff/figure.html", context)


def _span(request: StaffRequest) -> measures.Period:
    """The period in the address; this month so far, as of now, where none stands there. Bad dates are Missing."""
    today = timezone.localdate()
    try:
        first = _date(request.GET.get("from", "")) or today.replace(day=1)
        last = _date(request.GET.get("to", "")) or today
        cutoff = parse_datetime(request.GET["at"].replace(" ", "+")) if request.GET.get("at") else None
    except ValueError:
        raise Missing(_("日期不对，请从“指标”一页打开")) from None
    if cutoff is not None and timezone.is_naive(cutoff):
        cutoff = timezone.make_aware(cutoff)
    if abs(last - first) > timedelta(days=3700):
        raise Missing(_("时间太长，最多十年"))
    return measures.period(first, last, cutoff)


def _date(text: str) -> date | None:
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        raise ValueError(text)
    return found
