"""What another category or urgency would do to the clocks of a running matter: counted as it would be, then undone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yimen.access.registry import Grants

from ..models import Case, Clock
from ..states import STATES, Who
from . import clocks
from .desk import apply
from .holding import held
from .reclocking import reclock


@dataclass(frozen=True, slots=True)
class Shift:
    """One limit as it runs and as it would run; None where it would end or newly begin. Neither is to be saved."""

    was: Clock | None
    will: Clock | None

    @property
    def same(self) -> bool:
        return bool(self.was and self.will and self.was.due_at == self.will.due_at)


def foresee_kind(
    grants: Grants, ref: UUID, *, category: str, urgency: str, version: int | None = None
) -> list[Shift]:
    """The running clocks beside those after a correction to this category and urgency; empty when neither differs.

    Runs the correction's own steps and takes them back, so that what is said is what happens. Raises what
    `desk.correct` would: Invalid, Conflict, Refused.
    """
    with held(grants, ref, Who.DESK, version=version) as case:
        before = clocks.running(case)
        changed = [apply(case, "category", category), apply(case, "urgency", urgency)]
        if changed == [None, None] or not STATES[case.state].open:
            return []
        reclock(case, timezone.now())
        shifts = _paired(before, _running(case))
        transaction.set_rollback(True)
    return shifts


def _running(case: Case) -> list[Clock]:
    return list(Clock.objects.filter(case=case, running=True).select_related("charged_unit").order_by("id"))


def _paired(before: list[Clock], after: list[Clock]) -> list[Shift]:
    """Each limit with the one that took its place; what ends first, what begins last."""
    left = {_place(clock): clock for clock in after}
    shifts = [Shift(clock, left.pop(_place(clock), None)) for clock in before]
    return shifts + [Shift(None, clock) for clock in left.values()]


def _place(clock: Clock) -> tuple[str, str, int, object]:
    start = clock.start_at if clock.kind == "assignment" else None
    return clock.kind, clock.step, clock.charged_unit_id, start
