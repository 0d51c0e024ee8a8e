"""外部系统: a matter's numbers in other systems, and its text in their order to copy there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.cases import dossier, queries
from yimen.cases.access import may_reveal, relations
from yimen.cases.actions import outside, people
from yimen.cases.models import Case
from yimen.cases.models.desk import SYSTEMS
from yimen.cases.states import Who
from yimen.foundation.errors import Conflict, Invalid, Refused

from ..door import StaffRequest, page
from ..show.case import header_of
from ..show.platforms import blocks_of


@page()
def numbers(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The page; posted: `do` is add, remove or reveal. Revealing needs a reason, which stays in the ledger."""
    case = queries.get_visible(request.grants, ref)
    if case.sealed:
        raise Refused(_("密件只保留移交记录，不能办理"))
    if request.method != "POST":
        return _page(request, case)
    try:
        return _DOES.get(request.POST.get("do", ""), _add)(request, case)
    except (Invalid, Conflict) as error:
        return _page(request, case, wrong=error, status=400)


def _add(request: StaffRequest, case: Case) -> HttpResponse:
    given = request.POST
    outside.add_outside(
        request.actor,
        request.grants,
        case.uuid,
        system=given.get("system", ""),
        number=given.get("number", ""),
    )
    messages.success(request, _("已登记外部系统编号。"))
    return redirect("staff:outside", case.uuid)


def _remove(request: StaffRequest, case: Case) -> HttpResponse:
    which = request.POST.get("which", "")
    row_id = int(which) if which.isdecimal() and len(which) < 19 else None
    outside.remove_outside(request.actor, request.grants, case.uuid, row_id=row_id)
    messages.success(request, _("已撤去，原来的编号留在经过里。"))
    return redirect("staff:outside", case.uuid)


def _reveal(request: StaffRequest, case: Case) -> HttpResponse:
    shown = people.reveal(request.actor, request.grants, case, request.POST.get("reason", ""))
    return _page(request, case, shown)


_DOES = {"add": _add, "remove": _remove, "reveal": _reveal}


def _page(
    request: StaffRequest,
    case: Case,
    shown: list[people.Shown] | None = None,
    *,
    wrong: Invalid | Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    dossier.open_(case, request.grants, ("people", "keys", "outside", "parts", "results", "deeds"))
    given = shown if shown is not None else people.participants(case)
    wrong_fields: dict[str, Any] = dict(getattr(wrong, "fields", {}) or {})
    context = {
        "case": case,
        "header": header_of(case),
        "numbers": outside.outside_of(case),
        "systems": SYSTEMS,
        "blocks": blocks_of(case, given),
        "revealed": shown is not None,
        "may_reveal": bool(given) and may_reveal(request.grants, case),
        "may_add": bool({Who.DESK, Who.LEAD} & relations(request.grants, case)),
        "wrong": next(iter(wrong_fields.values()), wrong),
        "target": next(iter(wrong_fields), "number"),
        "given": request.POST,
    }
    return render(request, "staff/outside_page.html", context, status=status)
