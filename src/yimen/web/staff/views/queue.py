"""The import queue: a clerk reads a row, puts it right, and takes it or leaves it out. Clocks start on taking."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.cases.queries import categories
from yimen.foundation.errors import Conflict, Invalid
from yimen.intake import queries
from yimen.intake.actions.queue import refuse, take
from yimen.intake.models import QueuedMatter

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.queue import RefuseForm, TakeForm
from ..show.words import category_name
from .worklist import Choice, Pager


@page("intake.queue", methods=("GET", "HEAD"))
def queue(request: StaffRequest) -> HttpResponse:
    filters = {name: request.GET.get(name, "").strip()[:80] for name in ("source", "category", "q")}
    after = request.GET.get("after", "")
    found = queries.waiting(
        request.grants, source=filters["source"], category=filters["category"], words=filters["q"],
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
    )  # fmt: skip
    context = {"rows": found.rows, "filters": _choices(request, filters), "pager": _pager(filters, after, found.after),
               "filtered": any(filters.values())}  # fmt: skip
    return render(request, "staff/queue.html", context)


def _choices(request: StaffRequest, filters: dict[str, str]) -> list[Choice]:
    sources = [
        (name, _("%(name)s（%(n)d）") % {"name": name, "n": count})
        for name, count in queries.sources(request.grants)
    ]
    kinds = [(row.key, category_name(row)) for row in categories()]
    return [
        Choice("source", _("来源"), sources, filters["source"]),
        Choice("category", _("类别"), kinds, filters["category"]),
    ]


def _pager(filters: dict[str, str], after: str, following: int) -> Pager:
    kept = {name: value for name, value in filters.items() if value}
    base = reverse("staff:queue")
    first = f"{base}?{urlencode(kept)}" if after else ""
    return Pager(first, f"{base}?{urlencode(kept | {'after': str(following)})}" if following else "")


@page("intake.queue")
def queued(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One waiting row: take it (it becomes a matter received now) or leave it out with a reason."""
    row = queries.get_waiting(request.grants, ref)
    posted = request.POST if request.method == "POST" else None
    leaving = bool(posted) and request.POST.get("do") == "refuse"
    forms = TakeForm(row, None if leaving else posted), RefuseForm(posted if leaving else None)
    if posted is None:
        return _page(request, row, *forms)
    return _left_out(request, row, *forms) if leaving else _taken(request, row, *forms)


def _taken(request: StaffRequest, row: QueuedMatter, form: TakeForm, other: RefuseForm) -> HttpResponse:
    status = 400
    if form.is_valid():
        try:
            case = take(request.actor, request.grants, row.uuid, form.corrections())
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = kind_of(error).status
        else:
            messages.success(request, _("已登记：%s") % case.number)
            return redirect("staff:case", case.uuid)
    return _page(request, row, form, other, status)


def _left_out(request: StaffRequest, row: QueuedMatter, other: TakeForm, form: RefuseForm) -> HttpResponse:
    if form.is_valid():
        refuse(
            request.actor, request.grants, row.uuid, form.cleaned_data["refusal"], form.cleaned_data["note"]
        )
        messages.success(request, _("已注明不登记。"))
        return redirect("staff:queue")
    return _page(request, row, other, form, 400)


def _page(
    request: StaffRequest, row: QueuedMatter, form: TakeForm, refusal: RefuseForm, status: int = 200
) -> HttpResponse:
    context = {"row": row, "form": form, "refusal": refusal, "wrong": refusal if refusal.errors else form}
    return render(request, "staff/queued.html", context, status=status)
