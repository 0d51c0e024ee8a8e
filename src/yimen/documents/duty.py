"""W03 值班表 and 值班记录 on paper. Plain values in, PDF bytes out; labels from the field list."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from . import fields
from .press import set_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One line of the roster. `mark` is 休 or 班, with a holiday's name where it has one."""

    date: date
    weekday: str
    mark: str
    slot: str
    leader: str
    staff: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """值班表 of a month."""

    office: str
    period: str
    turns: list[Turn]
    printed_at: datetime | None = None
    printed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """接报 and what was done. Who called has no place here."""

    at: datetime
    about: str
    handling: str
    reported_to: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRecord:
    """值班记录 of one shift. The signatures are those given as accounts; empty ones are left to the pen."""

    office: str
    turn: Turn
    calls: list[Call] = field(default_factory=list)
    done: str = ""
    undone: str = ""
    given_by: str = ""
    given_at: datetime | None = None
    taken_by: str = ""
    taken_at: datetime | None = None
    printed_at: datetime | None = None
    printed_by: str = ""


def roster(data: Roster) -> bytes:
    """A4, one or more pages, headings on each."""
    return set_type("roster", asdict(data) | {"labels": fields.labels("W03")})


def record(data: DutyRecord) -> bytes:
    """A4; long records flow onto further pages."""
    return set_type("W03", asdict(data) | {"labels": fields.labels("W03")})
