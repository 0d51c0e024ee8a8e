"""抽样回访: whether a matter is called back, decided once when it is told; a keyed hash decides, so nobody can choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimen.foundation import crypto

from .. import dossier
from ..models import CallbackRule, Case, Merge, Sampling, Supervision
from ..states import Flow

if TYPE_CHECKING:
    from .transition import Step

SHARE: Final = "share"

# What a rule may name as called back whatever its percentage: name → words and the question asked of the matter.
ALWAYS: Final[dict[str, tuple[object, Callable[[Case], bool]]]] = {
    "group": (_("多人反映"), lambda case: case.party_size > 1),
    "supervised": (_("督办过"), lambda case: Supervision.objects.filter(case=case).exists()),
    "redone": (_("退回重办过"), lambda case: case.redos > 0),
    "petition": (_("信访事项"), lambda case: case.flow == Flow.PETITION),
    "urgent": (_("紧急、特急"), lambda case: case.urgency != "normal"),
    "returned": (_("承办单位退回过"), lambda case: case.returns > 0),
    "refused": (_("不予受理"), lambda case: case.lead_unit_id is not None and _refused(case)),
    "merged": (_("并案办理"), lambda case: Merge.objects.filter(case=case, ended_at__isnull=True).exists()),
}


def _refused(case: Case) -> bool:
    return case.flow == Flow.PETITION and case.accepted_at is None


def draw(step: Step) -> None:
    """Decide and freeze, for this reply, whether the matter is called back, and why."""
    case = step.case
    turn = Sampling.objects.filter(case=case).count() + 1
    rule = rule_for(case.category.key, case.flow, timezone.localdate(step.at))
    why = next((name for name in rule.always if applies(name, case)), SHARE) if rule else SHARE
    percent = rule.percent if rule else 100
    case.sampled = why != SHARE or _number(case, turn) < percent
    Sampling.objects.create(
        case=case, turn=turn, drawn=case.sampled, why=why, percent=percent, rule=rule, at=step.at
    )
    step.payload["sampled"] = case.sampled


def applies(name: str, case: Case) -> bool:
    return name in ALWAYS and ALWAYS[name][1](case)


def _number(case: Case, turn: int) -> int:
    """0…99, the same for the same reply of the same matter; without the office's key nobody can foresee it."""
    digest = crypto.content_digest(f"callback:{case.uuid}:{turn}".encode())
    return int.from_bytes(digest[:8], "big") % 100


def rule_for(category: str, flow: str, on: date) -> CallbackRule | None:
    """The rule in force: that of the category and kind before the category's, the kind's, the general one."""
    rows = CallbackRule.objects.filter(in_force(on), category__in=["", category], flow__in=["", flow])
    return max(rows, key=lambda row: (row.category != "", row.flow != ""), default=None)


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def sampling_of(case: Case) -> Sampling | None:
    """How the latest reply was decided; None for a matter told before there were rules."""
    return next(iter(reversed(dossier.of(case).samplings)), None)
