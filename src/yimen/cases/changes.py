"""有什么变化: what others did on the matters a person holds or answers for, since they last looked.

Read by the chain's number, never by the entry's id: commits do not come in the order of ids, and an entry that is
not numbered yet would be lost behind the mark. An entry waits for its number some tenths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.ledger.models import Entry, Link
from yimen.ledger.queries import head

from .events import LOOKED, SUBJECT
from .models import Case, ReadUpTo
from .queries import visible_to

FIRST_LOOK = timedelta(days=7)  # how far back the page reaches for somebody who never opened it
MOST = 200


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


def _news(grants: Grants) -> QuerySet[Entry]:
    """The mark is read first: with its number at hand the database walks the few newest links, not the whole chain."""
    rows = (
        Entry.objects.filter(subject=SUBJECT, subject_id__in=concerning(grants).values("pk"))
        .exclude(actor_id=grants.user_id)
        .exclude(kind__in=LOOKED)
    )
    mark = ReadUpTo.objects.filter(user=grants.user_id).first()
    if mark is None:
        numbered = Exists(Link.objects.filter(entry_id=OuterRef("pk")))
        return rows.filter(numbered, recorded_at__gte=timezone.now() - FIRST_LOOK)
    return rows.filter(pk__in=Link.objects.filter(seq__gt=mark.seq).values("entry_id"))


def count_news(grants: Grants) -> int:
    """How many changes wait; never more than `MOST` are counted."""
    if grants.user_id is None:
        return 0
    return _news(grants)[:MOST].count()


def news(grants: Grants) -> list[Change]:
    """The waiting changes, newest first, at most `MOST`."""
    seq = Link.objects.filter(entry_id=OuterRef("pk")).values("seq")
    rows = list(_news(grants).annotate(seq=Subquery(seq)).order_by("-seq")[:MOST])
    cases = visible_to(grants).in_bulk({row.subject_id for row in rows})
    return [Change(row.seq, row, cases[row.subject_id]) for row in rows if row.subject_id in cases]


def mark_read(actor: Actor, seq: int) -> None:
    """The person has seen everything up to this number; never further than the chain reaches, never back."""
    seq = min(seq, head())
    row, fresh = ReadUpTo.objects.get_or_create(
        user_id=actor.user_id, defaults={"seq": seq, "at": timezone.now()}
    )
    if not fresh and seq > row.seq:
        ReadUpTo.objects.filter(pk=row.pk, seq__lt=seq).update(seq=seq, at=timezone.now())
