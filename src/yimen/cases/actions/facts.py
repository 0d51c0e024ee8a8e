"""Verbs that add a fact to a matter without moving its state."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.foundation.masking import mask_id_numbers

from .. import queries
from ..access import relations
from ..models import Assignment, Case, Clock, Contact, Extension, Link, Supervision, Suspension, Urge, Visit
from ..models.case import URGENCIES
from ..rules import make_title
from ..states import STATES, WAYS, Flow, Who
from . import clocks, search
from .record import record, standing

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _locked(
    grants: Grants, ref: UUID, *who: Who, open_only: bool = True, version: int | None = None
) -> Iterator[Case]:
    """Hold one visible matter for a change by somebody who stands to it as one of `who`."""
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        if version is not None and version != case.version:
            raise Conflict(_("别人刚刚办过这件事，请看过最新情况再办"))
        if open_only and not STATES[case.state].open:
            raise Conflict(_("这件事已经是“%s”") % STATES[case.state].zh)
        if who and not relations(grants, case) & set(who):
            raise Refused(_("这一步不由您办理"))
        yield case


def _need(text: str, field: str, label: str, limit: int = 2000) -> str:
    plain = text.replace("\x00", "").strip()
    if not plain:
        raise Invalid(_("还有内容要补充或更正"), {field: _("请填写%s") % label})
    if len(plain) > limit:
        raise Invalid(
            _("还有内容要补充或更正"),
            {field: _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": len(plain)}},
        )
    return plain


def _choice(value: str, options: Mapping[str, object], field: str) -> str:
    if value not in options:
        raise Invalid(_("还有内容要补充或更正"), {field: _("请从所列选项中选择")})
    return value


def inform(
    actor: Actor, grants: Grants, ref: UUID, *, way: str, said: str = "", at: datetime | None = None
) -> Case:
    """告知: the person was told in writing what happens with the matter; stops the 15 days (条例 §23)."""
    now = at or timezone.now()
    with _locked(grants, ref, Who.DESK, Who.LEAD) as case:
        if case.told_at:
            raise Conflict(_("已于 %s 告知") % timezone.localdate(case.told_at))
        _choice(way, dict(WAYS), "way")
        case.told_at = now
        running = clocks.running(case)
        clocks.stop([clock for clock in running if clock.kind == "inform"], now)
        clocks.govern(case, running)
        case.version += 1
        case.save()
        record(
            actor,
            case,
            "case.informed",
            at=now,
            payload={"way": way, "set": standing(case)},
            words={"said": said},
        )
        return case


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
    with _locked(grants, ref, Who.DESK, Who.LEAD, Who.ASSIST, open_only=False) as case:
        _choice(way, dict(WAYS), "way")
        _choice(outcome, dict(Contact.OUTCOMES), "outcome")
        row = Contact.objects.create(
            case=case, at=now, way=way, outcome=outcome, note=note.strip()[:2000], by_id=actor.user_id
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
    """更正登记: title, text, wish, place, category, urgency or external number; before and after stay in the ledger."""
    reason = _need(reason, "reason", _("更正理由"))
    with _locked(grants, ref, Who.DESK, version=version) as case:
        before = {}
        for name, value in changes.items():
            old = _apply(case, name, value)
            if old is not None:
                before[name] = old
        if not before:
            raise Invalid(_("没有改动"))
        case.search_text = search.text_of(case)
        case.version += 1
        case.save()
        after = {name: str(changes[name]) for name in before}
        record(
            actor,
            case,
            "case.corrected",
            at=timezone.now(),
            words={"reason": reason, "before": before, "after": after},
        )
        return case


def _apply(case: Case, name: str, value: Any) -> str | None:
    """Set one field; gives what stood there before, or None when nothing changed."""
    limits = {"title": 120, "text": 20_000, "wish": 500, "place": 200, "external_number": 60}
    if name == "category":
        return _recategorise(case, str(value))
    if name == "urgency":
        old, case.urgency = case.urgency, _choice(str(value), dict(URGENCIES), "urgency")
        return old if old != case.urgency else None
    if name not in limits:
        raise Invalid(_("不能更正：%s") % name)
    text = str(value).replace("\x00", "").strip()
    if name in ("title", "text"):
        text = _need(text, name, _("内容"), limits[name])
    elif len(text) > limits[name]:
        raise Invalid(_("还有内容要补充或更正"), {name: _("最多 %d 字") % limits[name]})
    text = mask_id_numbers(text)[0]
    old = str(getattr(case, name))
    if old == text:
        return None
    setattr(case, name, text)
    if name == "text" and case.title == make_title(old):
        case.title = make_title(text)
    if name == "place":
        from yimen.grids import queries as grids

        case.grid = grids.match_place(text) if text else None
    return old


def _recategorise(case: Case, key: str) -> str | None:
    found = {row.key: row for row in queries.categories()}.get(key)
    if found is None:
        raise Invalid(_("还有内容要补充或更正"), {"category": _("请选择类别")})
    old, case.category = case.category, found
    return old.name if old.pk != found.pk else None


def screen(
    actor: Actor, grants: Grants, ref: UUID, *, flow: str, reason: str = "", at: datetime | None = None
) -> Case:
    """甄别: the director says petition or service; a later change needs a reason and is kept.

    Running whole-case clocks of the other flow end; the right ones run from the matter's own dates.
    """
    now = at or timezone.now()
    with _locked(grants, ref, Who.DIRECTOR) as case:
        _choice(flow, {f.value: f for f in Flow}, "flow")
        if case.screened and flow == case.flow:
            raise Invalid(_("性质没有改变"))
        if case.screened:
            reason = _need(reason, "reason", _("变更理由"))
        if flow == Flow.SERVICE and case.state == "not_accepted":
            raise Refused(_("已作出不予受理决定，请先办完这一步"))
        was = case.flow if case.screened else ""
        case.flow, case.screened = flow, True
        _reclock(case, now)
        case.version += 1
        case.save()
        record(
            actor,
            case,
            "case.screened",
            at=now,
            payload={"was": was, "flow": flow, "set": standing(case)},
            words={"reason": reason.strip()} if reason.strip() else None,
        )
        return case


def _reclock(case: Case, now: datetime) -> None:
    """Clocks of the whole matter as the flow now settled has them; the step's own clock is set anew too."""
    running = clocks.running(case)
    clocks.stop([c for c in running if c.kind == "screen"], now)
    clocks.stop(
        [c for c in running if c.running and c.kind in ("conclude", "inform", "step")], now, void=True
    )
    owing = case.lead_unit_id or case.accountable_unit_id
    assert owing and case.holder_unit_id and case.accountable_unit_id
    step = next(c for c in running if c.kind == "step")
    made = [clocks.new_clock(case, "step", case.state, step.start_at, case.holder_unit_id)]
    if not case.served_at and (start := _conclusion_start(case)):
        made.append(clocks.new_clock(case, "conclude", "conclude", start, owing))
    if not case.told_at and not case.anonymous and clocks.has_rule(case, "inform", now):
        made.append(clocks.new_clock(case, "inform", "inform", case.received_at, case.accountable_unit_id))
    Clock.objects.bulk_create(made)
    clocks.govern(case, [*running, *made])


def _conclusion_start(case: Case) -> datetime | None:
    """From when the whole-case limit counts: receipt for a service matter, 受理 for a petition."""
    return case.received_at if case.flow == Flow.SERVICE else case.accepted_at


def extend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    amount: int,
    reason: str,
    told: bool,
    at: datetime | None = None,
) -> Extension:
    """延期 of the conclusion: before expiry, by the unit's head, reason told to the person, ≤ 30 days (条例 §34)."""
    now = at or timezone.now()
    reason = _need(reason, "reason", _("延期理由"))
    with _locked(grants, ref, Who.HEAD, Who.DIRECTOR) as case:
        clock = Clock.objects.filter(case=case, kind="conclude", running=True).order_by("due_at").first()
        _may_extend(clock, amount, told, now)
        assert clock is not None
        clock.extend += amount
        clocks.compute(clock, clocks.pauses_of(case))
        clock.save()
        clocks.govern(case, clocks.running(case))
        case.version += 1
        case.save()
        row = Extension.objects.create(
            case=case, clock=clock, amount=amount, reason=reason, asked_by_id=actor.user_id, asked_at=now,
            approved_by_id=actor.user_id, approved_at=now,
        )  # fmt: skip
        record(
            actor,
            case,
            "case.extended",
            at=now,
            payload={"amount": amount, "set": standing(case)},
            words={"reason": reason},
        )
        return row


def _may_extend(clock: Clock | None, amount: int, told: bool, now: datetime) -> None:
    if clock is None or clock.due_at is None:
        raise Refused(_("没有正在计的办结时限"))
    if now > clock.due_at:
        raise Refused(_("时限已过，延期须在届满前提出"))
    limit = int(clock.rule["extend_max"])
    if amount < 1 or clock.extend + amount > limit:
        words = {"limit": limit, "unit": _("小时") if clock.rule["unit"].endswith("_hour") else _("日")}
        raise Invalid(_("还有内容要补充或更正"), {"amount": _("延期合计不超过 %(limit)d %(unit)s") % words})
    if not told:
        raise Invalid(_("还有内容要补充或更正"), {"told": _("延期理由要告知来访人")})


def suspend(
    actor: Actor, grants: Grants, ref: UUID, *, reason: str, at: datetime | None = None
) -> Suspension:
    """中止计时 from today: the days are taken out of the count when it resumes."""
    now = at or timezone.now()
    reason = _need(reason, "reason", _("中止理由"))
    with _locked(grants, ref, Who.HEAD, Who.DIRECTOR) as case:
        if case.suspended:
            raise Conflict(_("已经中止计时"))
        row = Suspension.objects.create(
            case=case, since=timezone.localdate(now), reason=reason, approved_by_id=actor.user_id
        )
        case.suspended = True
        case.version += 1
        case.save()
        record(actor, case, "case.suspended", at=now, payload={"since": row.since}, words={"reason": reason})
        return row


def resume(actor: Actor, grants: Grants, ref: UUID, *, at: datetime | None = None) -> Case:
    """恢复计时: every running day clock is computed anew without the days of the suspension."""
    now = at or timezone.now()
    with _locked(grants, ref, Who.HEAD, Who.DIRECTOR) as case:
        row = Suspension.objects.filter(case=case, until__isnull=True).first()
        if row is None:
            raise Conflict(_("没有中止计时"))
        row.until, row.ended_by_id = max(timezone.localdate(now), row.since), actor.user_id
        row.save()
        case.suspended = False
        clocks.recompute(case)
        case.version += 1
        case.save()
        record(actor, case, "case.resumed", at=now, payload={"until": row.until, "set": standing(case)})
        return case


def urge(actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None) -> Urge:
    """催办: a reminder to the unit that holds the matter."""
    now = at or timezone.now()
    words = _need(words, "words", _("催办内容"), 500)
    with _locked(grants, ref, Who.DESK, Who.ACCOUNTABLE) as case:
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
    words = _need(words, "words", _("督办要求"))
    with _locked(grants, ref, Who.DIRECTOR) as case:
        if case.lead_unit_id is None:
            raise Refused(_("还没有承办单位，无从督办"))
        if not Urge.objects.filter(case=case).exists():
            raise Refused(_("先催办，再督办"))
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


def assist_sign(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, at: datetime | None = None
) -> Assignment:
    """An assisting unit signs for its part."""
    return _assist(actor, grants, ref, unit_id, "signed", "case.assist_signed", "", at)


def assist_report(
    actor: Actor, grants: Grants, ref: UUID, *, unit_id: int, text: str, at: datetime | None = None
) -> Assignment:
    """An assisting unit reports to the lead unit; the desk types it for a unit without accounts."""
    return _assist(
        actor,
        grants,
        ref,
        unit_id,
        "reported",
        "case.assist_reported",
        _need(text, "text", _("办理结果")),
        at,
    )


def _assist(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    unit_id: int,
    state: str,
    kind: str,
    text: str,
    at: datetime | None,
) -> Assignment:
    now = at or timezone.now()
    with _locked(grants, ref) as case:
        row = Assignment.objects.filter(
            case=case, unit_id=unit_id, role="assist", state__in=["sent", "signed"]
        ).first()
        if row is None or row.state == state:
            raise Conflict(_("这个单位没有待办的协办"))
        if unit_id not in grants.units() and not (row.offline and Who.DESK in relations(grants, case)):
            raise Refused(_("这一步不由您办理"))
        row.state = state
        row.signed_at = row.signed_at or now
        if state == "reported":
            row.reported_at = now
            clocks.stop(Clock.objects.filter(pk=row.clock_id, running=True), now)
        row.save()
        record(
            actor,
            case,
            kind,
            at=now,
            payload={"unit": row.unit.name},
            words={"result": text} if text else None,
        )
        return row


def visited_again(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None
) -> Visit:
    """再次来访: the same matter; the person came again, open or closed."""
    now = at or timezone.now()
    words = _need(words, "words", _("来访情况"))
    with _locked(grants, ref, Who.DESK, open_only=False) as case:
        row = Visit.objects.create(case=case, at=now, words=mask_id_numbers(words)[0], by_id=actor.user_id)
        record(actor, case, "case.visited", at=now, words={"words": row.words})
        return row


def link(actor: Actor, grants: Grants, ref: UUID, other: UUID, *, kind: str = "same") -> Link:
    """关联: a clerk's act on two matters. Nothing links people."""
    with _locked(grants, ref, Who.DESK, open_only=False) as case:
        second = queries.get_visible(grants, other)
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
