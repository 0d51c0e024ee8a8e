"""日报 and 周报 on one A4 page. Plain values in, PDF bytes out; what may be said was decided before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from .press import set_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading with (words, number) pairs under it."""

    title: str
    items: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table: `heads` stand over the numbers, each row begins with its name."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySheet:
    """One day or week of the centre. `rates` are (words, rate, part/whole), `told` are (heading, matters)."""

    office: str
    title: str
    period: str
    moments: str
    blocks: list[Block]
    rates: list[tuple[str, str, str]]
    tables: list[Table]
    told: list[tuple[str, list[str]]]
    printed_at: datetime | None = None
    printed_by: str = ""


def daysheet(data: DaySheet) -> bytes:
    """The sheet as PDF: one A4 page; what would run over is printed smaller."""
    return set_type("daysheet", asdict(data))
