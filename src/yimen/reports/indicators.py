"""Indicators: one list over another (data/indicators.csv), each number with its list; "—" where nothing was owed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.errors import Missing

from . import measures
from .period import Period
from .settings import number, read, value

NOTHING: Final = "—"


@dataclass(frozen=True, slots=True)
class Part:
    """A list with its weight in a numerator."""

    measure: str
    weight: str = ""  # key of data/settings.csv, empty for 1

    def of(self, counts: dict[str, int]) -> Decimal:
        return (number(self.weight) if self.weight else Decimal(1)) * counts[self.measure]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate: numerator lists with weights over one denominator list."""

    key: str
    zh: str
    en: str
    parts: tuple[Part, ...]
    whole: str
    note_zh: str
    note_en: str
    status: str
    source: str

    @property
    def words(self) -> str:
        return self.en if _english() else self.zh

    @property
    def note(self) -> str:
        return self.note_en if _english() else self.note_zh

    @property
    def needs(self) -> tuple[str, ...]:
        return (*(part.measure for part in self.parts), self.whole)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _indicator(row: dict[str, str]) -> Indicator:
    parts = tuple(Part(*re.split(r"\*", term, maxsplit=1)) for term in row["numerator"].split("+"))
    words = (row["note"], row["note_en"], row["status"], row["source"])
    return Indicator(row["key"], row["zh"], row["en"], parts, row["denominator"], *words)


INDICATORS: Final = {row["key"]: _indicator(row) for row in read("indicators")}


@dataclass(frozen=True, slots=True)
class Rate:
    """What an indicator came to. `share` is None where nothing was owed: never 0 % or 100 %."""

    indicator: Indicator
    counts: dict[str, int]

    @property
    def part(self) -> Decimal:
        return sum((part.of(self.counts) for part in self.indicator.parts), Decimal(0))

    @property
    def whole(self) -> int:
        return self.counts[self.indicator.whole]

    @property
    def share(self) -> Decimal | None:
        return self.part / self.whole if self.whole else None

    @property
    def text(self) -> str:
        return percent(self.share)


def percent(share: Decimal | None) -> str:
    return NOTHING if share is None else f"{share * 100:.1f}%"


def rate(key: str, counts: dict[str, int]) -> Rate:
    if key not in INDICATORS:
        raise Missing(_("没有这项指标"))
    return Rate(INDICATORS[key], counts)


THREE: Final = ("response", "solve", "satisfaction")


def three_rates_score(counts: dict[str, int]) -> Decimal | None:
    """三率综合 as a share of one: the weights add up to one, and a rate is never multiplied by 100 on the way."""
    shares = [rate(f"{name}_rate", counts).share for name in THREE]
    if any(share is None for share in shares):
        return None
    chosen = value("three_rates")
    weights = [number(f"three_rates_{chosen}_{name}") for name in THREE]
    return sum((w * s for w, s in zip(weights, shares, strict=True) if s is not None), Decimal(0))


NEEDED: Final = tuple(dict.fromkeys(name for row in INDICATORS.values() for name in row.needs))


@dataclass(frozen=True, slots=True)
class Line:
    """One unit or category, or everything (key ""): its counts, its rates, the score of the three rates."""

    key: str
    name: str
    counts: dict[str, int]

    @property
    def rates(self) -> list[Rate]:
        return [Rate(row, self.counts) for row in INDICATORS.values()]

    @property
    def score(self) -> str:
        return percent(three_rates_score(self.counts))


def total(grants: Grants, span: Period) -> Line:
    """Every indicator over all that the reader may see."""
    return Line("", _("合计"), measures.count_all(grants, NEEDED, span))


def table(grants: Grants, span: Period, by: str) -> list[Line]:
    """The total, then each unit or category that has a number; a fixed number of queries whatever the rows."""
    found = measures.tally(grants, NEEDED, span, by)
    keys = {key for row in found.values() for key in row}
    named = measures.names(by) | {"-": _("未转办")}
    lines = [
        Line(key, named[key], {name: found[name].get(key, 0) for name in NEEDED})
        for key in named
        if key in keys
    ]
    whole = {name: sum(found[name].values()) for name in NEEDED}
    return [Line("", _("合计"), whole), *lines]
