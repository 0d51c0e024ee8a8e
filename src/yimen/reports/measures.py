"""Figures with honest definitions: each one is the list behind it, counted (kpi.csv; DOMAIN.md §0.18–20, §7).

A measure is a named queryset of matters over a period at a cut-off, inside what the reader may see. What is due
counts whether or not it was concluded; who did not answer is left out and the answer rate stands beside; a rate of
nothing is "—". By units and categories, never by person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.models import Callback, Case, Clock
from yimen.cases.states import MAX_TRIES
from yimen.foundation.errors import Missing


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both counted, as known at `cutoff` (aware)."""

    first: date
    last: date
    cutoff: datetime

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The period as moments, the end not counted."""
        zone = timezone.get_current_timezone()
        end = datetime.combine(self.last + timedelta(days=1), time(), zone)
        return datetime.combine(self.first, time(), zone), end


def period(first: date, last: date, cutoff: datetime | None = None) -> Period:
    """A period with its cut-off: now, unless one is given; the later of two days is the last."""
    return Period(min(first, last), max(first, last), cutoff or timezone.now())


def _conclusions(span: Period) -> QuerySet[Clock]:
    """Whole-case limits that fall due in the period and were owed: started by the cut-off, not void."""
    begin, end = span.bounds
    rows = Clock.objects.filter(case=OuterRef("pk"), kind="conclude", due_at__gte=begin, due_at__lt=end)
    return rows.filter(start_at__lte=span.cutoff).exclude(outcome="void")


def _callbacks(span: Period) -> QuerySet[Callback]:
    """Call-backs that were finished in the period: an answer, a refusal, or the last of three tries."""
    begin, end = span.bounds
    rows = Callback.objects.filter(case=OuterRef("pk"), at__gte=begin, at__lt=end, at__lte=span.cutoff)
    return rows.exclude(Q(outcome="no_answer") & Q(attempt__lt=MAX_TRIES)).exclude(outcome="not_owed")


def _received(span: Period) -> Q:
    begin, end = span.bounds
    return Q(received_at__gte=begin, received_at__lt=end, received_at__lte=span.cutoff)


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name in addresses, its words, how it is defined, and the matters it counts."""

    name: str
    words: object
    definition: object
    which: Callable[[Period], Q]


def _clock(**conditions: object) -> Callable[[Period], Q]:
    return lambda span: Q(Exists(_conclusions(span).filter(**conditions)))


def _concluded(outcome: str) -> Callable[[Period], Q]:
    return lambda span: Q(Exists(_conclusions(span).filter(outcome=outcome, stopped_at__lte=span.cutoff)))


def _open_late(span: Period) -> Q:
    unfinished = Q(stopped_at__isnull=True) | Q(stopped_at__gt=span.cutoff)
    return Q(Exists(_conclusions(span).filter(unfinished, due_at__lt=span.cutoff)))


def _called(**conditions: object) -> Callable[[Period], Q]:
    return lambda span: Q(Exists(_callbacks(span).filter(**conditions)))


MEASURES: Final = {
    row.name: row
    for row in (
        Measure("received", _("收到"), _("收到日期在期内的事项"), _received),
        Measure("due", _("应办结"), _("办结时限落在期内的事项，不论是否已经办结"), _clock()),
        Measure("on-time", _("按期办结"), _("应办结中，在时限前答复的"), _concluded("met")),
        Measure("late", _("超期办结"), _("应办结中，过了时限才答复的"), _concluded("late")),
        Measure("open-late", _("超期在办"), _("应办结中，过了时限还没有答复的"), _open_late),
        Measure("called", _("应回访"), _("期内结束的回访：答了、拒绝或三次没有接通；匿名不计"), _called()),
        Measure("reached", _("有效回访"), _("应回访中联系上的"), _called(outcome="reached")),
        Measure(
            "solved", _("已解决"), _("有效回访中，来访人说已解决的"), _called(outcome="reached", solved="yes")
        ),
        Measure("rated", _("已评价"), _("有效回访中，来访人给了评价的"), _called(rating__isnull=False)),
        Measure("satisfied", _("满意"), _("来访人评为满意或非常满意的"), _called(rating__gte=4)),
        Measure("fairly", _("基本满意"), _("来访人评为基本满意的"), _called(rating=3)),
    )
}


def matters(grants: Grants, name: str, span: Period) -> QuerySet[Case]:
    """The list behind a figure. Raises Missing for an unknown measure."""
    if name not in MEASURES:
        raise Missing(_("没有这项指标"))
    return queries.visible_to(grants).filter(MEASURES[name].which(span), sealed=False)


GROUPS: Final = {
    "unit": ("lead_unit__key", "lead_unit__name"),
    "category": ("category__key", "category__name"),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """Numerator over denominator; `text` is "—" where nothing was owed, never 0 % or 100 %."""

    words: object
    part: Decimal
    whole: int

    @property
    def text(self) -> str:
        return f"{self.part * 100 / self.whole:.1f}%" if self.whole else "—"


@dataclass(frozen=True, slots=True)
class Line:
    """One unit or category (or all, key "") with every measure's count and the rates made of them."""

    key: str
    name: str
    counts: dict[str, int]

    @property
    def rates(self) -> list[Rate]:
        count = {name: Decimal(number) for name, number in self.counts.items()}
        weight = Decimal(str(settings.YIMEN_FAIRLY_SATISFIED_WEIGHT))
        return [
            Rate(_("按期办结率"), count["on-time"], self.counts["due"]),
            Rate(_("有效回访率"), count["reached"], self.counts["called"]),
            Rate(_("解决率"), count["solved"], self.counts["reached"]),
            Rate(_("满意率"), count["satisfied"] + weight * count["fairly"], self.counts["rated"]),
        ]


def table(grants: Grants, span: Period, by: str = "unit") -> list[Line]:
    """All lines of a grouping, the total first; one query for each measure."""
    if by not in GROUPS:
        raise Missing(_("没有这种分组"))
    key, label = GROUPS[by]
    found: dict[tuple[str, str], dict[str, int]] = {}
    for name in MEASURES:
        rows = matters(grants, name, span).order_by().values(k=F(key), n=F(label)).annotate(count=Count("id"))
        for row in rows:
            place = (row["k"] or "-", row["n"] or str(_("未转办")))
            found.setdefault(place, dict.fromkeys(MEASURES, 0))[name] = row["count"]
    lines = [Line(place[0], place[1], counts) for place, counts in sorted(found.items())]
    total = {name: sum(line.counts[name] for line in lines) for name in MEASURES}
    return [Line("", str(_("合计")), total), *lines]


def of_group(rows: QuerySet[Case], by: str, key: str) -> QuerySet[Case]:
    """The list behind one cell: the measure's matters of one unit or category; "-" are those without."""
    if not key or by not in GROUPS:
        return rows
    column = GROUPS[by][0]
    return rows.filter(**{f"{column}__isnull": True}) if key == "-" else rows.filter(**{column: key})
