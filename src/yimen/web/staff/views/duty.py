"""值班: this week and one's own shifts, a month, one shift with its calls and hand-over, swaps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.access.registry import can
from yimen.cases.queries import visible_to
from yimen.foundation.errors import Conflict, Invalid, Missing, YimenError
from yimen.grids import duty
from yimen.grids.actions import calls, swaps
from yimen.grids.models import DutyHandover, DutyShift, DutySwap

from ... import handbook
from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.duty import CallForm, GiveForm, SwapForm
from ..forms.shape import Shape
from ..show import duty as show

DAY = timedelta(days=1)
AHEAD = 30 * DAY


@page("grids.duty", methods=("GET", "HEAD"))
def home(request: StaffRequest) -> HttpResponse:
    """Who is on duty now, this week, one's own shifts, swaps that wait, and what nobody covers."""
    now, today = timezone.now(), timezone.localdate()
    monday = today - DAY * today.weekday()
    found = duty.shifts(monday - DAY, today + AHEAD)
    mine = [one for one in found if one.ends_at > now and request.user.pk in duty.people_of(one)]
    context = {
        "now": next((one for one in found if one.starts_at <= now < one.ends_at), None),
        "week": show.lines(monday, monday + 6 * DAY, found),
        "mine": mine,
        "today": today,
        "gaps": duty.gaps(today, today + 13 * DAY, found),
        "swaps": [show.SwapLine(row, _verbs(request, row)) for row in _swaps(request)],
        "may_plan": can(request.grants, "grids.roster"),
    }
    return render(request, "staff/duty/home.html", context)


def _swaps(request: StaffRequest) -> list[DutySwap]:
    return duty.swaps(request.user.pk, approving=can(request.grants, "grids.approve_swap"))


def _verbs(request: StaffRequest, row: DutySwap) -> list[str]:
    found = []
    if row.other_id == request.user.pk:
        found += ["agree"] * (row.state == "asked") + ["decline"]
    if row.asker_id == request.user.pk:
        found += ["withdraw"]
    party = request.user.pk in (row.asker_id, row.other_id)
    if row.state == "agreed" and not party and can(request.grants, "grids.approve_swap"):
        found += ["approve", "refuse"]
    return found


@page("grids.duty", methods=("GET", "HEAD"))
def month(request: StaffRequest) -> HttpResponse:
    """One month with the calendar's 休 and 班, and the stretches that nobody covers."""
    today = timezone.localdate()
    first = show.month_of(request.GET.get("m", ""), today)
    last = show.last_of(first)
    context = {
        "first": first,
        "lines": show.lines(first, last, duty.shifts(first, last)),
        "gaps": duty.gaps(max(first, today), last) if last >= today else [],
        "before": f"{first - DAY:%Y-%m}",
        "after": f"{last + DAY:%Y-%m}",
        "today": today,
        "may_plan": can(request.grants, "grids.roster"),
    }
    return render(request, "staff/duty/month.html", context)


# --- one shift


@page("grids.duty")
def shift(request: StaffRequest, pk: int) -> HttpResponse:
    """The record of a shift: what was received, what is handed over. One form a button."""
    row = duty.get(pk)
    wanted = request.POST.get("do") if request.method == "POST" else ""
    if wanted == "call":
        return _call(request, row)
    if wanted == "give":
        return _give(request, row)
    if wanted == "take":
        return _take(request, row)
    return _page(request, row)


def _call(request: StaffRequest, row: DutyShift) -> HttpResponse:
    form = CallForm(request.POST)

    def do(data: dict[str, Any]) -> None:
        number = data["number"].strip()
        if number and not visible_to(request.grants).filter(number=number).exists():
            raise Invalid(_("还不能保存"), {"number": _("没有这个编号的事项")})
        calls.add_call(
            request.actor, request.grants, row.pk, data["about"], data["handling"], data["reported_to"], number,
            received_at=data["received_at"],
        )  # fmt: skip

    return _done(request, row, form, do, _("已记下。"), call=form)


def _give(request: StaffRequest, row: DutyShift) -> HttpResponse:
    form = GiveForm(request.POST)

    def do(data: dict[str, Any]) -> None:
        calls.give(request.actor, request.grants, row.pk, data["done"], data["undone"])

    return _done(request, row, form, do, _("已交班，等下一班接班。"), give=form)


def _take(request: StaffRequest, row: DutyShift) -> HttpResponse:
    calls.take(request.actor, request.grants, row.pk)
    messages.success(request, _("已接班。"))
    return redirect("staff:duty-shift", row.pk)


def _done(
    request: StaffRequest, row: DutyShift, form: Shape, do: Any, words: str, **forms: Shape
) -> HttpResponse:
    status = 400
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = kind_of(error).status
        else:
            messages.success(request, words)
            return redirect("staff:duty-shift", row.pk)
    return _page(request, row, status=status, wrong=form, **forms)


def _page(request: StaffRequest, row: DutyShift, status: int = 200, **forms: Any) -> HttpResponse:
    note, now = duty.handover(row), timezone.now()
    before = _before(row)
    serving = calls.serves(request.grants, row) and not (note and note.taken_at) and row.starts_at <= now
    own = request.user.pk in duty.people_of(row)
    context = {
        "row": row,
        "calls": list(duty.calls(row)),
        "note": note,
        "before": before,
        "serving": serving,
        "giving": serving and own,
        "taking": bool(note and not note.taken_at and calls.takes(request.grants, row, note)),
        "swapping": own and row.starts_at > now,
        "may_plan": can(request.grants, "grids.roster") and row.ends_at > now,
        "emergency": handbook.phones(emergency=True) if serving else [],
        "call": CallForm(initial={"received_at": min(now, row.ends_at)}),
        "give": GiveForm(initial=_given(note, before)),
    } | forms
    return render(request, "staff/duty/shift.html", context, status=status)


def _before(row: DutyShift) -> DutyHandover | None:
    """The last hand-over written before this shift."""
    rows = DutyHandover.objects.filter(shift__ends_at__lte=row.starts_at).order_by("-shift__day")
    return rows.select_related("shift", "given_by", "taken_by").first()


def _given(note: DutyHandover | None, before: DutyHandover | None) -> dict[str, str]:
    """What was written, else what the shift before left undone."""
    if note:
        return {"done": note.done, "undone": note.undone}
    return {"undone": before.undone if before else ""}


# --- swaps


@page("grids.duty")
def ask_swap(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask somebody to take one's own shift."""
    row, today = duty.get(pk), timezone.localdate()
    people = duty.leaders() if row.leader_id == request.user.pk else duty.eligible()
    others = [user for user in people if user.pk not in duty.people_of(row)]
    coming = [one for one in duty.shifts(today + DAY, today + 2 * AHEAD) if one.pk != row.pk]
    theirs = [one for one in coming if request.user.pk not in duty.people_of(one)]
    form = SwapForm(others, theirs, request.POST if request.method == "POST" else None)
    status = 200 if request.method != "POST" else 400
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        back = int(data["back"]) if data["back"] else None
        try:
            swaps.ask_swap(request.actor, request.grants, row.pk, int(data["other"]), back, data["reason"])
            messages.success(request, _("已申请换班，等对方答复。"))
            return redirect("staff:duty")
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = kind_of(error).status
    return render(request, "staff/duty/swap.html", {"row": row, "form": form}, status=status)


DONE = {
    "agree": (swaps.agree, gettext_lazy("已同意，等批准。")),
    "decline": (swaps.decline, gettext_lazy("已答复：不同意。")),
    "withdraw": (swaps.withdraw, gettext_lazy("已收回。")),
    "approve": (swaps.approve, gettext_lazy("已批准，值班表已改。")),
}


@page("grids.duty", methods=("POST",))
def swap(request: StaffRequest, pk: int) -> HttpResponse:
    """One button: agree, decline, withdraw, approve, refuse (with words)."""
    wanted = request.POST.get("do", "")
    try:
        if wanted == "refuse":
            swaps.refuse_swap(request.actor, request.grants, pk, request.POST.get("answer", ""))
            messages.success(request, _("已答复：未批准。"))
        elif wanted in DONE:
            verb, words = DONE[wanted]
            verb(request.actor, request.grants, pk)
            messages.success(request, words)
        else:
            raise Missing(_("没有这个按钮"))
    except Missing:
        raise
    except (Invalid, Conflict) as error:
        said: list[YimenError | object] = [error, *getattr(error, "fields", {}).values()]
        messages.error(request, " ".join(str(one) for one in said))
    return redirect("staff:duty")
