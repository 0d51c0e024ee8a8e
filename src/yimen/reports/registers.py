"""台账: the registers of the trade, their columns as data (data/registers.csv), exactly the rows of the filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.models import Assignment, Callback, Case, Supervision
from yimen.cases.states import Flow
from yimen.foundation.errors import Invalid, Missing

from . import workbook
from .cells import CELLS, Line, fill, minute
from .period import period
from .settings import read
from .workbook import Cell

MOST: Final = 20_000  # rows of one workbook
CHUNK: Final = 1_000
FILTERS: Final = ("unit", "category", "state", "flow")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register, with where the trade has it from."""

    code: str
    zh: str
    en: str
    width: int

    @property
    def words(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Register:
    """A register: its rows are of `model`, `date` is the column its period runs over."""

    name: str
    title: object
    model: type[Any]
    date: str
    unit: str  # where the unit of a row stands
    case: str = "case__"

    @property
    def columns(self) -> tuple[Column, ...]:
        return COLUMNS[self.name]


def _columns() -> dict[str, tuple[Column, ...]]:
    found: dict[str, list[Column]] = {}
    for row in read("registers"):
        column = Column(row["code"], row["zh"], row["en"], int(row["width"]))
        found.setdefault(row["register"], []).append(column)
    return {name: tuple(columns) for name, columns in found.items()}


COLUMNS: Final = _columns()
REGISTERS: Final = {
    row.name: row
    for row in (
        Register("visits", gettext_lazy("来访登记台账"), Case, "received_at", "lead_unit__key", ""),
        Register("petitions", gettext_lazy("信访事项台账"), Case, "received_at", "lead_unit__key", ""),
        Register("dispatches", gettext_lazy("转办台账"), Assignment, "sent_at", "unit__key"),
        Register("supervisions", gettext_lazy("督办台账"), Supervision, "at", "unit__key"),
        Register("callbacks", gettext_lazy("回访台账"), Callback, "at", "case__lead_unit__key"),
    )
}
_CASE: Final = ("category", "lead_unit", "accountable_person", "grid__parent")
_ROW: Final = {"dispatches": ("unit", "clock"), "supervisions": ("unit", "lead_leader")}


def register(name: str) -> Register:
    if name not in REGISTERS:
        raise Missing(_("没有这种台账"))
    return REGISTERS[name]


def rows(grants: Grants, name: str, first: date, last: date, filters: Mapping[str, str]) -> QuerySet[Any]:
    """The rows of a register in a period of days, inside what the reader may see; never a sealed matter."""
    kind, span = register(name), period(first, last)
    begin, end = span.bounds
    seen = _registered(grants, kind)
    found = kind.model.objects.filter(**{f"{kind.date}__gte": begin, f"{kind.date}__lt": end})
    found = found.filter(**{f"{kind.case}pk__in" if kind.case else "pk__in": seen.values("pk")})
    if name == "petitions":
        found = found.filter(flow="petition", screened=True)
    if name in ("visits", "dispatches"):
        found = found.exclude(**{f"{kind.case}flow": Flow.GRID.value})
    return found.filter(_chosen(kind, filters)).order_by(kind.date, "pk")


def _registered(grants: Grants, kind: Register) -> QuerySet[Case]:
    """Matters that may be seen; in registers of matters a destroyed one keeps its line: number, dates, 已销毁."""
    if kind.case:
        return queries.visible_to(grants).filter(sealed=False)
    there = Q(hidden_at__isnull=True) | Q(erased_at__isnull=False)
    return queries.counted_for(grants).filter(there, sealed=False)


def _chosen(kind: Register, filters: Mapping[str, str]) -> Q:
    places = {"unit": kind.unit, "category": f"{kind.case}category__key", "state": f"{kind.case}state",
              "flow": f"{kind.case}flow"}  # fmt: skip
    return Q(**{places[key]: value for key, value in filters.items() if value and key in places})


def of_matters(found: QuerySet[Case]) -> QuerySet[Case]:
    """A list of matters as it was on the screen, for the columns of the visitors' register; none that is sealed."""
    return found.filter(sealed=False)


def lines(name: str, found: QuerySet[Any]) -> Iterator[Line]:
    """Filled lines, a thousand at a time. Raises Invalid when there are more than a workbook takes."""
    kind = register(name)
    joined = [*(f"{kind.case}{part}" for part in _CASE), *_ROW.get(name, ())]
    wanted = found.select_related(*joined, *(["case"] if kind.case else []))
    taken = iter(wanted[: MOST + 1].iterator(chunk_size=CHUNK))
    count = 0
    while chunk := list(islice(taken, CHUNK)):
        count += len(chunk)
        if count > MOST:
            raise Invalid(_("超过 %d 行，请先筛选") % MOST)
        yield from fill([Line(row.case if kind.case else row, row) for row in chunk])


def export(
    name: str, found: QuerySet[Any], *, title: str = "", at: datetime | None = None, notes: Iterable[str] = (),
    told: Callable[[int], object] = lambda _done: None,
) -> tuple[bytes, int]:  # fmt: skip
    """The register as XLSX, and how many rows it has. `notes` say which filter; the moment is said too.

    `told` is called with the rows written so far, after every thousand and at the end.
    """
    kind = register(name)
    table: list[list[Cell]] = []
    for line in lines(name, found):
        table.append([CELLS[column.code](line) for column in kind.columns])
        if len(table) % CHUNK == 0:
            told(len(table))
    told(len(table))
    stamp = _("截至 %(at)s，共 %(n)d 行") % {"at": minute(at or timezone.now()), "n": len(table)}
    heads = [(column.words, column.width) for column in kind.columns]
    return workbook.workbook(title or str(kind.title), [*notes, stamp], heads, table), len(table)
