"""The runner: executes one row of the transition table, whatever the verb, in one transaction.

lock → row → who → fields → guards → effect → holder → clocks → save → one ledger entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.calendars import queries as calendars
from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import dossier, instructions, joint, letterbook, queries, reviews, rules, suspensions
from ..access import is_recipient, relations
from ..models import Case, Clock
from ..review_rules import ReviewFacts
from ..states import (
    MAX_RETURNS,
    SEALED_VERBS,
    STATES,
    TRANSITIONS,
    UNIT_STATES,
    VERBS,
    Flow,
    Transition,
    Who,
    words,
)
from . import clocks, extensions, people, turns
from .effects import EFFECTS
from .effects.grid import lapse as lapse_requests
from .effects.letters import lapse as lapse_letters
from .place_facts import place_facts
from .record import record, standing

NOBODY: Final = Grants(None)


@dataclass(slots=True)
class Step:
    """One transition under way: what effects read and add to."""

    actor: Actor
    grants: Grants
    case: Case
    row: Transition
    data: dict[str, Any]
    at: datetime
    clocks: list[Clock] = field(default_factory=list)
    started: list[Clock] = field(default_factory=list)
    payload: dict[str, Any] = field(default_factory=dict)
    counts_from: datetime | None = None  # what the new state's limit counts from, where that is not this step
    owed_by: int | None = (
        None  # the unit that the new state's limit is charged to, where an effect knows better
    )
    limit: Clock | None = None  # the new state's own clock, where a person set its days
    then: tuple[str, dict[str, Any]] | None = None  # a step that follows by itself, in the same transaction


def run(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    verb: str,
    data: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """Do `verb` to the matter `ref`; `at` is when it really happened, `version` what the reader had before him.

    Raises Missing (not there or not to be seen), Conflict (somebody was first), Refused (may not, or not now),
    Invalid (fields). Nothing is changed when it raises.
    """
    with transaction.atomic(), calendars.held():
        case = queries.get_visible(grants, ref, lock=True)
        step = Step(actor, grants, case, _row(case, verb, version), {}, moment(case, at))
        _permit(step)
        step.data = rules.check_fields(step.row, data or {})
        _unhindered(step)
        _perform(step)
        if step.then is not None:
            by_itself(case, *step.then, at=step.at)
        return case


def by_itself(
    case: Case,
    verb: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    grants: Grants = NOBODY,
) -> Case:
    """A step that the rules take, or that another decision takes with it: nobody is asked whether he may. `data` goes to
    the effect as it is. The matter's row is held by the caller."""
    step = Step(actor, grants, case, _row(case, verb, None), dict(data), at)
    _perform(step)
    return case


def moment(case: Case, at: datetime | None) -> datetime:
    """When a step is said to have been done: not before the latest step, not in the future. Raises Invalid."""
    now = timezone.now()
    if at is None:
        return now
    if at > now + timedelta(minutes=1):
        raise Invalid(_("时间不能在将来"))
    if at < case.changed_at:
        raise Invalid(
            _("时间不能早于上一步（%s）") % timezone.localtime(case.changed_at).strftime("%Y-%m-%d %H:%M")
        )
    return at


def _row(case: Case, verb: str, version: int | None) -> Transition:
    row = TRANSITIONS.get((case.flow, case.state, verb))
    if version is not None and version != case.version:
        raise Conflict(_("别人刚刚办过这件事，现在是“%s”；请看过最新情况再办") % words(case.flow, case.state))
    if row is None:
        said = VERBS.get(verb)
        if said is None:
            raise Invalid(_("没有这一步：%s") % verb)
        raise Conflict(
            _("现在是“%(state)s”，不能%(verb)s") % {"state": words(case.flow, case.state), "verb": said}
        )
    return row


def _permit(step: Step) -> None:
    if step.case.sealed and step.row.verb not in SEALED_VERBS:
        raise Refused(_("密件只保留移交记录，不能办理"))
    if not relations(step.grants, step.case) & set(step.row.who):
        raise Refused(_("这一步不由您办理"))


_AFTER_SERVICE = ("called_back", "rated", "closed", "archived")


def facts_of(
    grants: Grants, case: Case, actor_id: int | None, review: ReviewFacts | None = None
) -> rules.CaseFacts:
    """What guards look at, from the matter and its rows. Few queries, only where they matter."""
    opinion = case.state in _AFTER_SERVICE and queries.written_opinion_served(case)
    result = queries.last_result(case) if case.state in ("reported", "verified") else None
    return rules.CaseFacts(
        flow=case.flow,
        returns=case.returns,
        redos=case.redos,
        tries=case.tries,
        designated=case.designated,
        anonymous=case.anonymous,
        rating=case.rating,
        last_solved=case.last_solved,
        objection_due=_objection_due(case) if case.state in ("dispatched", "signed") else None,
        refused_before=case.state in ("dispatched", "signed") and queries.return_refused(case),
        accepted=case.accepted_at is not None,
        reachable=case.reachable,
        last_outcome=case.last_outcome,
        reported_at=result.at if result else None,
        reported_by_actor=result is not None and result.by_id == actor_id,
        offline=case.lead_unit is not None and not case.lead_unit.online,
        actor_is_director=grants.has(Role.DIRECTOR),
        written_opinion_served=opinion,
        needs_instruction=case.state in ("registered", "returned") and instructions.needed(case),
        actor_is_recipient=is_recipient(grants, case),
        open_parts=case.state == "in_hand" and bool(joint.owed_parts(case)),
        followed=case.state == "called_back" and joint.is_member(case),
        main_answered=case.state == "merged" and joint.answered(joint.main_of(case)),
        sampled=case.sampled,
        open_letter=letterbook.before_telling(case),
        review=reviews.facts(case) if review is None else review,
        place=place_facts(case),
        may_redo=case.lead_unit_id is not None
        and (case.flow != Flow.PETITION or case.accepted_at is not None),
    )


def _objection_due(case: Case) -> datetime | None:
    """Until when the lead unit may ask to give the matter back (petition: 5 work days, 信访工作条例 §23)."""
    row = queries.lead_assignment(case)
    if row is None:
        return None
    with calendars.held():  # one question, also where a page asks
        return clocks.new_clock(case, "step", "return", row.sent_at, row.unit_id, flow=case.flow).due_at


def open_moves(
    grants: Grants,
    case: Case,
    actor_id: int,
    *,
    who: frozenset[Who] | None = None,
    review: ReviewFacts | None = None,
) -> list[queries.Move]:
    """The person's moves without those that would be refused whatever is typed; the primary one stays, to say why.

    `who` and `review`: the relations and what is known of review, where the page has read them already.
    """
    found = queries.moves(grants, case, who)
    if case.state in ("registered", "returned") and case.returns < MAX_RETURNS and instructions.needed(case):
        found = _submit_first(found)
    if not any(move.row.guards for move in found if not _told_why(move)):
        return found
    facts, now = facts_of(grants, case, actor_id, review), timezone.now()
    return [move for move in found if _told_why(move) or not _refused(move.row, facts, now)]


def _told_why(move: queries.Move) -> bool:
    """The primary step is offered even when refused, for its page says why; what waits for a main matter says so above."""
    return move.primary and move.verb != "follow"


def _submit_first(found: list[queries.Move]) -> list[queries.Move]:
    """Where an instruction must come before the dispatch, 呈批 is what the next step offers."""
    moves = [replace(move, primary=move.verb == "submit") for move in found if move.verb != "dispatch"]
    return sorted(moves, key=lambda move: not move.primary)


def _refused(row: Transition, facts: rules.CaseFacts, now: datetime) -> bool:
    complaint = rules.hindrance(row, facts, {}, now)
    return bool(complaint) and not isinstance(complaint, Invalid)


def _unhindered(step: Step) -> None:
    if not step.row.guards:
        return
    with dossier.kept(step.case, step.grants):
        facts = facts_of(step.grants, step.case, step.actor.user_id)
    complaint = rules.hindrance(step.row, facts, step.data, step.at)
    if isinstance(complaint, Invalid):
        raise complaint
    if complaint:
        raise Refused(complaint)


def _perform(step: Step) -> None:
    case, row = step.case, step.row
    before = case.state
    step.clocks = clocks.running(case)
    case.state, case.next_step = row.target, STATES[row.target].next_step or None
    _end_suspension(step)
    if effect := EFFECTS.get(row.effect):
        effect(step)
    lapse_letters(step)
    lapse_requests(step)
    turns.pass_on(step)
    _run_clocks(step)
    if before in (*UNIT_STATES, "return_requested") and not _may_extend(case):
        extensions.lapse(case)
    case.version += 1
    case.changed_at = step.at
    case.history = False
    case.save()
    _record(step, before)


def _may_extend(case: Case) -> bool:
    return case.lead_unit_id is not None and case.clock_id is not None and case.state != "told"


def _end_suspension(step: Step) -> None:
    """中止计时 is for the unit's work and for a hearing: it ends by itself with the step that leaves them."""
    case = step.case
    if not case.suspended or step.row.target in suspensions.suspendable():
        return
    clocks.end_pause(case, step.at, step.actor.user_id)
    pauses = clocks.pauses_of(case)
    for clock in step.clocks:
        if clock.kind in clocks.PAUSABLE:
            clocks.compute(clock, pauses)
            clock.save(update_fields=["target_at", "due_at", "provisional", "explain", "explain_en"])


def _run_clocks(step: Step) -> None:
    case, state = step.case, STATES[step.row.target]
    ended = [clock for clock in step.clocks if clock.running and _ends(step, clock, state.open)]
    clocks.stop(ended, step.at, pauses=clocks.pauses_of(case) if case.suspended else ())
    if not state.open:
        rest = [clock for clock in step.clocks if clock.running]
        clocks.stop(rest, step.at, void=True)
        case.clock, case.due_at = None, None
        people.forget_phones(case.pk)
        return
    if step.row.source != step.row.target or step.row.effect == "attempt":
        step.started.append(_step_clock(step))
    Clock.objects.bulk_create([clock for clock in step.started if clock.pk is None])
    clocks.govern(case, [*step.clocks, *step.started])


def _ends(step: Step, clock: Clock, stays_open: bool) -> bool:
    """The step's own clock ends with it; whole-case clocks end where the row says so."""
    if clock.kind == "step":
        return step.row.source != step.row.target or step.row.effect == "attempt"
    return clock.kind in step.row.ends


def _step_clock(step: Step) -> Clock:
    """The new state's limit. A suspension that is still open is taken out when it ends (`clocks.recompute`)."""
    case = step.case
    owing = step.owed_by or (case.lead_unit_id if step.row.target in UNIT_STATES else case.holder_unit_id)
    assert owing is not None
    if step.limit is not None:
        step.limit.charged_unit_id = owing
        return step.limit
    if step.row.target == "handling":
        return clocks.class_clock(case, "step", "handling", step.counts_from or step.at, owing)
    return clocks.new_clock(case, "step", step.row.target, step.counts_from or step.at, owing)


def _record(step: Step, before: str) -> None:
    row = step.row
    payload = {"verb": row.verb, "from": before, "to": row.target, "set": standing(step.case), **step.payload}
    typed = {name: value for name, value in step.data.items() if isinstance(value, str)}
    record(step.actor, step.case, row.kind, at=step.at, payload=payload, words=typed)
