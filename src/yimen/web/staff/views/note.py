"""A note to oneself on a matter: written, changed and thrown away by its author, whom nobody else reads."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.actions import notes
from yimen.foundation.errors import Conflict, Invalid

from ..door import StaffRequest, page
from ..show.case import header_of


@page()
def note(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The form stands on the matter's page too; here it comes back when something was wrong."""
    case = queries.get_visible(request.grants, ref)
    if request.method != "POST":
        own = notes.note_of(request.grants, case)
        return _page(request, case, {"text": own.text, "pinned": own.pinned, "remind_on": own.remind_on})
    try:
        kept = notes.write_note(request.actor, request.grants, ref, **_given(request))
    except (Invalid, Conflict) as error:
        wrong = next(iter(getattr(error, "fields", {}).values()), error)
        return _page(request, case, request.POST, wrong, status=400)
    messages.success(request, _("便签已保存，只有您看得见。") if kept else _("便签已删除。"))
    return redirect("staff:case", ref)


def _given(request: StaffRequest) -> dict[str, Any]:
    """What was typed; "delete" empties everything. Raises Invalid for a date that is none."""
    if request.POST.get("do") == "delete":
        return {"text": ""}
    return {
        "text": request.POST.get("text", ""),
        "pinned": bool(request.POST.get("pinned")),
        "remind_on": _date(request.POST.get("remind_on", "")),
    }


def _date(text: str) -> date | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if text and found is None:
        raise Invalid(_("还有内容要补充或更正"), {"remind_on": _("日期不对")})
    return found


def _page(request: StaffRequest, case: Any, own: Any, wrong: object = "", status: int = 200) -> HttpResponse:
    context = {"case": case, "header": header_of(case), "own": own, "wrong": wrong}
    return render(request, "staff/note_page.html", context, status=status)
