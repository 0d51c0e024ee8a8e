"""再次来访: the slip or the number opens the matter; a phone finds open ones only. Both are kept in the ledger."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.cases.actions.phones import find_by_phone
from yimen.cases.actions.slips import open_by_slip
from yimen.cases.models import Case
from yimen.foundation.errors import Invalid

from ..door import StaffRequest, page
from ..forms.returning import ReturningForm
from ..show.row import rows_of


@page("cases.open")
def returning(request: StaffRequest) -> HttpResponse:
    """Posted, so that neither a slip's secret nor a phone stands in an address."""
    if request.method != "POST":
        return render(request, "staff/returning.html", {"form": ReturningForm()})
    form = ReturningForm(request.POST)
    form.is_valid()
    return _by_phone(request, form) if request.POST.get("by") == "phone" else _by_slip(request, form)


def _by_slip(request: StaffRequest, form: ReturningForm) -> HttpResponse:
    text = form.cleaned_data.get("slip", "").strip()
    case = open_by_slip(request.actor, request.grants, text) if text else None
    if case is None:
        form.add_error(
            "slip", _("没有找到。请核对编号和年份，或换用电话查找。") if text else _("请扫码或输入编号")
        )
        return render(request, "staff/returning.html", {"form": form}, status=400)
    return redirect(_opened(case))


def _opened(case: Case) -> str:
    return reverse("staff:case", args=[case.uuid]) + "?returning=1"


def _by_phone(request: StaffRequest, form: ReturningForm) -> HttpResponse:
    try:
        found = find_by_phone(request.actor, request.grants, form.cleaned_data.get("phone", ""))
    except Invalid as error:
        form.refuse(error)
        return render(request, "staff/returning.html", {"form": form}, status=400)
    return render(request, "staff/returning.html", {"form": form, "rows": rows_of(found, within="")})
