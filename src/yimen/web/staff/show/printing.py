"""Which papers of a matter can be printed now, and the values of each. The page lists them, the view prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases.actions.materials import materials_of
from yimen.cases.models import Case

from . import papers
from .papers_letters import about, decisions_of, notices_of, r02_of, servings_of, v05_of, v06_of
from .papers_units import (
    Desk,
    callbacks_of,
    dispatches_of,
    minute,
    orders_of,
    r01_of,
    v02_of,
    v03_of,
    v04_of,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper. `rows` are the facts it can be printed for (one each), `about` tells two of them apart."""

    form: str
    words: object
    rows: Callable[[Case], Sequence[Any]]
    about: Callable[[Any], str]
    data: Callable[[Case, Any, Desk], Any]
    sealed: bool = False  # whether a sealed matter has it


@dataclass(frozen=True, slots=True)
class Offer:
    """One paper to print: `row` is the fact's id, 0 when there is only one."""

    form: str
    row: int
    words: str
    about: str = ""


def _v01(case: Case, _row: Any, desk: Desk) -> Any:
    return papers.v01_of(case, desk.office, full=desk.full, by=desk.by, url=desk.url)


def _itself(case: Case) -> Sequence[Case]:
    return (case,)


def _handed_in(case: Case) -> Sequence[Case]:
    return (case,) if materials_of(case) else ()


def _nothing(_row: Any) -> str:
    return ""


PAPERS: Final = {
    paper.form: paper
    for paper in (
        Paper("V01", gettext_lazy("登记表"), _itself, _nothing, _v01, sealed=True),
        Paper("V02", gettext_lazy("转办单"), dispatches_of, lambda row: f"{row.unit.name} {minute(row.sent_at)}", v02_of),
        Paper("V03", gettext_lazy("督办单"), orders_of, lambda row: str(row.number), v03_of),
        Paper("V04", gettext_lazy("回访单"), callbacks_of, lambda row: minute(row.at), v04_of),
        Paper("V05", gettext_lazy("告知书"), notices_of, about, v05_of),
        Paper("V06", gettext_lazy("处理意见书"), decisions_of, about, v06_of),
        Paper("R02", gettext_lazy("送达回证"), servings_of, about, r02_of),
        Paper("R01", gettext_lazy("材料收据"), _handed_in, _nothing, lambda case, _row, desk: r01_of(case, desk)),
    )
}  # fmt: skip


def offers(case: Case) -> list[Offer]:
    """The papers that make sense in the present state, the newest of each kind first."""
    found = []
    for paper in PAPERS.values():
        if case.sealed and not paper.sealed:
            continue
        for row in reversed(paper.rows(case)):
            one = 0 if row is case else row.pk
            found.append(Offer(paper.form, one, str(paper.words), paper.about(row)))
    return found


def row_of(case: Case, form: str, one: int = 0) -> Any | None:
    """The fact a paper is printed for, the newest when none is named; None when the matter has no such paper (now)."""
    paper = PAPERS.get(form)
    if paper is None or (case.sealed and not paper.sealed):
        return None
    rows = paper.rows(case)
    if not rows or not one:
        return rows[-1] if rows else None
    return next((row for row in rows if row is case or row.pk == one), None)


def file_words(case: Case, form: str) -> str:
    """The name of the file, without its ending; no person stands in it."""
    return _("%(number)s-%(paper)s") % {"number": case.number, "paper": PAPERS[form].words}
