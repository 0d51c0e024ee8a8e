"""大类 and 小类 of matters of a place: the rows in force, and what an older name is called today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import EventClass


@dataclass(frozen=True, slots=True)
class Found:
    """The class that holds today; `said` is the one that was named, where that is another version or another class."""

    row: EventClass
    said: str = ""


def in_force(on: date | None = None) -> QuerySet[EventClass]:
    """The classes of a day (today), in the order of the book."""
    day = on or timezone.localdate()
    return EventClass.objects.filter(valid_from__lte=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )


def find(key: str, on: date | None = None) -> Found | None:
    """The class named scheme:code as it is today; ended meanwhile, its big class's 99 (其他). None when nobody knows it.

    A phone may name what it downloaded days ago (OFFLINE.md: still accepted, mapped here, and the ledger says so).
    """
    scheme, _colon, code = key.partition(":")
    fitting = list(in_force(on).filter(scheme=scheme, code__in=[code, f"{code[:2]}99"]))
    if exact := _of_code(fitting, code):
        return Found(exact)
    if not EventClass.objects.filter(scheme=scheme, code=code).exists():
        return None
    other = _of_code(fitting, f"{code[:2]}99")
    return Found(other, key) if other else None


def _of_code(rows: Iterable[EventClass], code: str) -> EventClass | None:
    return next((row for row in rows if row.code == code), None)
