"""Lists of changes: what was received, dispatched, returned, called back, closed, as known at a cut-off.

Every list is a queryset whose rows say `of_case` and `of_unit`; its number is its length.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yimen.cases.fields import NOT_DRAWN
from yimen.cases.models import Link, Sampling
from yimen.ledger.models import Entry

from .models import Limit, Standing
from .period import DAY, Period
from .settings import number

Rows: TypeAlias = "QuerySet[Any]"
Lister: TypeAlias = Callable[[Period], Rows]

_SENT = ("dispatched", "return_requested")  # already with the unit: coming back to it is no new dispatch
_DISPATCH = Q(state="dispatched") & ~Q(was__in=_SENT)
_RECALL = Q(was="dispatched", state="registered")
_OVER = ("closed", "archived", "withdrawn")


def known(span: Period) -> Rows:
    """Every change that had happened by the cut-off and was known."""
    rows = Standing.objects.filter(at__lte=span.cutoff, known_at__lte=span.known)
    return rows.annotate(of_case=F("case_id"), of_unit=F("unit_id"))


def by_case(rows: Rows, order: str = "-id") -> Rows:
    """The last row of each matter: a matter counts once."""
    last = rows.order_by("case_id", order).distinct("case_id").values("pk")
    return rows.filter(pk__in=last)


def later(span: Period) -> Rows:
    """Changes of the same matter after the row in hand."""
    return known(span).filter(case=OuterRef("case_id"), id__gt=OuterRef("pk"))


def moved(*states: str, was: tuple[str, ...] = ()) -> Lister:
    """Matters that came into one of `states` in the period, each once."""

    def lister(span: Period) -> Rows:
        rows = known(span).filter(span.within("at"), state__in=states).exclude(was=F("state"))
        return by_case(rows.filter(was__in=was) if was else rows)

    return lister


def received(span: Period) -> Rows:
    """New matters by the day of receipt; what was imported with its answer is history and not counted."""
    return known(span).filter(span.within("case__received_at"), was="", history=False)


def groups(span: Period) -> Rows:
    return received(span).filter(case__party_size__gte=number("group_size"))


def typed_late(span: Period) -> Rows:
    """补录: typed in more than a day after receipt."""
    return received(span).filter(at__gt=F("case__received_at") + DAY)


def dispatched(span: Period) -> Rows:
    """Every sending to a lead unit, by instruction, designation or directly; each unit for itself."""
    return known(span).filter(_DISPATCH, span.within("at"))


def _with_end(span: Period) -> Rows:
    """Dispatches with how they ended, if they did: returned, registered (taken back) or dispatched (elsewhere)."""
    ends = later(span).filter(Q(state="returned") | _RECALL | _DISPATCH)
    return dispatched(span).annotate(ended=Subquery(ends.order_by("id").values("state")[:1]))


def dispatched_returned(span: Period) -> Rows:
    return _with_end(span).filter(ended="returned")


def dispatched_rightly(span: Period) -> Rows:
    return _with_end(span).filter(Q(ended=None) | Q(ended="dispatched"))


def dispatched_return_refused(span: Period) -> Rows:
    refused = later(span).filter(was="return_requested", state="dispatched", unit=OuterRef("unit"))
    return dispatched(span).filter(Exists(refused))


def _by_was_unit(rows: Rows) -> Rows:
    return rows.annotate(of_unit=F("was_unit_id"))


def returned(span: Period) -> Rows:
    """Returns agreed to in the period, by the unit that gave the matter back."""
    return _by_was_unit(known(span).filter(span.within("at"), was="return_requested", state="returned"))


def return_refused(span: Period) -> Rows:
    return known(span).filter(span.within("at"), was="return_requested", state="dispatched")


def returned_twice(span: Period) -> Rows:
    return returned(span).filter(returns__gte=2)


def recalled(span: Period) -> Rows:
    return _by_was_unit(known(span).filter(_RECALL, span.within("at")))


def redone(span: Period) -> Rows:
    return known(span).filter(span.within("at"), was="called_back", state="in_hand")


closed: Lister = moved("closed")


def closed_after_redo(span: Period) -> Rows:
    """Closed matters that a call-back had sent back to be done again."""
    return closed(span).filter(redos__gte=1)


def closed_unsolved(span: Period) -> Rows:
    return closed(span).filter(solved__in=("no", "partly"))


def _called_before(span: Period) -> Exists:
    calls = known(span).filter(
        case=OuterRef("case_id"), id__lt=OuterRef("pk"), was="told", state="called_back"
    )
    return Exists(calls)


def closed_owing_call(span: Period) -> Rows:
    """Closed matters in which a unit's answer was owed a call-back; not those answered or guided at the desk."""
    told = known(span).filter(case=OuterRef("case_id"), id__lt=OuterRef("pk"), state="told")
    rows = closed(span).filter(Exists(told), case__anonymous=False)
    return rows.exclude(outcome__in=NOT_OWED)


def closed_called(span: Period) -> Rows:
    return closed_owing_call(span).filter(_called_before(span))


def closed_uncalled(span: Period) -> Rows:
    return closed_owing_call(span).exclude(_called_before(span))


# A call-back that nobody owed: without a way to reach the person, or not drawn where a sample is called.
NOT_OWED = ("not_owed", NOT_DRAWN)


def _finished(span: Period) -> Rows:
    """Call-backs that came to an end in the period: an answer, a refusal or the last try; the last of each matter."""
    rows = known(span).filter(span.within("at"), was="told", state="called_back")
    return by_case(rows.exclude(outcome__in=NOT_OWED))


def called(span: Period) -> Rows:
    """Should have been called back: finished in the period, or fell due in it and was not done by the cut-off."""
    finished = _finished(span).values("pk")
    owed = Limit.objects.filter(
        span.within("due_at"), case=OuterRef("case_id"), kind="step", step="told", at__lte=span.cutoff,
        known_at__lte=span.known, start_at__gte=OuterRef("at"),
    )  # fmt: skip
    drawn = Sampling.objects.filter(case=OuterRef("case_id"), at__lte=OuterRef("at")).order_by("-turn")
    waiting = known(span).filter(~Exists(later(span)), Exists(owed), state="told", case__anonymous=False)
    waiting = waiting.exclude(Exists(drawn.filter(drawn=False)))
    return known(span).filter(Q(pk__in=finished) | Q(pk__in=waiting.values("pk")))


def reached(span: Period) -> Rows:
    return _finished(span).filter(outcome="reached")


def solved(span: Period) -> Rows:
    return reached(span).filter(solved="yes")


def contacted(span: Period) -> Rows:
    """Of those reached: matters in which a call or visit to the resident was logged before."""
    logged = Entry.objects.filter(
        subject="case", kind="case.contacted", subject_id=OuterRef("case_id"), at__lte=OuterRef("at"),
        recorded_at__lte=span.known,
    )  # fmt: skip
    return reached(span).filter(Exists(logged))


def rated(*ratings: int) -> Lister:
    """Of those reached: the person's rating, given in the call or entered with it afterwards."""

    def lister(span: Period) -> Rows:
        after = later(span).filter(was="called_back").order_by("id").values("rating")[:1]
        return reached(span).annotate(final=Coalesce("rating", Subquery(after))).filter(final__in=ratings)

    return lister


def noted(*kinds: str) -> Lister:
    """Facts that change no state, from the ledger; the unit is the lead unit of that moment."""

    def lister(span: Period) -> Rows:
        begin, _end = span.bounds
        unit = Standing.objects.filter(case_id=OuterRef("subject_id"), known_at__lte=OuterRef("recorded_at"))
        rows = Entry.objects.filter(
            span.within("at"), subject="case", kind__in=kinds, recorded_at__gte=begin - DAY,
            recorded_at__lte=span.known,
        )  # fmt: skip
        return rows.annotate(
            of_case=F("subject_id"), of_unit=Subquery(unit.order_by("-id").values("unit_id")[:1])
        )

    return lister


def rescreened(span: Period) -> Rows:
    """The kind of a matter was changed after it had been screened."""
    return noted("case.screened")(span).exclude(payload__was="")


def standing_in(*states: str) -> Lister:
    """Matters that were in one of `states` at the cut-off, whenever they came."""
    return lambda span: known(span).filter(~Exists(later(span)), state__in=states, history=False)


reopened: Lister = moved("registered", was=_OVER)


def _linked(span: Period, row: str, until: Any = None) -> Q:
    """A clerk linked the matter `row` refers to with one received earlier; a clerk's act, nothing else."""
    links = Link.objects.filter(kind="same", at__lte=min(span.cutoff, span.known))
    earlier = {"received_at__lt": OuterRef("case__received_at")}
    first = links.filter(case=OuterRef(row), other__received_at__lt=earlier["received_at__lt"])
    second = links.filter(other=OuterRef(row), case__received_at__lt=earlier["received_at__lt"])
    return Q(Exists(first)) | Q(Exists(second))


def repeated(span: Period) -> Rows:
    return received(span).filter(_linked(span, "case_id"))


def watched(span: Period) -> Rows:
    """Closed matters whose days of watching ended in the period."""
    days = timedelta(days=int(number("once_solved_days")))
    begin, end = span.bounds
    rows = known(span).filter(
        state="closed", at__gte=begin - days, at__lt=end - days, at__lte=span.cutoff - days
    )
    return by_case(rows.exclude(was="closed"))


def solved_once(span: Period) -> Rows:
    """Of those: never done again or reopened, and no new matter was linked to it within the days of watching."""
    days = timedelta(days=int(number("once_solved_days")))
    again = later(span).filter(was__in=_OVER, state="registered", at__lte=OuterRef("at") + days)
    links = Link.objects.filter(kind="same", at__lte=min(span.cutoff, span.known))
    follow = {"received_at__gt": OuterRef("at"), "received_at__lte": OuterRef("at") + days}
    first = links.filter(
        other=OuterRef("case_id"), **{f"case__{name}": value for name, value in follow.items()}
    )
    second = links.filter(
        case=OuterRef("case_id"), **{f"other__{name}": value for name, value in follow.items()}
    )
    return watched(span).filter(~Exists(again), ~Exists(first), ~Exists(second), redos=0)
