"""What the handling unit's verbs write: signed, accepted or not, in hand, reported, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...models import Result, ReturnRequest
from ...states import Flow
from .. import clocks, holders
from .parts import charge_merged, lead_of, start_limit

if TYPE_CHECKING:
    from ..transition import Step


def sign(step: Step) -> None:
    row = lead_of(step.case)
    row.state, row.signed_at = "signed", step.at
    row.save(update_fields=["state", "signed_at"])


def request_return(step: Step) -> None:
    ReturnRequest.objects.create(
        case=step.case,
        assignment=lead_of(step.case),
        reason=step.data["reason"],
        asked_by_id=step.actor.user_id,
        asked_at=step.at,
    )


def accept(step: Step) -> None:
    """受理: its own date; the 60 days of §34 begin. It is no 告知: the 15 days run on until that is recorded.

    Screened, an earlier whole-case limit gives way to the 60 days; 待甄别, the stricter one runs beside them.
    """
    case = step.case
    case.accepted_at = step.at
    if case.screened:
        _end_conclusion(step)
    start_limit(step, Flow.PETITION)


def _end_conclusion(step: Step) -> None:
    clocks.stop([c for c in step.clocks if c.kind == "conclude" and c.running], step.at, void=True)


def not_accept(step: Step) -> None:
    step.case.answered_by_id = step.actor.user_id


def start(step: Step) -> None:
    """The named handler, else the one who begins: the matter comes back to this person after a check."""
    _remember_handler(step, step.data.get("handler") or step.actor.user_id)


def _remember_handler(step: Step, user_id: str | int | None) -> None:
    case = step.case
    if user_id and holders.is_member(int(user_id), case.lead_unit_id):
        case.handler_id = int(user_id)


def report(step: Step) -> None:
    case = step.case
    assert case.lead_unit_id
    Result.objects.create(
        case=case,
        unit_id=case.lead_unit_id,
        text=step.data["result"],
        decision=step.data.get("decision", ""),
        basis=step.data.get("basis", ""),
        source_reply=step.data.get("source_reply", ""),
        without=step.data.get("without", ""),
        by_id=step.actor.user_id,
        at=step.at,
    )
    case.answered_by_id = step.actor.user_id
    if case.handler_id is None:
        _remember_handler(step, step.actor.user_id)
    row = lead_of(case)
    row.state, row.reported_at = "reported", step.at
    row.save(update_fields=["state", "reported_at"])
    clocks.stop(
        [c for c in step.clocks if c.pk == row.clock_id and c.running], step.at, pauses=clocks.pauses_of(case)
    )


def verify(step: Step) -> None:
    last = Result.objects.filter(case=step.case).latest("id")
    last.verified_by_id, last.verified_at = step.actor.user_id, step.at
    last.save(update_fields=["verified_by_id", "verified_at"])
    assert step.case.accountable_unit_id
    charge_merged(step, step.case.accountable_unit_id)
