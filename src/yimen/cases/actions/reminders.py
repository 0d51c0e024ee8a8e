"""临期提醒: automatic, to holder and liaison, once for a clock and its due time."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import SYSTEM, Actor
from yimen.foundation.errors import Conflict, Refused

from .. import ladder
from .. import pressure_settings as settings
from ..models import Case, Clock, Reminder
from ..models.case import REMINDED
from ..pressed import PRESSED
from ..states import Who
from . import holders
from .holding import held
from .record import record

log = logging.getLogger(__name__)
AT_ONCE = 500  # most reminders written in one go; the rest follow with the next


def remind_due(now: datetime | None = None) -> int:
    """Remind of every open matter whose governing limit is near; gives how many. Done again and again by the worker."""
    at = now or timezone.now()
    figures = settings.settings()
    most = max(
        timedelta(days=int(figures["remind_days"].value)), timedelta(hours=int(figures["remind_hours"].value))
    )
    rows = Case.objects.filter(open=True, sealed=False, history=False, suspended=False, due_at__lte=at + most)
    ids = rows.exclude(REMINDED).order_by("due_at", "id").values_list("pk", flat=True)[:AT_ONCE]
    return sum(_remind_one(case_id, at, figures) for case_id in list(ids))


def _remind_one(case_id: int, at: datetime, figures: dict[str, settings.Setting]) -> bool:
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("lead_unit", "clock")
            .filter(pk=case_id, open=True, suspended=False)
            .first()
        )
        return case is not None and is_near(case, at, figures) and keep(SYSTEM, case, at) is not None


def is_near(case: Case, at: datetime, figures: dict[str, settings.Setting] | None = None) -> bool:
    """Whether the governing limit is near its end, or past it."""
    clock = Clock.objects.filter(pk=case.clock_id).first()
    begins = ladder.remind_at(clock, figures or settings.settings()) if clock else None
    return begins is not None and begins <= at


def keep(actor: Actor, case: Case, at: datetime) -> Reminder | None:
    """The row and its ledger entry; None when this due time was reminded of before. The matter tells its lists."""
    unit = case.lead_unit if case.state in PRESSED else None
    row, made = Reminder.objects.get_or_create(
        clock_id=case.clock_id,
        due_at=case.due_at,
        defaults={
            "case": case,
            "to_user_id": case.holder_id,
            "liaison_id": holders.liaison_of(unit) if unit and unit.online else None,
            "at": at,
            "by_id": actor.user_id,
        },
    )
    case.reminded_clock, case.reminded_due, case.reminded_liaison = row.clock_id, row.due_at, row.liaison_id
    case.save(update_fields=["reminded_clock", "reminded_due", "reminded_liaison"])
    if not made:
        return None
    record(actor, case, "case.reminded", at=at, payload={"due_at": case.due_at, "to": row.to_user_id})
    return row


def remind(actor: Actor, grants: Grants, ref: UUID, *, at: datetime | None = None) -> Reminder:
    """提醒 ahead of time, by the desk: the first rung where the automatic one is still to come."""
    now = at or timezone.now()
    with held(grants, ref, Who.DESK, Who.ACCOUNTABLE) as case:
        if case.suspended:
            raise Refused(_("中止计时期间不提醒、不催办"))
        row = keep(actor, case, now)
    if row is None:  # what the lists go by is put right all the same
        raise Conflict(_("这个时限已经提醒过"))
    return row


def must_have_reminded(actor: Actor, case: Case, now: datetime) -> None:
    """催办 needs a 临期提醒 before it: one whose time has come is written now, an earlier one is the desk's to give."""
    if ladder.ladder_of(case).reminder:
        return
    if not is_near(case, now):
        raise Refused(_("还没有临期提醒：离期限还远，要催请先提醒一次"))
    keep(SYSTEM, case, now)


def run_forever(stop: threading.Event, *, every: float = 300.0) -> None:
    """Remind until `stop` is set. Several instances do no harm: a reminder is written once."""
    while not stop.is_set():
        try:
            while remind_due() == AT_ONCE and not stop.is_set():
                pass
        except (AnyDatabaseError, OSError) as error:
            log.error("reminders: %s; trying again", str(error).strip())
        finally:
            connection.close()
        stop.wait(every)
