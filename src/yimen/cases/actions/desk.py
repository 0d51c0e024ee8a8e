"""What the desk keeps of a matter beside its steps: calls, corrections, further visits, links, who looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, Refused
from yimen.grids import queries as grids

from .. import queries, rules
from ..fields import WAYS
from ..models import Case, Contact, Link, Visit
from ..models.case import URGENCIES
from ..states import STATES, Who
from . import search
from .holding import choice, held, need
from .open import EARLIEST_YEAR
from .reclocking import reclock
from .record import record


def contact(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    outcome: str,
    way: str = "phone",
    note: str = "",
    at: datetime | None = None,
) -> Contact:
    """联系居民: one call logged, when and with what outcome."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.LEAD, Who.ASSIST, open_only=False) as case:
        choice(way, dict(WAYS), "way")
        choice(outcome, dict(Contact.OUTCOMES), "outcome")
        row = Contact.objects.create(
            case=case, at=now, way=way, outcome=outcome, note=rules.plain(note)[:2000], by_id=actor.user_id
        )
        record(
            actor,
            case,
            "case.contacted",
            at=now,
            payload={"way": way, "outcome": outcome},
            words={"note": row.note},
        )
        return row


def correct(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    changes: Mapping[str, Any],
    *,
    reason: str,
    version: int | None = None,
) -> Case:
    """更正登记: title, text, wish, place, category, urgency, external number or paper from above; before and after stay in the ledger."""
    reason = need(reason, "reason", _("更正理由"))
    with held(grants, ref, Who.DESK, version=version) as case:
        before, due_at = {}, case.due_at
        for name, value in changes.items():
            old = apply(case, name, value)
            if old is not None:
                before[name] = old
        if not before:
            raise Invalid(_("没有改动"))
        case.search_text = search.text_of(case)
        if {"category", "urgency"} & set(before) and STATES[case.state].open:
            reclock(case, timezone.now())
        case.version += 1
        case.save()
        after = {name: rules.plain(str(changes[name])) for name in before}
        record(
            actor,
            case,
            "case.corrected",
            at=timezone.now(),
            payload={"due_at": case.due_at} if case.due_at != due_at else None,
            words={"reason": reason, "before": before, "after": after},
        )
        return case


def apply(case: Case, name: str, value: Any) -> str | None:
    """Set one field; gives what stood there before, or None when nothing changed."""
    limits = {"title": 120, "text": 20_000, "wish": 500, "place": 200, "external_number": 60,
              "from_body": 100, "from_number": 60}  # fmt: skip
    if name == "category":
        return _recategorise(case, str(value))
    if name == "urgency":
        old, case.urgency = case.urgency, choice(str(value), dict(URGENCIES), "urgency")
        return old if old != case.urgency else None
    if name == "from_on":
        return _redate(case, value)
    if name not in limits:
        raise Invalid(_("不能更正：%s") % name)
    text = str(rules.plain(str(value)))
    if name in ("title", "text"):
        text = need(text, name, _("内容"), limits[name])
    elif len(text) > limits[name]:
        raise Invalid(_("还有内容要补充或更正"), {name: _("最多 %d 字") % limits[name]})
    old = str(getattr(case, name))
    if old == text:
        return None
    setattr(case, name, text)
    if name == "text" and case.title == rules.make_title(old):
        case.title = rules.make_title(text)
    if name == "place":
        case.grid = grids.match_place(text) if text else None
    return old


def _redate(case: Case, value: Any) -> str | None:
    """收文日期 as it stands on the paper. No clock moves: those run from the recorded receipt."""
    day = date.fromisoformat(str(value)) if value else None
    if day and not EARLIEST_YEAR <= day.year <= timezone.localdate().year:
        raise Invalid(_("还有内容要补充或更正"), {"from_on": _("日期不对，请核对年份")})
    if day and day > timezone.localdate():
        raise Invalid(_("还有内容要补充或更正"), {"from_on": _("收文日期不能在将来")})
    old, case.from_on = case.from_on, day
    return str(old or "") if old != day else None


def _recategorise(case: Case, key: str) -> str | None:
    """Another category as it is today; a matter of an earlier version of the same one keeps that version."""
    if key == case.category.key:
        return None
    found = {row.key: row for row in queries.categories()}.get(key)
    if found is None:
        raise Invalid(_("还有内容要补充或更正"), {"category": _("请选择类别")})
    old, case.category = case.category, found
    return old.name if old.pk != found.pk else None


def visited_again(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None
) -> Visit:
    """再次来访: the same matter; the person came again, open or closed."""
    now = at or timezone.now()
    words = need(words, "words", _("来访情况"))
    with held(grants, ref, Who.DESK, open_only=False) as case:
        row = Visit.objects.create(case=case, at=now, words=words, by_id=actor.user_id)
        record(actor, case, "case.visited", at=now, words={"words": row.words})
        return row


def link(actor: Actor, grants: Grants, ref: UUID, other: UUID, *, kind: str = "same") -> Link:
    """关联: a clerk's act on two matters. Nothing links people."""
    with held(grants, ref, Who.DESK, open_only=False) as case:
        second = queries.get_visible(grants, other)
        if second.sealed:
            raise Refused(_("密件不能关联"))
        if second.pk == case.pk:
            raise Invalid(_("不能与自己关联"))
        row, made = Link.objects.get_or_create(
            case=case, other=second, defaults={"kind": kind, "by_id": actor.user_id, "at": timezone.now()}
        )
        if made:
            record(actor, case, "case.linked", at=row.at, payload={"other": second.number, "kind": kind})
        return row


def looked(actor: Actor, grants: Grants, case: Case, kind: str, **payload: Any) -> None:
    """Keep in the ledger that somebody looked (slip opened, paper printed, file opened)."""
    with transaction.atomic():
        record(actor, case, kind, at=timezone.now(), payload=payload)
