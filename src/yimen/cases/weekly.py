"""周例会清单: which open matters are named in the weekly meeting, and why, at a stated cut-off. No resident is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation import counting, together

from . import ladder, queries
from . import pressure_settings as settings
from .actions.clocks import ASIDE
from .models import Case, Clock, PressureSetting, ReturnRequest, Supervision, SupervisionFeedback
from .states import MAX_RETURNS

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Named:
    """One matter of the list: its reasons in words, whole days late, the 督办单 it is under."""

    case: Case
    reasons: list[str] = field(default_factory=list)
    days_late: int = 0
    order: ladder.Order | None = None


def weekly(grants: Grants, at: datetime) -> list[Named]:
    """Open at `at` and under a 督办单, overdue, returned twice, or waiting for an instruction too long; worst first.

    Counted from rows that keep their times, so that the same cut-off gives the same list later on.
    """
    rows = queries.visible_to(grants).filter(sealed=False, history=False, recorded_at__lte=at)
    rows = rows.filter(Q(closed_at__isnull=True, open=True) | Q(closed_at__gt=at))
    named = (_ordered(at), _late(at), _waiting(at), _returned_twice(at))
    first, *others = (each.order_by().values("case") for each in named)
    rows = rows.filter(pk__in=first.union(*others, all=True))
    cases = list(
        rows.select_related("category", "lead_unit", "accountable_unit", "holder_unit").order_by("pk")
    )
    return sorted(_named(cases, at), key=lambda row: (row.order is None, -row.days_late, row.case.pk))


def _ordered(at: datetime) -> QuerySet[Supervision]:
    """督办单 signed and not yet concluded then."""
    return Supervision.objects.filter(at__lte=at).filter(
        Q(concluded_at__isnull=True) | Q(concluded_at__gt=at)
    )


def _late(at: datetime) -> QuerySet[Clock]:
    """Limits that were over then and still ran; screening and the parts of single units decide no matter's date."""
    ran = Clock.objects.filter(start_at__lte=at).filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=at))
    return ran.filter(due_at__lt=at).exclude(kind__in=ASIDE)


def _waiting(at: datetime) -> QuerySet[Clock]:
    """待批示 for longer than the office's figure."""
    days = ExpressionWrapper(Value(DAY) * settings.own("awaiting_days"), output_field=DurationField())
    ran = Clock.objects.filter(kind="step", step="awaiting", start_at__lt=Value(at) - days)
    return ran.filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=at))


def _returned_twice(at: datetime) -> QuerySet[Any, Any]:
    """Matters that units gave back twice in this round."""
    agreed = ReturnRequest.objects.filter(agreed=True, answered_at__lte=at, case__returns__gte=MAX_RETURNS)
    counted = agreed.filter(answered_at__gte=F("case__round_at")).values("case").annotate(times=Count("pk"))
    return counted.filter(times__gte=MAX_RETURNS)


def _named(cases: list[Case], at: datetime) -> list[Named]:
    ids = [case.pk for case in cases]
    orders = _ordered(at).filter(case__in=ids)
    read = together.read(
        {
            "orders": together.question(orders.select_related("unit", "lead_leader")),
            "said": together.question(SupervisionFeedback.objects.filter(supervision__in=orders)),
            "own": together.question(PressureSetting.objects.all()),
        }
    )
    facts = counting.tables(
        {
            "late": _late(at).filter(case__in=ids).order_by().values("case").annotate(first=Min("due_at")),
            "waiting": _waiting(at).filter(case__in=ids).values("case"),
            "returned": _returned_twice(at).filter(case__in=ids).values("case"),
        }
    )
    told = {order.row.case_id: order for order in ladder.orders(read["orders"], read["said"])}
    since = {row["case"]: datetime.fromisoformat(row["first"]) for row in facts["late"]}
    waiting, returned = ({row["case"] for row in facts[name]} for name in ("waiting", "returned"))
    patience = settings.number("awaiting_days", read["own"])
    return [
        Named(
            case,
            _reasons(
                told.get(case.pk),
                since.get(case.pk),
                case.pk in returned,
                patience if case.pk in waiting else 0,
                at,
            ),
            _days(since.get(case.pk), at),
            told.get(case.pk),
        )
        for case in cases
    ]


def _days(due: datetime | None, at: datetime) -> int:
    """Whole days since the due moment, counted as every list and every matter's page counts them."""
    return max(0, (at - due).days) if due else 0


def _reasons(
    order: ladder.Order | None, due: datetime | None, returned: bool, waiting: int, at: datetime
) -> list[str]:
    """`waiting`: the office's figure of days, where it is over; else 0."""
    found = []
    if order:
        late = order.late(timezone.localdate(at))
        words = _("督办中，反馈已超期：%s") if late else _("督办中：%s")
        found.append(words % order.row.number)
    if due:
        days = _days(due, at)
        found.append(_("超期 %d 天") % days if days else _("今天超期"))
    if returned:
        found.append(_("被退回两次"))
    if waiting:
        found.append(_("待批示超过 %d 天") % waiting)
    return found
