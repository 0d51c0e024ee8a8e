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
from yimen.organisations.models import Unit, UnitKind

from .. import queries, rules
from ..access import relations
from ..fields import NOTICE_WAYS, WAYS
from ..models import Assignment, Case, Clock, Contact, Extension, Link, Supervision, Suspension, Urge, Visit
from ..models.case import URGENCIES
from ..rules import make_title
from ..states import STATES, Flow, Who
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
        if case.sealed:
            raise Refused(_("密件只保留移交记录，不能办理"))
        if open_only and not STATES[case.state].open:
            raise Conflict(_("这件事已经是“%s”") % STATES[case.state].zh)
        if who and not relations(grants, case) & set(who):
            raise Refused(_("这一步不由您办理"))
        yield case


def _need(text: str, field: str, label: str, limit: int = 2000) -> str:
    plain = rules.plain(text)
    if not plain:
        raise Invalid(_("还有内容要补充或更正"), {field: _("请填写%s") % label})
    if len(plain) > limit:
        raise Invalid(
            _("还有内容要补充或更正"),
            {field: _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": limit, "now": len(plain)}},
        )
    return str(plain)


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
        _choice(way, {name: words for name, words in WAYS if name in NOTICE_WAYS}, "way")
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
        if {"category", "urgency"} & set(before) and STATES[case.state].open:
            _reclock(case, timezone.now())
        case.version += 1
        case.save()
        after = {name: rules.plain(str(changes[name])) for name in before}
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
    text = str(rules.plain(str(value)))
    if name in ("title", "text"):
        text = _need(text, name, _("内容"), limits[name])
    elif len(text) > limits[name]:
        raise Invalid(_("还有内容要补充或更正"), {name: _("最多 %d 字") % limits[name]})
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
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    flow: str,
    reason: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """甄别: the director says petition or service; a later change needs a reason and is kept.

    Running whole-case clocks of the other flow end; the right ones run from the matter's own dates.
    """
    now = at or timezone.now()
    with _locked(grants, ref, Who.DIRECTOR, version=version) as case:
        _choice(flow, {f.value: f for f in Flow}, "flow")
        if case.screened and flow == case.flow:
            raise Invalid(_("性质没有改变"))
        if case.screened:
            reason = _need(reason, "reason", _("变更理由"))
        if flow == Flow.SERVICE and case.state == "not_accepted":
            raise Refused(_("已作出不予受理决定，请先办完这一步"))
        if flow == Flow.PETITION and not case.accepted_at and case.state in _TOO_LATE:
            raise Refused(_("已报结果，请先审核退回，再变更性质"))
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


# A petition is accepted before its result is reported (条例 §34): no change of kind past that point.
_TOO_LATE = ("reported", "verified", "told", "called_back", "rated")


def _reclock(case: Case, now: datetime) -> None:
    """Every running clock anew by the rules that hold now: same start, extensions and suspensions carried over.

    A petition has no whole-case limit before 受理; a service matter has it from this round's receipt.
    """
    running = clocks.running(case)
    clocks.stop([c for c in running if c.kind == "screen" and case.screened], now)
    old = [c for c in running if c.running and c.kind != "screen"]
    made = [new for new in (_successor(case, clock) for clock in old) if new]
    if case.flow == Flow.PETITION and case.accepted_at and not case.served_at and not _has(made, "conclude"):
        made.append(clocks.new_clock(case, "conclude", "conclude", case.accepted_at, _owing(case)))
    if case.flow == Flow.SERVICE and not case.served_at and not _has(made, "conclude"):
        made.append(clocks.new_clock(case, "conclude", "conclude", case.round_at, _owing(case)))
    if (
        not case.told_at
        and case.reachable
        and not _has(made, "inform")
        and clocks.has_rule(case, "inform", now)
    ):
        made.append(clocks.new_clock(case, "inform", "inform", case.round_at, _owing(case)))
    clocks.stop(old, now, void=True)
    Clock.objects.bulk_create(made)
    _follow(made, old)
    clocks.govern(case, made)


def _has(made: list[Clock], kind: str) -> bool:
    return any(clock.kind == kind for clock in made)


def _owing(case: Case) -> int:
    owing = case.lead_unit_id or case.accountable_unit_id
    assert owing
    return owing


def _successor(case: Case, clock: Clock) -> Clock | None:
    """The same limit by today's rule, or None where this flow knows it no more or not yet."""
    start = _conclusion_start(case) if clock.kind == "conclude" else clock.start_at
    known = clocks.has_rule(case, clock.step, clock.start_at)
    if start is None or not known:
        return None
    pauses = clocks.cut(clocks.pauses_of(case), timezone.now()) if clock.kind in clocks.PAUSABLE else ()
    return clocks.new_clock(
        case, clock.kind, clock.step, start, clock.charged_unit_id, extend=clock.extend, pauses=pauses
    )


def _follow(made: list[Clock], old: list[Clock]) -> None:
    """A unit's part points to the clock that took the place of its own."""
    for clock in (c for c in made if c.kind == "assignment"):
        before = next(c for c in old if c.kind == "assignment" and c.start_at == clock.start_at
                      and c.charged_unit_id == clock.charged_unit_id)  # fmt: skip
        Assignment.objects.filter(clock=before).update(clock=clock)


def _conclusion_start(case: Case) -> datetime | None:
    """From when the whole-case limit counts: this round's receipt for a service matter, 受理 for a petition."""
    return case.round_at if case.flow == Flow.SERVICE else case.accepted_at


def extend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    amount: int,
    reason: str,
    told: bool,
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """延期 of the conclusion: before expiry, by the unit's head, reason told to the person, ≤ 30 days (条例 §34).

    The unit's own part and the step in hand get the same time more.
    """
    now = at or timezone.now()
    reason = _need(reason, "reason", _("延期理由"))
    with _locked(grants, ref, Who.HEAD, Who.DIRECTOR, version=version) as case:
        running = clocks.running(case)
        clock = min(
            (c for c in running if c.kind == "conclude" and c.due_at),
            key=lambda c: str(c.due_at),
            default=None,
        )
        _may_extend(clock, amount, told, now)
        assert clock is not None
        for each in (c for c in running if _goes_with(c, clock)):
            each.extend += amount
            clocks.compute(each, clocks.pauses_of(case))
            each.save()
        clocks.govern(case, running)
        case.version += 1
        case.save()
        row = Extension.objects.create(
            case=case, clock=clock, amount=amount, reason=reason, asked_by_id=actor.user_id, asked_at=now,
            approved_by_id=actor.user_id, approved_at=now,
        )  # fmt: skip
        payload = {"amount": amount, "set": standing(case)}
        record(actor, case, "case.extended", at=now, payload=payload, words={"reason": reason})
        return row


def _goes_with(clock: Clock, conclusion: Clock) -> bool:
    """Clocks that move with an extension: the conclusion itself, the lead unit's part, the step in hand; same unit of time."""
    if clock.rule["unit"] != conclusion.rule["unit"]:
        return False
    return clock.pk == conclusion.pk or (
        clock.charged_unit_id == conclusion.charged_unit_id
        and (clock.kind == "assignment" or (clock.kind == "step" and clock.step == "in_hand"))
    )


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


SUSPENDABLE = ("signed", "accepted", "in_hand", "reported", "verified")


def suspend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    reason: str,
    at: datetime | None = None,
    version: int | None = None,
) -> Suspension:
    """中止计时 of the unit's work from today: the days are taken out of the count. Notice and screening run on."""
    now = at or timezone.now()
    reason = _need(reason, "reason", _("中止理由"))
    with _locked(grants, ref, Who.HEAD, Who.DIRECTOR, version=version) as case:
        if case.suspended:
            raise Conflict(_("已经中止计时"))
        if case.state not in SUSPENDABLE:
            raise Refused(_("只有承办期间可以中止计时"))
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
    """催办: a reminder to the lead unit."""
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


def add_assisting(
    actor: Actor, grants: Grants, ref: UUID, *, unit: str, require: str = "", at: datetime | None = None
) -> Assignment:
    """增加协办单位: one more unit helps, with a clock of its own; the lead unit stays responsible."""
    now = at or timezone.now()
    with _locked(grants, ref, Who.DESK, Who.LEAD) as case:
        helper = Unit.objects.filter(key=unit, valid_to__isnull=True).exclude(kind=UnitKind.CENTRE).first()
        live = Assignment.objects.filter(case=case).exclude(state__in=["returned", "ended"])
        if case.lead_unit_id is None or helper is None or live.filter(unit=helper).exists():
            raise Invalid(_("还有内容要补充或更正"), {"unit": _("请选择还没有参加办理的单位")})
        clock = clocks.new_clock(case, "assignment", "assignment", now, helper.pk)
        clock.save()
        row = Assignment.objects.create(
            case=case, unit=helper, role="assist", offline=not helper.online, require=rules.plain(require), sent_at=now,
            sent_by_id=actor.user_id, clock=clock,
        )  # fmt: skip
        words = {"require": row.require} if row.require else None
        record(actor, case, "case.assist_added", at=now, payload={"unit": helper.name}, words=words)
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
        row = Visit.objects.create(case=case, at=now, words=words, by_id=actor.user_id)
        record(actor, case, "case.visited", at=now, words={"words": row.words})
        return row


def link(actor: Actor, grants: Grants, ref: UUID, other: UUID, *, kind: str = "same") -> Link:
    """关联: a clerk's act on two matters. Nothing links people."""
    with _locked(grants, ref, Who.DESK, open_only=False) as case:
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
