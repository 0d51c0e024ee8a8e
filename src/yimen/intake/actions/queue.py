"""The import queue: what came in without an answer waits here, and becomes a matter only when a clerk takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.cases.actions.open import Registration, open_case
from yimen.cases.models import Case
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append

from ..events import QUEUED
from ..models import REFUSALS, QueuedMatter

# What the clerk may put right while taking a row.
CORRECTIONS = frozenset(
    {"text", "title", "category", "place", "wish", "channel", "appeal", "urgency", "name", "phone"}
)


def enqueue(actor: Actor, row: QueuedMatter, *, name: str = "", phone: str = "") -> QueuedMatter:
    """Put one row into the queue, its name and phone sealed. Inside the importer's transaction. One ledger entry."""
    row.uuid = uuid7()
    if name or phone:
        key = crypto.new_data_key()
        row.wrapped_key = crypto.wrap(key, place_of(row.uuid, "wrapped_key"))
        row.sealed = crypto.seal(
            key, json.dumps({"name": name, "phone": phone}).encode(), place_of(row.uuid, "sealed")
        )
    row.save(force_insert=True)
    payload = {
        "source": row.source,
        "record": row.record_id,
        "category": row.category.key,
        "occurred_at": row.occurred_at,
    }
    append(actor, "intake.queued", QUEUED, row.pk, payload, at=row.recorded_at)
    return row


def take(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    corrections: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> Case:
    """Make a matter of a waiting row: received now, so its clocks start now; the file's own time stays on record.

    `corrections` are fields of `CORRECTIONS`. A second taker gets Conflict, the row's words and people leave the
    queue. Raises Invalid with the fields at fault, Missing, Refused.
    """
    require(grants, "intake.queue")
    now = at or timezone.now()
    with transaction.atomic():
        row = _waiting(ref)
        case = open_case(actor, grants, _registration(row, corrections or {}), at=now)
        row.case, row.text, row.place = case, "", ""
        _decide(row, "taken", actor, now)
        append(actor, "intake.taken", QUEUED, row.pk, {"case": case.pk, "number": case.number}, at=now)
    return case


def refuse(
    actor: Actor, grants: Grants, ref: UUID, refusal: str, note: str = "", *, at: datetime | None = None
) -> QueuedMatter:
    """Leave a row out, for a reason of `REFUSALS`. Its people are forgotten; an accusation's words too."""
    require(grants, "intake.queue")
    now = at or timezone.now()
    if refusal not in dict(REFUSALS):
        raise Invalid(_("请选择不登记的理由"), {"refusal": _("请从所列选项中选择")})
    with transaction.atomic():
        row = _waiting(ref)
        row.refusal, row.note = refusal, note.replace("\x00", "").strip()[:200]
        if refusal == "accusation":
            row.title, row.text, row.place, row.note = str(_("（已移交纪工委）")), "", "", ""
        _decide(row, "refused", actor, now)
        append(actor, "intake.refused", QUEUED, row.pk, {"refusal": refusal}, at=now)
    return row


def people_of(row: QueuedMatter) -> dict[str, str]:
    """Name and phone of a waiting row, in clear; empty when the import did not map them."""
    if row.sealed is None or row.wrapped_key is None:
        return {"name": "", "phone": ""}
    key = crypto.unwrap(bytes(row.wrapped_key), place_of(row.uuid, "wrapped_key"))
    return dict(json.loads(crypto.open_sealed(key, bytes(row.sealed), place_of(row.uuid, "sealed"))))


def place_of(uuid: UUID, column: str) -> str:
    return f"intake_queuedmatter.{column}.{uuid}"


def _waiting(ref: UUID) -> QueuedMatter:
    row = (
        QueuedMatter.objects.select_for_update(of=("self",))
        .select_related("category")
        .filter(uuid=ref)
        .first()
    )
    if row is None:
        raise Missing(_("没有这条导入记录"))
    if row.state != "waiting":
        raise Conflict(_("这条导入记录已经有人处理过了"))
    return row


def _decide(row: QueuedMatter, state: str, actor: Actor, now: datetime) -> None:
    row.state, row.decided_by_id, row.decided_at = state, actor.user_id, now
    row.sealed = row.wrapped_key = None
    row.save()


def _key(row: QueuedMatter) -> UUID:
    """The registration's key: nobody who reads the queue's address can use it up before."""
    return UUID(bytes=crypto.content_digest(b"intake.queued " + row.uuid.bytes)[:16])


def _registration(row: QueuedMatter, corrections: Mapping[str, Any]) -> Registration:
    if strange := set(corrections) - CORRECTIONS:
        raise Invalid(_("这里不能更正：%s") % "、".join(sorted(strange)))
    words = {"occurred_at": timezone.localtime(row.occurred_at).isoformat()} if row.occurred_at else {}
    people = people_of(row)
    form = Registration(
        text=row.text, title=row.title, category=row.category.key, place=row.place, channel=row.channel,
        anonymous=row.anonymous, external_number=row.record_id, source=row.source, client_key=_key(row),
        words=words, name=people["name"], phone=people["phone"],
    )  # fmt: skip
    return replace(form, **corrections)
