"""What single verbs write besides the state: rows of facts, the four dates, clocks that begin.

Named by the table's `effect`; each gets the step under way and changes its case in memory (the runner saves).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Conflict, Invalid
from yimen.organisations.models import Unit, UnitKind

from ..models import Assignment, Callback, Case, Clock, Result, ReturnRequest, Suspension
from ..states import Flow
from . import clocks, holders, people, search

if TYPE_CHECKING:
    from .transition import Step

Effect = Callable[["Step"], None]


def _answer(step: Step) -> None:
    """当场答复: told and served at the counter, there and then."""
    case = step.case
    case.told_at = case.told_at or step.at
    case.served_at, case.answered_by_id = step.at, step.actor.user_id


def _guide(step: Step) -> None:
    case = step.case
    case.told_at = case.told_at or step.at
    case.answered_by_id = step.actor.user_id


def _recall(step: Step) -> None:
    """收回转办: sent to the wrong unit and not signed for yet; no return is counted."""
    _end_parts(step)
    _leave_unit(step)


def _end_parts(step: Step) -> None:
    """Every unit's part ends; what was overdue stays late and stays theirs."""
    live = Assignment.objects.filter(case=step.case, state__in=["sent", "signed"])
    clock_ids = set(live.values_list("clock_id", flat=True))
    clocks.stop([c for c in step.clocks if c.pk in clock_ids and c.running], step.at, void=True)
    live.update(state="ended", ended_at=step.at)


def _leave_unit(step: Step) -> None:
    case, centre = step.case, step.case.accountable_unit
    assert centre is not None
    case.lead_unit, case.handler_id = None, None
    _charge_conclusion(step, centre)
    case.search_text = search.text_of(case)


def _dispatch(step: Step) -> None:
    case = step.case
    unit = _unit(step, step.data["unit"], "unit")
    helpers = [_unit(step, key, "assisting") for key in step.data.get("assisting", ())]
    if unit in helpers or len(set(helpers)) < len(helpers):
        raise Invalid(_("同一单位只能出现一次"), {"assisting": _("请去掉重复的单位")})
    case.lead_unit = unit
    case.handler_id = None
    _assign(step, unit, "lead")
    for helper in helpers:
        _assign(step, helper, "assist")
    _charge_conclusion(step, unit)
    case.search_text = search.text_of(case)
    step.payload |= {"unit": unit.name, "assisting": [helper.name for helper in helpers]}


def _designate(step: Step) -> None:
    _dispatch(step)
    step.case.designated = True


def _unit(step: Step, key: str, field: str) -> Unit:
    unit = Unit.objects.filter(key=key, valid_to__isnull=True).first()
    if unit is None or unit.kind == UnitKind.CENTRE:
        raise Invalid(_("不能转给这个单位"), {field: _("请重新选择")})
    return unit


def _assign(step: Step, unit: Unit, role: str) -> None:
    """One Assignment with a clock of its own; a helper already asked keeps its row, or is raised to lead anew."""
    case = step.case
    live = Assignment.objects.filter(case=case, unit=unit).exclude(state__in=["returned", "ended"]).first()
    if live and role == "assist":
        return
    if live:
        clocks.stop([c for c in step.clocks if c.pk == live.clock_id and c.running], step.at, void=True)
        live.state, live.ended_at = "ended", step.at
        live.save(update_fields=["state", "ended_at"])
    clock = clocks.new_clock(case, "assignment", "assignment", step.at, unit.pk)
    clock.save()
    step.started.append(clock)
    Assignment.objects.create(
        case=case,
        unit=unit,
        role=role,
        offline=not unit.online,
        require=step.data.get("require", ""),
        sent_at=step.at,
        sent_by_id=step.actor.user_id,
        clock=clock,
    )


def _charge_conclusion(step: Step, unit: Unit) -> None:
    """From dispatch on, the handling unit owes the conclusion; what a unit let run over stays charged to it."""
    for clock in step.clocks:
        if clock.kind == "conclude" and clock.running and (clock.due_at is None or step.at <= clock.due_at):
            clock.charged_unit = unit
            clock.save(update_fields=["charged_unit"])


def lead_of(case: Case) -> Assignment:
    row = Assignment.objects.filter(case=case, role="lead").exclude(state__in=["returned", "ended"]).first()
    if row is None:
        raise Conflict(_("这件事现在没有主办单位"))
    return row


def _sign(step: Step) -> None:
    row = lead_of(step.case)
    row.state, row.signed_at = "signed", step.at
    row.save(update_fields=["state", "signed_at"])


def _request_return(step: Step) -> None:
    ReturnRequest.objects.create(
        case=step.case,
        assignment=lead_of(step.case),
        reason=step.data["reason"],
        asked_by_id=step.actor.user_id,
        asked_at=step.at,
    )


def _answer_return(step: Step, *, agreed: bool) -> None:
    ReturnRequest.objects.filter(case=step.case, agreed__isnull=True).update(
        agreed=agreed,
        answer=step.data.get("note") or step.data.get("reason", ""),
        answered_by_id=step.actor.user_id,
        answered_at=step.at,
    )


def _agree_return(step: Step) -> None:
    """The unit leaves the matter; the whole-case clock runs on (信访工作条例 §23)."""
    _answer_return(step, agreed=True)
    case, row = step.case, lead_of(step.case)
    row.state, row.ended_at = "returned", step.at
    row.save(update_fields=["state", "ended_at"])
    clocks.stop([c for c in step.clocks if c.pk == row.clock_id], step.at, void=True)
    case.returns += 1
    step.payload["unit"] = row.unit.name
    _leave_unit(step)


def _refuse_return(step: Step) -> None:
    _answer_return(step, agreed=False)


def _accept(step: Step) -> None:
    """受理: its own date; the 60 days of §34 begin. It is no 告知: the 15 days run on until that is recorded.

    Screened, an earlier whole-case limit gives way to the 60 days; 待甄别, the stricter one runs beside them.
    """
    case = step.case
    case.accepted_at = step.at
    if case.screened:
        _end_conclusion(step)
    _conclude(step, Flow.PETITION)


def _end_conclusion(step: Step) -> None:
    clocks.stop([c for c in step.clocks if c.kind == "conclude" and c.running], step.at, void=True)


def _conclude(step: Step, flow: str) -> None:
    """A whole-case limit by one flow's rule, from now."""
    step.started.append(
        clocks.new_clock(step.case, "conclude", "conclude", step.at, _owing(step.case), flow=flow)
    )


def _owing(case: Case) -> int:
    """The unit that owes the conclusion: the lead unit once dispatched, else the accountable one."""
    owing = case.lead_unit_id or case.accountable_unit_id
    assert owing
    return owing


def _not_accept(step: Step) -> None:
    step.case.answered_by_id = step.actor.user_id


def _start(step: Step) -> None:
    """The named handler, else the one who begins: the matter comes back to this person after a check."""
    _remember_handler(step, step.data.get("handler") or step.actor.user_id)


def _remember_handler(step: Step, user_id: str | int | None) -> None:
    case = step.case
    if user_id and holders.is_member(int(user_id), case.lead_unit_id):
        case.handler_id = int(user_id)


def _report(step: Step) -> None:
    case = step.case
    assert case.lead_unit_id
    Result.objects.create(
        case=case,
        unit_id=case.lead_unit_id,
        text=step.data["result"],
        decision=step.data.get("decision", ""),
        basis=step.data.get("basis", ""),
        source_reply=step.data.get("source_reply", ""),
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


def _verify(step: Step) -> None:
    last = Result.objects.filter(case=step.case).latest("id")
    last.verified_by_id, last.verified_at = step.actor.user_id, step.at
    last.save(update_fields=["verified_by_id", "verified_at"])


def _again(step: Step) -> None:
    """Sent back to be done again: the unit's own part runs anew with a clock of its own."""
    row = lead_of(step.case)
    clock = clocks.new_clock(step.case, "assignment", "assignment", step.at, row.unit_id)
    clock.save()
    step.started.append(clock)
    row.state, row.reported_at, row.clock = "signed", None, clock
    row.save(update_fields=["state", "reported_at", "clock"])


def _tell(step: Step) -> None:
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


def _attempt(step: Step) -> None:
    _callback(step, "no_answer")


def _call_back(step: Step) -> None:
    _callback(step, step.data["outcome"])


def _redo(step: Step) -> None:
    """退回重办: a petition's 60 days never begin anew (条例 §34), a service matter gets its limit again from now."""
    case = step.case
    case.redos += 1
    case.served_at, case.served_way, case.answered_by_id, case.told_by_id = None, "", None, None
    _again(step)
    if case.accepted_at and case.flow == Flow.PETITION:
        step.started.append(_same_limit(step))
    if case.flow == Flow.SERVICE or not case.screened:
        _conclude(step, Flow.SERVICE)


def _same_limit(step: Step) -> Clock:
    """The petition's limit as it stood: from 受理, with the extensions already given."""
    case = step.case
    before = (
        Clock.objects.filter(case=case, kind="conclude", start_at=case.accepted_at).order_by("-id").first()
    )
    assert case.accepted_at is not None
    return clocks.new_clock(
        case, "conclude", "conclude", case.accepted_at, _owing(case), flow=Flow.PETITION,
        extend=before.extend if before else 0, pauses=clocks.cut(clocks.pauses_of(case), step.at),
    )  # fmt: skip


def _rate(step: Step) -> None:
    step.case.rating = int(step.data["rating"])


def _close(step: Step) -> None:
    """The end of a round: the units' parts end, a suspension too, and the form's digest is forgotten."""
    case = step.case
    case.closed_at = step.at
    _end_parts(step)
    if case.suspended:
        day = timezone.localdate(step.at)
        Suspension.objects.filter(case=case, until__isnull=True).update(until=Greatest("since", Value(day)))
        case.suspended = False
    case.client_hash = ""


def _archive(_step: Step) -> None:
    """归档 changes nothing but the state."""


def _reopen(step: Step) -> None:
    """重新办理: a new round with new clocks; who reopens it answers for it."""
    case = step.case
    case.closed_at = case.told_at = case.served_at = case.accepted_at = case.rating = None
    case.returns = case.redos = case.tries = 0
    case.designated, case.lead_unit, case.handler_id = False, None, None
    case.last_solved = case.last_outcome = case.served_way = ""
    case.answered_by_id = case.told_by_id = None
    case.round_at = step.at
    _take_over(step)
    Assignment.objects.filter(case=case).exclude(state__in=["returned", "ended"]).update(
        state="ended", ended_at=step.at
    )
    if case.flow == Flow.SERVICE or not case.screened:
        _conclude(step, Flow.SERVICE)
    if case.reachable and clocks.has_rule(case, "inform", step.at):
        step.started.append(clocks.new_clock(case, "inform", "inform", step.at, _owing(case)))
    if not case.screened:
        step.started.append(clocks.new_clock(case, "screen", "screen", step.at, _owing(case)))
    people.reindex(case)


def _take_over(step: Step) -> None:
    from .open import _first_contact

    member = _first_contact(step.actor)
    case = step.case
    case.accountable_person_id, case.accountable_unit = member.user_id, member.unit


EFFECTS: Final[dict[str, Effect]] = {
    "answer": _answer,
    "guide": _guide,
    "recall": _recall,
    "dispatch": _dispatch,
    "designate": _designate,
    "sign": _sign,
    "request_return": _request_return,
    "agree_return": _agree_return,
    "refuse_return": _refuse_return,
    "accept": _accept,
    "not_accept": _not_accept,
    "start": _start,
    "assign": _start,
    "report": _report,
    "verify": _verify,
    "send_back": _again,
    "tell": _tell,
    "attempt": _attempt,
    "call_back": _call_back,
    "redo": _redo,
    "rate": _rate,
    "close": _close,
    "archive": _archive,
    "reopen": _reopen,
}
