"""The register of premises: added, changed, ended; visits and needs. Each verb one transaction, one ledger entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, can, require
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing
from yimen.foundation.ids import uuid7
from yimen.ledger.actions import append

from .. import contacts
from ..kinds import Level
from ..models import Grid, Premise, PremiseNeed, PremiseVisit
from ..nameless import plain
from ..premises_models import PREMISE_KINDS

PREMISE: Final = "premise"
LONG: Final = 500
_PHONE: Final = re.compile(r"[0-9+() \-]{3,40}")


@dataclass(frozen=True, slots=True)
class Described:
    """What is written down of a premise. `contact` and `phone` are of the business, never of a resident."""

    name: str
    kind: str
    address: str
    grid: Grid
    contact: str = ""
    phone: str = ""


def check(said: Described) -> dict[str, object]:
    """What is wrong, by field; empty when nothing is."""
    wrong: dict[str, object] = {}
    for name, limit in (("name", 80), ("address", 160), ("contact", 40)):
        if len(getattr(said, name)) > limit:
            wrong[name] = _("最多 %d 字") % limit
    if not said.name:
        wrong["name"] = _("请填写名称")
    if not said.address:
        wrong["address"] = _("请填写地址")
    if said.kind not in dict(PREMISE_KINDS):
        wrong["kind"] = _("请从所列选项中选择")
    if said.grid.level not in (Level.GRID, Level.SPECIALIST):
        wrong["grid"] = _("请选择所在的网格")
    if said.phone and not _PHONE.fullmatch(said.phone):
        wrong["phone"] = _("请填写电话号码，只用数字、空格和短横")
    return wrong


def add_premise(actor: Actor, grants: Grants, said: Described, since: date | None = None) -> Premise:
    """One more place. Raises Invalid by field, Conflict when it is in the register, Refused. Ledger `premises.added`."""
    with transaction.atomic():
        row = insert(grants, said, since or timezone.localdate())
        append(actor, "premises.added", PREMISE, row.pk, _payload(row))
    return row


def insert(grants: Grants, said: Described, since: date) -> Premise:
    """The row, checked and saved, without an entry."""
    if wrong := check(said):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    row = Premise(
        uuid=uuid7(), name=said.name, kind=said.kind, address=said.address, grid=said.grid, valid_from=since
    )
    require(grants, "grids.keep_premises", row)
    contacts.seal(row, said.contact, said.phone)
    _save(row)
    return row


def edit_premise(actor: Actor, grants: Grants, ref: UUID, said: Described) -> Premise:
    """Other words. The contact's own words never reach the ledger, only that they changed."""
    if wrong := check(said):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    with transaction.atomic():
        row = _standing(grants, ref)
        require(grants, "grids.keep_premises", Premise(grid=said.grid))
        before, old = _payload(row), contacts.of(row)
        row.name, row.kind, row.address, row.grid = said.name, said.kind, said.address, said.grid
        changed = old != {"name": said.contact, "phone": said.phone}
        if changed:
            contacts.seal(row, said.contact, said.phone)
        if not changed and before == _payload(row):
            raise Invalid(_("没有改动"))
        _save(row)
        payload = {"before": before, "after": _payload(row), "contact_changed": changed}
        append(actor, "premises.revised", PREMISE, row.pk, payload)
    return row


@transaction.atomic
def end_premise(actor: Actor, grants: Grants, ref: UUID, last_day: date) -> Premise:
    """The place is gone after `last_day`, today at the latest. Its contact is forgotten at once."""
    row = _standing(grants, ref)
    if not row.valid_from <= last_day <= timezone.localdate():
        raise Invalid(_("还不能保存"), {"last_day": _("从登记之日到今天之间的一天")})
    row.valid_to = last_day
    contacts.seal(row, "", "")
    row.save(update_fields=["valid_to", "wrapped_key", "sealed"])
    append(actor, "premises.ended", PREMISE, row.pk, {"last_day": last_day.isoformat()})
    return row


@transaction.atomic
def visit(
    actor: Actor, grants: Grants, ref: UUID, seen: str, day: date | None = None, *, at: datetime | None = None
) -> PremiseVisit:
    """走访: what was seen of the place. Numbers of people are hidden. Raises Invalid, Conflict, Missing."""
    now = at or timezone.now()
    row, words = _there(grants, ref), plain(seen)
    on = day or timezone.localdate(now)
    wrong = _wordless(words, "seen", _("请写下看到的情况"))
    if on > timezone.localdate(now):
        wrong["day"] = _("走访日期不能在将来")
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    made = PremiseVisit.objects.create(premise=row, day=on, seen=words, by_id=actor.user_id, at=now)
    append(actor, "premises.visited", PREMISE, row.pk, {"day": on.isoformat()}, at=now)
    return made


@transaction.atomic
def need(actor: Actor, grants: Grants, ref: UUID, words: str, *, at: datetime | None = None) -> PremiseNeed:
    """What the place needs, in words. Raises Invalid, Conflict, Missing. Ledger `premises.needed`."""
    now = at or timezone.now()
    row, said = _there(grants, ref), plain(words)
    if wrong := _wordless(said, "words", _("请写下需要什么")):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    made = PremiseNeed.objects.create(premise=row, words=said, by_id=actor.user_id, at=now)
    append(actor, "premises.needed", PREMISE, row.pk, {"need": made.pk}, at=now)
    return made


@transaction.atomic
def answer_need(
    actor: Actor, grants: Grants, need_id: int, answer: str, *, at: datetime | None = None
) -> PremiseNeed:
    """Answered on the spot, in words. Raises Conflict when somebody was first."""
    row, said = open_need(grants, need_id), plain(answer)
    if wrong := _wordless(said, "answer", _("请写下怎么答复")):
        raise Invalid(_("还有内容要补充或更正"), wrong)
    row.answer = said
    return decide(actor, row, "answered", "premises.answered", at or timezone.now())


def raised(actor: Actor, row: PremiseNeed, number: str, at: datetime) -> PremiseNeed:
    """The need became the matter of this number. Called by `intake`, inside its transaction, on a locked row."""
    row.number = number
    return decide(actor, row, "matter", "premises.raised", at)


def decide(actor: Actor, row: PremiseNeed, state: str, kind: str, at: datetime) -> PremiseNeed:
    row.state, row.decided_by_id, row.decided_at = state, actor.user_id, at
    row.save()
    append(actor, kind, PREMISE, row.premise_id, {"need": row.pk, "number": row.number}, at=at)
    return row


def open_need(grants: Grants, need_id: int) -> PremiseNeed:
    """One open need, locked. Raises Missing when it is not for this person, Conflict when it was decided."""
    rows = PremiseNeed.objects.select_for_update(of=("self",)).select_related("premise__grid__parent")
    row = rows.filter(pk=need_id).first()
    if row is None or not can(grants, "grids.premises", row.premise):
        raise Missing(_("没有这项需求"))
    if row.state != "open":
        raise Conflict(_("这项需求已经有人处理过了"))
    return row


def _standing(grants: Grants, ref: UUID) -> Premise:
    """A place that is there, locked, for those who keep it."""
    row = _there(grants, ref)
    require(grants, "grids.keep_premises", row)
    return row


def _there(grants: Grants, ref: UUID) -> Premise:
    rows = Premise.objects.select_for_update(of=("self",)).select_related("grid__parent")
    row = rows.filter(uuid=ref).first()
    if row is None or not can(grants, "grids.premises", row):
        raise Missing(_("没有这个地方"))
    if row.valid_to is not None:
        raise Conflict(_("这个地方已经停用"))
    return row


def _save(row: Premise) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        said = _("这个网格里已有同名同地址的地方：%s") % row.name
        raise Conflict(said) from error


def _wordless(words: str, field: str, sentence: str) -> dict[str, object]:
    if not words:
        return {field: sentence}
    return (
        {field: _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": LONG, "now": len(words)}}
        if len(words) > LONG
        else {}
    )


def _payload(row: Premise) -> dict[str, object]:
    """No contact: the ledger is for ever."""
    return {"name": row.name, "kind": row.kind, "address": row.address, "grid": row.grid.code}
