"""提请区级协调: prepared by the rules or by the desk, signed or refused by the leader in charge, gone by itself else."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.access.roles import Role
from yimen.calendars import queries as calendars
from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.errors import Conflict, Invalid, Refused, YimenError
from yimen.organisations.models import Unit, UnitKind

from .. import climbing, pressure_settings
from ..access import LEADERS
from ..models import Assignment, Case, DistrictRequest
from ..models.grid import UNDECIDED
from ..rules import plain
from ..states import Who
from . import clocks, holders
from .holding import held, locked, need
from .record import record
from .transition import by_itself

log = logging.getLogger(__name__)
ACTION = "cases.decide_district"
BODY = "district_body"  # key of the setting that names the district's unit


def waiting() -> QuerySet[DistrictRequest]:
    """Requests that wait for a leader, the first to be decided first."""
    rows = DistrictRequest.objects.filter(UNDECIDED)
    return rows.select_related("case", "case__lead_unit", "unit", "leader").order_by("decide_by", "id")


def body() -> Unit | None:
    """The district's unit that matters go to: the one that the setting names, else the first there is."""
    rows = Unit.objects.filter(kind=UnitKind.DISTRICT, valid_to__isnull=True).order_by("order", "id")
    return rows.filter(key=pressure_settings.text(BODY)).first() or rows.first()


def prepare_itself(case: Case, why: str, at: datetime) -> DistrictRequest:
    """The rules put it before the leader. The matter's row is held."""
    return _prepare(SYSTEM, case, _text(case, why), why, at)


def prepare(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    text: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> DistrictRequest:
    """The desk puts it before the leader, in its own words or in prepared ones. Raises Conflict where one waits already."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, version=version) as case:
        if climbing.level_of(case) != "street":
            raise Refused(_("只有街道在办的网格事件可以提请区级协调"))
        return _prepare(actor, case, plain(text)[:2000] or _text(case, "asked"), "asked", now)


def _prepare(actor: Actor, case: Case, text: str, why: str, at: datetime) -> DistrictRequest:
    if DistrictRequest.objects.filter(UNDECIDED, case=case).exists():
        raise Conflict(_("已有一份提请等着领导签批"))
    assert case.accountable_unit_id is not None
    limit = clocks.new_clock(case, "step", "decide_district", at, case.accountable_unit_id)
    row = DistrictRequest.objects.create(
        case=case, unit=body(), text=text, leader_id=holders.usual_leader(case), prepared_at=at,
        prepared_by_id=actor.user_id, decide_by=limit.due_at,
    )  # fmt: skip
    payload = {"why": why, "decide_by": row.decide_by, "leader": row.leader_id}
    record(actor, case, "case.district_prepared", at=at, payload=payload, words={"text": text})
    return row


@translation.override("zh-hans")  # a paper of the office
def _text(case: Case, why: str) -> str:
    units = (
        Assignment.objects.filter(case=case, role="lead").order_by("id").values_list("unit__name", flat=True)
    )
    kind = case.event_class.name if case.event_class else ""
    said = {
        "number": case.number, "class": kind, "place": case.place or _("地点见事项"),
        "on": timezone.localdate(case.received_at).isoformat(), "why": _why(why),
        "units": "、".join(dict.fromkeys(units)) or _("尚未派遣"),
    }  # fmt: skip
    return (
        _(
            "%(number)s（%(class)s，%(place)s）于 %(on)s 上报，%(why)s。承办过的单位：%(units)s。拟提请区级协调。"
        )
        % said
    )


def _why(why: str) -> str:
    if why == "overdue":
        return _("超过时限仍未办结")
    return _("被退回两次，仍无单位承办") if why == "returned" else _("街道层面难以解决")


def sign(actor: Actor, grants: Grants, ref: UUID, *, at: datetime | None = None) -> Case:
    """签批: it goes to the district at once. Raises Conflict when somebody decided meanwhile."""
    require(grants, ACTION)
    now = at or timezone.now()
    with held(grants, ref) as case:
        row = _undecided(grants, case)
        row.unit = row.unit or body()
        if row.unit is None:
            raise Conflict(_("还没有设置区级协调单位，请管理员先添加"))
        row.signed_at, row.signed_by_id = now, actor.user_id
        row.save(update_fields=["unit", "signed_at", "signed_by"])
        payload = {"unit": row.unit.name}
        record(actor, case, "case.district_signed", at=now, payload=payload)
        return by_itself(case, "refer_up", {"request": row.pk}, at=now, actor=actor, grants=grants)


def refuse(
    actor: Actor, grants: Grants, ref: UUID, *, reason: str, at: datetime | None = None
) -> DistrictRequest:
    """不同意, with reasons: the street goes on with it, and the rules do not ask again in this round."""
    require(grants, ACTION)
    now = at or timezone.now()
    reason = need(reason, "reason", _("不同意的理由"))
    with held(grants, ref) as case:
        row = _undecided(grants, case)
        row.refused_at, row.refused_by_id, row.reason = now, actor.user_id, reason
        row.save(update_fields=["refused_at", "refused_by", "reason"])
        record(actor, case, "case.district_refused", at=now, words={"reason": reason})
        return row


def may_decide(grants: Grants, row: DistrictRequest) -> bool:
    """The leader whom it lies before, who stands in for that one, and any other leader of the street; a director only
    where it was put before a director."""
    if row.leader_id == grants.user_id or row.leader_id in grants.stands_for(*LEADERS):
        return grants.has(*LEADERS)
    return grants.has(Role.LEADER) or (row.leader_id is None and grants.has(Role.DIRECTOR))


def _undecided(grants: Grants, case: Case) -> DistrictRequest:
    row = DistrictRequest.objects.select_for_update(of=("self",)).filter(UNDECIDED, case=case).first()
    if row is None:
        raise Conflict(_("没有等着签批的提请，可能别人已经处理"))
    if not may_decide(grants, row):
        raise Refused(_("这份提请由分管领导签批"))
    return row


# --- neither signed nor refused ------------------------------------------------------------------------------------


def go_due(at: datetime) -> int:
    """Requests whose date passed without a word go by themselves; gives how many."""
    found = waiting().filter(decide_by__lt=at).values_list("pk", "case")
    return sum(_gone(request, case_id, at) for request, case_id in list(found))


def _gone(request: int, case_id: int, at: datetime) -> bool:
    try:
        with transaction.atomic(), calendars.held():
            return _go(request, case_id, at)
    except YimenError as error:
        log.error("district: request %s: %s", request, error)
        return False


def _go(request: int, case_id: int, at: datetime) -> bool:
    case = locked(case_id)
    row = waiting().filter(pk=request).first()
    if case is None or row is None or case.suspended or case.changed_at > at:
        return False
    if row.unit is None:
        row.unit = body()
        row.save(update_fields=["unit"])
    if row.unit is None:
        raise Invalid(_("还没有设置区级协调单位，请管理员先添加"))
    by_itself(case, "refer_up", {"request": row.pk}, at=at)
    return True
