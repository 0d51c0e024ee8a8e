"""有什么变化: what others did on the matters a person holds or answers for, since they last looked.

Read by the chain's number, never by the entry's id: commits do not come in the order of ids, and an entry that is
not numbered yet would be lost behind the mark. An entry waits for its number some tenths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yimen.access.registry import Grants
from yimen.foundation import counting
from yimen.foundation.actor import Actor
from yimen.foundation.among import keys
from yimen.ledger.models import Entry, Link
from yimen.ledger.queries import head

from .events import LOOKED, SUBJECT
from .models import Case, ReadUpTo
from .queries import in_rows, visible_to

FIRST_LOOK = timedelta(days=7)  # how far back the page reaches for somebody who never opened it
MOST = 200
# Of the office's entries the newest so many are looked through: for the number in the rail, drawn on every page, and
# for the page itself. A larger office day is some thousand entries.
GLANCE, REACH = 1_000, 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing somebody else did: the entry with its number in the chain, and the matter."""

    seq: int
    entry: Entry
    case: Case


def concerning(grants: Grants) -> QuerySet[Case]:
    """The matters somebody holds, answers for or handles, as far as they may see them. Sealed ones are not told of."""
    me = grants.user_id
    own = Q(holder=me) | Q(accountable_person=me) | Q(handler=me)
    return visible_to(grants).filter(own, sealed=False)


def read_up_to(grants: Grants) -> QuerySet[ReadUpTo]:
    """This person's mark: the number up to which everything was seen; no row for who never looked."""
    return ReadUpTo.objects.filter(user=grants.user_id)


def _news(grants: Grants, mark: int | None, within: int, now: datetime | None = None) -> QuerySet[Entry]:
    """What is new above the mark among the newest `within` entries of the office.

    The mark comes as a number, so that the database walks the few newest links and never the whole chain.
    """
    newest = Link.objects.order_by("-seq")
    newest = newest if mark is None else newest.filter(seq__gt=mark)
    rows = (
        Entry.objects.filter(pk__among=keys(newest.values("entry_id")[:within]), subject=SUBJECT)
        .filter(subject_id__in=concerning(grants).values("pk"))
        .exclude(actor_id=grants.user_id)
        .exclude(kind__in=LOOKED)
    )
    return rows if mark is not None else rows.filter(recorded_at__gte=(now or timezone.now()) - FIRST_LOOK)


def newest(grants: Grants, mark: int | None, now: datetime | None = None) -> QuerySet[Entry]:
    """What the rail counts: the changes among the office's latest entries. `now`: what stands for the present."""
    return _news(grants, mark, GLANCE, now)


def count_news(grants: Grants) -> int:
    """How many changes the rail tells of."""
    if grants.user_id is None:
        return 0
    mark = read_up_to(grants).values_list("seq", flat=True).first()
    return counting.counts({"news": newest(grants, mark)}, MOST - 1)["news"]


def news(grants: Grants) -> list[Change]:
    """The waiting changes, newest first, at most `MOST`."""
    seq = Link.objects.filter(entry_id=OuterRef("pk")).values("seq")
    mark = read_up_to(grants).values_list("seq", flat=True).first()
    rows = list(_news(grants, mark, REACH).annotate(seq=Subquery(seq)).order_by("-seq")[:MOST])
    cases = in_rows(visible_to(grants)).in_bulk({row.subject_id for row in rows})
    return [Change(row.seq, row, cases[row.subject_id]) for row in rows if row.subject_id in cases]


def mark_read(actor: Actor, seq: int) -> None:
    """The person has seen everything up to this number; never further than the chain reaches, never back."""
    seq = min(seq, head())
    row, fresh = ReadUpTo.objects.get_or_create(
        user_id=actor.user_id, defaults={"seq": seq, "at": timezone.now()}
    )
    if not fresh and seq > row.seq:
        ReadUpTo.objects.filter(pk=row.pk, seq__lt=seq).update(seq=seq, at=timezone.now())
