"""重大情况报告: who was phoned when, at once (信访工作条例 §25); a wrong row is struck, never changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid

from .. import dossier
from .. import pressure_settings as settings
from ..fields import WAYS
from ..models import Case, MajorReport
from ..rules import plain
from ..states import Who
from .holding import choice, held, need
from .record import record


def report_up(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    name: str,
    office: str = "",
    way: str = "phone",
    words: str = "",
    answer: str = "",
    told_at: datetime | None = None,
    at: datetime | None = None,
) -> MajorReport:
    """Record one report: to whom (post and name), when, how, what was said and what they answered."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD) as case:
        row = _store(
            actor, case, now, name=name, office=office, way=way, words=words, answer=answer, told_at=told_at
        )
        record(actor, case, "case.reported_up", at=now, payload=_payload(row), words=_words(row))
        return row


def amend_report(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    report: int,
    reason: str,
    name: str,
    office: str = "",
    way: str = "phone",
    words: str = "",
    answer: str = "",
    told_at: datetime | None = None,
    at: datetime | None = None,
) -> MajorReport:
    """更正报告: strikes the wrong row, with a reason, and writes the right one; both stay."""
    now = at or timezone.now()
    reason = need(reason, "reason", _("更正理由"))
    with held(grants, ref, Who.DESK, Who.LEAD, open_only=False) as case:
        wrong = MajorReport.objects.filter(case=case, pk=report, struck_at__isnull=True).first()
        if wrong is None:
            raise Conflict(_("这条报告已经更正过"))
        wrong.struck_at, wrong.struck_by_id, wrong.struck_reason = now, actor.user_id, reason
        wrong.save(update_fields=["struck_at", "struck_by", "struck_reason"])
        row = _store(
            actor,
            case,
            now,
            name=name,
            office=office,
            way=way,
            words=words,
            answer=answer,
            told_at=told_at or wrong.at,
        )
        record(
            actor,
            case,
            "case.report_amended",
            at=now,
            payload=_payload(row),
            words={"reason": reason, **_words(row)},
        )
        return row


def keep_from_registration(
    actor: Actor, case: Case, name: str, told_at: datetime | None, now: datetime
) -> None:
    """What the registration form says of it; the opening entry of the ledger carries the words."""
    if name.strip():
        _store(actor, case, now, name=name, told_at=told_at)


def is_group(case: Case) -> bool:
    """Whether so many came that a leader is to be told at once."""
    return case.party_size > 1 and case.party_size > settings.number("group_size", dossier.of(case).figures)


def reports_of(case: Case) -> list[MajorReport]:
    """Those that hold, the earliest first."""
    rows = [row for row in dossier.of(case).reports if row.struck_at is None]
    return sorted(rows, key=lambda row: (row.at, row.pk))


def _store(
    actor: Actor,
    case: Case,
    now: datetime,
    *,
    name: str,
    office: str = "",
    way: str = "phone",
    words: str = "",
    answer: str = "",
    told_at: datetime | None = None,
) -> MajorReport:
    if told_at and told_at > now + timedelta(minutes=1):
        raise Invalid(_("还有内容要补充或更正"), {"told_at": _("不能在将来")})
    return MajorReport.objects.create(
        case=case,
        office=plain(office)[:60],
        name=need(name, "name", _("报告了谁"), 60),
        at=told_at or now,
        way=choice(way, dict(WAYS), "way"),
        words=plain(words)[:2000],
        answer=plain(answer)[:2000],
        by_id=actor.user_id,
    )


def _payload(row: MajorReport) -> dict[str, object]:
    return {"way": row.way, "told_at": row.at}


def _words(row: MajorReport) -> dict[str, str]:
    to = " ".join(filter(None, (row.office, row.name)))
    said = {"reported_to": to, "words": row.words, "answer": row.answer}
    return {name: value for name, value in said.items() if value}
