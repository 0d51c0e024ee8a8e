"""People of a matter: shown in full for a reason that stays, put right when they were written down wrongly."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import queries
from yimen.cases.actions import people
from yimen.cases.actions.people import Person, Shown
from yimen.cases.fields import WAYS
from yimen.cases.models import Case, Contact, Participant
from yimen.cases.wording import why
from yimen.foundation.errors import Invalid

from ..door import StaffRequest, page
from ..show.case import header_of

SPARE = 1  # empty rows to add somebody


@page()
def reveal(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Names and phones in full, once, for a reason that stays in the ledger. Nothing of it is in the address."""
    case = queries.get_visible(request.grants, ref)
    if request.method != "POST":
        return _page(request, case)
    try:
        shown = people.reveal(request.actor, request.grants, case, request.POST.get("reason", ""))
    except Invalid as error:
        return _page(request, case, wrong=error.fields.get("reason", error), status=400)
    return _page(request, case, shown)


@page("cases.open", methods=("POST",))
def correct(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Other people in place of those registered by mistake. What was typed comes back when it is refused."""
    case = queries.get_visible(request.grants, ref)
    rows = _rows(request)
    try:
        people.correct_people(request.actor, request.grants, case, rows, request.POST.get("reason", ""))
    except Invalid as error:
        shown = [Shown(role, "", one.name, one.phone, one.address, one.relation) for role, one in rows if one]
        return _page(request, case, shown, wrong=why(error), status=400)
    messages.success(request, _("联系方式已更正，改前的内容已加密留存。"))
    return redirect("staff:case", ref)


def _rows(request: StaffRequest) -> list[tuple[str, Person]]:
    """The form's rows, as (role, person); unknown roles are left out."""
    columns = [request.POST.getlist(name) for name in ("role", "name", "phone", "address", "relation")]
    known = dict(Participant.ROLES)
    return [
        (role, Person(*map(str.strip, rest))) for role, *rest in zip(*columns, strict=False) if role in known
    ]


def _page(
    request: StaffRequest, case: Case, shown: list[Shown] | None = None, wrong: object = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"case": case, "header": header_of(case), "people": shown, "wrong": wrong}
    context["reason"] = request.POST.get("reason", "")
    if shown is not None:
        spare = [Shown("visitor" if not shown else "representative", "", "", "", "")] * SPARE
        may_correct = can(request.grants, "cases.open") and not case.sealed
        context |= {"rows": [*shown, *spare], "roles": Participant.ROLES, "may_correct": may_correct}
        context |= {"ways": WAYS, "outcomes": Contact.OUTCOMES}
    return render(request, "staff/reveal.html", context, status=status)
