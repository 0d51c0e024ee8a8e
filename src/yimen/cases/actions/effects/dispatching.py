"""What the steps of a matter of a place write while a unit has it: dispatched, taken, turned back, handled, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from yimen.foundation.errors import Conflict
from yimen.organisations.models import UnitKind

from ...models import Assignment, Climb, DistrictRequest, Result
from ...states import MAX_RETURNS
from .. import clocks, search
from . import afterwards, desk, grid, parts, routed, unit

if TYPE_CHECKING:
    from ..transition import Step


def send(step: Step) -> None:
    """派遣: the unit's part and the limit of the class are its own from now on. After two returns nobody returns it."""
    routed.by_the_rules(step)
    desk.dispatch(step)
    step.case.designated = step.case.returns >= MAX_RETURNS


def take(step: Step) -> None:
    """签收: whoever takes it handles it, unless somebody else is named."""
    unit.sign(step)
    unit.start(step)


def turn_back(step: Step) -> None:
    """退回: counted; the limit of the class runs on. What the district turned back has the street's limit again."""
    case, row = step.case, parts.lead_of(step.case)
    row.state, row.ended_at = "returned", step.at
    row.save(update_fields=["state", "ended_at"])
    clocks.stop([c for c in step.clocks if c.pk == row.clock_id and c.running], step.at, void=True)
    case.returns += 1
    step.payload["unit"] = row.unit.name
    leave(step)


def withdraw_dispatch(step: Step) -> None:
    """收回派遣: sent to the wrong unit. No return is counted."""
    parts.end_parts(step)
    leave(step)


def leave(step: Step) -> None:
    """No unit has it any more; the district's own limit ends, and the street's begins where no other runs."""
    case = step.case
    if case.lead_unit is not None and case.lead_unit.kind == UnitKind.DISTRICT:
        Climb.objects.create(
            case=case, from_level="district", to_level="street", why="sent_down", at=step.at,
            reason=step.data["reason"], by_id=step.actor.user_id,
        )  # fmt: skip
    clocks.stop([c for c in step.clocks if c.running and c.step == clocks.DISTRICT], step.at, void=True)
    parts.leave_unit(step)
    grid.arrive(step)


def handle(step: Step) -> None:
    """处置完成: from here to the check the centre owes what is left of the limit."""
    unit.report(step)
    assert step.case.accountable_unit is not None
    parts.charge_conclusion(step, step.case.accountable_unit)


def fail_check(step: Step) -> None:
    """返工: the unit's part runs anew, and the limit is the unit's again."""
    case = step.case
    case.redos += 1
    parts.again(step)
    assert case.lead_unit is not None
    parts.charge_conclusion(step, case.lead_unit)
    step.payload["redos"] = case.redos


def pass_check(step: Step) -> None:
    _verified(step)
    afterwards.close(step)


def pass_told(step: Step) -> None:
    """核查通过并答复: who reported it is told; the call-back follows."""
    _verified(step)
    afterwards.tell(step)


def _verified(step: Step) -> None:
    last = Result.objects.filter(case=step.case).latest("id")
    last.verified_by_id, last.verified_at = step.actor.user_id, step.at
    last.save(update_fields=["verified_by_id", "verified_at"])


def rework(step: Step) -> None:
    """Unsolved at the call-back: back to the unit, with the limit of the class from now."""
    afterwards.redo(step)
    case = step.case
    step.started.append(clocks.class_clock(case, "conclude", "conclude", step.at, clocks.owing(case)))


def refer_up(step: Step) -> None:
    """提请区级协调 goes: the district body leads from now on, with a limit of its own; what was late stays late."""
    request = DistrictRequest.objects.select_related("unit").get(pk=step.data["request"])
    case, body = step.case, request.unit
    if body is None:
        raise Conflict(_("还没有设置区级协调单位"))
    parts.end_parts(step)
    reported = Assignment.objects.filter(case=case, role="lead", state="reported")  # it waited for the check
    reported.update(state="ended", ended_at=step.at)
    clocks.stop([c for c in step.clocks if c.kind == "conclude" and c.running], step.at)
    case.lead_unit, case.handler_id, case.designated = body, None, False
    step.data = {**step.data, "require": request.text}
    parts.assign(step, body, "lead")
    step.started.append(clocks.new_clock(case, "conclude", clocks.DISTRICT, step.at, body.pk))
    case.search_text = search.text_of(case)
    why = "signed" if request.signed_at else "silent"
    Climb.objects.create(
        case=case, from_level="street", to_level="district", why=why, at=step.at, by_id=step.actor.user_id
    )
    request.gone_at = step.at
    request.save(update_fields=["gone_at"])
    step.payload |= {"unit": body.name, "level": "district", "why": why}
