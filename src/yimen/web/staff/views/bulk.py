"""批量办理: several matters ticked in a list, one step for all; each is a transition of its own.

What is refused is named with its reason and stays ticked; nothing of it is undone or forced. A matter that somebody
changed since the list was read is refused like any other (its version was ticked with it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.access import DESK_ROLES, UNIT_ROLES
from yimen.cases.actions import transition
from yimen.foundation.errors import Missing, YimenError

from ..door import StaffRequest, page
from ..forms.bulk import AssignForm, DispatchForm
from ..lists import WORKLISTS
from ..rail import list_url
from ..show.row import Row, rows_of

MOST = 50  # matters at once


@dataclass(frozen=True, slots=True)
class Kind:
    """One step that can be done to several: its words and its form."""

    verb: str
    words: object
    form: type[DispatchForm] | type[AssignForm]


KINDS = {
    "dispatch": Kind("dispatch", gettext_lazy("批量转办"), DispatchForm),
    "assign": Kind("assign", gettext_lazy("批量指派经办人"), AssignForm),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    row: Row
    why: str


def offered(grants: Grants) -> list[Kind]:
    """Which of them a person is offered under a list."""
    found = [KINDS["dispatch"]] if grants.has(*DESK_ROLES) else []
    return [*found, KINDS["assign"]] if grants.units(*UNIT_ROLES) else found


@page(methods=("POST",))
def bulk(request: StaffRequest) -> HttpResponse:
    """First the step's fields for what was ticked; with `go`, each matter in turn and what became of it."""
    kind = KINDS.get(request.POST.get("verb", ""))
    if kind is None or kind not in offered(request.grants):
        raise Missing(_("没有这个页面"))
    picked = _picked(request)
    if not picked or len(picked) > MOST:
        messages.error(request, _("请先勾选事项。") if not picked else _("一次最多 %d 件。") % MOST)
        return redirect(_back(request))
    form = kind.form(request.grants, request.POST if "go" in request.POST else None)
    if form.is_bound and form.is_valid():
        return _done(request, kind, picked, form)
    return _page(request, kind, _rows(request, picked), form, status=400 if form.is_bound else 200)


def _picked(request: StaffRequest) -> dict[UUID, int]:
    """What was ticked: matter → its version as the reader saw it. Nonsense is left out."""
    found: dict[UUID, int] = {}
    for text in request.POST.getlist("case"):
        ref, _sep, version = text.partition("~")
        try:
            found[UUID(ref)] = int(version[:9])
        except ValueError:
            continue
    return found


def _rows(request: StaffRequest, picked: dict[UUID, int]) -> list[Row]:
    found = queries.visible_to(request.grants).filter(uuid__in=picked).order_by("due_at", "id")
    return rows_of(found.select_related("category", "lead_unit", "holder", "holder_unit", "clock"))


def _done(request: StaffRequest, kind: Kind, picked: dict[UUID, int], form: Any) -> HttpResponse:
    given = {name: value for name, value in form.cleaned_data.items() if value}
    refused: dict[UUID, str] = {}
    for ref, version in picked.items():
        try:
            transition.run(request.actor, request.grants, ref, kind.verb, given, version=version)
        except YimenError as error:
            refused[ref] = str(next(iter(getattr(error, "fields", {}).values()), error))
    done = len(picked) - len(refused)
    if not refused:
        messages.success(request, _("%(words)s：%(n)d 件都已办好。") % {"words": kind.words, "n": done})
        return redirect(_back(request))
    left = {ref: picked[ref] for ref in refused}
    kept = [Refusal(row, refused[UUID(row.pick.partition("~")[0])]) for row in _rows(request, left)]
    return _page(request, kind, [one.row for one in kept], form, refused=kept, done=done, status=409)


def _back(request: StaffRequest) -> str:
    name = request.POST.get("list", "")
    return list_url(name if name in WORKLISTS else "mine")


def _page(
    request: StaffRequest, kind: Kind, rows: list[Row], form: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"kind": kind, "rows": rows, "form": form, "list": request.POST.get("list", ""),
               "back": _back(request), **more}  # fmt: skip
    return render(request, "staff/bulk.html", context, status=status)
