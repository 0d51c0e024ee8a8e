"""What the desk's verbs write: answered there and then, dispatched, a return answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid
from yimen.organisations.models import Unit, UnitKind

from ...models import ReturnRequest
from .. import clocks, search
from .parts import assign, charge_conclusion, end_parts, lead_of, leave_unit

if TYPE_CHECKING:
    from ..transition import Step


def answer(step: Step) -> None:
    """当场答复: told and served at the counter, there and then."""
    case = step.case
    case.told_at = case.told_at or step.at
    case.served_at, case.answered_by_id = step.at, step.actor.user_id


def guide(step: Step) -> None:
    case = step.case
    case.told_at = case.told_at or step.at
    case.answered_by_id = step.actor.user_id


def dispatch(step: Step) -> None:
    case = step.case
    unit = _unit(step, step.data["unit"], "unit")
    helpers = [_unit(step, key, "assisting") for key in step.data.get("assisting", ())]
    if unit in helpers or len(set(helpers)) < len(helpers):
        raise Invalid(_("同一单位只能出现一次"), {"assisting": _("请去掉重复的单位")})
    case.lead_unit = unit
    case.handler_id = None
    assign(step, unit, "lead")
    for helper in helpers:
        assign(step, helper, "assist")
    charge_conclusion(step, unit)
    case.search_text = search.text_of(case)
    step.payload |= {"unit": unit.name, "assisting": [helper.name for helper in helpers]}


def designate(step: Step) -> None:
    dispatch(step)
    step.case.designated = True


def _unit(step: Step, key: str, field: str) -> Unit:
    unit = Unit.objects.filter(key=key, valid_to__isnull=True).first()
    if unit is None or unit.kind == UnitKind.CENTRE:
        raise Invalid(_("不能转给这个单位"), {field: _("请重新选择")})
    return unit


def recall(step: Step) -> None:
    """收回转办: sent to the wrong unit; not signed for yet, or signed by mistake (the director). No return is counted."""
    end_parts(step)
    leave_unit(step)


def agree_return(step: Step) -> None:
    """The unit leaves the matter; the whole-case clock runs on (信访工作条例 §23)."""
    _answer_return(step, agreed=True)
    case, row = step.case, lead_of(step.case)
    row.state, row.ended_at = "returned", step.at
    row.save(update_fields=["state", "ended_at"])
    clocks.stop([c for c in step.clocks if c.pk == row.clock_id], step.at, void=True)
    case.returns += 1
    step.payload["unit"] = row.unit.name
    leave_unit(step)


def refuse_return(step: Step) -> None:
    _answer_return(step, agreed=False)


def _answer_return(step: Step, *, agreed: bool) -> None:
    ReturnRequest.objects.filter(case=step.case, agreed__isnull=True).update(
        agreed=agreed,
        answer=step.data.get("note") or step.data.get("reason", ""),
        answered_by_id=step.actor.user_id,
        answered_at=step.at,
    )
