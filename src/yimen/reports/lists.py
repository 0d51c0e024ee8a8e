"""Every list that may leave as a workbook, said in plain words, so that a job can find the same rows again later."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.models import Case
from yimen.foundation.errors import Missing

from . import measures, registers
from .period import Period

VISITS: Final = "visits"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list (`registers/visits`, `work/mine`, `search`, `figures/due`), how it is headed, how it is narrowed.

    `filters` are texts as they stand in the address; of a period `from`, `to`, `at` and `known` in ISO.
    """

    what: str
    title: str
    notes: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    file: str = ""

    @property
    def register(self) -> str:
        """Whose columns it has."""
        kind, _slash, name = self.what.partition("/")
        return name if kind == "registers" else VISITS

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def from_text(text: str) -> Wanted:
    return Wanted(**json.loads(text))


def rows(grants: Grants, wanted: Wanted) -> QuerySet[Any]:
    """The rows as this person may see them now. Raises Missing for a list there is not."""
    kind, _slash, name = wanted.what.partition("/")
    if kind not in _FINDS:
        raise Missing(_("没有这个清单"))
    return _FINDS[kind](grants, name, wanted.filters)


def case_ids(wanted: Wanted, found: QuerySet[Any]) -> QuerySet[Any]:
    """The matters whose words the rows bring out."""
    column = "pk" if found.model is Case else "case"
    return found.order_by().values_list(column, flat=True)


def _work(grants: Grants, name: str, filters: dict[str, str]) -> QuerySet[Case]:
    found = queries.filtered(queries.worklist(grants, name), filters).order_by("due_at", "id")
    return registers.of_matters(found)


def _search(grants: Grants, _name: str, filters: dict[str, str]) -> QuerySet[Case]:
    return registers.of_matters(queries.found_by(grants, filters.get("q", "")))


def _register(grants: Grants, name: str, filters: dict[str, str]) -> QuerySet[Any]:
    first, last = (date.fromisoformat(filters[key]) for key in ("from", "to"))
    return registers.rows(grants, name, first, last, {key: filters.get(key, "") for key in registers.FILTERS})


def _figure(grants: Grants, name: str, filters: dict[str, str]) -> QuerySet[Case]:
    """The matters behind a number, each once."""
    first, last = (date.fromisoformat(filters[key]) for key in ("from", "to"))
    at, known = (datetime.fromisoformat(filters[key]) for key in ("at", "known"))
    span = Period(first, last, at, known)
    found = measures.rows_of(grants, name, span, filters.get("by", ""), filters.get("key", ""))
    refs = {row.case_id for row in found}
    return registers.of_matters(queries.visible_to(grants).filter(pk__in=refs).order_by("received_at", "id"))


_FINDS: Final[dict[str, Callable[[Grants, str, dict[str, str]], QuerySet[Any]]]] = {
    "work": _work,
    "search": _search,
    "registers": _register,
    "figures": _figure,
}
