"""What review and re-review write: what was asked, what the level above decided, and the matter handled anew by order."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Conflict
from yimen.organisations.models import Unit, UnitKind

from ... import queries, reviews
from ...models import Review
from ...states import Flow
from .. import clocks, holders, people
from . import afterwards, parts

if TYPE_CHECKING:
    from ..transition import Step

_OVER: Final = ("closed", "archived")


def request_review(step: Step) -> None:
    _ask(step, 1)


def request_re_review(step: Step) -> None:
    _ask(step, 2)


def _ask(step: Step, level: int) -> None:
    """The authority's 30 days run from the day it was asked, and are charged to it where it is one of the units."""
    case, data = step.case, step.data
    right = reviews.right(case, level)
    if right is None:
        raise Conflict(_("没有送达书面处理意见，不能请求复查"))
    unit = Unit.objects.filter(name=data["authority"], kind=UnitKind.DISTRICT).first()
    Review.objects.create(
        case=case, level=level, letter=reviews.served_letter(case), served_at=right.since, right_until=right.due,
        asked_on=data["asked_on"], way=data["way"], words=data["request"], authority=data["authority"],
        authority_unit=unit, note=data.get("note", ""), by_id=step.actor.user_id, at=step.at,
    )  # fmt: skip
    if step.row.source in _OVER:
        _open_again(step)
    step.owed_by = unit.pk if unit else case.accountable_unit_id
    step.counts_from = min(step.at, _at_noon(data["asked_on"]))
    step.payload |= {"review_level": level, "asked_on": data["asked_on"], "right_until": right.due}


def _open_again(step: Step) -> None:
    """A matter that was over is open once more; when its first contact has left the post, who registers answers for it."""
    case = step.case
    case.closed_at = None
    if not holders.is_member(case.accountable_person_id or 0, case.accountable_unit_id):
        afterwards.take_over(step)
    people.reindex(case)


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), timezone.get_current_timezone())


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), timezone.get_current_timezone())


def decide_review(step: Step) -> None:
    """The right of re-review runs from the day the person received the decision (条例 §36)."""
    _decide(step, step.data["review_outcome"])
    step.counts_from = step.data["served_on"]


def decide_re_review(step: Step) -> None:
    _decide(step, step.data["review_outcome"])
    afterwards.close(step)


def annul(step: Step) -> None:
    _decide(step, "annul")
    _handle_anew(step)


def _decide(step: Step, outcome: str) -> None:
    """What was decided in time stays in time, however late it is typed in here."""
    row, data = _open_review(step), step.data
    row.outcome, row.number, row.decided_on = outcome, data["doc_number"], data["decided_on"]
    row.told_at, row.note = data["served_on"], data.get("note", "")
    row.ended_by_id, row.ended_at = step.actor.user_id, step.at
    row.save()
    own = [clock for clock in step.clocks if clock.kind == "step" and clock.running]
    clocks.stop(own, min(step.at, _end_of(row.decided_on)), pauses=clocks.pauses_of(step.case))
    step.payload |= {
        "review_level": row.level,
        "review_outcome": outcome,
        "decided_on": row.decided_on,
        "served_at": row.told_at,
    }


def _open_review(step: Step) -> Review:
    row = Review.objects.filter(case=step.case, outcome="").first()
    if row is None:
        raise Conflict(_("没有等着处理的复查复核请求"))
    return row


def redo_ordered(step: Step) -> None:
    """撤销，责令重新处理: the matter is handled anew."""
    _void_step(step)
    _handle_anew(step)


def _handle_anew(step: Step) -> None:
    """The unit's part and the 60 days begin anew with the order (certainty M: §34 says nothing of it)."""
    case = step.case
    case.served_at, case.served_way, case.answered_by_id, case.told_by_id = None, "", None, None
    case.rating, case.last_solved, case.last_outcome, case.tries = None, "", "", 0
    if queries.lead_assignment(case):
        parts.again(step)
    else:
        _begin_lead(step)
    parts.start_limit(step, Flow.PETITION)


def _begin_lead(step: Step) -> None:
    """After the matter was over the lead unit's part is a new one, already signed for."""
    case = step.case
    if case.lead_unit is None:
        raise Conflict(_("没有可以重办的承办环节"))
    row = parts.begin_part(
        case, case.lead_unit, "lead", step.data.get("reason", ""), step.actor.user_id, step.at
    )
    row.state, row.signed_at = "signed", step.at
    row.save(update_fields=["state", "signed_at"])
    step.started.append(row.clock)


def close_reviewed(step: Step) -> None:
    """The right of re-review has lapsed: nothing was owed here, so nothing is late."""
    _void_step(step)
    afterwards.close(step)


def withdraw_review(step: Step) -> None:
    row = _open_review(step)
    row.outcome, row.note = "withdrawn", step.data["reason"]
    row.ended_by_id, row.ended_at = step.actor.user_id, step.at
    row.save()
    _void_step(step)
    step.payload["review_level"] = row.level
    afterwards.close(step)


def _void_step(step: Step) -> None:
    """The clock of the state was the person's or the authority's own: it ends without a verdict."""
    for clock in step.clocks:
        if clock.kind == "step" and clock.running:
            clock.running, clock.stopped_at, clock.outcome = None, step.at, "void"
            clock.save(update_fields=["running", "stopped_at", "outcome"])
