"""咨询速记: ten seconds, a category and one line, nobody's name. Common answers stand beside it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.cases import queries
from yimen.cases.wording import why
from yimen.foundation.errors import Invalid
from yimen.intake.actions.enquiry import MAX_LINE, tally
from yimen.intake.queries import tallied

from ... import handbook
from ..door import StaffRequest, page
from ..show.words import category_name


@page("intake.tally")
def enquiry(request: StaffRequest) -> HttpResponse:
    """The category's own button counts the enquiry: one line, one click."""
    if request.method != "POST":
        return _page(request)
    line, category = request.POST.get("line", ""), request.POST.get("category", "")
    try:
        row = tally(
            request.actor, request.grants, category, line, channel=request.POST.get("channel", "visit")
        )
    except Invalid as error:
        return _page(request, wrong=why(error), status=400)
    messages.success(request, _("已记一次咨询：%s") % category_name(row.category, short=True))
    return redirect("staff:enquiry")


def _page(request: StaffRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    counts = tallied(request.grants)
    context = {
        "categories": [(row.key, category_name(row, short=True)) for row in queries.categories()],
        "answers": handbook.answers(),
        "channels": _channels(),
        "given": request.POST,
        "wrong": wrong,
        "most": MAX_LINE,
        "counts": counts,
        "total": sum(number for _name, number in counts),
    }
    return render(request, "staff/enquiry.html", context, status=status)


def _channels() -> list[tuple[str, str]]:
    return [("visit", _("走访")), ("phone", _("电话")), ("online", _("网络"))]
