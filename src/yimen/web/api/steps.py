"""Steps of a matter: what may be done now, and doing it by the runner that the pages use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from yimen.cases import queries
from yimen.cases.actions import steps, transition
from yimen.cases.fields import FIELDS
from yimen.cases.states import Transition

from .cases import JSON
from .declared import operation
from .given import StepIn
from .told import Moves, Row, row


@operation(
    "GET", "/cases/{uuid:ref}/transitions", name="transitions", scope="read", response=Moves, errors=(404,),
    summary=gettext_lazy("现在能办的步骤"),
)  # fmt: skip
def list_transitions(request: HttpRequest, ref: UUID) -> Any:
    """Only what this person may do now, each with the fields it asks for."""
    grants = request.auth.grants
    case = queries.get_visible(grants, ref)
    moves = transition.open_moves(grants, case, request.auth.actor.user_id)
    items = [
        {"verb": move.verb, "words": str(move.words), "primary": move.primary, "fields": _fields(move.row)}
        for move in moves
    ]
    return {"id": case.uuid, "state": case.state, "version": case.version, "items": items}


def _fields(step: Transition) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "kind": FIELDS[name].kind,
            "words": str(FIELDS[name].zh),
            "required": name in step.needs,
            "choices": [{"code": code, "words": str(words)} for code, words in FIELDS[name].choices],
        }
        for name in (*step.needs, *step.may)
    ]


@operation(
    "POST", "/cases/{uuid:ref}/transitions", name="transitions", scope="handle", takes=JSON, response=Row,
    errors=(404, 409), summary=gettext_lazy("办一步"),
)  # fmt: skip
def take_step(request: HttpRequest, ref: UUID, body: StepIn) -> Any:
    """Take one step. Answers the matter as it stands afterwards, when it is still the person's to see."""
    caller = request.auth
    case = steps.take(caller.actor, caller.grants, ref, body.verb, body.data(), version=body.version)
    return row(case)
