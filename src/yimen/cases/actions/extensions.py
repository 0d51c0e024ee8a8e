"""延期: asked by the unit before expiry, approved or refused by its head, told to the person (信访工作条例 §34)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import dossier, ladder
from .. import pressure_settings as settings
from ..access import relations
from ..fields import WAYS
from ..models import Case, Clock, Extension
from ..states import Flow, Who
from . import clocks, holders
from .holding import choice, held, need
from .record import record, standing


def deciders(case: Case) -> frozenset[Who]:
    """Who decides on an extension: for a petition the head of the handling unit (条例 §34), for a service matter also
    the director; a unit without accounts or without a head has the director for its head."""
    headless = case.lead_unit_id is None or not ladder.has_head(case)
    wider = case.flow != Flow.PETITION or headless
    return frozenset({Who.HEAD, Who.DIRECTOR} if wider else {Who.HEAD})


def ask_extension(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    amount: int,
    reason: str,
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """申请延期: by the handling unit, before the limit ends; one request at a time."""
    now = at or timezone.now()
    reason = need(reason, "reason", _("延期理由"))
    with held(grants, ref, Who.LEAD, version=version) as case:
        return _ask(actor, case, amount, reason, now)


def _ask(actor: Actor, case: Case, amount: int, reason: str, now: datetime) -> Extension:
    if pending_of(case):
        raise Conflict(_("已有一份延期申请等着批准"))
    clock = _conclusion(case)
    if clock is None or clock.due_at is None:
        raise Refused(_("没有正在计的办结时限"))
    if case.suspended:
        raise Refused(_("中止计时期间不用延期，恢复计时后再提"))
    if now > clock.due_at:
        raise Refused(_("时限已过，延期须在届满前提出"))
    _within(clock, amount)
    row = Extension.objects.create(
        case=case, clock=clock, amount=amount, reason=reason, state="asked", asked_by_id=actor.user_id, asked_at=now
    )  # fmt: skip
    record(actor, case, "case.extension_asked", at=now, payload={"amount": amount}, words={"reason": reason})
    return row


def approve_extension(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    told_way: str = "",
    told_at: datetime | None = None,
    told_words: str = "",
    amount: int | None = None,
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """批准延期: with how and when the reason was told to the person; what was asked in time counts a few days longer.

    `amount` may give less than was asked, never more.
    """
    now = at or timezone.now()
    with held(grants, ref, version=version) as case:
        _permit(actor, grants, case)
        row = _pending(case)
        _not_ones_own(actor, case, row)
        _check_telling(case, told_way, told_at, now)
        given = row.amount if amount is None else amount
        if given > row.amount:
            raise Invalid(_("还有内容要补充或更正"), {"amount": _("不能多于申请的 %d") % row.amount})
        _move(case, row, given, now)
        row.state, row.amount, row.approved_by_id, row.approved_at = "approved", given, actor.user_id, now
        row.told_way, row.told_words = told_way, told_words.strip()[:2000]
        row.told_at = (told_at or now) if told_way else None
        row.save()
        _record_approval(actor, case, row, now)
        return row


def _record_approval(actor: Actor, case: Case, row: Extension, now: datetime) -> None:
    own = row.asked_by_id == actor.user_id
    payload = {
        "amount": row.amount,
        "way": row.told_way,
        "told_at": row.told_at,
        "own": own,
        "set": standing(case),
    }
    words = {"reason": row.reason} | ({"said": row.told_words} if row.told_words else {})
    record(actor, case, "case.extended", at=now, payload=payload, words=words)


def refuse_extension(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    reason: str,
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """不批准延期, with the reason; the limit stays as it is."""
    now = at or timezone.now()
    reason = need(reason, "reason", _("不批准的理由"))
    with held(grants, ref, version=version) as case:
        _permit(actor, grants, case)
        row = _pending(case)
        row.state, row.refused_by_id, row.refused_at, row.answer = "refused", actor.user_id, now, reason
        row.save()
        record(
            actor,
            case,
            "case.extension_refused",
            at=now,
            payload={"amount": row.amount},
            words={"reason": reason},
        )
        return row


def extend(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    amount: int,
    reason: str,
    told_way: str = "",
    told_at: datetime | None = None,
    told_words: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Extension:
    """The head asks and approves in one act: two rows of history, one transaction, the same rules."""
    now = at or timezone.now()
    reason = need(reason, "reason", _("延期理由"))
    with transaction.atomic():
        with held(grants, ref, version=version) as case:
            _permit(actor, grants, case)
            _check_telling(case, told_way, told_at, now)
            _ask(actor, case, amount, reason, now)
        return approve_extension(
            actor, grants, ref, told_way=told_way, told_at=told_at, told_words=told_words, at=now
        )


def pending_of(case: Case) -> Extension | None:
    """The request that waits for a decision."""
    return next((row for row in dossier.of(case).extensions if row.state == "asked"), None)


def lapse(case: Case) -> None:
    """Nobody needs to decide any more: the limit has stopped, or the unit has left the matter."""
    Extension.objects.filter(case=case, state="asked").update(state="lapsed")


def _permit(actor: Actor, grants: Grants, case: Case) -> None:
    if not relations(grants, case) & deciders(case):
        raise Refused(_("延期由承办单位负责人批准"))


def _pending(case: Case) -> Extension:
    row = pending_of(case)
    if row is None:
        raise Conflict(_("没有等着批准的延期申请"))
    return row


def _not_ones_own(actor: Actor, case: Case, row: Extension) -> None:
    """Nobody approves an own request while somebody else could; a unit's only head may, and the ledger says so.

    The director who decides on a service matter stands above the unit: that is no request of one's own.
    """
    unit = case.lead_unit
    if unit is not None and unit.online and not holders.is_member(actor.user_id or 0, unit.pk):
        return
    if row.asked_by_id == actor.user_id and set(_competent(case)) - {actor.user_id}:
        raise Refused(_("自己提出的延期，请另一位负责人批准"))


def _competent(case: Case) -> list[int]:
    """Those who may decide instead: heads of the unit; directors where it has no accounts or no head."""
    unit = case.lead_unit
    heads = holders.with_role(Role.HEAD, unit.pk) if unit is not None and unit.online else []
    return heads or holders.with_role(Role.DIRECTOR, case.accountable_unit_id or 0)


def _conclusion(case: Case) -> Clock | None:
    """The whole-case limit that runs, the earlier one where two do."""
    running = [c for c in clocks.running(case) if c.kind == "conclude" and c.due_at]
    return min(running, key=lambda c: str(c.due_at), default=None)


def _within(clock: Clock, amount: int) -> None:
    limit = int(clock.rule["extend_max"])
    if amount < 1 or clock.extend + amount > limit:
        words = {"limit": limit, "unit": _("小时") if clock.rule["unit"].endswith("_hour") else _("日")}
        raise Invalid(_("还有内容要补充或更正"), {"amount": _("延期合计不超过 %(limit)d %(unit)s") % words})


def _check_telling(case: Case, way: str, told_at: datetime | None, now: datetime) -> None:
    """The reason was told to the person, how and when; nobody can tell a person who left no name and no phone."""
    if not way and not case.reachable and (case.anonymous or case.flow == Flow.GRID):
        return
    if not way:
        raise Invalid(_("还有内容要补充或更正"), {"told_way": _("延期理由要告知来访人")})
    choice(way, dict(WAYS), "told_way")
    if told_at and told_at > now + timedelta(minutes=1):
        raise Invalid(_("还有内容要补充或更正"), {"told_at": _("不能在将来")})
    if told_at and told_at < case.round_at:
        raise Invalid(_("还有内容要补充或更正"), {"told_at": _("不能早于收到事项的时间")})


def _move(case: Case, row: Extension, amount: int, now: datetime) -> None:
    """Give the limit its time, and with it the unit's own part and the step in hand; same unit of time."""
    running = clocks.running(case)
    clock = _conclusion(case)
    if clock is None or clock.due_at is None:
        raise Refused(_("没有正在计的办结时限"))
    late = settings.number("extension_decide_days")
    if now > clock.due_at + timedelta(days=late):
        raise Refused(_("届满已超过 %d 天，不能再批准延期") % late)
    _within(clock, amount)
    for each in (c for c in running if _goes_with(c, clock)):
        each.extend += amount
        clocks.compute(each, clocks.pauses_of(case))
        each.save()
        row.clock = each if each.pk == clock.pk else row.clock
    clocks.govern(case, running)
    case.version += 1
    case.save()


def _goes_with(clock: Clock, conclusion: Clock) -> bool:
    """Clocks that move with an extension: the conclusion itself, the lead unit's part, the step in hand; same unit of time."""
    if clock.rule["unit"] != conclusion.rule["unit"]:
        return False
    return clock.pk == conclusion.pk or (
        clock.charged_unit_id == conclusion.charged_unit_id
        and (clock.kind == "assignment" or (clock.kind == "step" and clock.step in ("in_hand", "handling")))
    )
