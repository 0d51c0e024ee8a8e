"""What the counter keeps at hand: telephone numbers, common answers, bodies that are competent. Rows with validity.

Read once a process and again when their version changes or the day does. A home whose tables were never loaded
shows what is shipped: emergency numbers are never missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone, translation

from yimen.cases.actions.handbook import shipped_rows
from yimen.cases.models import CommonAnswer, CompetentBody, HandbookVersion, PublicPhone
from yimen.cases.models.handbook import Kept
from yimen.foundation import together


@dataclass(frozen=True, slots=True)
class Phone:
    """A public number, what it is for, in the reader's language."""

    number: str
    name: str
    when: str
    emergency: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """常用答复: a question as people put it, the answer, the papers worth bringing (一次性告知)."""

    key: str
    category: str
    question: str
    answer: str
    materials: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body other than this office that a matter may belong to."""

    key: str
    name: str
    matters: str
    address: str
    phone: str
    hours: str

    @property
    def reached(self) -> str:
        """Address, phone and hours in one line, as the referral slip prints them."""
        return " ".join(filter(None, (self.address, self.phone, self.hours)))


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Everything that holds on one day, of one version."""

    token: UUID | None
    day: date
    phones: tuple[PublicPhone, ...]
    answers: tuple[Answer, ...]
    bodies: tuple[Body, ...]


_cache: Final[dict[str, _Loaded]] = {}


def phones(*, emergency: bool) -> list[Phone]:
    english = translation.get_language() == "en"
    return [
        Phone(
            row.number,
            (english and row.name_en) or row.name,
            (english and row.when_en) or row.when,
            emergency,
        )
        for row in _loaded().phones
        if row.emergency is emergency
    ]


def answers() -> tuple[Answer, ...]:
    return _loaded().answers


def bodies() -> tuple[Body, ...]:
    return _loaded().bodies


def body(name: str) -> Body | None:
    """The body of exactly this name."""
    return next((one for one in bodies() if one.name == name.strip()), None)


def _loaded() -> _Loaded:
    """The token is read before the rows: a change in between only makes the next call read again."""
    token, today = HandbookVersion.objects.values_list("token", flat=True).first(), timezone.localdate()
    kept = _cache.get("loaded")
    if kept is None or (kept.token, kept.day) != (token, today):
        kept = _cache["loaded"] = _read(token, today)
    return kept


def _read(token: UUID | None, today: date) -> _Loaded:
    rows = _rows(token, today)
    return _Loaded(
        token,
        today,
        tuple(rows["PublicPhone"]),
        tuple(_plain(Answer, row) for row in rows["CommonAnswer"]),
        tuple(_plain(Body, row) for row in rows["CompetentBody"]),
    )


def _rows(token: UUID | None, today: date) -> dict[str, list[Any]]:
    """What holds on the day, by kind, in one statement; as shipped until the office has its own."""
    kinds: tuple[type[Kept], ...] = (PublicPhone, CommonAnswer, CompetentBody)
    if token is None:
        return {kind.__name__: shipped_rows(kind) for kind in kinds}
    holds = Q(valid_from__lte=today) & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return together.read(
        {kind.__name__: together.question(kind._default_manager.filter(holds)) for kind in kinds}
    )


def _plain(kind: type[Any], row: Any) -> Any:
    return kind(**{name: getattr(row, name) for name in kind.__slots__})
