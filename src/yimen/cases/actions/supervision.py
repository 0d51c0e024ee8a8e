"""督办单: numbered and signed, after every lower rung; answered by the unit, concluded by the director (form V03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused
from yimen.organisations.models import Unit, UnitKind

from .. import ladder, queries
from .. import pressure_settings as settings
from ..models import Case, Supervision, SupervisionFeedback
from ..pressed import PRESSED
from ..states import Who
from . import holders
from . import people as people_of
from .holding import choice, held, need
from .record import record

_LOCK = 0x59_4D_5A_44  # one lock for the numbers of supervision orders


@dataclass(frozen=True, slots=True)
class Draft:
    """What a 督办单 says; people by number, units by key. `contact` is the centre's person to call."""

    words: str
    due_on: date
    title: str = ""
    instructed_by: int | None = None
    lead_leader: int | None = None
    co_leaders: tuple[int, ...] = ()
    co_units: tuple[str, ...] = ()
    feedback_mode: str = "once"
    cycle_days: int | None = None
    contact: int | None = None
    phone: str = ""


def supervise(
    actor: Actor, grants: Grants, ref: UUID, draft: Draft, *, at: datetime | None = None
) -> Supervision:
    """签发督办单 by the director, once reminded, urged (liaison, head) and reported to the director; one open at a time."""
    now = at or timezone.now()
    with held(grants, ref, Who.DIRECTOR) as case:
        _lower_rungs_first(case)
        words = need(draft.words, "words", _("督办内容"))
        title = need(draft.title or usual_title(case), "title", _("督办事项"), 200)
        people, units = _people(case, draft), _units(case, draft.co_units)
        mode = choice(draft.feedback_mode, dict(Supervision.MODES), "feedback_mode")
        _check_times(draft, now)
        year, serial, number = _next_number(now)
        row = Supervision.objects.create(
            case=case, unit_id=case.lead_unit_id, number=number, year=year, serial=serial, title=title, words=words,
            instructed_by_id=people[0], lead_leader_id=people[1], feedback_mode=mode,
            cycle_days=draft.cycle_days if mode == "periodic" else None, contact_id=draft.contact,
            phone=draft.phone.strip()[:40], signed_by_id=actor.user_id, at=now, due_on=draft.due_on,
        )  # fmt: skip
        row.co_leaders.set(draft.co_leaders)
        row.co_units.set(units)
        payload = {
            "order": number,
            "due_on": draft.due_on,
            "unit": case.lead_unit.name if case.lead_unit else "",
        }
        record(
            actor, case, "case.supervised", at=now, payload=payload, words={"title": title, "words": words}
        )
        return row


def usual_title(case: Case) -> str:
    """An order goes round: the names of the matter's own people are blotted out of its title."""
    return _("关于“%s”的督办") % people_of.unnamed([case])[case.pk]


def missing_rung(case: Case, steps: ladder.Ladder) -> str:
    """What must come before a 督办单, as a sentence; empty when nothing is missing."""
    if not steps.part or case.state not in PRESSED:
        return _("现在没有承办单位可以督办")
    if steps.reminder is None or not steps.urges:
        return _("先提醒、催办，再督办")
    if steps.next:
        return _("先催办到单位负责人、报告中心主任，再督办")
    return ""


def _lower_rungs_first(case: Case) -> None:
    steps = ladder.ladder_of(case)
    if said := missing_rung(case, steps):
        raise Refused(said)
    if steps.order:
        raise Conflict(_("已有督办单 %s 还没有办结") % steps.order.row.number)


def _people(case: Case, draft: Draft) -> tuple[int | None, int | None]:
    """批示领导 and 牵头领导: of the centre's leaders; the first leader where none is named."""
    known = list(holders.leaders(case).values_list("user_id", flat=True))
    for name in ("instructed_by", "lead_leader"):
        if getattr(draft, name) not in (None, *known):
            raise Invalid(_("还有内容要补充或更正"), {name: _("请从所列选项中选择")})
    if set(draft.co_leaders) - set(known):
        raise Invalid(_("还有内容要补充或更正"), {"co_leaders": _("请从所列选项中选择")})
    if draft.contact is not None and not holders.is_member(draft.contact, case.accountable_unit_id):
        raise Invalid(_("还有内容要补充或更正"), {"contact": _("请从所列选项中选择")})
    usual = known[0] if known else None
    return draft.instructed_by or usual, draft.lead_leader or draft.instructed_by or usual


def _units(case: Case, keys: Iterable[str]) -> list[Unit]:
    """配合单位: other units than the lead one, never the centre."""
    wanted = set(keys)
    rows = list(
        Unit.objects.filter(key__in=wanted, valid_to__isnull=True)
        .exclude(kind=UnitKind.CENTRE)
        .exclude(pk=case.lead_unit_id)
    )
    if len(rows) < len(wanted):
        raise Invalid(_("还有内容要补充或更正"), {"co_units": _("请选择主办以外的单位")})
    return rows


def _check_times(draft: Draft, now: datetime) -> None:
    if draft.due_on < timezone.localdate(now):
        raise Invalid(_("还有内容要补充或更正"), {"due_on": _("不能早于今天")})
    if draft.feedback_mode == "periodic" and not 1 <= (draft.cycle_days or 0) <= 90:
        raise Invalid(_("还有内容要补充或更正"), {"cycle_days": _("定期反馈请填几天一次（1 到 90）")})


def _next_number(now: datetime) -> tuple[int, int, str]:
    """永督〔2026〕1号: one after the other without a gap. Who asks waits until the one before has committed or gone back."""
    year = timezone.localdate(now).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, year])
    last = Supervision.objects.filter(year=year).aggregate(Max("serial"))["serial__max"] or 0
    prefix = settings.text("supervision_prefix") or f"{queries.number_prefix()}督"
    return year, last + 1, f"{prefix}〔{year}〕{last + 1}号"


def feed_back(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    words: str,
    is_final: bool = False,
    plan_finish: date | None = None,
    at: datetime | None = None,
) -> SupervisionFeedback:
    """督办反馈 by the lead or a supporting unit: the final result, or how things stand with a planned finish."""
    now = at or timezone.now()
    words = need(words, "words", _("办理情况"))
    with held(grants, ref, Who.LEAD, Who.ASSIST) as case:
        order = _open_order(case)
        if order.final:
            raise Conflict(_("已经反馈过最终办理结果"))
        if not is_final and plan_finish is None:
            raise Invalid(_("还有内容要补充或更正"), {"plan_finish": _("还不是最终结果，请填计划完成时间")})
        if not is_final and plan_finish and plan_finish < timezone.localdate(now):
            raise Invalid(_("还有内容要补充或更正"), {"plan_finish": _("不能早于今天")})
        plan = None if is_final else plan_finish
        row = SupervisionFeedback.objects.create(
            supervision=order.row,
            words=words,
            is_final=is_final,
            plan_finish=plan,
            by_id=actor.user_id,
            at=now,
        )
        payload = {"order": order.row.number, "final": is_final, "plan_finish": plan}
        record(actor, case, "case.supervision_fed_back", at=now, payload=payload, words={"words": words})
        return row


def conclude(
    actor: Actor, grants: Grants, ref: UUID, *, words: str, at: datetime | None = None
) -> Supervision:
    """办结督办 by the director, once there is a final result; a matter that is over needs none."""
    now = at or timezone.now()
    words = need(words, "words", _("督办结论"))
    with held(grants, ref, Who.DIRECTOR, open_only=False) as case:
        order = _open_order(case)
        if case.open and not order.final:
            raise Refused(_("承办单位还没有反馈最终办理结果"))
        row = order.row
        row.concluded_at, row.concluded_by_id, row.conclusion = now, actor.user_id, words
        row.save(update_fields=["concluded_at", "concluded_by", "conclusion"])
        payload = {"order": row.number}
        record(actor, case, "case.supervision_concluded", at=now, payload=payload, words={"words": words})
        return row


def _open_order(case: Case) -> ladder.Order:
    order = next((order for order in ladder.orders_on(case) if order.open), None)
    if order is None:
        raise Conflict(_("没有还在督办的督办单"))
    return order
