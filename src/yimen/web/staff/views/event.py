"""网格上报 by phone or from above, and the triage: 受理, 立案, 派遣 with one click; each stands in the ledger."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import alikes, classes, dossier, queries, routes
from yimen.cases.actions import events, steps
from yimen.cases.models import Case
from yimen.cases.states import VERBS, rows_from
from yimen.foundation.errors import Conflict, Invalid, Refused, YimenError
from yimen.foundation.ids import uuid7
from yimen.grids import coordinates
from yimen.grids.kinds import Crs
from yimen.grids.queries import held, match_place

from ... import handbook
from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.event import DispatchForm, EventForm
from ..lists import DESK
from ..show.case import header_of
from ..show.place import place_of
from .files import take_promised

TRIAGED = ("raised", "admitted", "filed")
_WINDOW_WAYS = ("phone", "above")


@page("cases.report_event")
def report(request: StaffRequest) -> HttpResponse:
    """G01 on the screen: what, which class, where; photos; who reported it only where an answer is wanted."""
    if request.method != "POST":
        return _page(request, EventForm(initial=_initial(request)), uuid7())
    form, key = EventForm(request.POST), _uuid(request.POST.get("client_key")) or uuid7()
    if "look" in request.POST:
        return _page(request, EventForm(initial=request.POST.dict()), key)
    error: YimenError | None = None
    if form.is_valid():
        try:
            return _reported(request, form, key)
        except (Invalid, Conflict) as refused:
            error = refused
            form.refuse(error)
    fresh = uuid7() if isinstance(error, Conflict) else key
    return _page(request, form, fresh, kind_of(error).status if error else 400)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """The desk types in what came by phone; who works in a grid, what was seen there."""
    return {
        "channel": "phone" if request.grants.has(*DESK) else "grid",
        "text": request.GET.get("text", "")[:500],
    }


def _reported(request: StaffRequest, form: EventForm, key: UUID) -> HttpResponse:
    case = events.report(request.actor, request.grants, form.report(key))
    take_promised(request, case, "after" if case.settled_on_spot else "")
    messages.success(request, _("已上报：%s") % case.number)
    _merge(request, case)
    if request.grants.has(*DESK) and case.state == "raised":
        return redirect("staff:triage", case.uuid)
    return redirect("staff:case", case.uuid)


def _merge(request: StaffRequest, case: Case) -> None:
    """The person's own decision: the same thing as an open matter. Who reported it keeps a matter, an answer, a rating."""
    main = _uuid(request.POST.get("same"))
    if main is None or case.state in ("merged", "closed") or not request.grants.has(*DESK):
        return
    number = ""
    try:
        number = queries.get_visible(request.grants, main).number
        steps.take(request.actor, request.grants, case.uuid, "merge", {"main": number})
        case.refresh_from_db(fields=["state"])
        messages.success(request, _("已并入 %s 一起办理。") % number)
    except YimenError as refused:
        messages.error(request, _("没有并入 %(number)s：%(why)s") % {"number": number, "why": refused})


def _page(request: StaffRequest, form: EventForm, key: UUID, status: int = 200) -> HttpResponse:
    shown = {
        "form": form, "client_key": key, "now": timezone.localtime(), "emergency": handbook.phones(emergency=True),
        "desk": request.grants.has(*DESK), **_looked(request, form),
    }  # fmt: skip
    return render(request, "staff/event/report.html", shown, status=status)


@page("cases.report_event", methods=("POST",))
def similar(request: StaffRequest) -> HttpResponse:
    """Open matters that this may be, and the grid it lies in. Posted, so that no text stands in an address."""
    found = _looked(request, EventForm(request.POST))
    return render(request, "staff/event/similar.html", found | {"desk": request.grants.has(*DESK)})


def _looked(request: StaffRequest, form: EventForm) -> dict[str, Any]:
    """What of the form is known so far decides: class (or what the words suggest), point, place."""
    given = form.data or form.initial
    text, place = str(given.get("text", "")), str(given.get("place", "")).strip()
    suggested = routes.suggested(text) if text.strip() else []
    known = classes.find(str(given.get("event_class", ""))) if given.get("event_class") else None
    row = known.row if known else next(iter(suggested), None)
    lng, lat = _point(given)
    grid = match_place(place) if place else None
    found: list[alikes.Suggestion] = []
    if row is not None:
        asked = alikes.Report(row, text, place, grid.pk if grid else None, lng, lat)
        found = alikes.reported(request.grants, asked)
    return {
        "kind": row,
        "suggested": [] if known else suggested,
        "grid": grid,
        "alikes": found,
        "asked": bool(text.strip()),
    }


def _point(given: Any) -> tuple[float | None, float | None]:
    """Where the form's point lies as WGS-84; nothing while it is not whole."""
    try:
        lng, lat = (float(part) for part in str(given.get("point", "")).replace("，", ",").split(","))
        return coordinates.INTO[Crs(given.get("crs") or Crs.WGS84)]((lng, lat))
    except (ValueError, OverflowError):
        return None, None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


# --- triage


@page("cases.open")
def triage(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One page for 受理, 立案 and 派遣: what was reported, the class's conditions, what may be the same, where the rules
    send it and why."""
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, ("alikes", "others", "links", "climbs"))
    if case.state not in TRIAGED:
        return redirect("staff:case", ref)
    with held():
        route = routes.proposed(case)
        because = routes.because(route)
    form = DispatchForm(request.POST if request.method == "POST" else None, route=route)
    error: YimenError | None = None
    if form.is_valid():
        try:
            return _sent(request, case, form)
        except (Invalid, Conflict, Refused) as refused:
            error = refused
            form.refuse(error)
    status = kind_of(error).status if error else (400 if form.is_bound else 200)
    return render(request, "staff/event/triage.html", _shown(request, case, form, because), status=status)


def _sent(request: StaffRequest, case: Case, form: DispatchForm) -> HttpResponse:
    data = form.cleaned_data
    version = request.POST.get("version", "")
    sent = events.file_and_dispatch(
        request.actor, request.grants, case.uuid, data["unit"], assisting=data["assisting"], require=data["require"],
        reason=data["reason"], version=int(version) if version.isdecimal() else None,
    )  # fmt: skip
    messages.success(request, _("已受理、立案、派遣：%s") % (sent.lead_unit or ""))
    return redirect("staff:case", case.uuid)


def _shown(request: StaffRequest, case: Case, form: DispatchForm, because: str) -> dict[str, Any]:
    return {
        "case": case, "form": form, "header": header_of(case), "kind": case.event_class, "place": place_of(case),
        "because": because, "alikes": alikes.suggestions(request.grants, case),
        "aside": [(row.verb, VERBS[row.verb]) for row in rows_from(case.flow, case.state) if row.verb in _ASIDE],
        "version": request.POST.get("version") or case.version,
        "grid": case.grid,
    }  # fmt: skip


_ASIDE = ("ask_verify", "decline", "send_down", "merge")
