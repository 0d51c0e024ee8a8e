"""来访登记: one screen to a number and a slip; suggestions come while the clerk types, and work without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import instructions, queries
from yimen.cases.actions import desk, majors, transition
from yimen.cases.actions.open import open_case
from yimen.cases.models import Case, Category
from yimen.foundation.errors import Conflict, Invalid, YimenError
from yimen.foundation.ids import uuid7
from yimen.grids.queries import match_place

from ... import handbook
from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.register import RegisterForm
from ..show.row import rows_of
from ..show.words import category_name
from .files import take_files

SUGGESTED = 4
_AFTER = {"answer": "answer", "dispatch": "dispatch", "guide": "guide"}


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Categories:
    """Categories as choices: the first few at hand, the rest behind a fold."""

    first: list[Choice]
    rest: list[Choice]
    by_text: bool


@page("cases.open")
def register(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, RegisterForm(initial=_initial(request)), uuid7())
    form, key = RegisterForm(request.POST), _uuid(request.POST.get("client_key")) or uuid7()
    if "suggest" in request.POST:
        return _page(request, RegisterForm(initial=request.POST.dict()), key)
    error: YimenError | None = None
    if form.is_valid():
        try:
            return _registered(request, form, key)
        except (Invalid, Conflict) as refused:
            error = refused
            form.refuse(error)
    return _page(
        request,
        form,
        uuid7() if isinstance(error, Conflict) else key,
        kind_of(error).status if error else 400,
    )


def _initial(request: StaffRequest) -> dict[str, Any]:
    return {
        "text": request.GET.get("text", "")[:500],
        "reserved_number": request.GET.get("reserved", "")[:300],
    }


def _registered(request: StaffRequest, form: RegisterForm, key: UUID) -> HttpResponse:
    case = open_case(request.actor, request.grants, form.registration(key))
    _link(request, case)
    take_files(request, case.uuid)
    messages.success(request, _("已登记：%s") % case.number)
    if not form.cleaned_data["reported_to"].strip() and majors.is_group(case):
        messages.warning(
            request, _("%d 人来访，请马上电话报告分管领导，并在“重大情况报告”里记下。") % case.party_size
        )
    then = _then(case, request.POST.get("then", ""))
    return redirect("staff:do", case.uuid, then) if then else redirect("staff:registered", case.uuid)


def _then(case: Case, chosen: str) -> str:
    """The step that was asked for; 呈批 before 转办 where the category wants an instruction first."""
    step = _AFTER.get(chosen, "")
    return "submit" if step == "dispatch" and instructions.needed(case) else step


def _link(request: StaffRequest, case: Case) -> None:
    """The clerk's own decisions: the same matter as another, or a new one that follows an old."""
    for name, kind in (("same", "same"), ("follow", "follow")):
        for text in request.POST.getlist(name):
            if (other := _uuid(text)) and other != case.uuid:
                desk.link(request.actor, request.grants, case.uuid, other, kind=kind)


def _page(request: StaffRequest, form: RegisterForm, key: UUID, status: int = 200) -> HttpResponse:
    given = request.POST or request.GET
    context = {
        "form": form,
        "client_key": key,
        "now": timezone.localtime(),
        "categories": categories_of(_value(form, "text"), _value(form, "category")),
        "follow": _uuid(given.get("follow")),
        "emergency": handbook.phones(emergency=True),
        **_nearby(request, _value(form, "place"), ""),
    }
    return render(request, "staff/register.html", context, status=status)


def _value(form: RegisterForm, name: str) -> str:
    return str(form[name].value() or "")


@page("cases.open", methods=("POST",))
def suggest(request: StaffRequest) -> HttpResponse:
    """The category choices for the text so far. Posted, so that no text stands in an address."""
    found = categories_of(request.POST.get("text", ""), request.POST.get("category", ""))
    return render(request, "staff/register_category.html", {"categories": found})


@page("cases.open", methods=("POST",))
def similar(request: StaffRequest) -> HttpResponse:
    """Open matters at the same place, and the grid the place lies in."""
    return render(request, "staff/register_nearby.html", _nearby(request, request.POST.get("place", ""), ""))


def _nearby(request: StaffRequest, place: str, category: str) -> dict[str, Any]:
    place = place.strip()
    found = queries.similar_open(request.grants, place=place, category=category) if place else []
    rows = list(zip(rows_of(found), [case.uuid for case in found], strict=True))
    return {"place": place, "grid": match_place(place) if place else None, "nearby": rows}


def categories_of(text: str, chosen: str) -> Categories:
    """The suggested categories first (the chosen one always among them), else the office's first few."""
    rows = queries.categories()
    by_text = queries.suggest(text, SUGGESTED) if text.strip() else []
    first = by_text or rows[:SUGGESTED]
    picked = chosen or (by_text[0].key if by_text else "")
    if picked and picked not in {row.key for row in first}:
        first = [*[row for row in rows if row.key == picked], *first][: SUGGESTED + 1]
    rest = [row for row in rows if row.key not in {one.key for one in first}]
    return Categories(
        [_choice(row, picked) for row in first], [_choice(row, picked) for row in rest], bool(by_text)
    )


def _choice(row: Category, picked: str) -> Choice:
    return Choice(row.key, category_name(row, short=True), row.key == picked)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@page("cases.open", methods=("GET", "HEAD"))
def registered(request: StaffRequest, ref: UUID) -> HttpResponse:
    """The number, the slip and what comes next."""
    case = queries.get_visible(request.grants, ref)
    moves = transition.open_moves(request.grants, case, request.user.pk)
    unreported = majors.is_group(case) and not majors.reports_of(case)
    context = {"case": case, "moves": moves, "unreported": unreported}
    return render(request, "staff/registered.html", context)
