"""What is written once there is a result: told, called back, redone, rated, concluded, reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from ...models import Assignment, Callback, Clock, Suspension, UnsolvedDecision
from ...rules import UNSOLVED
from ...states import Flow
from .. import clocks, holders, notes, people, persons, sampling
from .parts import again, charge_merged, end_merge, end_parts, start_limit

if TYPE_CHECKING:
    from ..transition import Step


def tell(step: Step) -> None:
    """答复: served when the person received it, which may be earlier than typing (信访工作条例 §35)."""
    case = step.case
    case.served_at, case.served_way = step.data.get("served_on") or step.at, step.data["way"]
    case.told_at = case.told_at or case.served_at
    case.answered_by_id = case.answered_by_id or step.actor.user_id
    case.told_by_id = step.actor.user_id
    case.tries, case.rating, case.last_solved, case.last_outcome = 0, None, "", ""
    owed = [clock for clock in step.clocks if clock.kind == "conclude" and clock.running]
    clocks.stop(owed, case.served_at, pauses=clocks.pauses_of(case))
    step.payload["served_at"] = case.served_at
    persons.begin(step)
    sampling.draw(step)


def attempt(step: Step) -> None:
    _callback(step, "no_answer")


def call_back(step: Step) -> None:
    _callback(step, step.data["outcome"])


def _callback(step: Step, outcome: str) -> None:
    case, data = step.case, step.data
    case.tries += 1
    rating = int(data["rating"]) if data.get("rating") else None
    Callback.objects.create(
        case=case,
        attempt=case.tries,
        at=step.at,
        way=data.get("way", "phone"),
        outcome=outcome,
        solved=data.get("solved", ""),
        rating=rating,
        comment=data.get("comment", ""),
        by_id=step.actor.user_id,
    )
    case.last_solved, case.rating, case.last_outcome = data.get("solved", ""), rating, outcome
    step.payload["attempt"] = case.tries


def redo(step: Step) -> None:
    """退回重办: a petition's 60 days never begin anew (条例 §34), a service matter gets its limit again from now."""
    case = step.case
    once_more(step)
    again(step)
    charge_merged(step, clocks.owing(case))
    if case.accepted_at and case.flow == Flow.PETITION:
        step.started.append(_same_limit(step))
    if case.flow == Flow.SERVICE or not case.screened:
        start_limit(step, Flow.SERVICE)


def once_more(step: Step) -> None:
    """Counted, and told anew when it is done; the director's own decision to do it yet again is written down."""
    case = step.case
    case.redos += 1
    case.served_at, case.served_way, case.answered_by_id, case.told_by_id = None, "", None, None
    _write_decision(step, "redo")


def _write_decision(step: Step, choice: str) -> None:
    """书面决定: unsolved once more (or with no way back), what the centre decides stands in a row of its own."""
    case, reason = step.case, step.data.get("note") or step.data.get("reason", "")
    by_rule = choice == "redo" and case.redos <= 1
    if case.last_solved in UNSOLVED and reason and not by_rule:
        UnsolvedDecision.objects.create(
            case=case, choice=choice, reason=reason, by_id=step.actor.user_id, at=step.at
        )


def _same_limit(step: Step) -> Clock:
    """The petition's limit as it stood: from 受理 (or a later order to handle it anew), with the extensions given."""
    case = step.case
    assert case.accepted_at is not None
    rows = Clock.objects.filter(
        case=case, kind="conclude", start_at__gte=case.accepted_at, rule__flow=Flow.PETITION.value
    )
    before = rows.order_by("-id").first()
    return clocks.new_clock(
        case, "conclude", "conclude", before.start_at if before else case.accepted_at, clocks.owing(case),
        flow=Flow.PETITION, extend=before.extend if before else 0, pauses=clocks.cut(clocks.pauses_of(case), step.at),
    )  # fmt: skip


def rate(step: Step) -> None:
    step.case.rating = int(step.data["rating"])


def close(step: Step) -> None:
    """The end of a round: the units' parts end, a suspension too, and the form's digest is forgotten."""
    case = step.case
    case.closed_at = step.at
    end_parts(step)
    if case.accountable_unit_id:  # withdrawn as a main matter, nobody's unit owes its result any more
        charge_merged(step, case.accountable_unit_id)
    _write_decision(step, "close")
    if case.suspended:
        day = timezone.localdate(step.at)
        Suspension.objects.filter(case=case, until__isnull=True).update(until=Greatest("since", Value(day)))
        case.suspended = False
    case.client_hash = ""


def archive(step: Step) -> None:
    """归档 changes nothing but the state; what people noted to themselves goes."""
    notes.forget_notes_on(step.case)


def reopen(step: Step) -> None:
    """重新办理: a new round with new clocks; who reopens it answers for it."""
    case = step.case
    case.closed_at = case.told_at = case.served_at = case.accepted_at = case.rating = None
    case.returns = case.redos = case.tries = 0
    case.designated, case.lead_unit, case.handler_id = False, None, None
    case.last_solved = case.last_outcome = case.served_way = ""
    case.answered_by_id = case.told_by_id = None
    case.round_at, case.sampled = step.at, True
    end_merge(step)
    take_over(step)
    Assignment.objects.filter(case=case).exclude(state__in=["returned", "ended"]).update(
        state="ended", ended_at=step.at
    )
    if case.flow == Flow.SERVICE or not case.screened:
        start_limit(step, Flow.SERVICE)
    if case.reachable and clocks.has_rule(case, "inform", step.at):
        step.started.append(clocks.new_clock(case, "inform", "inform", step.at, clocks.owing(case)))
    if not case.screened:
        step.started.append(clocks.new_clock(case, "screen", "screen", step.at, clocks.owing(case)))
    people.reindex(case)


def take_over(step: Step) -> None:
    """Who does this answers for the matter from now on."""
    member = holders.first_contact(step.actor)
    case = step.case
    case.accountable_person_id, case.accountable_unit = member.user_id, member.unit
