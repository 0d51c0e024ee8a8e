"""The ladder climbs by itself: run by the worker beside the server, again and again; several do no harm."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import datetime

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from yimen.calendars import queries as calendars
from yimen.foundation.errors import YimenError

from .. import climbing
from ..models import Case, Clock, DistrictRequest
from ..models.grid import UNDECIDED
from ..states import GRID_LEVELS, MAX_REFUSALS, Flow
from . import clocks, district
from .holding import locked
from .transition import by_itself

log = logging.getLogger(__name__)
KINDS = ("step", "conclude")


def climb_due(now: datetime | None = None) -> int:
    """Move every matter that a rule lifts now, prepare requests to the district, let go those that nobody decided in
    time; gives how many. Each in a transaction of its own, looked at anew under its lock: none twice."""
    at = now or timezone.now()
    moved = sum(_tried(case_id, at) for case_id in _candidates(at))
    return moved + district.go_due(at)


def _candidates(at: datetime) -> Iterator[int]:
    """Open matters of places over some limit of their own, or refused often enough."""
    rows: QuerySet[Case] = Case.objects.filter(open=True, flow=Flow.GRID.value, suspended=False)
    over = Clock.objects.filter(case=OuterRef("pk"), running=True, kind__in=KINDS, due_at__lt=at)
    undecided = DistrictRequest.objects.filter(UNDECIDED, case=OuterRef("pk"))
    lifted = Q(Exists(over)) | Q(refusals__gte=MAX_REFUSALS)
    found = rows.filter(lifted, ~Exists(undecided), state__in=list(GRID_LEVELS))
    yield from found.order_by("due_at", "id").values_list("pk", flat=True)


def _tried(case_id: int, at: datetime) -> bool:
    """One matter. What stands in its way (nobody at all to hold it) is logged, and tried again next time."""
    try:
        with transaction.atomic(), calendars.held():
            return _climb(case_id, at)
    except YimenError as error:
        log.error("climbing: matter %s: %s", case_id, error)
        return False


def _climb(case_id: int, at: datetime) -> bool:
    case = locked(case_id)
    if case is None or case.changed_at > at:
        return False
    facts, over = facts_of(case, at)
    rule = climbing.verdict(climbing.rules(), facts, at)
    if rule is None:
        return False
    if rule.to_level == climbing.DISTRICT:
        district.prepare_itself(case, rule.because, at)
    else:
        why = "refused" if rule.because == "refused" else "overdue"
        by_itself(case, "climb", {"why": why, "clock": over.get(rule.clock)}, at=at)
    return True


def facts_of(case: Case, at: datetime) -> tuple[climbing.Facts, dict[str, int]]:
    """What the rules look at, and by kind the clock that ended first."""
    due: dict[str, datetime] = {}
    refs: dict[str, int] = {}
    for clock in clocks.running(case):
        if clock.kind in KINDS and clock.due_at and (clock.kind not in due or clock.due_at < due[clock.kind]):
            due[clock.kind], refs[clock.kind] = clock.due_at, clock.pk
    asked = DistrictRequest.objects.filter(case=case, lapsed_at__isnull=True, prepared_at__gte=case.round_at)
    facts = climbing.Facts(
        climbing.level_of(case), case.state, due, case.refusals, case.returns, case.suspended, asked.exists()
    )
    return facts, refs


def run_forever(stop: threading.Event, *, every: float = 60.0) -> None:
    """Climb until `stop` is set. Several instances do no harm."""
    while not stop.is_set():
        try:
            climb_due()
        except (AnyDatabaseError, OSError) as error:
            log.error("climbing: %s; trying again", str(error).strip())
        finally:
            connection.close()
        stop.wait(every)
