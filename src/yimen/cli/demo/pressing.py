"""What presses in the demonstration: an order with its feedback, a leader in charge, days of reception to come."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from yimen.access.registry import Grants
from yimen.cases.actions import leaders, supervision
from yimen.foundation.actor import Actor

if TYPE_CHECKING:
    from .days import Days
    from .play import Stage


def supervise(
    actor: Actor, grants: Grants, ref: UUID, *, title: str, words: str, days: int, at: datetime
) -> object:
    due_on = timezone.localdate(at) + timedelta(days=days)
    return supervision.supervise(actor, grants, ref, supervision.Draft(words, due_on, title), at=at)


def feed_back(actor: Actor, grants: Grants, ref: UUID, *, words: str, days: int, at: datetime) -> object:
    plan = timezone.localdate(at) + timedelta(days=days)
    return supervision.feed_back(actor, grants, ref, words=words, plan_finish=plan, at=at)


def take_charge(actor: Actor, grants: Grants, ref: UUID, *, leader: str, words: str, at: datetime) -> object:
    return leaders.take_charge(actor, grants, ref, leader=int(leader), words=words, at=at)


def plan_receptions(stage: Stage, days: Days) -> None:
    """Two mornings to come, the first one published."""
    actor, grants = stage.actor("director")
    for count, leader in ((2, "leader1"), (7, "leader2")):
        leaders.plan_reception(
            actor, grants, day=days.on(timezone.localdate(), count), starts=time(9), ends=time(11, 30),
            leader=stage.users[leader].pk, place="综治中心一楼接访室", published=count == 2,
        )  # fmt: skip
