"""Small worlds for figures: matters at hand-picked moments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cast import Cast, advance
from yimen.cases.actions import callbacks
from yimen.cases.actions.limits import screen
from yimen.cases.models import Case, Clock
from yimen.reports import measures
from yimen.reports.period import Period, period

MORNING = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


def march(cutoff: datetime | None = None, known: datetime | None = None) -> Period:
    return period(date(2026, 3, 1), date(2026, 3, 31), cutoff, known)


def after(days: float) -> datetime:
    return MORNING + timedelta(days=days)


def matter(cast: Cast, flow: str = "service", *, begun: datetime = MORNING, **more: Any) -> Case:
    """One matter, screened at once."""
    director, case = cast["director"], cast["clerk1"].opens(at=begun, **more)
    return screen(director.actor, director.grants, case.uuid, flow=flow, at=begun)


def service(cast: Cast, state: str, *, at: datetime = MORNING, unit: str = "chengguan", **more: Any) -> Case:
    """A service matter brought to `state` at one moment."""
    return advance(cast, matter(cast, **more), state, unit, at=at)


def call(cast: Cast, case: Case, at: datetime = MORNING, **answer: str) -> Case:
    caller = cast["clerk2"]
    return callbacks.record_callback(caller.actor, caller.grants, case.uuid, answer, at=at)


def numbers(cast: Cast, *names: str, span: Period | None = None, who: str = "director") -> list[int]:
    return [measures.count(cast[who].grants, name, span or march()) for name in names]


def lengthen(case: Case, days: int) -> Case:
    """The limit of the whole matter moves on, as an extension moves it."""
    clock = Clock.objects.get(case=case, kind="conclude", running=True)
    clock.extend, clock.due_at = clock.extend + days, clock.due_at + timedelta(days=days)
    clock.save()
    case = Case.objects.get(pk=case.pk)
    if case.clock_id == clock.pk:
        case.due_at = clock.due_at
    case.version += 1
    case.save()
    return case
