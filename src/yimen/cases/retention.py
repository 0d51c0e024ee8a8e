"""When a matter's period is over, by which dated row, and what stands in the way. Reads only.

A matter's class: `hotline` when it came from the 12345 hotline (an outside number of that system, or so named on the
paper or file it came by), else `visits`. The period counts from the day it was closed, withdrawn or archived, in the
office's time zone. The row of the class that holds today decides, also for older matters.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Case as When_
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import When
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import Case, Disposal, LegalHold, Merge, OutsideNumber, RetentionClass

MATTERS: Final = ("visits", "hotline")
HIDDEN: Final = "hidden"


def rules(on: date | None = None) -> dict[str, RetentionClass]:
    """The row of each class that holds on a day (today)."""
    day = on or timezone.localdate()
    rows = RetentionClass.objects.filter(valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    return {row.key: row for row in rows.order_by("valid_from")}


def told() -> list[RetentionClass]:
    """The classes that concern residents, for the privacy notice."""
    known = rules()
    return [
        known[key] for key in (*MATTERS, "enquiries", "appointments", "care", "mediation") if key in known
    ]


def after(day: date, rule: RetentionClass) -> date:
    """The first day on which what happened on `day` is no longer kept: 31 January + 1 month is the last of February."""
    if rule.unit == "day":
        return day + timedelta(days=rule.amount)
    month = day.month - 1 + rule.months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def before(day: date, rule: RetentionClass) -> date:
    """What happened on this day or earlier is no longer kept on `day`. The latest such day."""
    found = day - timedelta(days=rule.amount if rule.unit == "day" else rule.months * 31 + 1)
    while after(found + timedelta(days=1), rule) <= day:
        found += timedelta(days=1)
    return found


def midnight(day: date) -> datetime:
    """The first moment of a day in the office's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def over() -> QuerySet[Case]:
    """Matters that are over and still whole, with `key` (their class) and `ended` (since when)."""
    numbered = OutsideNumber.objects.filter(case=OuterRef("pk"), system="hotline")
    named = Q(source__contains="12345") | Q(from_body__contains="12345") | Q(from_body__contains="热线")
    hotline = When(Q(Exists(numbered)) | named, then=Value("hotline"))
    rows = Case.objects.filter(open__isnull=True, erased_at__isnull=True)
    return rows.annotate(
        key=When_(hotline, default=Value("visits"), output_field=CharField()),
        ended=Coalesce("closed_at", "changed_at"),
    )


def due(on: date | None = None, known: Mapping[str, RetentionClass] | None = None) -> QuerySet[Case]:
    """Of these, whose period is over on a day and who are not hidden yet; held ones too. Not those brought back until
    later, and not those merged into a matter that is still kept: its answer is theirs."""
    day = on or timezone.localdate()
    rows = known if known is not None else rules(day)
    limit = {key: midnight(before(day, rows[key]) + timedelta(days=1)) for key in MATTERS if key in rows}
    passed = Q(pk__in=[])
    for key, moment in limit.items():
        passed |= Q(key=key, ended__lt=moment)
    if not limit:
        return over().none()
    latest = max(limit.values())
    back = Disposal.objects.filter(case=OuterRef("pk"), state="restored", keep_until__gte=day)
    main = Merge.objects.filter(case=OuterRef("pk"), ended_at__isnull=True).filter(
        Q(main__open=True) | Q(main__closed_at__gte=latest)
    )
    return (
        over()
        .filter(passed, hidden_at__isnull=True)
        .exclude(Exists(back))
        .exclude(Exists(main))
        .order_by("pk")
    )


def holds() -> QuerySet[LegalHold]:
    """What is held now: single matters, and everything (`case` null)."""
    return LegalHold.objects.filter(lifted_at__isnull=True)


def all_held() -> bool:
    return holds().filter(case__isnull=True).exists()


def held(path: str = "pk") -> Exists:
    """For a query of matters (or of rows whose `path` is one): whether a hold stands on it. `all_held` is asked apart."""
    return Exists(holds().filter(case=OuterRef(path)))


@dataclass(frozen=True, slots=True)
class Count:
    """One line of the report: how many of a class are now at a stage."""

    key: str
    what: str
    stage: str
    count: int


def ripe(now: datetime | None = None) -> QuerySet[Disposal]:
    """Hidden matters whose hidden days are over, and those whose destruction was cut short; held ones too."""
    late = Q(state="hidden", destroy_at__lte=now or timezone.now())
    return Disposal.objects.filter(late | Q(state__in=("dying", "emptied"))).order_by("pk")
