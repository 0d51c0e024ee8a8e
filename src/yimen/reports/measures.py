"""Every figure by name, as the list behind it: its number is that list counted (DOMAIN.md §0.18–20, §7).

Names, words and definitions stand in data/measures.csv; here each name gets its list. What a reader may see is
decided by `cases.view`; sealed matters are in no list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.models import Category
from yimen.cases.states import OPEN_STATES
from yimen.foundation.errors import Missing
from yimen.organisations.models import Unit

from . import limits, moves
from .models import Standing
from .moves import Lister, Rows
from .period import Period, period
from .settings import read

_LISTS: Final[dict[str, Lister]] = {
    "received": moves.received,
    "groups": moves.groups,
    "typed-late": moves.typed_late,
    "answered": moves.moved("answered"),
    "guided": moves.moved("guided"),
    "dispatched": moves.dispatched,
    "dispatched-rightly": moves.dispatched_rightly,
    "dispatched-returned": moves.dispatched_returned,
    "dispatched-return-refused": moves.dispatched_return_refused,
    "returned": moves.returned,
    "return-refused": moves.return_refused,
    "recalled": moves.recalled,
    "receipt-due": limits.receipts,
    "received-in-time": limits.met(limits.receipts),
    "due": limits.conclusions,
    "on-time": limits.met(limits.conclusions),
    "late": limits.late(limits.conclusions),
    "open-late": limits.unmet(limits.conclusions),
    "concluded": limits.done(limits.conclusions),
    "extended": limits.extended(limits.conclusions),
    "petition-due": limits.petition_conclusions,
    "petition-on-time": limits.met(limits.petition_conclusions),
    "falls-due": limits.falling_due,
    "overdue": limits.overdue,
    "open": moves.standing_in(*OPEN_STATES),
    "awaiting": moves.standing_in("awaiting"),
    "closed": moves.closed,
    "closed-after-redo": moves.closed_after_redo,
    "redone": moves.redone,
    "reopened": moves.reopened,
    "watched": moves.watched,
    "solved-once": moves.solved_once,
    "repeated": moves.repeated,
    "closing-call-owed": moves.closed_owing_call,
    "closing-called": moves.closed_called,
    "called": moves.called,
    "reached": moves.reached,
    "contacted": moves.contacted,
    "solved": moves.solved,
    "satisfied": moves.rated(4, 5),
    "fairly": moves.rated(3),
    "urged": moves.noted("case.urged"),
    "supervised": moves.noted("case.supervised"),
    "closed-uncalled": moves.closed_uncalled,
    "closed-unsolved": moves.closed_unsolved,
    "extended-after-expiry": limits.extended_after_expiry,
    "returned-twice": moves.returned_twice,
    "rescreened": moves.rescreened,
    "suspended": moves.noted("case.suspended"),
}
# Two sources that never hold the same matter: by a clock, and told with the registration, when none ran.
_SUMS: Final[dict[str, tuple[Lister, ...]]] = {
    "notice-due": (limits.notices, limits.told_at_once),
    "noticed": (limits.met(limits.notices), limits.told_at_once),
}
EXCEPTIONS: Final = (
    "closed-uncalled", "closed-unsolved", "extended-after-expiry", "extended", "suspended", "returned-twice",
    "return-refused", "recalled", "reopened", "repeated", "rescreened", "typed-late",
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


def lists(grants: Grants, name: str, span: Period) -> list[Rows]:
    """The querysets behind a figure, inside what the reader may see. Raises Missing for an unknown name."""
    if name not in MEASURES:
        raise Missing(_("没有这项指标"))
    seen = queries.visible_to(grants).filter(sealed=False).values("pk")
    makers = _SUMS.get(name) or (_LISTS[name],)
    return [make(span).filter(of_case__in=seen) for make in makers]


GROUPS: Final = ("unit", "category")


def _grouped(rows: Rows, span: Period, by: str) -> Rows:
    """`group`: the unit's number, or the category's key as it was at the cut-off."""
    if by == "unit":
        return rows.annotate(group=F("of_unit"))
    if by != "category":
        raise Missing(_("没有这种分组"))
    latest = Standing.objects.filter(
        case_id=OuterRef("of_case"), at__lte=span.cutoff, known_at__lte=span.known
    ).order_by("-id")
    return rows.annotate(group=Subquery(latest.values("category__key")[:1]))


def count(grants: Grants, name: str, span: Period) -> int:
    return sum(rows.count() for rows in lists(grants, name, span))


def counts(grants: Grants, name: str, span: Period, by: str) -> dict[str, int]:
    """How many rows of each unit or category, by key; "-" without one. One query for each source."""
    found: dict[str, int] = {}
    keys = _keys(by)
    for rows in lists(grants, name, span):
        grouped = _grouped(rows, span, by).order_by().values("group").annotate(n=Count("pk"))
        for row in grouped:
            key = keys.get(row["group"], "-")
            found[key] = found.get(key, 0) + row["n"]
    return found


def _keys(by: str) -> dict[Any, str]:
    if by == "unit":
        return dict(Unit.objects.values_list("pk", "key"))
    return {key: key for key in Category.objects.values_list("key", flat=True)}


def names(by: str) -> dict[str, str]:
    """Key → name of the units or categories, in the office's order."""
    rows: Iterable[Any] = Unit.objects.all() if by == "unit" else Category.objects.order_by("order", "id")
    return {row.key: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: which matter, since when it counts."""

    case_id: int
    at: Any


def rows_of(grants: Grants, name: str, span: Period, by: str = "", key: str = "") -> list[Row]:
    """The list behind a number, of everything or of one unit or category ("-": without one), in order of time."""
    found: list[Row] = []
    for rows in lists(grants, name, span):
        if by and key:
            rows = _grouped(rows, span, by)
            rows = rows.filter(group=None) if key == "-" else rows.filter(group=_group_of(by, key))
        found += [Row(case_id, at) for case_id, at in rows.order_by().values_list("of_case", "at")]
    return sorted(found, key=lambda row: (row.at, row.case_id))


def _group_of(by: str, key: str) -> Any:
    if by != "unit":
        return key
    return Unit.objects.filter(key=key).values_list("pk", flat=True).first() or 0


__all__ = [
    "EXCEPTIONS",
    "GROUPS",
    "MEASURES",
    "Measure",
    "Period",
    "Row",
    "count",
    "counts",
    "names",
    "period",
]
