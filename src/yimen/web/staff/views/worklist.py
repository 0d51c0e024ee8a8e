"""Worklists: what is mine and due first, filters in the address, one keyset page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import queries
from yimen.cases.actions.notes import Own, reminders
from yimen.cases.states import FLOWS, OPEN_STATES, STATES
from yimen.foundation import together
from yimen.foundation.errors import Missing
from yimen.organisations.queries import units

from ..door import StaffRequest, page
from ..lists import WORKLISTS
from ..rail import list_url
from ..show.row import Row, rows_of
from ..show.words import category_name
from . import bulk

FILTERS = ("state", "flow", "category", "unit", "channel", "grid", "q")


@dataclass(frozen=True, slots=True)
class Pager:
    """Addresses of the first and the next page; empty where there is none."""

    first: str
    next: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter as a select: its name in the address, its label, its options, what is chosen."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


@page(methods=("GET", "HEAD"))
def home(request: StaffRequest) -> HttpResponse:
    return _show(request, "mine")


@page(methods=("GET", "HEAD"))
def work(request: StaffRequest, name: str) -> HttpResponse:
    return _show(request, name)


def _show(request: StaffRequest, name: str) -> HttpResponse:
    if name not in WORKLISTS:
        raise Missing(_("没有这个清单"))
    filters = chosen_filters(request)
    found = queries.page(
        queries.filtered(queries.worklist(request.grants, name), filters), request.GET.get("after", "")
    )
    context = {
        "list": WORKLISTS[name],
        "rows": rows_of(found.rows, request.user.pk, within=name),
        "filters": filter_choices(filters),
        "filtered": any(filters.values()),
        "may_export": can(request.grants, "reports.read"),
        "bulk": bulk.offered(request.grants),
        "reminders": _reminders(request) if name == "mine" and not request.GET else [],
        "pager": _pager(request, name, filters, found.after),
    }
    return render(request, "staff/worklist.html", context)


def _reminders(request: StaffRequest) -> list[tuple[Row, Own]]:
    """Matters that the reader pinned, or wanted to be reminded of by today."""
    found = reminders(request.grants)
    rows = rows_of([case for case, _own in found], request.user.pk)
    return list(zip(rows, [own for _case, own in found], strict=True))


def chosen_filters(request: StaffRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:80] for name in FILTERS}


def _pager(request: StaffRequest, name: str, filters: dict[str, str], after: str) -> Pager:
    kept = {key: value for key, value in filters.items() if value}
    base = list_url(name)
    first = f"{base}?{urlencode(kept)}" if request.GET.get("after") else ""
    return Pager(first, f"{base}?{urlencode(kept | {'after': after})}" if after else "")


@lru_cache(maxsize=4)
def _offered_on(_today: date) -> dict[str, together.Question]:
    """Categories and units of a day, in words."""
    return {"categories": together.question(queries.valid_categories()), "units": together.question(units())}


def filter_choices(filters: dict[str, str]) -> list[Choice]:
    states = [(name, str(STATES[name].zh)) for name in OPEN_STATES]
    flows = [(flow.value, str(words)) for flow, words in FLOWS.items()]
    kept = together.read(_offered_on(timezone.localdate()))
    categories = [(row.key, category_name(row)) for row in kept["categories"]]
    places = [(row.key, row.name) for row in kept["units"]]
    offered = (
        ("state", _("环节"), states),
        ("flow", _("性质"), flows),
        ("category", _("类别"), categories),
        ("unit", _("主办单位"), places),
    )
    return [Choice(name, label, options, filters[name]) for name, label, options in offered]
