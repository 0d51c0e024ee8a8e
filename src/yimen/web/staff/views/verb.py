"""One page for every step of a matter: its fields come from the engine's table (or the act's list)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.cases import alikes, dossier, instructions, queries, reviews
from yimen.cases.actions import attach, steps
from yimen.cases.fields import FIELDS, Field
from yimen.cases.joint import answers_of, listed
from yimen.cases.models import Case
from yimen.cases.states import TRANSITIONS, VERBS, Transition
from yimen.cases.wording import in_turn
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused, YimenError
from yimen.web.templatetags.yimen import moment

from ... import handbook
from ..door import StaffRequest, page
from ..errors import kind_of
from ..forms.shape import READ_FOR, Shape, build
from ..show import answers, foreseen, joining
from ..show.acts import ABOUT, ACTS, ICONS, Act, Scene, scene_of
from ..show.case import header_of
from ..show.instructions import proposal_of
from ..show.words import said

TRIAGE = ("dispatch", "submit", "designate")
"""Steps before which a look at what may be the same matter saves a unit from working twice."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the page is about: a row of the table or an act, with the words and fields to show."""

    verb: str
    words: str
    icon: str
    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    about: str = ""
    act: Act | None = None


@page()
def do(request: StaffRequest, ref: UUID, verb: str) -> HttpResponse:
    """Ask for a step's fields, then do it. A conflict gives the page back with everything typed."""
    case = queries.get_visible(request.grants, ref)
    dossier.open_(case, request.grants, _read_first(case, verb, asked=request.method == "POST"))
    scene = scene_of(request.grants, case)
    task = _task(scene, verb)
    if verb == "call_back" and answers_of(scene.case):
        return redirect(f"{reverse('staff:callbacks')}?at={ref}")
    if request.method != "POST" or "insert" in request.POST:
        return _page(request, scene, task, _with_answer(request, scene, task))
    form = _form(scene, task, request.POST, request.FILES)
    error: YimenError | None = None
    if form.is_valid():
        try:
            if effects := _unseen(request, scene, task, form.cleaned_data):
                seen = foreseen.mark_of(form.cleaned_data)
                return _page(request, scene, task, form, effects=effects, seen=seen)
            return _done(request, scene, task, form.cleaned_data)
        except (Invalid, Conflict, Refused) as refused:
            error = refused
            form.refuse(error)
    return _page(
        request,
        scene,
        task,
        form,
        kind_of(error).status if error else 400,
        changed=isinstance(error, Conflict),
    )


def _read_first(case: Case, verb: str, *, asked: bool) -> set[str]:
    """Which rows this page needs: what decides whether an act is offered, and the choices of its fields. A step of the
    table that was `asked` for decides by itself, on the row it locks."""
    act = ACTS.get(verb)
    if asked and act is None:
        return set()
    row = TRANSITIONS.get((case.flow, case.state, verb))
    fields = act.fields if act else _fields_of(row) if row else ()
    kinds = {READ_FOR[field.kind] for field in fields if field.kind in READ_FOR}
    kinds |= (
        {"phrases"}
        if "instruction" in {field.name for field in fields} or case.state == "awaiting"
        else set()
    )
    return {*dossier.everything(case), *kinds} - {"entries"}


def _fields_of(row: Transition) -> tuple[Field, ...]:
    return tuple(FIELDS[name] for name in (*row.needs, *row.may))


def _task(scene: Scene, verb: str) -> Task:
    """Raises Conflict when the step is not possible now, Refused when it is not this person's."""
    if act := ACTS.get(verb):
        if not act.offered(scene):
            raise Refused(_("现在不能由您办理：%s") % act.words)
        return Task(
            verb,
            said(scene.case, verb, act.words),
            act.icon,
            act.fields,
            tuple(act.needs),
            str(act.about),
            act,
        )
    row = next(
        (move.row for move in queries.moves(scene.grants, scene.case, scene.who) if move.verb == verb), None
    )
    if row is None:
        raise _why_not(scene, verb)
    return _of_row(scene.case, row)


def _why_not(scene: Scene, verb: str) -> YimenError:
    if TRANSITIONS.get((scene.case.flow, scene.case.state, verb)):
        return Refused(_("这一步不由您办理"))
    if verb not in VERBS:
        return Missing(_("没有这个页面"))
    return Conflict(_("这件事的情况已经变了，现在不能%s；请看过最新情况再办") % VERBS[verb])


def _of_row(case: Case, row: Transition) -> Task:
    words = said(case, row.verb, VERBS[row.verb])
    fields = joining.asked_of(case, _fields_of(row))
    return Task(
        row.verb, words, ICONS.get(row.verb, "arrow"), fields, row.needs, str(ABOUT.get(row.verb, ""))
    )


def _form(scene: Scene, task: Task, data: Any = None, files: Any = None) -> Shape:
    return build(task.fields, task.needs, scene.case, data, _initial(scene.case, task), files)


def _initial(case: Case, task: Task) -> dict[str, Any]:
    """What is known already: the usual unit of the category, the telephone as the usual way."""
    if task.act:
        return task.act.initial(case)
    known: dict[str, Any] = {"way": "counter" if task.verb == "answer" else "phone"}
    if any(field.name == "persons" for field in task.fields):
        known["persons"] = [str(one.slot) for one in listed(case)]
    if task.verb in ("dispatch", "submit") and case.returns == 0:
        known["unit"] = case.category.default_unit
    if task.verb == "instruct":
        known["instruction"] = next(iter(instructions.phrases(case)), "")
    return known


def _pointed(request: StaffRequest, task: Task) -> dict[str, str]:
    """并案 or 关联 opened from a suggestion: the other matter's number stands in its field."""
    number = request.GET.get("with", "")[:40]
    return {field.name: number for field in task.fields if number and field.name in ("main", "other")}


def _done(request: StaffRequest, scene: Scene, task: Task, data: Mapping[str, Any]) -> HttpResponse:
    given = {name: value for name, value in data.items() if value not in ("", None, [])}
    if task.verb == "guide" and (known := handbook.body(given.get("body", ""))):
        given.setdefault("body_contact", known.reached)
    given |= _kept(request, scene.case, given)
    if task.act:
        done = task.act.do(request.actor, request.grants, replace(scene, version=_version(request)), given)
        _tell_effect(request, scene.case, done)
    else:
        _run(request, scene.case, task.verb, given)
    messages.success(request, _("已办：%s") % task.words)
    return redirect("staff:case", scene.case.uuid)


def _unseen(
    request: StaffRequest, scene: Scene, task: Task, data: Mapping[str, Any]
) -> list[foreseen.Effect]:
    """更正登记: what another category or urgency does to the limits, until the reader has seen it for this choice."""
    if task.verb != "correct" or request.POST.get("seen") == foreseen.mark_of(data):
        return []
    if not str(data.get("reason", "")).strip():  # refused first, beside its field
        return []
    return foreseen.effects_of(request.grants, scene.case, data, _version(request))


def _tell_effect(request: StaffRequest, before: Case, done: object) -> None:
    """What an act changed of the limit, from when to when: another category or urgency has other rules."""
    if isinstance(done, Case) and done.due_at and before.due_at and done.due_at != before.due_at:
        said = {"was": moment(before.due_at), "now": moment(done.due_at)}
        messages.info(request, _("办理时限由 %(was)s 变为 %(now)s。") % said)


def _kept(request: StaffRequest, case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """Files of the form, kept with the matter's own; the step gets their numbers. The same file twice is kept once."""
    kept = {}
    for name, file in given.items():
        if isinstance(file, UploadedFile):
            try:
                data = file.read(attach.LIMIT + 1)
                row = attach.attach(
                    request.actor, request.grants, case.uuid, data, file.name or name, purpose=name
                )
            except Invalid as refused:
                raise Invalid(str(refused), {name: in_turn(refused.fields.values())}) from refused
            kept[name] = str(row.uuid)
    return kept


def _run(request: StaffRequest, case: Case, verb: str, data: Mapping[str, Any]) -> Case:
    return steps.take(request.actor, request.grants, case.uuid, verb, data, version=_version(request))


def _version(request: StaffRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _page(
    request: StaffRequest,
    scene: Scene,
    task: Task,
    form: Shape,
    status: int = 200,
    *,
    changed: bool = False,
    **more: Any,
) -> HttpResponse:
    context = {**_at_hand(scene, task), **_answers(request, scene, task), "case": scene.case, "header": header_of(scene.case), "task": task, "form": form, "changed": changed,
               "version": request.POST.get("version") or scene.case.version, **more}  # fmt: skip
    return render(request, "staff/verb.html", context, status=status)


def _at_hand(scene: Scene, task: Task) -> dict[str, Any]:
    """What helps with a step: bodies to guide to, common answers to the category's questions."""
    if task.verb == "guide":
        return {"bodies": handbook.bodies()}
    if task.verb in ("report", "verify", "follow"):
        return {"helped": joining.helped_of(scene.case), "told_of": joining.told_of(scene.case)}
    if task.verb == "merge":
        place, category = scene.case.place, scene.case.category.key
        found = queries.similar_open(scene.grants, place=place, category=category)
        return {"mains": [row for row in found if row.pk != scene.case.pk]}
    if task.verb in TRIAGE:
        return {"alikes": alikes.suggestions(scene.grants, scene.case)}
    if any(field.name == "authority" for field in task.fields):
        return {"authorities": reviews.authorities()}
    if any(field.name == "instruction" for field in task.fields) or scene.case.state == "awaiting":
        return {"phrases": instructions.phrases(scene.case), "proposal": proposal_of(scene.case)}
    return {}


def _answers(request: StaffRequest, scene: Scene, task: Task) -> dict[str, Any]:
    into = answers.into_of(task.verb, [field.name for field in task.fields])
    if not into:
        return {}
    return {"answers": answers.panel_of(scene.case.category.key, into, request.GET.get("find", "")[:60])}


def _as_typed(task: Task, posted: QueryDict) -> dict[str, Any]:
    """What stands in the form's fields now, to be shown again without being judged."""
    several = ("units", "persons")
    return {
        field.name: posted.getlist(field.name) if field.kind in several else posted.get(field.name, "")
        for field in task.fields
    }


def _with_answer(request: StaffRequest, scene: Scene, task: Task) -> Shape:
    """The form as it was typed with a common answer put in: `insert` of a form without a script, or an address."""
    into = answers.into_of(task.verb, [field.name for field in task.fields])
    key = request.POST.get("insert", request.GET.get("answer", ""))
    typed = request.POST if request.method == "POST" else _initial(scene.case, task) | _pointed(request, task)
    given = _as_typed(task, typed) if isinstance(typed, QueryDict) else typed
    return build(
        task.fields, task.needs, scene.case, None, answers.put_in(given, into, key) if into else given
    )
