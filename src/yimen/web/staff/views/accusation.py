"""检举控告: only that a letter was handed over is kept; what it says never enters."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.cases.actions.accusations import hand_over_accusation
from yimen.foundation.errors import Invalid

from ..door import StaffRequest, page
from ..forms.accusation import AccusationForm


@page("cases.open")
def accusation(request: StaffRequest) -> HttpResponse:
    form = AccusationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _handed(request, form)
        except Invalid as error:
            form.refuse(error)
    return render(request, "staff/accusation.html", {"form": form}, status=400 if form.is_bound else 200)


def _handed(request: StaffRequest, form: AccusationForm) -> HttpResponse:
    data = form.cleaned_data
    case = hand_over_accusation(
        request.actor, request.grants, to=data["to"], named_units=list(data["named_units"]),
        named_people=data["named_people"], channel=data["channel"], received_at=data["received_at"],
    )  # fmt: skip
    messages.success(request, _("已登记移交：%s") % case.number)
    return redirect("staff:case", case.uuid)
