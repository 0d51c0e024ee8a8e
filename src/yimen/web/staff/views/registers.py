"""台账: choose a register, a period and a filter, see how many rows it has, take it out as a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.states import FLOWS, STATES
from yimen.cases.wording import in_turn
from yimen.foundation import together
from yimen.organisations.models import Unit
from yimen.reports import registers
from yimen.reports.cells import CELLS
from yimen.reports.lists import Wanted
from yimen.reports.sheets import period_words

from ..door import StaffRequest, page
from ..show import period as periods
from ..show.words import category_name
from . import exports

FIRST = "visits"
SEEN = 10  # rows shown before the file is taken


@page("reports.read", methods=("GET", "HEAD"))
def registers_page(request: StaffRequest) -> HttpResponse:
    """The columns and the first rows of the chosen register, with its count."""
    name = request.GET.get("register", FIRST)
    kind, asked, filters = registers.register(name), periods.asked(request), _filters(request)
    found = registers.rows(request.grants, name, asked.span.first, asked.span.last, filters)
    lines = list(registers.lines(name, found[:SEEN]))
    context = {
        "kinds": list(registers.REGISTERS.values()),
        "kind": kind,
        "asked": asked,
        "span": asked.span,
        "choices": periods.choices(asked.span, register=name, **filters),
        "filters": _options(filters),
        "count": found.count(),
        "most": registers.MOST,
        "lines": [[CELLS[column.code](line) for column in kind.columns] for line in lines],
        "query": periods.query(asked.span, **filters),
    }
    return render(request, "staff/registers.html", context)


@page("reports.read", methods=("GET",))
def register_file(request: StaffRequest, name: str) -> HttpResponse:
    """The register as XLSX: exactly the rows that the page counted under this filter."""
    kind, span, filters = registers.register(name), periods.asked(request).span, _filters(request)
    chosen = in_turn(option["words"] for option in _options(filters) if option["words"])
    notes = [period_words(span), *([_("筛选：%s") % chosen] if chosen else [])]
    said = {"from": span.first.isoformat(), "to": span.last.isoformat(), **filters}
    file = f"{kind.title}-{span.first:%Y%m%d}-{span.last:%Y%m%d}.xlsx"
    return exports.give(request, Wanted(f"registers/{name}", str(kind.title), notes, said, file))


def _filters(request: StaffRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:60] for name in registers.FILTERS}


def _options(filters: dict[str, str]) -> list[dict[str, Any]]:
    """The filters as selects; `words` say what is chosen."""
    kept = together.read(
        {
            "units": together.question(Unit.objects.all()),
            "categories": together.question(queries.valid_categories()),
        }
    )
    offered = (
        ("unit", _("单位"), [(row.key, row.name) for row in kept["units"]]),
        ("category", _("类别"), [(row.key, category_name(row)) for row in kept["categories"]]),
        ("state", _("环节"), [(name, str(state.zh)) for name, state in STATES.items()]),
        ("flow", _("性质"), [(flow.value, str(words)) for flow, words in FLOWS.items()]),
    )
    return [
        {"name": name, "label": label, "options": options, "chosen": filters[name],
         "words": dict(options).get(filters[name], filters[name])}
        for name, label, options in offered
    ]  # fmt: skip
