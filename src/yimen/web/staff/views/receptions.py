"""领导接访日: the plan, and what becomes of a day: published, taken back, cancelled."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import leaders
from yimen.cases.actions import leaders as leading
from yimen.cases.dossier import TIED
from yimen.cases.models import ReceptionVisit
from yimen.foundation.errors import Invalid

from ..door import StaffRequest, page
from ..forms.pressure import ReceptionForm


@page()
def receptions(request: StaffRequest) -> HttpResponse:
    """Everybody sees the days to come; the desk plans them."""
    may = can(request.grants, "cases.plan_reception")
    form = ReceptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"leader": int(form.cleaned_data["leader"])}
        try:
            leading.plan_reception(request.actor, request.grants, **data)
            messages.success(request, _("已安排。"))
            return redirect("staff:receptions")
        except Invalid as error:
            form.refuse(error)
    return _page(request, form, may)


def _page(request: StaffRequest, form: ReceptionForm, may: bool) -> HttpResponse:
    today = timezone.localdate()
    rows = list(leaders.receptions(today - TIED))
    visits = ReceptionVisit.objects.filter(reception__in=rows).values_list("reception", flat=True)
    brought = list(visits)
    shown = [{"row": row, "brought": brought.count(row.pk), "past": row.day < today} for row in rows]
    context = {
        "coming": [each for each in shown if not each["past"]],
        "past": [each for each in reversed(shown) if each["past"]],
        "form": form,
        "may": may,
    }
    return render(request, "staff/receptions.html", context, status=400 if form.errors else 200)


@page("cases.plan_reception", methods=("POST",))
def reception(request: StaffRequest, ref: int) -> HttpResponse:
    """One button: publish, take back, cancel."""
    wanted = request.POST.get("do")
    if wanted == "cancel":
        leading.cancel_reception(request.actor, request.grants, ref)
        messages.success(request, _("已取消这次接访。"))
    else:
        leading.publish_reception(request.actor, request.grants, ref, published=wanted == "publish")
        messages.success(request, _("已公布。") if wanted == "publish" else _("已收回公布。"))
    return redirect("staff:receptions")
