"""Lists of limits: what fell due, was met, ran over, as known at a cut-off. What is due counts, done or not."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from .models import Limit
from .moves import Condition, Lister, Rows, by_case, known, later, named, perhaps_open
from .period import Period


def current(span: Period) -> Rows:
    """Each clock as it stood at the cut-off: due, extension, unit and outcome of that moment."""
    rows = Limit.objects.filter(at__lte=span.cutoff, known_at__lte=span.known)
    newer = Limit.objects.filter(
        clock=OuterRef("clock_id"), id__gt=OuterRef("pk"), at__lte=span.cutoff, known_at__lte=span.known
    )
    return named(rows.filter(~Exists(newer)).exclude(outcome="void"))


def due(kind: str, *, step: str = "", flow: str = "") -> Lister:
    """Limits that fell due in the period and by the cut-off; the last one of each matter."""

    def lister(span: Period) -> Rows:
        rows = current(span).filter(span.within("due_at"), kind=kind)
        rows = rows.filter(step=step) if step else rows
        return by_case(rows.filter(flow=flow) if flow else rows, "-clock_id")

    return lister


def _always(condition: Q) -> Condition:
    return lambda _span: condition


conclusions = due("conclude")
petition_conclusions = due("conclude", flow="petition")
place_conclusions = due("conclude", step="conclude", flow="grid")  # 结案: the limit of the class, from filing
receipts = due("step", step="dispatched")
met = _always(Q(outcome="met"))
late = _always(Q(outcome="late"))
unmet = _always(Q(stopped_at=None))  # nothing was done by the cut-off
done = _always(Q(stopped_at__isnull=False))
extended = _always(Q(extend__gt=0))


def falling_due(span: Period) -> Rows:
    """Limits of the whole matter that end in the period, also after the cut-off: what a day or week holds."""
    begin, end = span.bounds
    return by_case(current(span).filter(kind="conclude", due_at__gte=begin, due_at__lt=end), "-clock_id")


def overdue(span: Period) -> Rows:
    """Past its limit and not answered at the cut-off, whenever it fell due."""
    rows = current(span).filter(kind="conclude", stopped_at=None, due_at__lt=span.cutoff)
    return by_case(rows.filter(case__in=perhaps_open(span)), "-clock_id")


def extended_after_expiry(span: Period) -> Rows:
    """Must stay empty: an extension that came when the time was already over (信访工作条例 §34)."""
    before = Limit.objects.filter(clock=OuterRef("clock_id"), id__lt=OuterRef("pk")).order_by("-id")
    rows = Limit.objects.filter(span.within("at"), known_at__lte=span.known, kind="conclude", extend__gt=0)
    rows = named(rows).annotate(
        had=Subquery(before.values("extend")[:1]), ran_to=Subquery(before.values("due_at")[:1])
    )
    return rows.filter(had__lt=F("extend"), ran_to__lt=F("at"))


# --- 告知 (信访工作条例 §23): by clock, or at the counter with the registration, when no clock ever ran ------------


def notices(span: Period) -> Rows:
    rows = due("inform", flow="petition")(span)
    return rows.annotate(in_time=Case(When(outcome="met", then=Value(True)), default=Value(False)))


def told_at_once(span: Period) -> Rows:
    kind = later(span).order_by("-id").values("flow")[:1]
    rows = known(span).filter(span.within("case__received_at"), was="", history=False, told_at__isnull=False)
    rows = rows.annotate(last_flow=Subquery(kind), in_time=Value(True))
    return rows.filter(Q(last_flow="petition") | Q(last_flow=None, flow="petition"))


in_time = _always(Q(in_time=True))
