"""批示 as rows: written once, never changed; and 补批, what is still owed for a matter that was sent at once."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.calendars import queries as calendars
from yimen.calendars.rules import freeze
from yimen.foundation.errors import Invalid
from yimen.foundation.ids import uuid7

from .. import instructions
from ..models import Attachment, Case, Instruction, Submission
from ..states import Flow
from . import holders
from .proposals import UNNAMED

STEP = "approval"  # calendars/data/clock_rules.csv: until when 补批 is owed


def write(
    case: Case,
    asked: Submission | None,
    *,
    words: str,
    leader_id: int | None,
    by_id: int | None,
    at: datetime,
    unit: str = "",
    signed_at: datetime | None = None,
    recorded: str = "",
    paper: Attachment | None = None,
) -> Instruction:
    """One instruction. ×× in its words becomes the lead unit's name, where there is one."""
    return Instruction.objects.create(
        uuid=uuid7(),
        case=case,
        submission=asked,
        words=words.replace(UNNAMED, unit) if unit else words,
        leader_id=leader_id,
        by_id=by_id,
        signed_at=signed_at or at,
        at=at,
        recorded=recorded,
        paper=paper,
    )


def owe(
    case: Case, *, by_id: int | None, at: datetime, opinion: str, leader_id: int | None = None
) -> Submission | None:
    """补批 is owed from `at` on: where the category is 先办后补批 (or a leader is named whose instruction was struck),
    nothing of this round stands, and none is owed already. The usual leader is the first of the centre."""
    if leader_id is None and case.category.dispatch_mode != "urgent":
        return None
    if case.lead_unit is None or instructions.standing(case) or instructions.owed(case):
        return None
    frozen = freeze(calendars.rule_for(_flow(case), STEP, category=case.category.key, urgency=case.urgency,
                                       on=timezone.localdate(at)))  # fmt: skip
    until = calendars.run_rule(frozen, at)
    return Submission.objects.create(
        case=case,
        kind="after",
        opinion=opinion,
        unit=case.lead_unit,
        recipient_id=leader_id or holders.usual_leader(case),
        by_id=by_id,
        at=at,
        due_at=until.due_at,
        rule=frozen,
        explain=until.explain,
        explain_en=until.explain_en,
    )


def passed(case: Case, to_id: int) -> None:
    """A proposal that is handed over with the work of a leader lies before the other one, who must be a leader too."""
    if case.state != "awaiting":
        return
    if not holders.leaders(case).filter(user_id=to_id).exists():
        raise Invalid(_("待批示的事项只能交给领导"), {"to": _("请先“改送其他领导”，或选择一位领导")})
    Submission.objects.filter(case=case, kind="before", outcome="").update(recipient=to_id)


def _flow(case: Case) -> str:
    return case.flow if case.screened else Flow.PETITION
