"""待批示: what lies before a leader, signed in two clicks, one by one or several at once; what was said of it later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.access.registry import can
from yimen.cases import instructions, queries
from yimen.cases.actions import instructions as writing
from yimen.cases.actions.proposals import UNNAMED
from yimen.cases.wording import in_turn
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused, YimenError

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.instructions import PhrasesForm, SignForm, StrikeForm
from ..show import instructions as shown
from ..show.case import header_of

MOST = 50  # signed at once
QUICK = 3  # phrases offered as buttons beside each matter


@dataclass(frozen=True, slots=True)
class Left:
    """A matter that was not signed, and why."""

    name: str
    why: str


@page("cases.instruct", methods=("GET", "HEAD"))
def waiting(request: StaffRequest) -> HttpResponse:
    """待批示: mine to sign, 补批 owed, 代录 to confirm; for the director also what waits for others."""
    grants, phrases = request.grants, instructions.phrases()
    context = {
        "awaiting": shown.items_of(instructions.awaiting(grants)),
        "owed": shown.items_of(instructions.owed_to(grants)),
        "confirmations": shown.confirmations(instructions.unconfirmed(grants), request.user.pk),
        "elsewhere": shown.items_of(instructions.elsewhere(grants)),
        "quick": [phrase for phrase in phrases if UNNAMED not in phrase][:QUICK],
        "phrases": phrases,
        "may_set": can(grants, "cases.set_phrases"),
    }
    return render(request, "staff/instructions.html", context)


# Signing


@page("cases.instruct")
def sign(request: StaffRequest) -> HttpResponse:
    """Read back what is to be signed, then sign each matter by itself; what is refused is named and kept."""
    marks = _marks(request)
    if not marks:
        messages.error(request, _("请先勾选要批示的事项。"))
        return redirect("staff:instructions")
    if request.method != "POST":
        phrase = request.GET.get("phrase", "")[: writing.WORDS]
        return _sign_page(request, marks, SignForm(initial={"phrase": phrase}))
    form = SignForm(request.POST)
    if not form.is_valid():
        return _sign_page(request, marks, form, status=400)
    return _signed(request, marks, form)


def _marks(request: StaffRequest) -> list[str]:
    given = (request.POST if request.method == "POST" else request.GET).getlist("on")
    return list(dict.fromkeys(given))[:MOST]


def _signed(request: StaffRequest, marks: list[str], form: SignForm) -> HttpResponse:
    left: list[tuple[str, YimenError]] = []
    for mark in marks:
        try:
            _sign_one(request, mark, form.text, form.cleaned_data["unit"])
        except (Invalid, Conflict, Refused, Missing) as error:
            left.append((mark, error))
    if done := len(marks) - len(left):
        messages.success(request, ngettext("已批示 %(n)d 件。", "已批示 %(n)d 件。", done) % {"n": done})
    if not left:
        return redirect("staff:instructions")
    kept = [mark for mark, _error in left]
    why = [Left(_name(request, mark), _why(error)) for mark, error in left]
    return _sign_page(request, kept, form, left=why, status=kind_of(left[0][1]).status)


def _sign_one(request: StaffRequest, mark: str, words: str, unit: str) -> None:
    ref, version = _read(mark)
    writing.sign(request.actor, request.grants, ref, words=words, unit=unit, version=version)


def _read(mark: str) -> tuple[UUID, int | None]:
    """The matter and the version that was read; None for 补批, which the unit's steps do not disturb."""
    ref, _sep, version = mark.partition(".")
    try:
        return UUID(ref), int(version) if version != shown.AFTER else None
    except ValueError:
        raise Missing(_("没有这件事，或者不在您的办理范围内")) from None


def _name(request: StaffRequest, mark: str) -> str:
    try:
        case = queries.get_visible(request.grants, _read(mark)[0])
    except Missing:
        return _("这一件")
    return f"{case.number} {case.title}"


def _why(error: YimenError) -> str:
    fields = getattr(error, "fields", {})
    return in_turn([error, *fields.values()])


def _sign_page(
    request: StaffRequest, marks: list[str], form: SignForm, *, left: Iterable[Left] = (), status: int = 200
) -> HttpResponse:
    refs = [ref for ref in map(_ref, marks) if ref]
    rows = instructions.before(request.grants, refs)
    context: dict[str, Any] = {
        "items": shown.items_of(rows), "form": form, "left": list(left), "unit_open": _names_unit(form),
    }  # fmt: skip
    return render(request, "staff/sign.html", context, status=status)


def _ref(mark: str) -> UUID | None:
    try:
        return _read(mark)[0]
    except Missing:
        return None


def _names_unit(form: SignForm) -> bool:
    """Whether the choice of a lead unit is shown at once: the phrase speaks of one, or one is at fault."""
    return UNNAMED in str(form["phrase"].value() or "") or bool(
        form.errors.get("unit") or form["unit"].value()
    )


# What is said of an instruction later


@page("cases.instruct", methods=("POST",))
def confirm(request: StaffRequest, ref: UUID, one: UUID) -> HttpResponse:
    """本人确认 of what was recorded in the own name."""
    writing.confirm(request.actor, request.grants, ref, one)
    messages.success(request, _("已确认这条批示。"))
    return redirect("staff:instructions")


@page()
def strike(request: StaffRequest, ref: UUID, one: UUID) -> HttpResponse:
    """划去, with the reason; the words stay on the page and on the form, struck through."""
    case = queries.get_visible(request.grants, ref)
    told = next((each for each in instructions.told(case) if each.row.uuid == one), None)
    if told is None:
        raise Missing(_("没有这条批示"))
    form, status = StrikeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                writing.strike(request.actor, request.grants, ref, one, reason=form.cleaned_data["reason"])
                messages.success(request, _("已划去这条批示。"))
                return redirect("staff:case", ref)
            except (Invalid, Conflict, Refused) as error:
                form.refuse(error)
                status = kind_of(error).status
    context = {"case": case, "header": header_of(case), "told": told, "form": form}
    return render(request, "staff/strike.html", context, status=status)


@page("cases.set_phrases")
def phrases(request: StaffRequest) -> HttpResponse:
    """The office's own quick phrases."""
    form, status = PhrasesForm(initial={"phrases": "\n".join(instructions.phrases())}), 200
    if request.method == "POST":
        form, status = PhrasesForm(request.POST), 400
        if form.is_valid():
            try:
                writing.set_phrases(request.actor, request.grants, form.lines)
                messages.success(request, _("已保存常用批示语。"))
                return redirect("staff:instructions")
            except Invalid as error:
                form.refuse(error)
    return render(request, "staff/phrases.html", {"form": form}, status=status)
