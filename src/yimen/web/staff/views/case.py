"""The page of one matter, and the small acts on it: a call logged, a contact revealed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.cases import alikes, queries, reviews
from yimen.cases.access import may_reveal
from yimen.cases.actions import attach, desk, holds, notes, outside, people, transition
from yimen.cases.fields import WAYS
from yimen.cases.models import Case, Contact
from yimen.cases.states import Flow, Who

from ..door import StaffRequest, page
from ..lists import WORKLISTS
from ..show import case as shown
from ..show import letters as paperwork
from ..show import printing
from ..show.acts import ACTS, ENDING, ICONS, Scene, scene_of
from ..show.clock import card
from ..show.instructions import card_of
from ..show.joining import together_of
from ..show.next import first_of, next_of
from ..show.papers import guidance_of
from ..show.place import place_of, request_of, route_words
from ..show.row import rows_of
from ..show.timeline import story_asked, timeline_of
from ..show.words import said


@page(methods=("GET", "HEAD"))
def case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Next step, facts, clocks, story, files, and only what this person may do now."""
    matter = queries.get_opened(request.grants, ref, story_asked(request.GET.get("story", "")))
    scene = scene_of(request.grants, matter)
    return render(request, "staff/case.html", _context(request, scene))


def _context(request: StaffRequest, scene: Scene) -> dict[str, Any]:
    matter, grants = scene.case, request.grants
    review = reviews.facts(matter)
    moves = transition.open_moves(grants, matter, request.user.pk, who=scene.who, review=review)
    return (
        _told(request, scene, moves)
        | _offered(request, scene, moves)
        | {
            "letters": paperwork.card_of(grants, matter, scene.who),
            "above": paperwork.above_of(matter, review),
            "papers": printing.offers(matter),
            "beside": _beside(request, matter),
        }
    )


def _told(request: StaffRequest, scene: Scene, moves: list[queries.Move]) -> dict[str, Any]:
    """What the page says of the matter."""
    matter, grants = scene.case, request.grants
    clocks = [card(clock, matter) for clock in scene.clocks]
    running = sum(bool(clock.running) for clock in scene.clocks)
    return {
        "case": matter,
        "header": shown.header_of(matter),
        "text": shown.text_of(matter),
        "next": paperwork.through(next_of(matter, moves, request.user.pk), grants, matter, scene.who),
        "people": people.participants(matter),
        "parts": shown.parts_of(scene.assignments),
        "dates": shown.dates_of(matter),
        "pressure": scene.pressure,
        "links": shown.links_of(grants, matter),
        "alikes": alikes.suggestions(grants, matter),
        "decision": paperwork.decision_of(matter),
        "instructed": card_of(grants, matter, request.user.pk),
        "together": together_of(grants, matter, scene.assignments),
        "outside": outside.outside_of(matter),
        "own": notes.note_of(grants, matter),
        "clocks": clocks[:running],
        "old_clocks": clocks[running:],
        "story": timeline_of(matter),
        "files": attach.attachments_of(matter),
        "holds": holds.of(matter),
        "place": place_of(matter),
        "referred": request_of(grants, matter),
        "route_words": route_words(matter),
    }


def _offered(request: StaffRequest, scene: Scene, moves: list[queries.Move]) -> dict[str, Any]:
    """What this person may do now."""
    matter, grants = scene.case, request.grants
    return {
        "is_desk": Who.DESK in scene.who,
        "may_reveal": may_reveal(grants, matter),
        "may_attach": attach.may_add(matter, scene.who),
        "verbs": _verbs(scene, moves, first_of(matter, moves, request.user.pk)),
        "may_contact": bool({Who.DESK, Who.LEAD, Who.ASSIST} & scene.who) and _somebody(matter),
        "may_print": can(grants, "cases.open") and _somebody(matter),
        "may_hold": can(grants, "cases.hold"),
        "may_answer_rights": can(grants, "cases.rights") and not matter.sealed,
        "guided": matter.lead_unit_id is None and bool(guidance_of(matter)),
        "ways": WAYS,
        "outcomes": Contact.OUTCOMES,
        "returning": request.GET.get("returning") and Who.DESK in scene.who,
    }


def _somebody(matter: Case) -> bool:
    """Whether a person brought it: of a place, only where somebody left a phone."""
    return matter.flow != Flow.GRID or matter.reachable


def _verbs(scene: Scene, moves: list[queries.Move], first: queries.Move | None) -> list[dict[str, Any]]:
    """Everything but the step that the next-step line offers already; what ends a matter stands last."""
    steps = [(move.verb, move.words, ICONS.get(move.verb, "arrow")) for move in moves if move != first]
    acts = [(act.name, act.words, act.icon) for act in ACTS.values() if act.offered(scene)]
    case = scene.case
    found = sorted([*steps, *acts], key=lambda one: one[0] in ENDING)
    return [
        {"verb": verb, "words": said(case, verb, words), "icon": icon, "ends": verb in ENDING}
        for verb, words, icon in found
    ]


def _beside(request: StaffRequest, matter: Case) -> dict[str, Any] | None:
    """The list this matter was opened from, so that the next one is a key away."""
    name = request.GET.get("in", "")
    if name not in WORKLISTS:
        return None
    found = queries.page(queries.worklist(request.grants, name))
    return {"list": WORKLISTS[name], "name": name, "rows": rows_of(found.rows, within=name, here=matter)}


@page(methods=("POST",))
def contact(request: StaffRequest, ref: UUID) -> HttpResponse:
    """联系居民: one click with its outcome."""
    given = request.POST
    desk.contact(
        request.actor, request.grants, ref,
        outcome=given.get("outcome", ""), way=given.get("way", "phone"), note=given.get("note", ""),
    )  # fmt: skip
    messages.success(request, _("已记下这次联系。"))
    return redirect("staff:case", ref)
