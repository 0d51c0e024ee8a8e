"""Small papers that prove or tell one thing: materials handed in, a letter served, everything needed said once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .forms import Lang, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One paper handed in. `kind` is 原件 or 复印件; without `return_on` it stays with the matter."""

    name: str
    kind: str
    pages: int | None = None
    return_on: date | None = None
    returned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class R01(Sheet):
    """材料收据 on A5, one for each side."""

    no: str
    materials: list[Material]
    given_at: datetime | None
    taken_by: str
    name: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class R02(Sheet):
    """送达回证."""

    no: str
    letter: str
    recipient: str
    way: str
    sent_by: str
    received_at: date | datetime | None
    place: str = ""
    proxy: str = ""
    refused: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class R03:
    """一次性告知单: everything needed for one thing, said once. A5 or 80 mm; `lang="en"` as for a slip."""

    office: str
    topic: str
    question: str
    answer: str
    at: datetime | None
    materials: str = ""
    where: str = ""
    phone: str = ""
    hours: str = ""
    by: str = ""
    no: str = ""
    url: str = ""
    lang: Lang = "zh"
