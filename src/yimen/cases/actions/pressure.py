"""催办, rung by rung: the unit's liaison, its head, then reported to the director; and the unit's reply."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Refused

from .. import ladder
from ..models import Case, Urge
from ..pressed import PRESSED
from ..states import Who
from . import holders
from .holding import held, need
from .record import record
from .reminders import must_have_reminded


def urge(actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None) -> Urge:
    """催办 on the next rung: only after the one below, and only when that had its time and the matter is still not done."""
    now = at or timezone.now()
    words = need(words, "words", _("催办内容"), 500)
    with held(grants, ref, Who.DESK, Who.ACCOUNTABLE) as case:
        unit_id = _pressed(case)
        must_have_reminded(actor, case, now)
        steps = ladder.ladder_of(case)
        level = _next(case, steps, now)
        row = Urge.objects.create(
            case=case, unit_id=unit_id, level=level, to_user_id=_whom(case, level), words=words,
            by_id=actor.user_id, at=now,
        )  # fmt: skip
        payload = {
            "unit": case.lead_unit.name if case.lead_unit else "",
            "level": level,
            "to": row.to_user_id,
        }
        record(actor, case, "case.urged", at=now, payload=payload, words={"words": words})
        return row


def _pressed(case: Case) -> int:
    if case.lead_unit_id is None or case.state not in PRESSED:
        raise Refused(_("现在没有承办单位可以催办"))
    if case.suspended:
        raise Refused(_("中止计时期间不提醒、不催办"))
    return case.lead_unit_id


def _next(case: Case, steps: ladder.Ladder, now: datetime) -> str:
    level, after = steps.next, ladder.waits_until(case, steps)
    if not level:
        raise Refused(_("已经报告中心主任，由主任决定是否督办"))
    if after and now < after:
        raise Refused(
            _("刚催办过，到 %s 仍未办好，再催上一级") % timezone.localtime(after).strftime("%Y-%m-%d %H:%M")
        )
    return level


def _whom(case: Case, level: str) -> int | None:
    """The person urged; None for a unit without accounts, which is called by phone."""
    if level == "director":
        return holders.director_of(case)
    unit = case.lead_unit
    if unit is None or not unit.online:
        return None
    return holders.liaison_of(unit) if level == "liaison" else holders.first_with_role(Role.HEAD, unit.pk)


def answer_urge(actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None) -> int:
    """催办回复: the unit says how things stand; answers everything asked of it so far, gives how many."""
    now = at or timezone.now()
    words = need(words, "words", _("催办回复"))
    with held(grants, ref, Who.LEAD) as case:
        asked = [row.pk for row in ladder.ladder_of(case).urges if row.replied_at is None]
        if not asked:
            raise Conflict(_("没有等着回复的催办"))
        Urge.objects.filter(pk__in=asked).update(reply=words, replied_by_id=actor.user_id, replied_at=now)
        record(actor, case, "case.urge_answered", at=now, words={"words": words})
        return len(asked)
