"""What 呈批 and 批示 write: the proposal, the instruction with the dispatch it orders, and 补批 for what was urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...models import Instruction, Submission
from ...states import MAX_RETURNS
from .. import approvals, holders
from ..proposals import helpers_of, lead_unit, paper_of, signed
from . import afterwards, desk

if TYPE_CHECKING:
    from ..transition import Step


def submit(step: Step) -> None:
    """呈批: the proposal is kept as it was put before this leader."""
    data = step.data
    unit = lead_unit(data["unit"], "unit")
    row = Submission.objects.create(
        case=step.case,
        opinion=data["opinion"],
        unit=unit,
        assisting=helpers_of(data.get("assisting", ()), unit),
        days=int(data["days"]) if data.get("days") else None,
        recipient_id=holders.recipient(step)[1],
        by_id=step.actor.user_id,
        at=step.at,
    )
    step.payload |= {"unit": unit.name, "days": row.days, "recipient": holders.name_of(row.recipient_id)}


def instruct(step: Step) -> None:
    """批示: one row that stays, and the dispatch it orders, with the proposal as 办理要求 and its days kept.

    After two returns it is the decision that ends them: the unit cannot give the matter back (as 指定承办).
    """
    asked = Submission.objects.get(case=step.case, kind="before", outcome="")
    data = step.data
    unit = lead_unit(data.get("unit") or asked.unit.key, "unit")
    row = _instruction(step, asked, unit.name)
    _end(step, asked, "instructed")
    helpers = data.get("assisting") or [key for key in asked.assisting if key != unit.key]
    step.data = {"unit": unit.key, "assisting": helpers, "require": asked.opinion, "days": asked.days}
    desk.dispatch(step)
    step.case.designated = step.case.returns >= MAX_RETURNS
    step.data = {"instruction": row.words, "require": asked.opinion, "recorded": row.recorded}
    step.payload |= {"days": asked.days, **signed(row)}


def _instruction(step: Step, asked: Submission, unit: str) -> Instruction:
    data = step.data
    return approvals.write(
        step.case,
        asked,
        words=data["instruction"],
        unit=unit,
        leader_id=asked.recipient_id if step.row.verb == "record_instruction" else step.actor.user_id,
        by_id=step.actor.user_id,
        at=step.at,
        signed_at=data.get("signed_on"),
        recorded=data.get("recorded", ""),
        paper=paper_of(step.case, data.get("paper")),
    )


def send_back_proposal(step: Step) -> None:
    _end(step, _asked(step), "sent_back")


def withdraw_submission(step: Step) -> None:
    _end(step, _asked(step), "withdrawn")


def withdraw_awaiting(step: Step) -> None:
    """来访人撤回 while the proposal lies before the leader."""
    _end(step, _asked(step), "withdrawn")
    afterwards.close(step)


def redirect(step: Step) -> None:
    """改送: the same proposal before another leader; its clock runs on."""
    asked = _asked(step)
    asked.recipient_id = holders.recipient(step)[1]
    asked.save(update_fields=["recipient"])
    step.payload["recipient"] = holders.name_of(asked.recipient_id)


def dispatch_at_once(step: Step) -> None:
    """转办; a 先办后补批 category owes a leader's approval from now on."""
    desk.dispatch(step)
    if row := approvals.owe(
        step.case, by_id=step.actor.user_id, at=step.at, opinion=step.data.get("require", "")
    ):
        step.payload["approval_due_at"] = row.due_at


def _asked(step: Step) -> Submission:
    return Submission.objects.get(case=step.case, kind="before", outcome="")


def _end(step: Step, asked: Submission, outcome: str) -> None:
    asked.outcome, asked.ended_by_id, asked.ended_at = outcome, step.actor.user_id, step.at
    asked.answer = step.data.get("reason", "")
    asked.save(update_fields=["outcome", "ended_by", "ended_at", "answer"])
