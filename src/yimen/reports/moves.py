"""Lists of changes: what was received, dispatched, returned, called back, closed, as known at a cut-off.

A list is a queryset whose rows say `of_case` and `of_unit`; its number is its length. A part of a list is a
condition on its rows, so that a list and all its parts are counted in one query.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yimen.cases.fields import NOT_DRAWN
from yimen.cases.models import Case, Link, Sampling
from yimen.ledger.models import Entry

from .models import Limit, Standing
from .period import DAY, Period
from .settings import number

Rows: TypeAlias = "QuerySet[Any]"
Lister: TypeAlias = Callable[[Period], Rows]
Condition: TypeAlias = Callable[[Period], Q]

_SENT = ("dispatched", "return_requested")  # already with the unit: coming back to it is no new dispatch
_DISPATCH = Q(state="dispatched") & ~Q(was__in=_SENT)
_RECALL = Q(was="dispatched", state="registered")
_OVER = ("closed", "archived", "withdrawn")
_AHEAD = timedelta(minutes=2)


def known(span: Period) -> Rows:
    """Every change that had happened by the cut-off and was known."""
    return named(Standing.objects.filter(at__lte=span.cutoff, known_at__lte=span.known))


def named(rows: Rows) -> Rows:
    return rows.annotate(of_case=F("case_id"), of_unit=F("unit_id"))


def by_case(rows: Rows, order: str = "-id") -> Rows:
    """The last row of each matter: a matter counts once."""
    last = rows.order_by("case_id", order).distinct("case_id").values("pk")
    return named(rows.model.objects.filter(pk__in=last))


def later(span: Period) -> Rows:
    """Changes of the same matter after the row in hand."""
    return known(span).filter(case=OuterRef("case_id"), id__gt=OuterRef("pk"))


def _earlier(span: Period) -> Rows:
    return known(span).filter(case=OuterRef("case_id"), id__lt=OuterRef("pk"))


def perhaps_open(span: Period) -> Rows:
    """Matters that may have been open at the cut-off: open now, or changed or learnt of since. Others surely were not.

    A change is known when it happens or later (a step may be dated a minute ahead): so what changed after the
    cut-off is among what became known after it, and one index by that time finds both.
    """
    since = min(span.known, span.cutoff - _AHEAD)
    learnt = Standing.objects.filter(known_at__gt=since).values("case_id")
    return Case.objects.filter(open=True).values("pk").union(learnt, all=True)


def moved(*states: str, was: tuple[str, ...] = ()) -> Lister:
    """Matters that came into one of `states` in the period, each once."""

    def lister(span: Period) -> Rows:
        rows = known(span).filter(span.within("at"), state__in=states).exclude(was=F("state"))
        return by_case(rows.filter(was__in=was) if was else rows)

    return lister


def standing_in(*states: str) -> Lister:
    """Matters that were in one of `states` at the cut-off, whenever they came."""

    def lister(span: Period) -> Rows:
        rows = known(span).filter(case__in=perhaps_open(span), state__in=states, history=False)
        return rows.filter(~Exists(later(span)))

    return lister


# --- received ------------------------------------------------------------------------------------------------------


def received(span: Period) -> Rows:
    """New matters by the day of receipt; what was imported with its answer is history and not counted."""
    return known(span).filter(span.within("case__received_at"), was="", history=False)


def of_group(_span: Period) -> Q:
    return Q(case__party_size__gte=number("group_size"))


def typed_late(_span: Period) -> Q:
    """补录: typed in more than a day after receipt."""
    return Q(at__gt=F("case__received_at") + DAY)


def settled_on_the_spot(_span: Period) -> Q:
    """自行处置 by the worker who reported it."""
    return Q(case__settled_on_spot=True)


def repeated(span: Period) -> Q:
    """A clerk linked the matter with one received earlier; a clerk's act, nothing else."""
    received_at = OuterRef("case__received_at")
    first = _links(span).filter(case=OuterRef("case_id"), other__received_at__lt=received_at)
    second = _links(span).filter(other=OuterRef("case_id"), case__received_at__lt=received_at)
    return Q(Exists(first)) | Q(Exists(second))


def _links(span: Period) -> Rows:
    return Link.objects.filter(kind="same", at__lte=min(span.cutoff, span.known))


# --- dispatched and returned ---------------------------------------------------------------------------------------


def dispatched(span: Period) -> Rows:
    """Every sending to a lead unit, by instruction, designation or directly; each unit for itself.

    `ended` says how it ended, if it did: returned, registered (taken back) or dispatched (elsewhere).
    """
    ends = later(span).filter(Q(state="returned") | _RECALL | _DISPATCH).order_by("id")
    rows = known(span).filter(_DISPATCH, span.within("at"))
    return rows.annotate(ended=Subquery(ends.values("state")[:1]))


def given_back(_span: Period) -> Q:
    return Q(ended="returned")


def sent_rightly(_span: Period) -> Q:
    return Q(ended=None) | Q(ended="dispatched")


def return_was_refused(span: Period) -> Q:
    refused = later(span).filter(was="return_requested", state="dispatched", unit=OuterRef("unit"))
    return Q(Exists(refused))


def _by_was_unit(rows: Rows) -> Rows:
    return rows.annotate(of_unit=F("was_unit_id"))


def returned(span: Period) -> Rows:
    """Returns agreed to in the period, by the unit that gave the matter back."""
    return _by_was_unit(known(span).filter(span.within("at"), was="return_requested", state="returned"))


def not_the_first(_span: Period) -> Q:
    return Q(returns__gte=2)


def return_refused(span: Period) -> Rows:
    return known(span).filter(span.within("at"), was="return_requested", state="dispatched")


def recalled(span: Period) -> Rows:
    return _by_was_unit(known(span).filter(_RECALL, span.within("at")))


# --- closed, done again ---------------------------------------------------------------------------------------------

closed: Lister = moved("closed")
reopened: Lister = moved("registered", was=_OVER)


def redone(span: Period) -> Rows:
    return known(span).filter(span.within("at"), was="called_back", state="in_hand")


def after_redo(_span: Period) -> Q:
    """A call-back had sent the matter back to be done again."""
    return Q(redos__gte=1)


def unsolved(_span: Period) -> Q:
    return Q(solved__in=("no", "partly"))


# A call-back that nobody owed: without a way to reach the person, or not drawn where a sample is called.
NOT_OWED = ("not_owed", NOT_DRAWN)


def owing_call(span: Period) -> Q:
    """A unit's answer was owed a call-back; not those answered or guided at the desk."""
    told = _earlier(span).filter(state="told")
    return Q(Exists(told), case__anonymous=False) & ~Q(outcome__in=NOT_OWED)


def was_called(span: Period) -> Q:
    return owing_call(span) & Q(Exists(_earlier(span).filter(was="told", state="called_back")))


def never_called(span: Period) -> Q:
    return owing_call(span) & Q(~Exists(_earlier(span).filter(was="told", state="called_back")))


# --- call-backs ----------------------------------------------------------------------------------------------------


def _with_rating(rows: Rows, span: Period) -> Rows:
    """`final` is the rating that stood last for this reply: given in the call or afterwards; of many, the lowest."""
    after = later(span).filter(
        was__in=("called_back", "rated"), redos=OuterRef("redos"), told_at=OuterRef("told_at")
    )
    last = after.exclude(rating=None).order_by("-id").values("rating")[:1]
    return rows.annotate(final=Coalesce(Subquery(last), "rating"))


def called(span: Period) -> Rows:
    """Call-backs that ended in the period (an answer, a refusal, the last try), the last of each matter."""
    ended = (
        known(span).filter(span.within("at"), was="told", state="called_back").exclude(outcome__in=NOT_OWED)
    )
    return _with_rating(by_case(ended), span)


def uncalled(span: Period) -> Rows:
    """Call-backs that fell due in the period and were not made by the cut-off; also of a second reply."""
    owed = Limit.objects.filter(
        span.within("due_at"), case=OuterRef("case_id"), kind="step", step="told", at__lte=span.cutoff,
        known_at__lte=span.known, start_at__gte=OuterRef("at"),
    )  # fmt: skip
    spared = Sampling.objects.filter(case=OuterRef("case_id"), at__lte=OuterRef("at"), drawn=False)
    waiting = standing_in("told")(span).filter(case__anonymous=False)
    return waiting.filter(Exists(owed), ~Exists(spared)).annotate(final=F("rating"))


def reached(_span: Period) -> Q:
    return Q(state="called_back", outcome="reached")


def solved(span: Period) -> Q:
    return reached(span) & Q(solved="yes")


def contacted(span: Period) -> Q:
    """A call or visit to the resident was logged before the call-back."""
    logged = Entry.objects.filter(
        subject="case", kind="case.contacted", subject_id=OuterRef("case_id"), at__lte=OuterRef("at"),
        recorded_at__lte=span.known,
    )  # fmt: skip
    return reached(span) & Q(Exists(logged))


def rated(*ratings: int) -> Condition:
    return lambda span: reached(span) & Q(final__in=ratings)


# --- facts that change no state -------------------------------------------------------------------------------------


def noted(*kinds: str) -> Lister:
    """From the ledger; the unit is the lead unit of that moment."""

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


# --- solved at once -------------------------------------------------------------------------------------------------


def _watching() -> timedelta:
    return timedelta(days=int(number("once_solved_days")))


def watched(span: Period) -> Rows:
    """Closed matters whose days of watching ended in the period."""
    days, (begin, end) = _watching(), span.bounds
    rows = known(span).filter(
        state="closed", at__gte=begin - days, at__lt=end - days, at__lte=span.cutoff - days
    )
    return by_case(rows.exclude(was="closed"))


def solved_once(span: Period) -> Q:
    """Never done again or reopened, and no new matter was linked to it within the days of watching."""
    closed_at, until = OuterRef("at"), OuterRef("at") + _watching()
    again = later(span).filter(was__in=_OVER, state="registered", at__lte=until)
    first = _links(span).filter(
        other=OuterRef("case_id"), case__received_at__gt=closed_at, case__received_at__lte=until
    )
    second = _links(span).filter(
        case=OuterRef("case_id"), other__received_at__gt=closed_at, other__received_at__lte=until
    )
    return Q(~Exists(again), ~Exists(first), ~Exists(second), redos=0)
