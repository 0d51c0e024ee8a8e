"""Reading the import queue and the tally. Only the desk sees the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require, visible
from yimen.foundation.errors import Missing

from .models import Enquiry, QueuedMatter

PAGE = 30


@dataclass(frozen=True, slots=True)
class Page:
    """One keyset page; `after` is the id to go on from, 0 at the end."""

    rows: list[QueuedMatter]
    after: int


def queue(grants: Grants) -> QuerySet[QueuedMatter]:
    """The rows that wait, for those who may work the queue; empty for others."""
    return QueuedMatter.objects.filter(visible(grants, "intake.queue"), state="waiting")


def waiting(grants: Grants, *, source: str = "", category: str = "", words: str = "", after: int = 0) -> Page:
    """A page of the queue in the order of import, narrowed by source, category key and words."""
    rows = queue(grants).filter(pk__gt=after).select_related("category").order_by("pk")
    if source:
        rows = rows.filter(source=source)
    if category:
        rows = rows.filter(category__key=category)
    for word in words.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word) | Q(record_id=word))
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)


def sources(grants: Grants) -> list[tuple[str, int]]:
    """(source, how many wait) for the filter above the queue."""
    rows = queue(grants).values_list("source").annotate(waiting=Count("id")).order_by("source")
    return [(source, count) for source, count in rows]


def get_waiting(grants: Grants, ref: UUID) -> QueuedMatter:
    """One waiting row. Raises Missing when it is not there, already decided, or not for this person."""
    row = queue(grants).select_related("category").filter(uuid=ref).first()
    if row is None:
        raise Missing(_("没有这条导入记录"))
    return row


def tallied(grants: Grants, day: date | None = None) -> list[tuple[str, int]]:
    """(category name, number of enquiries) of one day (today), most first."""
    require(grants, "intake.tally")
    begin = timezone.make_aware(datetime.combine(day or timezone.localdate(), time()))
    rows = Enquiry.objects.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    counted = (
        rows.values_list("category__name").annotate(number=Count("id")).order_by("-number", "category__name")
    )
    return [(name, number) for name, number in counted]
