"""What the counter keeps at hand: telephone numbers, common answers, bodies that are competent. Shipped as data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import translation

from yimen import cases

FOLDER = Path(cases.__file__).parent / "data"


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


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def phones(*, emergency: bool) -> list[Phone]:
    end = "_en" if translation.get_language() == "en" else ""
    rows = [row for row in _rows("phones.csv") if bool(row["emergency"]) is emergency]
    return [Phone(row["number"], row[f"name{end}"], row[f"when{end}"], emergency) for row in rows]


@cache
def answers() -> tuple[Answer, ...]:
    return tuple(
        Answer(**{name: row[name] for name in Answer.__slots__}) for row in _rows("common_answers.csv")
    )


@cache
def bodies() -> tuple[Body, ...]:
    return tuple(Body(**{name: row[name] for name in Body.__slots__}) for row in _rows("referral_bodies.csv"))


def body(name: str) -> Body | None:
    """The body of exactly this name."""
    return next((one for one in bodies() if one.name == name.strip()), None)


def answers_on(category: str) -> list[Answer]:
    """Common answers to questions of one category."""
    return [one for one in answers() if one.category == category]
