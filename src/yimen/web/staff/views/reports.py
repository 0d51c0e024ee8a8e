"""Figures on the screen: indicators with both their numbers, exceptions, and the list behind every number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.wording import in_turn
from yimen.foundation.errors import Missing
from yimen.reports import indicators, measures, settings
from yimen.reports.lists import Wanted
from yimen.reports.period import Period
from yimen.reports.sheets import moments, period_words

from ..door import StaffRequest, page
from ..lists import WORKLISTS
from ..show import period as periods
from ..show.row import rows_of
from . import exports
from .worklist import chosen_filters

SHOWN = 100  # lines of one list on a page


@page("reports.read", methods=("GET",))
def worklist(request: StaffRequest, name: str) -> HttpResponse:
    """The worklist on the screen, with its filters, as a workbook."""
    if name not in WORKLISTS:
        raise Missing(_("没有这个清单"))
    filters = chosen_filters(request)
    return exports.give(request, list_of(f"work/{name}", str(WORKLISTS[name].title), filters))


def list_of(what: str, title: str, filters: dict[str, str]) -> Wanted:
    """A list on the screen, with its filters, in the visitors' register."""
    chosen = in_turn(value for value in filters.values() if value)
    notes = [_("筛选：%s") % chosen] if chosen else []
    return Wanted(what, title, notes, filters, f"{title}-{timezone.localdate():%Y%m%d}.xlsx")


@page("reports.read", methods=("GET", "HEAD"))
def figures(request: StaffRequest) -> HttpResponse:
    """Indicators of a period at a cut-off, all together or by unit or category; every number is an address."""
    asked, by = periods.asked(request), request.GET.get("by", "")
    lines = (
        indicators.table(request.grants, asked.span, by)
        if by
        else [indicators.total(request.grants, asked.span)]
    )
    context = _period_context(asked, by=by) | {
        "by": by,
        "indicators": list(indicators.INDICATORS.values()),
        "lines": [_line(line, asked.span, by) for line in lines],
        "score_words": _("三率综合"),
    }
    return render(request, "staff/figures.html", context)


def _period_context(asked: periods.Asked, **more: str) -> dict[str, Any]:
    return {
        "span": asked.span,
        "asked": asked,
        "choices": periods.choices(asked.span, **more),
        "period_words": period_words(asked.span),
        "moments": moments(asked.span),
        "same": periods.query(asked.span, **more),
    }


def _line(line: indicators.Line, span: Period, by: str) -> dict[str, Any]:
    return {"line": line, "rates": [_rate(rate, span, by, line.key) for rate in line.rates]}


def _rate(rate: indicators.Rate, span: Period, by: str, key: str) -> dict[str, Any]:
    """A rate with its two sides, each list with its address."""
    sides = [number(part.measure, rate.counts, span, by, key, part.weight) for part in rate.indicator.parts]
    whole = number(rate.indicator.whole, rate.counts, span, by, key)
    return {"indicator": rate.indicator, "text": rate.text, "parts": sides, "whole": whole}


def number(
    name: str, counts: dict[str, int], span: Period, by: str = "", key: str = "", weight: str = ""
) -> dict[str, Any]:
    """One number with the address of its list; none for zero."""
    count = counts[name]
    url = f"{reverse('staff:figure', args=[name])}?{periods.query(span, by=by, key=key)}" if count else ""
    words = settings.value(weight) if weight else ""
    return {"count": count, "url": url, "measure": measures.MEASURES[name], "weight": words}


@page("reports.read", methods=("GET", "HEAD"))
def exceptions(request: StaffRequest) -> HttpResponse:
    """What could make figures look better than the work: each as a list (DOMAIN.md §7)."""
    asked = periods.asked(request)
    counts = measures.count_all(request.grants, measures.EXCEPTIONS, asked.span)
    rows = [number(name, counts, asked.span) for name in measures.EXCEPTIONS]
    return render(request, "staff/exceptions.html", _period_context(asked) | {"rows": rows})


@page("reports.read", methods=("GET", "HEAD"))
def figure(request: StaffRequest, name: str) -> HttpResponse:
    """The list behind one number, page by page, or as a workbook (?as=xlsx)."""
    asked, by, key = periods.asked(request), request.GET.get("by", ""), request.GET.get("key", "")
    measure = measures.MEASURES.get(name)
    if measure is not None and request.GET.get("as") == "xlsx" and request.method == "GET":
        return _list_behind(request, measure, asked.span, by, key)
    found = measures.rows_of(request.grants, name, asked.span, by, key)
    measure = measures.MEASURES[name]
    turn = _turn(request.GET.get("page", ""), len(found))
    here = found[(turn - 1) * SHOWN : turn * SHOWN]
    joined = ("category", "lead_unit", "holder", "holder_unit", "clock")
    matters = (
        queries.visible_to(request.grants).select_related(*joined).in_bulk([row.case_id for row in here])
    )
    rows = [row for row in here if row.case_id in matters]
    address = f"{request.path}?{periods.query(asked.span, by=by, key=key)}"
    context = _period_context(asked) | {
        "measure": measure,
        "group": measures.names(by).get(key, _("未转办")) if by and key else "",
        "count": len(found),
        "matters": len({row.case_id for row in found}),
        "rows": rows_of([matters[row.case_id] for row in rows], request.user.pk),
        "workbook": f"{address}&as=xlsx",
        "pager": {"first": address if turn > 1 else "",
                  "next": f"{address}&{urlencode({'page': turn + 1})}" if turn * SHOWN < len(found) else ""},
    }  # fmt: skip
    return render(request, "staff/figure.html", context)


def _turn(text: str, count: int) -> int:
    last = max(1, -(-count // SHOWN))
    return min(max(1, int(text)), last) if text.isdecimal() and len(text) < 7 else 1


def _list_behind(
    request: StaffRequest, measure: measures.Measure, span: Period, by: str, key: str
) -> HttpResponse:
    """The matters of a list, each once, in the visitors' register."""
    notes = [period_words(span), moments(span)]
    filters = {"from": span.first.isoformat(), "to": span.last.isoformat(), "at": span.cutoff.isoformat(),
               "known": span.known.isoformat(), "by": by, "key": key}  # fmt: skip
    name = f"{measure.words}-{span.first:%Y%m%d}-{span.last:%Y%m%d}.xlsx"
    return exports.give(request, Wanted(f"figures/{measure.name}", measure.words, notes, filters, name))
