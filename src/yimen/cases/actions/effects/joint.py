"""并案: what merging, taking out again and telling with the main matter write; a matter the sample spared is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

from ... import joint, queries
from ...fields import NOT_DRAWN
from ...models import Case, Merge
from ...states import STATES, Flow, words
from . import afterwards
from .parts import charge_conclusion, end_merge, end_parts, leave_unit, start_limit

if TYPE_CHECKING:
    from ..transition import Step


def merge(step: Step) -> None:
    """The parts of its own unit end; its own limits run on, charged to the unit that owes the main matter's result."""
    case = step.case
    main = _main(step)
    end_parts(step)
    if case.lead_unit_id is not None:
        leave_unit(step)
    Merge.objects.create(case=case, main=main, by_id=step.actor.user_id, at=step.at)
    owing = main.lead_unit if main.lead_unit_id and not joint.answered(main) else main.accountable_unit
    assert owing is not None
    charge_conclusion(step, owing)
    step.owed_by = owing.pk
    step.payload["other"] = main.number


def _main(step: Step) -> Case:
    """The main matter by its number, held. Raises Invalid beside the field."""
    found = queries.by_number(step.grants, step.data["main"])
    main = found and Case.objects.select_for_update(of=("self",)).select_related(
        "lead_unit", "accountable_unit"
    ).get(pk=found.pk)
    if wrong := _no_main(step.case, main):
        raise Invalid(_("不能并入这一件"), {"main": wrong})
    assert main is not None
    return main


def _no_main(case: Case, main: Case | None) -> str:
    """Why this one cannot be the main matter, or an empty string. No chains: a main matter is in nobody's tow."""
    if main is None or main.sealed:
        return _("没有找到，请核对编号")
    if (main.flow == Flow.GRID) != (case.flow == Flow.GRID):
        return _("网格事件只和网格事件并案")
    if main.pk == case.pk:
        return _("不能并入自己")
    if not STATES[main.state].open:
        return _("主件已经是“%s”，请填在办的事项") % words(main.flow, main.state)
    if joint.is_member(main):
        return _("这件自己并入了别的事项，请填它的主件")
    if joint.members_of(case).exists():
        return _("有事项并入了本件，本件不能再并入别的事项")
    return ""


def unmerge(step: Step) -> None:
    """取消并案: it goes its own way. After a call-back that said unsolved this is its one way back by rule."""
    case, centre = step.case, step.case.accountable_unit
    end_merge(step)
    assert centre is not None
    charge_conclusion(step, centre)
    if step.row.source == "called_back":
        afterwards.once_more(step)
        if case.flow == Flow.SERVICE or not case.screened:
            start_limit(step, Flow.SERVICE)


def follow(step: Step) -> None:
    """随主件答复: this person is told the main matter's result, served by an own way and date."""
    main = joint.main_of(step.case)
    assert main is not None
    step.case.answered_by_id = main.answered_by_id
    afterwards.tell(step)


def withdraw_merged(step: Step) -> None:
    end_merge(step)
    afterwards.close(step)


def close_unsampled(step: Step) -> None:
    """办结 of a matter that was told and not drawn: no rating is owed, nobody counts as reached."""
    step.case.last_outcome = NOT_DRAWN
    step.payload["outcome"] = NOT_DRAWN
    afterwards.close(step)
