"""Numbers of matters: the next one, and those given out on paper for a power cut (脱机包)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid
from yimen.ledger import actions as ledger

from .. import queries, rules
from ..models import Case, ReservedNumber

SUBJECT: Final = "number"
MOST: Final = 100  # forms in one printing
_LOOSE: Final = re.compile(r"\d+")


def next_number(received: datetime) -> str:
    """永〔2026〕01187"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_case_number(%s)", [timezone.localdate(received).year])
        return said(received, int(cursor.fetchone()[0]))


def said(received: datetime, serial: int | None, prefix: str = "") -> str:
    """A serial of the year in its full form. Without one, random: a sealed matter's, for a gap would reveal it."""
    digits = f"{secrets.randbelow(10**8):08d}" if serial is None else f"{serial:05d}"
    return f"{prefix or queries.number_prefix()}〔{timezone.localdate(received).year}〕{digits}"


def reserve(
    actor: Actor, grants: Grants, batch: UUID, count: int, *, at: datetime | None = None
) -> list[ReservedNumber]:
    """Take the next `count` numbers for blank forms. The same batch asked for again gives the same numbers."""
    require(grants, "cases.open")
    if not 1 <= count <= MOST:
        raise Invalid(_("份数不对"), {"count": _("一次印 1 至 %d 份") % MOST})
    now = at or timezone.now()
    with transaction.atomic():
        with (
            connection.cursor() as cursor
        ):  # the second of a double click waits here, and finds the first's numbers
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [str(batch)])
        if held := of_batch(batch):
            return held
        made = ReservedNumber.objects.bulk_create(
            ReservedNumber(
                number=next_number(now), batch=batch, reserved_by_id=actor.user_id, reserved_at=now
            )
            for _n in range(count)
        )
        given = {"first": made[0].number, "last": made[-1].number, "count": count}
        ledger.append(actor, "number.reserved", SUBJECT, made[0].pk, given, at=now)
    return made


def of_batch(batch: UUID) -> list[ReservedNumber]:
    return list(ReservedNumber.objects.filter(batch=batch).order_by("id"))


def reprinted(actor: Actor, rows: Sequence[ReservedNumber], part: str) -> None:
    """Keep who printed these again: the forms, or the slips that go with them."""
    given = {"first": rows[0].number, "last": rows[-1].number, "count": len(rows), "part": part}
    with transaction.atomic():
        ledger.append(actor, "number.reprinted", SUBJECT, rows[0].pk, given)


def unused() -> QuerySet[ReservedNumber]:
    """Numbers out on paper that nobody typed in yet and nobody voided, the oldest first."""
    rows = ReservedNumber.objects.filter(case__isnull=True, voided_at__isnull=True)
    return rows.select_related("reserved_by").order_by("id")


def void(actor: Actor, grants: Grants, ids: Sequence[int], reason: str) -> int:
    """作废: forms that were spoilt or lost. Their numbers are never given again. Gives how many."""
    require(grants, "cases.open")
    reason = rules.plain(reason)[:200]
    if not reason:
        raise Invalid(_("还有内容要补充或更正"), {"reason": _("请写明为什么作废")})
    now = timezone.now()
    with transaction.atomic():
        rows = list(unused().select_for_update(of=("self",)).filter(pk__in=ids))
        if not rows:
            raise Conflict(_("没有选中可以作废的编号，也许别人刚刚用掉或作废了"))
        held = ReservedNumber.objects.filter(pk__in=[row.pk for row in rows])
        held.update(voided_at=now, voided_by=actor.user_id, void_reason=reason)
        for row in rows:
            ledger.append(
                actor,
                "number.voided",
                SUBJECT,
                row.pk,
                {"number": row.number, "words": {"reason": reason}},
                at=now,
            )
    return len(rows)


def read(text: str) -> str:
    """A reserved number as scanned (…?reserved=NUMBER) or typed (永〔2026〕01187, 2026 01187), in its full form."""
    given = unquote(text.strip().rpartition("reserved=")[2].partition("&")[0])
    parts = _LOOSE.findall(given)
    if len(parts) == 1:
        parts.insert(0, str(timezone.localdate().year))
    if len(parts) != 2 or len(parts[0]) != 4:
        return given
    return f"{queries.number_prefix()}〔{parts[0]}〕{parts[1].zfill(5)}"


def wrong(text: str) -> str:
    """Why this number cannot be taken, in a sentence; empty when it can."""
    row = ReservedNumber.objects.filter(number=read(text)).select_related("case").first()
    if row is None:
        return _("没有印过这个编号的脱机登记表，请核对")
    if row.case_id is not None:
        return _("这个编号已经补录过了，一个编号只能用一次")
    return _("这个编号已经作废") if row.voided_at else ""


def claim(text: str) -> str:
    """Hold a reserved number until the end of the transaction that registers its matter. Raises Conflict when taken."""
    row = ReservedNumber.objects.select_for_update().filter(number=read(text)).first()
    if row is None or row.case_id is not None or row.voided_at is not None:
        raise Conflict(_("编号 %s 刚刚被用掉或作废了") % read(text))
    return row.number


def used(case: Case, at: datetime) -> None:
    """The claimed number now belongs to its matter."""
    ReservedNumber.objects.filter(number=case.number).update(case=case, used_at=at)
