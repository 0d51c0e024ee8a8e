"""工作交接: before leave or departure every open matter goes to a colleague of the same unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.access.roles import Role
from yimen.accounts.models import User
from yimen.cases.actions.handover import hand_over
from yimen.cases.queries import open_loads
from yimen.foundation.errors import Invalid, Refused
from yimen.organisations.models import Membership

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.handover import HandoverForm


@dataclass(frozen=True, slots=True)
class Load:
    """One colleague and how many open matters rest on them."""

    name: str
    unit: str
    open: int


@page("cases.hand_over")
def handover(request: StaffRequest) -> HttpResponse:
    people = _people(request)
    form = HandoverForm(_choices(people), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _handed(request, form)
            except (Invalid, Refused) as error:
                form.refuse(error)
                status = kind_of(error).status
    return render(request, "staff/handover.html", {"form": form, "load": _load(people)}, status=status)


def _people(request: StaffRequest) -> list[Membership]:
    """Colleagues of the units whose hand-overs this person answers for."""
    units = request.grants.units(Role.DIRECTOR, Role.HEAD)
    rows = Membership.objects.filter(unit__in=units, active=True).select_related("user", "unit")
    return list(rows.order_by("unit", "-liaison", "id"))


def _choices(people: list[Membership]) -> list[tuple[str, str]]:
    return [
        (str(row.user_id), _("%(name)s（%(unit)s）") % {"name": row.user.name, "unit": row.unit.name})
        for row in people
    ]


def _load(people: list[Membership]) -> list[Load]:
    resting = open_loads({row.user_id for row in people})
    return [Load(row.user.name, row.unit.name, resting.get(row.user_id, 0)) for row in people]


def _handed(request: StaffRequest, form: HandoverForm) -> HttpResponse:
    leaving, to = (User.objects.get(pk=form.cleaned_data[name]) for name in ("leaving", "to"))
    part = {name: form.cleaned_data[name] for name in ("reason", "category", "lead_unit")}
    moved = hand_over(request.actor, request.grants, leaving, to, **part)
    words = ngettext("已交接 %(n)d 件：%(a)s → %(b)s", "已交接 %(n)d 件：%(a)s → %(b)s", moved)
    messages.success(request, words % {"n": moved, "a": leaving.name, "b": to.name})
    return redirect("staff:handover")
