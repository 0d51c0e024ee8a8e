"""A matter of many: each listed person told in their own time, each one's answer and rating kept, none averaged."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid

from .. import joint
from ..fields import RATINGS, WAYS
from ..models import Case, PersonAnswer
from ..states import Who
from .holding import choice, held
from .record import record

if TYPE_CHECKING:
    from .transition import Step

_AFTER_TELLING = ("told", "called_back", "rated")


def begin(step: Step) -> None:
    """答复 of a matter of many: a row for each listed person; those named in `persons` (none: all) were told now."""
    case, people = step.case, joint.listed(step.case)
    chosen = {str(slot) for slot in step.data.get("persons", ())}
    if chosen - {str(one.slot) for one in people}:
        raise Invalid(_("还有内容要补充或更正"), {"persons": _("请从所列选项中选择")})
    turn = joint.turn_of(case) + 1 if people else 0
    rows = [PersonAnswer(case=case, turn=turn, slot=one.slot) for one in people]
    for row in rows:
        if not chosen or str(row.slot) in chosen:
            row.told_at, row.told_way = case.served_at, case.served_way
            row.told_by_id = step.actor.user_id
    PersonAnswer.objects.bulk_create(rows)
    if people:
        step.payload["persons"] = [row.slot for row in rows if row.told_at]


def tell_person(
    actor: Actor, grants: Grants, ref: UUID, *, slot: int, way: str, at: datetime | None = None
) -> PersonAnswer:
    """逐人答复: one listed person is told after the others, in an own way and time."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        choice(way, dict(WAYS), "way")
        row = _row(case, slot)
        if row.told_at:
            raise Conflict(_("这一位已于 %s 答复") % timezone.localdate(row.told_at))
        if case.state not in _AFTER_TELLING:
            raise Conflict(_("还没有答复，不能逐人补记"))
        if case.served_at and not case.served_at <= now <= timezone.now():
            raise Invalid(_("还有内容要补充或更正"), {"at": _("时间须在答复之后，不能在将来")})
        row.told_at, row.told_way, row.told_by_id = now, way, actor.user_id
        row.save()
        record(actor, case, "case.person_told", at=now, payload={**which(case, slot), "way": way})
        return row


def rate_person(actor: Actor, grants: Grants, ref: UUID, *, slot: int, rating: str) -> PersonAnswer:
    """A listed person who was reached gives the rating later. The matter's own is then the lowest one given."""
    now = timezone.now()
    with held(grants, ref, Who.CALLER) as case:
        choice(rating, dict(RATINGS), "rating")
        row = _row(case, slot)
        if row.outcome != "reached" or case.state not in ("called_back", "rated"):
            raise Conflict(_("没有联系上这一位，不能代为评价"))
        if row.rating:
            raise Conflict(_("这一位已经评价过"))
        row.rating = int(rating)
        row.save(update_fields=["rating"])
        case.rating = lowest(joint.answers_of(case))
        case.version += 1
        case.save(update_fields=["rating", "version"])
        record(actor, case, "case.person_rated", at=now, payload={**which(case, slot), "rating": row.rating})
        return row


def _row(case: Case, slot: int) -> PersonAnswer:
    row = PersonAnswer.objects.filter(case=case, turn=joint.turn_of(case), slot=slot).first()
    if row is None:
        raise Invalid(_("还有内容要补充或更正"), {"slot": _("请从所列选项中选择")})
    return row


def which(case: Case, slot: int) -> dict[str, Any]:
    """What the ledger says of a listed person: the place, and 代表1 … in the office's language. Never a name."""
    with translation.override("zh-hans"):
        label = next((one.label for one in joint.listed(case) if one.slot == slot), "")
    return {"slot": slot, "person": label}


def lowest(rows: list[PersonAnswer]) -> int | None:
    """What stands for the whole matter in lists and registers: the lowest rating given, never a mean."""
    return min((row.rating for row in rows if row.rating is not None), default=None)


_WORST = ("no", "partly", "yes")


def summary(rows: list[PersonAnswer]) -> dict[str, Any]:
    """The matter's own call-back out of each person's: reached if anybody was, solved as the least satisfied say."""
    outcomes = {row.outcome for row in rows}
    outcome = next((name for name in ("reached", "no_answer", "refused") if name in outcomes), "no_answer")
    solved = next((name for name in _WORST if name in {row.solved for row in rows}), "")
    rating = lowest(rows)
    found = {"outcome": outcome, "solved": solved, "rating": str(rating) if rating else ""}
    return {name: value for name, value in found.items() if value}
