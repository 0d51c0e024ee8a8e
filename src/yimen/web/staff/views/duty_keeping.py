"""排班: a month by rotation with a preview, one day, the hours of a shift. For the director."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.foundation.errors import Conflict, Invalid, Missing
from yimen.grids import duty
from yimen.grids.actions import roster
from yimen.grids.models import DutyShift
from yimen.organisations.queries import office

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.duty import FillForm, HoursForm, ShiftForm
from ..show import duty as show


@page("grids.roster")
def fill(request: StaffRequest) -> HttpResponse:
    """Numbers beside names, a preview, then saved exactly as previewed."""
    seats, leaders = duty.candidates(), duty.leaders()
    people = [one.user for one in seats]
    data = request.POST if request.method == "POST" else None
    form = FillForm(seats, leaders, data, initial=None if data else _initial(request))
    lines: list[show.PlanLine] = []
    seen, status = "", 200 if data is None else 400
    if form.is_bound and form.is_valid():
        plan = show.planned(form, _taken(form))
        seen = show.digest(plan)
        if data and data.get("do") == "save" and data.get("seen") == seen:
            answer, status = _save(request, form, plan)
            if answer:
                return answer
            plan = show.planned(form, _taken(form))
            seen = show.digest(plan)
        else:
            status = 200
        lines = show.shown(plan, show.names_of(people, leaders))
        if not lines:
            form.add_error("first", _("这些日子都已经排好了"))
            status = 400
    context = {"form": form, "lines": lines, "seen": seen, "changed": _changed(data, seen)}
    return render(request, "staff/duty/fill.html", context, status=status)


def _changed(data: Any, seen: str) -> bool:
    """Saved with another plan than the one that was looked at."""
    return bool(data and data.get("do") == "save" and data.get("seen") != seen)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """The first day from which nothing is planned, to the end of its month."""
    last = DutyShift.objects.order_by("-day").values_list("day", flat=True).first()
    first = max(timezone.localdate(), last + show.DAY if last else timezone.localdate())
    return {
        "first": first,
        "last": show.last_of(first.replace(day=1)),
        "phone": _phone(),
    }


def _phone() -> str:
    place = office()
    return place.duty_phone if place else ""


def _taken(form: FillForm) -> set[date]:
    days = form.cleaned_data["first"], form.cleaned_data["last"]
    return set(DutyShift.objects.filter(day__range=days).values_list("day", flat=True))


def _save(
    request: StaffRequest, form: FillForm, plan: list[roster.Planned]
) -> tuple[HttpResponse | None, int]:
    try:
        count = roster.fill(request.actor, request.grants, plan, form.cleaned_data["phone"])
    except (Invalid, Conflict) as error:
        form.refuse(error)
        return None, kind_of(error).status
    messages.success(request, ngettext("已排 %(n)d 班。", "已排 %(n)d 班。", count) % {"n": count})
    month = form.cleaned_data["first"]
    return redirect(f"{reverse('staff:duty-month')}?m={month:%Y-%m}"), 200


@page("grids.roster")
def day(request: StaffRequest, on: str) -> HttpResponse:
    """Make or change the shift of one day."""
    wanted = _date(on)
    row = next(iter(duty.shifts(wanted, wanted)), None)
    data = request.POST if request.method == "POST" else None
    initial = _of(row) if row else {"phone": _phone()}
    form = ShiftForm(duty.candidates(), duty.leaders(), data, initial=initial)
    status = 200 if data is None else 400
    if form.is_bound and form.is_valid():
        try:
            planned = form.planned(wanted)
            made = roster.set_shift(request.actor, request.grants, planned, form.cleaned_data["phone"])
            messages.success(request, _("已保存。"))
            return redirect("staff:duty-shift", made.pk)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = kind_of(error).status
    shown = {"form": form, "row": row, "day": show.lines(wanted, wanted, [])[0]}
    return render(request, "staff/duty/day.html", shown, status=status)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Missing(_("没有这一天")) from error


def _of(row: DutyShift) -> dict[str, Any]:
    others = [str(user.pk) for user in row.others.all()]
    return {"leader": str(row.leader_id), "people": str(row.person_id), "others": others, "phone": row.phone}


@page("grids.roster")
def hours(request: StaffRequest) -> HttpResponse:
    """From when to when a shift lasts; shifts that are made already keep theirs."""
    rules = duty.settings()
    data = request.POST if request.method == "POST" else None
    form = HoursForm(data, initial={key: row.value for key, row in rules.items()})
    status = 200 if data is None else 400
    if form.is_bound and form.is_valid():
        try:
            roster.set_hours(request.actor, request.grants, **form.cleaned_data)
            messages.success(request, _("已保存，从以后排的班起用。"))
            return redirect("staff:duty-month")
        except Invalid as error:
            form.refuse(error)
    return render(request, "staff/duty/hours.html", {"form": form, "rules": rules}, status=status)
