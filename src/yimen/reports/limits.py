"""Lists of limits: what fell due, was met, ran over, as known at a cut-off. What is due counts, done or not."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, Subquery

from .models import Limit
from .moves import Lister, Rows, by_case, known, later
from .period import Period


def current(span: Period) -> Rows:
    """Each clock as it stood at the cut-off: due, extension, unit and outcome of that moment."""
    rows = Limit.objects.filter(at__lte=span.cutoff, known_at__lte=span.known)
    newer = Limit.objects.filter(
        clock=OuterRef("clock_id"), id__gt=OuterRef("pk"), at__lte=span.cutoff, known_at__lte=span.known
    )
    rows = rows.filter(~Exists(newer)).exclude(outcome="void")
    return rows.annotate(of_case=F("case_id"), of_unit=F("unit_id"))


def due(kind: str, *, step: str = "", flow: str = "") -> Lister:
    """Limits that fell due in the period and by the cut-off; the last one of each matter."""

    def lister(span: Period) -> Rows:
        rows = current(span).filter(span.within("due_at"), kind=kind)
        rows = rows.filter(step=step) if step else rows
        return by_case(rows.filter(flow=flow) if flow else rows, "-clock_id")

    return lister


def met(lister: Lister) -> Lister:
    return lambda span: lister(span).filter(outcome="met")


def late(lister: Lister) -> Lister:
    return lambda span: lister(span).filter(outcome="late")


def unmet(lister: Lister) -> Lister:
    """Fell due and nothing was done by the cut-off."""
    return lambda span: lister(span).filter(stopped_at=None)


def done(lister: Lister) -> Lister:
    return lambda span: lister(span).exclude(stopped_at=None)


def extended(lister: Lister) -> Lister:
    return lambda span: lister(span).filter(extend__gt=0)


conclusions = due("conclude")
petition_conclusions = due("conclude", flow="petition")
receipts = due("step", step="dispatched")


def falling_due(span: Period) -> Rows:
    """Limits of the whole matter that end in the period, also after the cut-off: what a day or week holds."""
    begin, end = span.bounds
    return by_case(current(span).filter(kind="conclude", due_at__gte=begin, due_at__lt=end), "-clock_id")


def overdue(span: Period) -> Rows:
    """Past its limit and not answered at the cut-off, whenever it fell due."""
    return by_case(
        current(span).filter(kind="conclude", stopped_at=None, due_at__lt=span.cutoff), "-clock_id"
    )


def extended_after_expiry(span: Period) -> Rows:
    """Must stay empty: an extension that came when the time was already over (信访工作条例 §34)."""
    before = Limit.objects.filter(clock=OuterRef("clock_id"), id__lt=OuterRef("pk")).order_by("-id")
    rows = Limit.objects.filter(span.within("at"), known_at__lte=span.known, kind="conclude", extend__gt=0)
    rows = rows.annotate(of_case=F("case_id"), of_unit=F("unit_id"))
    rows = rows.annotate(
        had=Subquery(before.values("extend")[:1]), ran_to=Subquery(before.values("due_at")[:1])
    )
    return rows.filter(had__lt=F("extend"), ran_to__lt=F("at"))


# --- 告知 (信访工作条例 §23): by clock, or at the counter with the registration, when no clock ever ran ------------


def told_at_once(span: Period) -> Rows:
    kind = later(span).order_by("-id").values("flow")[:1]
    rows = known(span).filter(span.within("case__received_at"), was="", history=False, told_at__isnull=False)
    rows = rows.annotate(last_flow=Subquery(kind))
    return rows.filter(Q(last_flow="petition") | Q(last_flow=None, flow="petition"))


notices = due("inform", flow="petition")
