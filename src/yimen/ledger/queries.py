"""Reading the ledger: the history of one subject, the outbox by number, how far the chain is behind."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, QuerySet

from yimen.ledger.models import Entry, Link


class Numbered(NamedTuple):
    """A committed entry with its number in the chain."""

    seq: int
    entry: Entry


class Lag(NamedTuple):
    """Entries still without a number, and how long the oldest has waited."""

    waiting: int
    oldest: timedelta


def entries_of(subject: str, subject_id: int) -> QuerySet[Entry]:
    """The history of one subject, oldest first. Who may see it is the caller's question."""
    return Entry.objects.filter(subject=subject, subject_id=subject_id).order_by("id")


def after(seq: int, limit: int = 500) -> list[Numbered]:
    """The next entries beyond number `seq`, in order. A reader that keeps its last number misses none.

    Raises LookupError where the chain names an entry that is gone: that is for verify-ledger to explain.
    """
    links = list(Link.objects.filter(seq__gt=seq).order_by("seq")[:limit])
    found = Entry.objects.in_bulk([link.entry_id for link in links])
    if gone := [link.seq for link in links if link.entry_id not in found]:
        raise LookupError(f"ledger number {gone[0]} has no entry: run ./yimen verify-ledger")
    return [Numbered(link.seq, found[link.entry_id]) for link in links]


def head() -> int:
    """The highest number given so far, 0 for none."""
    return Link.objects.aggregate(top=Max("seq"))["top"] or 0


_LAG = """SELECT count(*), coalesce(now() - min(e.recorded_at), interval '0')
 FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id"""


def lag() -> Lag:
    """For health pages and alarms: a sequencer that stands still shows here."""
    with connection.cursor() as cursor:
        cursor.execute(_LAG)
        waiting, oldest = cursor.fetchone()
    return Lag(waiting, max(oldest, timedelta(0)))
