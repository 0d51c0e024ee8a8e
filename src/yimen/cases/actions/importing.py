"""Matters that were answered before Yimen came: they enter as 已报结果 with their own dates, and hurry nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.organisations.models import Membership, Unit

from ..models import Assignment, Case, Category, Clock, Result
from ..states import STATES
from . import clocks, people, search
from .holders import director_of
from .keys import new_key
from .open import Registration, draft
from .record import record, standing


@dataclass(frozen=True, slots=True)
class Answered:
    """One row with an official reply. Times are aware; `number` keeps the source's own id as 外部系统编号."""

    text: str
    title: str
    category: str
    received_at: datetime
    reply: str
    replied_at: datetime | None
    external_number: str = ""
    source: str = ""
    place: str = ""
    channel: str = "import"
    anonymous: bool = False
    name: str = ""
    phone: str = ""


def import_answered(
    actor: Actor,
    grants: Grants,
    member: Membership,
    unit: Unit,
    form: Answered,
    *,
    at: datetime | None = None,
) -> Case:
    """Enter one answered matter in state 已报结果: received and reported on its own dates, typed in now.

    `member` (of the centre) becomes first contact, the director holder, `unit` is taken to have answered. The step's
    clock is that of history (rule `imported`) and starts now, so nothing is overdue on the first day. Ledger: one `case.imported`.
    """
    now = at or timezone.now()
    category = Category.objects.filter(key=form.category).last() or Category.objects.get(key="other")
    registration = Registration(
        text=form.text, title=form.title, category=category.key, place=form.place, channel=form.channel,
        received_at=form.received_at, anonymous=form.anonymous, name=form.name, phone=form.phone,
        external_number=form.external_number, source=form.source,
    )  # fmt: skip
    with transaction.atomic():
        case = draft(registration, category, member, now)
        _set_reported(case, unit, form, actor)
        made = [clocks.new_clock(case, "step", "imported", now, member.unit_id)]
        Clock.objects.bulk_create(made)
        clocks.govern(case, made)
        case.search_text = search.text_of(case)
        case.save(force_insert=True)
        people.store(case.pk, new_key(case), registration)
        _answer_rows(case, unit, form, actor, made[0])
        _record(actor, case, form, now)
        return case


def _set_reported(case: Case, unit: Unit, form: Answered, actor: Actor) -> None:
    case.flow, case.screened, case.state, case.history = "service", True, "reported", True
    case.next_step = STATES["reported"].next_step
    case.lead_unit = unit
    case.answered_by_id = actor.user_id
    case.holder_id = director_of(case) or case.accountable_person_id


def _answer_rows(case: Case, unit: Unit, form: Answered, actor: Actor, clock: Clock) -> None:
    replied = form.replied_at or form.received_at
    Assignment.objects.create(
        case=case, unit=unit, role="lead", state="reported", offline=True, sent_at=form.received_at,
        signed_at=form.received_at, reported_at=replied, sent_by_id=case.accountable_person_id, clock=clock,
    )  # fmt: skip
    Result.objects.create(
        case=case,
        unit=unit,
        text=form.reply,
        source_reply=form.source,
        by_id=case.accountable_person_id,
        at=replied,
    )


def _record(actor: Actor, case: Case, form: Answered, now: datetime) -> None:
    record(
        actor,
        case,
        "case.imported",
        at=now,
        payload={
            "set": {"state": case.state, **standing(case)},
            "number": case.number,
            "occurred_at": form.received_at,
            "replied_at": form.replied_at,
            "source": form.source,
            "external_number": form.external_number,
        },
        words={"title": case.title, "result": form.reply},
    )
