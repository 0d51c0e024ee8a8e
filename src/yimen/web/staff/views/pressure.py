"""What presses on the street: supervision orders, the weekly meeting's list, the office's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.access.roles import Role
from yimen.cases import ladder, pressure_settings, queries, weekly
from yimen.cases.actions import people, settings
from yimen.cases.models import Case, Supervision, Urge
from yimen.cases.pressed import PRESSED
from yimen.foundation.errors import Invalid

from ..door import StaffRequest, page
from ..forms.pressure import SettingsForm
from ..show.row import Row, rows_of, state_words
from ..show.words import category_name

CONCLUDED_DAYS = 90
EARLIEST_YEAR = 2000  # nothing older is asked for: a slip of the pen


@dataclass(frozen=True, slots=True)
class Shown:
    """One 督办单 as the list shows it. `next_on` is when the unit must speak again."""

    url: str
    order: ladder.Order
    unit: str
    next_on: date | None
    late: bool


@page(methods=("GET", "HEAD"))
def supervision(request: StaffRequest) -> HttpResponse:
    """督办: what was reported to the director, the open orders, those concluded lately; inside what the reader sees."""
    today = timezone.localdate()
    rows = Supervision.objects.filter(case__in=queries.visible_to(request.grants)).select_related(
        "case", "unit", "lead_leader", "instructed_by", "signed_by", "contact"
    )
    open_rows = [
        _shown(order, today) for order in ladder.with_feedback(list(rows.filter(concluded_at__isnull=True)))
    ]
    lately = rows.filter(concluded_at__gte=timezone.now() - timedelta(days=CONCLUDED_DAYS)).order_by(
        "-concluded_at"
    )
    context = {
        "reported": _reported(request),
        "open": sorted(open_rows, key=lambda row: (not row.late, row.next_on or date.max, row.order.row.pk)),
        "concluded": [_shown(order, today) for order in ladder.with_feedback(list(lately[:50]))],
        "may_order": request.grants.has(Role.DIRECTOR),
    }
    return render(request, "staff/supervision.html", context)


def _shown(order: ladder.Order, today: date) -> Shown:
    url = reverse("staff:case", args=[order.row.case.uuid])
    return Shown(url, order, order.row.unit.name, order.next_on, order.late(today))


def _reported(request: StaffRequest) -> list[Row]:
    """Urged on every rung and reported to the director, who has not ordered yet."""
    if not request.grants.has(Role.DIRECTOR):
        return []
    told = Urge.objects.filter(case=OuterRef("pk"), unit=OuterRef("lead_unit"), level="director")
    ordered = Supervision.objects.filter(case=OuterRef("pk"), concluded_at__isnull=True)
    rows = queries.visible_to(request.grants).filter(
        Q(Exists(told)), ~Q(Exists(ordered)), open=True, state__in=PRESSED
    )
    return rows_of(
        rows.select_related("category", "lead_unit", "holder", "clock").order_by("due_at", "id")[:100]
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One matter of the weekly list: nobody's name."""

    number: str
    url: str
    title: str
    category: str
    unit: str
    state: str
    reasons: list[str]
    leader: str


@page("cases.weekly", methods=("GET", "HEAD"))
def weekly_list(request: StaffRequest) -> HttpResponse:
    """周例会清单 at a stated cut-off (now, or a moment before now), on the screen and on paper."""
    at, wrong = _cut_off(request.GET.get("at", ""))
    found = weekly.weekly(request.grants, at)
    titles = people.unnamed([row.case for row in found])
    context = {
        "lines": [_line(row, titles[row.case.pk]) for row in found],
        "at": at,
        "given": request.GET.get("at", ""),
        "wrong": wrong,
    }
    return render(request, "staff/weekly.html", context, status=400 if wrong else 200)


def _cut_off(given: str) -> tuple[datetime, str]:
    now = timezone.now()
    if not given:
        return now, ""
    try:
        at = timezone.make_aware(datetime.fromisoformat(given))
    except (ValueError, OverflowError):
        return now, _("请填写日期和时间")
    if not at.year >= EARLIEST_YEAR:
        return now, _("截止时间早于 %d 年，请核对") % EARLIEST_YEAR
    return (at, "") if at <= now else (now, _("截止时间不能在将来"))


def _line(row: weekly.Named, title: str) -> Line:
    case, order = row.case, row.order
    unit = case.lead_unit or case.accountable_unit
    leader = order.row.lead_leader.name if order and order.row.lead_leader else ""
    return Line(
        case.number, _url(case), title, category_name(case.category, short=True), unit.name if unit else "",
        state_words(case), row.reasons, leader,
    )  # fmt: skip


def _url(case: Case) -> str:
    return reverse("staff:case", args=[case.uuid])


@page("cases.set_pressure")
def figures(request: StaffRequest) -> HttpResponse:
    """The office's own figures for reminding, urging and supervision."""
    form = SettingsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            for key, value in form.cleaned_data.items():
                settings.change(request.actor, request.grants, key, str(value))
            messages.success(request, _("已保存。"))
            return redirect("staff:pressure-figures")
        except Invalid as error:
            form.refuse(error)
    context = {
        "form": form,
        "figures": pressure_settings.settings(),
        "may": can(request.grants, "cases.set_pressure"),
    }
    return render(request, "staff/pressure_figures.html", context, status=400 if form.errors else 200)
