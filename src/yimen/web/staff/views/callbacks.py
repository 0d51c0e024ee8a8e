"""The call-back desk: one matter after the other, with what to say; the list of parts that helping units owe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.cases import dossier, joint, queries
from yimen.cases.actions import callback_rules, callbacks, people
from yimen.cases.fields import FIELDS, Field
from yimen.cases.models import Callback, Case, UnsolvedDecision
from yimen.cases.states import MAX_TRIES
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused, YimenError
from yimen.web.context import office_of

from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.shape import Shape, build
from ..show.case import header_of, text_of
from ..show.clock import badge
from ..show.joining import sampled_words
from ..show.row import Row, rows_of

SHOWN: Final = 30
_READ: Final = (
    "merges",
    "main",
    "results",
    "callbacks",
    "samplings",
    "decisions",
    "people",
    "answers",
    "keys",
)
_ASKED: Final = ("outcome", "solved", "rating", "comment")
# Where a phone was left, nobody is spared the call.
_REACHED: Final = replace(
    FIELDS["outcome"], choices=tuple(pair for pair in FIELDS["outcome"].choices if pair[0] != "not_owed")
)


@dataclass(frozen=True, slots=True)
class Person:
    """One listed person of a matter of many: the fields still to be asked, or what was said already."""

    label: str
    told: bool
    said: str
    fields: list[BoundField]


@page("cases.callback")
def desk(request: StaffRequest) -> HttpResponse:
    """The list with its first matter open, or the one of `?at=`; saving leads to the next."""
    rows = list(callbacks.waiting_for(request.grants)[:SHOWN])
    case = _chosen(request, rows)
    if case is None or request.method != "POST":
        return _page(request, rows, case)
    if "reveal" in request.POST:
        shown = people.reveal(request.actor, request.grants, case, _("回访"))
        return _page(request, rows, case, people_shown=shown)
    form = _form(case, request.POST)
    try:
        if form.is_valid():
            return _saved(request, rows, case, form)
    except (Invalid, Conflict, Refused) as refused:
        form.refuse(refused)
        return _page(request, rows, case, form, error=refused)
    return _page(request, rows, case, form, status=400)


def _chosen(request: StaffRequest, rows: list[Case]) -> Case | None:
    """Raises Missing for a matter that is not there for this reader."""
    wanted = request.POST.get("at") or request.GET.get("at", "")
    if not wanted:
        return rows[0] if rows else None
    if listed := next((row for row in rows if str(row.uuid) == wanted), None):
        return listed
    try:
        return queries.get_visible(request.grants, UUID(wanted))
    except ValueError:
        raise Missing(_("没有这件事，或者不在您的办理范围内")) from None


def _saved(request: StaffRequest, rows: list[Case], case: Case, form: Shape) -> HttpResponse:
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 19 else None
    data = {name: value for name, value in form.cleaned_data.items() if value}
    if _persons(case):
        answers, way = _split(data), data.pop("way", "phone")
        callbacks.record_persons(request.actor, request.grants, case.uuid, answers, way=way, version=seen)
    else:
        callbacks.record_callback(request.actor, request.grants, case.uuid, data, version=seen)
    messages.success(request, _("已记下 %s 的回访。") % case.number)
    after = _after(rows, case)
    return redirect(reverse("staff:callbacks") + (f"?at={after.uuid}" if after else ""))


def _after(rows: list[Case], case: Case) -> Case | None:
    """The next one of the list as it was read; after the last the first that is left."""
    places = [row.pk for row in rows]
    rest = rows[places.index(case.pk) + 1 :] if case.pk in places else rows
    return next((row for row in rest if row.pk != case.pk), None)


def _split(data: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """`person-<slot>-<name>` → by place."""
    found: dict[int, dict[str, str]] = {}
    for key, value in data.items():
        kind, _dash, rest = key.partition("-")
        slot, _dash, name = rest.partition("-")
        if kind == "person":
            found.setdefault(int(slot), {})[name] = value
    return found


def _persons(case: Case) -> list[joint.Listed]:
    """The listed people to be called one by one; none where nobody left a phone."""
    known = {row.slot for row in joint.answers_of(case)} if case.reachable else set()
    return [one for one in joint.listed(case) if one.slot in known]


def _form(case: Case, data: Any = None) -> Shape:
    """The questions in their order: reached, solved, rating; for a matter of many, of each one not yet heard."""
    if people_ := _persons(case):
        heard = {row.slot for row in joint.answers_of(case) if row.outcome in ("reached", "refused")}
        asked = [_of_person(one.slot, name) for one in people_ if one.slot not in heard for name in _ASKED]
        return build([*asked, FIELDS["way"]], (), case, data, {"way": "phone"})
    initial = {"way": "phone", "outcome": "" if case.reachable else "not_owed"}
    asked = [_REACHED if case.reachable else FIELDS["outcome"], *(FIELDS[name] for name in _ASKED[1:])]
    return build([*asked, FIELDS["way"]], ("outcome",), case, data, initial)


def _of_person(slot: int, name: str) -> Field:
    known = _REACHED if name == "outcome" else FIELDS[name]
    return Field(f"person-{slot}-{name}", known.kind, known.zh, known.hint, known.choices, known.limit)


def _page(
    request: StaffRequest, rows: list[Case], case: Case | None, form: Shape | None = None, *,
    people_shown: list[people.Shown] | None = None, error: YimenError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {"rows": _links(rows, case), "case": case}
    if case is not None:
        dossier.open_(case, request.grants, _READ)
        form = form or _form(case)
        context |= _of_case(case, office_of(request)) | {
            "form": form,
            "people": people_shown,
            "persons": _asked(case, form),
        }
        context |= {
            "version": request.POST.get("version") or case.version,
            "changed": isinstance(error, Conflict),
        }
        context["waiting"] = case.state == "told"
        after = _after(rows, case)
        context["after"] = f"{reverse('staff:callbacks')}?at={after.uuid}" if after else ""
    return render(request, "staff/callbacks.html", context, status=kind_of(error).status if error else status)


def _of_case(case: Case, office: Any) -> dict[str, Any]:
    main = joint.main_of(case)
    source = main or case
    return {
        "header": header_of(case),
        "text": text_of(case),
        "result": queries.last_result(source),
        "script": _script(case, office),
        "calls": dossier.of(case).callbacks,
        "tries_left": MAX_TRIES - case.tries,
        "sampled": sampled_words(case),
        "decisions": bool(dossier.of(case).decisions),
    }


def _script(case: Case, office: Any) -> dict[str, str]:
    """The words in force for this matter, with its title and the centre's name put in."""
    row = callback_rules.most_specific(callback_rules.scripts_for(case))
    if row is None:
        return {}
    centre = office.centre_name if office else ""
    texts = {name: getattr(row, name) for name in ("opening", "ask_solved", "ask_rating", "closing")}
    return {
        name: text.replace("{centre}", centre).replace("{title}", case.title) for name, text in texts.items()
    }


def _asked(case: Case, form: Shape) -> list[Person]:
    found, rows = [], {row.slot: row for row in joint.answers_of(case)}
    for one in _persons(case):
        row = rows[one.slot]
        names = [f"person-{one.slot}-{name}" for name in _ASKED]
        fields = [form[name] for name in names if name in form.fields]
        said = [row.get_outcome_display() if row.outcome else "", row.get_solved_display() if row.solved else "",
                row.get_rating_display() if row.rating else ""]  # fmt: skip
        found.append(
            Person(one.label, row.told_at is not None, " · ".join(str(bit) for bit in said if bit), fields)
        )
    return found


def _links(rows: list[Case], here: Case | None) -> list[Row]:
    shown = rows_of(rows, here=here)
    base = reverse("staff:callbacks")
    for case, row in zip(rows, shown, strict=True):
        object.__setattr__(row, "url", f"{base}?at={case.uuid}")
    return shown


@page(methods=("GET", "HEAD"))
def assisting(request: StaffRequest) -> HttpResponse:
    """协办: the parts that the reader's unit owes, by their own clocks. The desk finds those of units without accounts."""
    parts = list(joint.parts_waiting_for(request.grants)[:200])
    rows = [(part, badge(part.clock.due_at) if part.clock.due_at else None) for part in parts]
    return render(request, "staff/assisting.html", {"rows": rows})


@page(methods=("GET", "HEAD"))
def decision(request: StaffRequest, ref: UUID, one: int) -> HttpResponse:
    """书面决定 as a page to print."""
    case = queries.get_visible(request.grants, ref)
    row = UnsolvedDecision.objects.filter(case=case, pk=one).select_related("by").first()
    if row is None:
        raise Missing(_("没有这份决定"))
    calls = Callback.objects.filter(case=case, at__lte=row.at).order_by("id")
    context = {"case": case, "decision": row, "text": text_of(case), "result": queries.last_result(case),
               "calls": calls}  # fmt: skip
    return render(request, "staff/decision.html", context)
