"""Every figure by name, as the list behind it: its number is that list counted (DOMAIN.md §0.18–20, §7).

Names, words and definitions stand in data/measures.csv; here each name gets its list. Which matters count
for a reader is decided by `cases.count` (what may be seen, and what might be, were its period not over), so that a
figure stays what it was when matters are destroyed; sealed matters are in no list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.models import Category
from yimen.cases.states import OPEN_STATES, WINDOW, Flow
from yimen.foundation import counting
from yimen.foundation.errors import Missing
from yimen.organisations.models import Unit

from . import limits, moves
from .models import Standing
from .moves import Condition, Lister, Rows
from .period import Period, period
from .settings import read

# Lists, some of two sources that never hold the same fact.
_LISTS: Final[dict[str, tuple[Lister, ...]]] = {
    "received": (moves.received,),
    "answered": (moves.moved("answered"),),
    "guided": (moves.moved("guided"),),
    "dispatched": (moves.dispatched,),
    "returned": (moves.returned,),
    "return-refused": (moves.return_refused,),
    "recalled": (moves.recalled,),
    "receipt-due": (limits.receipts,),
    "due": (limits.conclusions,),
    "petition-due": (limits.petition_conclusions,),
    "notice-due": (limits.notices, limits.told_at_once),
    "falls-due": (limits.falling_due,),
    "overdue": (limits.overdue,),
    "open": (moves.standing_in(*OPEN_STATES),),
    "awaiting": (moves.standing_in("awaiting"),),
    "closed": (moves.closed,),
    "redone": (moves.redone,),
    "reopened": (moves.reopened,),
    "reviewed": (moves.moved("reviewing", "re_reviewing"),),
    "watched": (moves.watched,),
    "called": (moves.called, moves.uncalled),
    "reminded": (moves.noted("case.reminded"),),
    "urged": (moves.noted("case.urged"),),
    "supervised": (moves.noted("case.supervised"),),
    "reported-up": (moves.noted("case.reported_up"),),
    "extended-after-expiry": (limits.extended_after_expiry,),
    "extension-refused": (moves.noted("case.extension_refused"),),
    "rescreened": (moves.rescreened,),
    "split": (moves.noted("case.split"),),
    "suspended": (moves.noted("case.suspended"),),
    "places-received": (moves.received,),
    "places-closed": (moves.closed,),
    "places-due": (limits.place_conclusions,),
    "places-overdue": (limits.overdue,),
    "places-open": (moves.standing_in(*OPEN_STATES),),
    "places-sent": (moves.moved("sent"),),
    "places-climbed": (moves.noted("case.climb", "case.refer_up"),),
}
# Parts of a list: its rows that meet a condition.
_PARTS: Final[dict[str, tuple[str, Condition]]] = {
    "groups": ("received", moves.of_group),
    "typed-late": ("received", moves.typed_late),
    "repeated": ("received", moves.repeated),
    "dispatched-rightly": ("dispatched", moves.sent_rightly),
    "dispatched-returned": ("dispatched", moves.given_back),
    "dispatched-return-refused": ("dispatched", moves.return_was_refused),
    "returned-twice": ("returned", moves.not_the_first),
    "received-in-time": ("receipt-due", limits.met),
    "on-time": ("due", limits.met),
    "late": ("due", limits.late),
    "open-late": ("due", limits.unmet),
    "concluded": ("due", limits.done),
    "extended": ("due", limits.extended),
    "petition-on-time": ("petition-due", limits.met),
    "noticed": ("notice-due", limits.in_time),
    "closed-after-redo": ("closed", moves.after_redo),
    "closed-unsolved": ("closed", moves.unsolved),
    "closing-call-owed": ("closed", moves.owing_call),
    "closing-called": ("closed", moves.was_called),
    "closed-uncalled": ("closed", moves.never_called),
    "solved-once": ("watched", moves.solved_once),
    "reached": ("called", moves.reached),
    "contacted": ("called", moves.contacted),
    "solved": ("called", moves.solved),
    "satisfied": ("called", moves.rated(4, 5)),
    "fairly": ("called", moves.rated(3)),
    "places-on-the-spot": ("places-received", moves.settled_on_the_spot),
    "places-on-time": ("places-due", limits.met),
    "places-concluded": ("places-due", limits.done),
    "places-reworked": ("places-closed", moves.after_redo),
}
PLACES: Final = "places-"  # how the names of figures of 网格事件 begin
EXCEPTIONS: Final = (
    "closed-uncalled", "closed-unsolved", "extended-after-expiry", "extension-refused", "extended", "suspended",
    "returned-twice", "return-refused", "recalled", "reopened", "repeated", "split", "rescreened", "typed-late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its name in addresses, its words and its definition."""

    name: str
    zh: str
    en: str
    definition_zh: str
    definition_en: str

    @property
    def words(self) -> str:
        return self.en if _english() else self.zh

    @property
    def definition(self) -> str:
        return self.definition_en if _english() else self.definition_zh


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _measure(row: dict[str, str]) -> Measure:
    return Measure(row["key"], row["zh"], row["en"], row["definition_zh"], row["definition_en"])


MEASURES: Final = {row["key"]: _measure(row) for row in read("measures")}


def _base(name: str, span: Period) -> tuple[str, Q]:
    """The list a figure belongs to, and which of its rows it counts. Raises Missing for an unknown name."""
    if name in _LISTS:
        return name, Q()
    if name not in _PARTS:
        raise Missing(_("没有这项指标"))
    base, condition = _PARTS[name]
    return base, condition(span)


def _sources(grants: Grants, base: str, span: Period) -> list[Rows]:
    """The rows of a list inside what the reader may see; never of a sealed matter. What people bring to the window and
    problems of places are counted apart: the figures of the one never hold the other."""
    seen = queries.counted_for(grants).filter(sealed=False, flow__in=_kind_of(base)).values("pk")
    return [make(span).filter(of_case__in=seen) for make in _LISTS[base]]


def _kind_of(base: str) -> list[str]:
    return [Flow.GRID.value] if base.startswith(PLACES) else [flow.value for flow in WINDOW]


def lists(grants: Grants, name: str, span: Period) -> list[Rows]:
    """The querysets behind a figure."""
    base, condition = _base(name, span)
    return [rows.filter(condition) for rows in _sources(grants, base, span)]


GROUPS: Final = ("unit", "category")


def _grouped(rows: Rows, span: Period, by: str) -> Rows:
    """`group`: the unit's number, or the category's key as it was at the cut-off; nothing when `by` is empty."""
    if not by:
        return rows.annotate(group=Value(""))
    if by == "unit":
        return rows.annotate(group=F("of_unit"))
    if by != "category":
        raise Missing(_("没有这种分组"))
    latest = Standing.objects.filter(
        case_id=OuterRef("of_case"), at__lte=span.cutoff, known_at__lte=span.known
    ).order_by("-id")
    return rows.annotate(group=Subquery(latest.values("category__key")[:1]))


Tally = dict[str, dict[str, int]]


def tally(grants: Grants, wanted: Iterable[str], span: Period, by: str = "") -> Tally:
    """Of each figure how many rows each unit or category has, by key ("-" without one; "" when not grouped)."""
    return tallies(grants, [(wanted, by)], span)[0]


def tallies(grants: Grants, asked: Iterable[tuple[Iterable[str], str]], span: Period) -> list[Tally]:
    """Several tallies. One statement for all, with a sub-select for each list, however many of its parts are wanted
    and however many rows there are."""
    sums = [_Sum(grants, list(wanted), span, by, f"t{place}") for place, (wanted, by) in enumerate(asked)]
    questions = {name: rows for one in sums for name, rows in one.questions.items()}
    units = {"units": Unit.objects.values("pk", "key")} if any(one.by == "unit" for one in sums) else {}
    found = counting.tables(questions | units)
    keys = {row["pk"]: row["key"] for row in found.pop("units", [])}
    return [one.added_up(found, keys) for one in sums]


class _Sum:
    """One tally while it is asked and added up: its lists as questions, which column of each is which figure."""

    def __init__(self, grants: Grants, wanted: list[str], span: Period, by: str, mark: str) -> None:
        self.wanted, self.by = wanted, by
        self.questions: dict[str, Rows] = {}
        self._columns: dict[str, dict[str, str]] = {}
        parts = [(name, *_base(name, span)) for name in dict.fromkeys(wanted)]
        for base in dict.fromkeys(row[1] for row in parts):
            mine = {f"n{place}": row for place, row in enumerate(parts) if row[1] == base}
            columns = {alias: Count("pk", filter=row[2] or None) for alias, row in mine.items()}
            for place, rows in enumerate(_sources(grants, base, span)):
                question = f"{mark} {base} {place}"
                grouped = _grouped(rows, span, by).order_by().values("group").annotate(**columns)
                self.questions[question] = grouped
                self._columns[question] = {alias: row[0] for alias, row in mine.items()}

    def added_up(self, found: dict[str, list[dict[str, Any]]], units: dict[int, str]) -> Tally:
        sums: Tally = {name: {} for name in self.wanted}
        for question, columns in self._columns.items():
            for line in found[question]:
                key = units.get(line["group"], "-") if self.by == "unit" else line["group"] or self._without
                for alias, name in columns.items():
                    sums[name][key] = sums[name].get(key, 0) + line[alias]
        return {name: {key: n for key, n in row.items() if n} for name, row in sums.items()}

    @property
    def _without(self) -> str:
        return "-" if self.by else ""


def count_all(grants: Grants, wanted: Iterable[str], span: Period) -> dict[str, int]:
    return {name: row.get("", 0) for name, row in tally(grants, wanted, span).items()}


def count(grants: Grants, name: str, span: Period) -> int:
    return count_all(grants, [name], span)[name]


def counts(grants: Grants, name: str, span: Period, by: str) -> dict[str, int]:
    """How many rows of each unit or category; "-" without one."""
    return tally(grants, [name], span, by)[name]


def names(by: str) -> dict[str, str]:
    """Key → name of the units or categories, in the office's order."""
    return named(by)[by]


def named(*groups: str) -> dict[str, dict[str, str]]:
    """The names of several kinds of group, in one statement."""
    found = counting.tables({by: _NAMED[by if by == "unit" else "category"]() for by in groups})
    return {by: {row["key"]: row["name"] for row in found[by]} for by in groups}


_NAMED: Final[dict[str, Callable[[], Rows]]] = {
    "unit": lambda: Unit.objects.values("key", "name"),
    "category": lambda: Category.objects.order_by("order", "id").values("key", "name"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: which matter, since when it counts."""

    case_id: int
    at: datetime


def rows_of(grants: Grants, name: str, span: Period, by: str = "", key: str = "") -> list[Row]:
    """The list behind a number, of everything or of one unit or category ("-": without one), in order of time."""
    return lists_of(grants, [name], span, by, key)[name]


def lists_of(
    grants: Grants, wanted: Iterable[str], span: Period, by: str = "", key: str = ""
) -> dict[str, list[Row]]:
    """The lists behind several numbers, in one statement."""
    sources = {
        f"{name} {place}": _of_group(rows, span, by, key).order_by().values("of_case", "at")
        for name in wanted
        for place, rows in enumerate(lists(grants, name, span))
    }
    found: dict[str, list[Row]] = {}
    for source, rows in counting.tables(sources).items():
        mine = found.setdefault(source.split(" ")[0], [])
        mine += [Row(row["of_case"], datetime.fromisoformat(row["at"])) for row in rows]
    return {name: sorted(rows, key=lambda row: (row.at, row.case_id)) for name, rows in found.items()}


def _of_group(rows: Rows, span: Period, by: str, key: str) -> Rows:
    if not (by and key):
        return rows
    rows = _grouped(rows, span, by)
    if key == "-":
        return rows.filter(group=None)
    wanted: Any = Subquery(Unit.objects.filter(key=key).values("pk")) if by == "unit" else key
    return rows.filter(group=wanted)


__all__ = [
    "EXCEPTIONS",
    "GROUPS",
    "MEASURES",
    "Measure",
    "Period",
    "Row",
    "count",
    "count_all",
    "counts",
    "names",
    "period",
    "tally",
]
