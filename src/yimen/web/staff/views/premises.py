"""楼宇和单位: the register, one place with its visits and needs, and what is done there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases.queries import visible_to
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.grids import contacts
from yimen.grids import premises as reading
from yimen.grids.actions import premises as verbs
from yimen.grids.models import Grid, Premise, PremiseNeed
from yimen.grids.premises_models import PREMISE_KINDS
from yimen.intake.actions.places import raise_need

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.premises import AnswerForm, NeedForm, PremiseForm, VisitForm, grid_choices, places
from ..forms.rows import LastDay
from ..forms.shape import Shape
from .worklist import Choice, Pager

RECENT = 30


@page("grids.premises", methods=("GET", "HEAD"))
def register(request: StaffRequest) -> HttpResponse:
    """The list, by kind, grid and words; with `needs` only those that wait for an answer."""
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("kind", "grid", "q", "needs")}
    after = _number(request.GET.get("after", ""))
    found = reading.page(
        request.grants, kind=asked["kind"], grid=_number(asked["grid"]), words=asked["q"],
        open_needs=bool(asked["needs"]), after=after,
    )  # fmt: skip
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "rows": found.rows,
        "filters": _choices(asked),
        "filtered": bool(kept),
        "pager": _pager(kept, after, found.after),
        "may_keep": can(request.grants, "grids.keep_premises"),
        "query": urlencode(kept),
    }
    return render(request, "staff/premises/list.html", context)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _choices(asked: dict[str, str]) -> list[Choice]:
    grids = [(pk, f"{community}{name}") for community, rows in grid_choices(places()) for pk, name in rows]
    return [
        Choice("kind", _("类别"), [(code, str(words)) for code, words in PREMISE_KINDS], asked["kind"]),
        Choice("grid", _("网格"), grids, asked["grid"]),
        Choice("needs", _("需求"), [("1", _("有待答复的"))], asked["needs"]),
    ]


def _pager(kept: dict[str, str], after: int, following: int) -> Pager:
    base = reverse("staff:premises")
    first = f"{base}?{urlencode(kept)}" if after else ""
    return Pager(first, f"{base}?{urlencode(kept | {'after': str(following)})}" if following else "")


@page("grids.keep_premises")
def add(request: StaffRequest) -> HttpResponse:
    form = PremiseForm(_own(request), request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        row, status = _try(form, lambda: verbs.add_premise(request.actor, request.grants, form.described()))
        if row:
            messages.success(request, _("已登记。"))
            return redirect("staff:premise", row.uuid)
    context = {"form": form, "title": _("登记一处"), "back": reverse("staff:premises")}
    return render(request, "staff/premises/form.html", context, status=status)


def _own(request: StaffRequest) -> list[Grid]:
    """The grids in which this person may keep premises."""
    return [grid for grid in places() if can(request.grants, "grids.keep_premises", Premise(grid=grid))]


@page("grids.keep_premises")
def edit(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Other words for a place; or that it is gone (its contact is forgotten then)."""
    row = reading.get(request.grants, ref)
    if not can(request.grants, "grids.keep_premises", row):
        raise Refused(_("您没有办理此事的权限"))
    posted = request.POST if request.method == "POST" else None
    ending = bool(posted) and request.POST.get("do") == "end"
    form = PremiseForm(_own(request), None if ending else posted, initial=_kept(row))
    leaving, status = LastDay(posted if ending else None), 200
    if posted is not None:
        made, status = _try(
            leaving if ending else form, lambda: _kept_up(request, row, form, leaving, ending)
        )
        if made:
            messages.success(request, _("已停用，联系人已忘记。") if ending else _("已保存。"))
            return redirect("staff:premise", row.uuid)
    context = {"form": form, "leaving": leaving, "row": row, "title": _("修改：%s") % row.name,
               "wrong": leaving if ending else form, "back": reverse("staff:premise", args=[row.uuid])}  # fmt: skip
    return render(request, "staff/premises/form.html", context, status=status)


def _kept_up(
    request: StaffRequest, row: Premise, form: PremiseForm, leaving: LastDay, ending: bool
) -> Premise:
    if ending:
        return verbs.end_premise(request.actor, request.grants, row.uuid, leaving.cleaned_data["last_day"])
    return verbs.edit_premise(request.actor, request.grants, row.uuid, form.described())


def _kept(row: Premise) -> dict[str, Any]:
    contact = contacts.of(row)
    return {"name": row.name, "kind": row.kind, "address": row.address, "grid": str(row.grid_id),
            "contact": contact["name"], "phone": contact["phone"]}  # fmt: skip


def _try(form: Shape, do: Any) -> tuple[Any, int]:
    """(what was made, 200), or None and the status of the form shown again."""
    if not form.is_valid():
        return None, 400
    try:
        return do(), 200
    except (Invalid, Conflict, Refused) as error:
        form.refuse(error)
        return None, kind_of(error).status


@page("grids.premises")
def premise(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One place: what is kept of it, a visit, a need."""
    row = reading.get(request.grants, ref)
    wanted = request.POST.get("do") if request.method == "POST" else ""
    if wanted == "visit":
        visit = VisitForm(request.POST)
        made, status = _try(visit, lambda: verbs.visit(request.actor, request.grants, ref, visit.cleaned_data["seen"], visit.cleaned_data["day"]))  # fmt: skip
        return _then(request, row, made, status, _("已记下走访。"), visit=visit)
    if wanted == "need":
        need = NeedForm(request.POST)
        made, status = _try(
            need, lambda: verbs.need(request.actor, request.grants, ref, need.cleaned_data["words"])
        )
        return _then(request, row, made, status, _("已记下需求。"), need=need)
    return _page(request, row)


def _then(
    request: StaffRequest, row: Premise, made: Any, status: int, words: str, **forms: Shape
) -> HttpResponse:
    if made is None:
        return _page(request, row, status, wrong=next(iter(forms.values())), **forms)
    messages.success(request, words)
    return redirect("staff:premise", row.uuid)


def _page(request: StaffRequest, row: Premise, status: int = 200, **forms: Any) -> HttpResponse:
    needs = list(reading.needs(row)[:RECENT])
    numbers = [need.number for need in needs if need.number]
    seen = (
        dict(visible_to(request.grants).filter(number__in=numbers).values_list("number", "uuid"))
        if numbers
        else {}
    )
    context = {
        "row": row,
        "contact": contacts.of(row),
        "visits": list(reading.visits(row)[:RECENT]),
        "needs": [(need, seen.get(need.number)) for need in needs],
        "may_keep": row.valid_to is None and can(request.grants, "grids.keep_premises", row),
        "may_raise": can(request.grants, "intake.raise_need"),
        "visit": VisitForm(),
        "need": NeedForm(),
    } | forms
    return render(request, "staff/premises/premise.html", context, status=status)


@page("grids.premises")
def need(request: StaffRequest, pk: int) -> HttpResponse:
    """One need: answered in words, or a matter in one tap."""
    row = PremiseNeed.objects.select_related("premise__grid", "by").filter(pk=pk).first()
    if row is None or not can(request.grants, "grids.premises", row.premise):
        raise Missing(_("没有这项需求"))
    posted = request.POST if request.method == "POST" else None
    if posted is not None and request.POST.get("do") == "matter":
        case = raise_need(request.actor, request.grants, pk)
        messages.success(request, _("已登记：%s") % case.number)
        return redirect("staff:case", case.uuid)
    form, status = AnswerForm(posted), 200
    if posted is not None:
        made, status = _try(
            form, lambda: verbs.answer_need(request.actor, request.grants, pk, form.cleaned_data["answer"])
        )
        if made:
            messages.success(request, _("已答复。"))
            return redirect("staff:premise", row.premise.uuid)
    context = {"need": row, "form": form, "may_raise": can(request.grants, "intake.raise_need")}
    return render(request, "staff/premises/need.html", context, status=status)
