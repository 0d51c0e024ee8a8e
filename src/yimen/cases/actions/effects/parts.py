"""Each unit's part in a matter: begun, ended, begun anew; and who owes the conclusion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from yimen.foundation.errors import Conflict
from yimen.organisations.models import Unit

from ... import queries
from ...models import Assignment, Case, Clock, Merge
from .. import clocks, search

if TYPE_CHECKING:
    from ..transition import Step


def lead_of(case: Case) -> Assignment:
    """The lead unit's running part. Raises Conflict when there is none."""
    row = queries.lead_assignment(case)
    if row is None:
        raise Conflict(_("这件事现在没有主办单位"))
    return row


def assign(step: Step, unit: Unit, role: str) -> None:
    """One Assignment with a clock of its own; a helper already asked keeps its row, or is raised to lead anew."""
    case = step.case
    live = Assignment.objects.filter(case=case, unit=unit).exclude(state__in=["returned", "ended"]).first()
    if live and role == "assist":
        return
    if live:
        clocks.stop([c for c in step.clocks if c.pk == live.clock_id and c.running], step.at, void=True)
        live.state, live.ended_at = "ended", step.at
        live.save(update_fields=["state", "ended_at"])
    sender = step.actor.user_id or case.accountable_person_id  # by itself: in the name of who answers for it
    row = begin_part(case, unit, role, step.data.get("require", ""), sender, step.at,
                     days=step.data.get("days") if role == "lead" else None)  # fmt: skip
    step.started.append(row.clock)


def begin_part(
    case: Case,
    unit: Unit,
    role: str,
    require: str,
    sent_by_id: int | None,
    at: datetime,
    days: int | None = None,
) -> Assignment:
    """A unit is asked for its part, which has a clock of its own; `days` (work days) a leader's instruction allows it."""
    clock = clocks.part_clock(case, unit.pk, at, days)
    clock.save()
    return Assignment.objects.create(
        case=case,
        unit=unit,
        role=role,
        offline=not unit.online,
        require=require,
        sent_at=at,
        sent_by_id=sent_by_id,
        clock=clock,
    )


def end_parts(step: Step) -> None:
    """Every unit's part ends; what was overdue stays late and stays theirs."""
    live = Assignment.objects.filter(case=step.case, state__in=["sent", "signed"])
    clock_ids = set(live.values_list("clock_id", flat=True))
    clocks.stop([c for c in step.clocks if c.pk in clock_ids and c.running], step.at, void=True)
    live.update(state="ended", ended_at=step.at)


def leave_unit(step: Step) -> None:
    case, centre = step.case, step.case.accountable_unit
    assert centre is not None
    case.lead_unit, case.handler_id = None, None
    charge_conclusion(step, centre)
    case.search_text = search.text_of(case)


def charge_conclusion(step: Step, unit: Unit) -> None:
    """From dispatch on, the handling unit owes the conclusion; what a unit let run over stays charged to it."""
    for clock in step.clocks:
        if clock.kind == "conclude" and clock.running and (clock.due_at is None or step.at <= clock.due_at):
            clock.charged_unit = unit
            clock.save(update_fields=["charged_unit"])
    charge_merged(step, unit.pk)


def charge_merged(step: Step, unit_id: int) -> None:
    """Matters merged into this one wait for its result: their limits are charged to the unit that owes it."""
    waiting = Merge.objects.filter(main=step.case, ended_at__isnull=True, case__state="merged").values("case")
    rows = Clock.objects.filter(case__in=waiting, running=True, kind__in=("step", "conclude"))
    rows.filter(due_at__gte=step.at).update(charged_unit=unit_id)


def end_merge(step: Step) -> None:
    """The matter goes its own way again."""
    Merge.objects.filter(case=step.case, ended_at__isnull=True).update(
        ended_at=step.at, ended_by_id=step.actor.user_id
    )


def again(step: Step) -> None:
    """Sent back to be done again: the unit's own part runs anew with a clock of its own."""
    row = lead_of(step.case)
    clock = clocks.new_clock(step.case, "assignment", "assignment", step.at, row.unit_id)
    clock.save()
    step.started.append(clock)
    row.state, row.reported_at, row.clock = "signed", None, clock
    row.save(update_fields=["state", "reported_at", "clock"])


def start_limit(step: Step, flow: str) -> None:
    """A whole-case limit by one flow's rule, from now."""
    step.started.append(
        clocks.new_clock(step.case, "conclude", "conclude", step.at, clocks.owing(step.case), flow=flow)
    )
