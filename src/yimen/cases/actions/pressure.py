"""催办 and 督办: pressure has an order."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused

from .. import queries
from ..models import Supervision, Urge
from ..states import Who
from .holding import held, need
from .record import record


def urge(actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None) -> Urge:
    """催办: a reminder to the lead unit."""
    now = at or timezone.now()
    words = need(words, "words", _("催办内容"), 500)
    with held(grants, ref, Who.DESK, Who.ACCOUNTABLE) as case:
        row = Urge.objects.create(
            case=case, unit_id=case.holder_unit_id, words=words, by_id=actor.user_id, at=now
        )
        record(
            actor, case, "case.urged", at=now, payload={"unit": case.holder_unit_id}, words={"words": words}
        )
        return row


def supervise(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, due_on: date, at: datetime | None = None
) -> Supervision:
    """督办: numbered, signed by the director; only after a 催办 (pressure has an order)."""
    now = at or timezone.now()
    words = need(words, "words", _("督办要求"))
    with held(grants, ref, Who.DIRECTOR) as case:
        lead = queries.lead_assignment(case)
        if (
            lead is None
            or not Urge.objects.filter(case=case, unit=lead.unit_id, at__gte=lead.sent_at).exists()
        ):
            raise Refused(_("先催办，再督办"))
        if due_on < timezone.localdate(now):
            raise Invalid(_("还有内容要补充或更正"), {"due_on": _("不能早于今天")})
        number = f"{case.number}督{Supervision.objects.filter(case=case).count() + 1}"
        row = Supervision.objects.create(
            case=case,
            unit_id=case.lead_unit_id,
            number=number,
            words=words,
            signed_by_id=actor.user_id,
            at=now,
            due_on=due_on,
        )
        record(
            actor,
            case,
            "case.supervised",
            at=now,
            payload={"number": number, "due_on": due_on},
            words={"words": words},
        )
        return row
