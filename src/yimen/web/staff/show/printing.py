"""Which papers of a matter can be printed now, and the values of each. The page lists them, the view prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases import dossier
from yimen.cases.actions.materials import materials_of
from yimen.cases.models import Assignment, Case, Letter

from . import papers
from .papers_letters import about, is_decision, is_notice, is_served, r02_of, v05_of, v06_of
from .papers_units import Desk, r01_of, v02_of, v03_of, v04_of


def _sendings(case: Case) -> list[Assignment]:
    return [row for row in dossier.of(case).parts if row.role == "lead"]


def _letters(case: Case, wanted: Callable[[Letter], bool]) -> list[Letter]:
    return [row for row in dossier.of(case).letters if row.state != "void" and wanted(row)]


# Kinds of the dossier: what papers are of; and what is printed on them.
READ: Final = ("parts", "orders", "callbacks", "letters", "materials")
PRINTED: Final = (
    *READ, "people", "keys", "results", "returns", "feedbacks", "contacts", "outside", "submissions", "told", "marks",
    "files", "deeds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper. `rows` are the facts it can be printed for (one each), `about` and `at` tell two of them apart."""

    form: str
    words: object
    rows: Callable[[Case], Sequence[Any]]
    data: Callable[[Case, Any, Desk], Any]
    about: Callable[[Any], str] = lambda _row: ""
    at: Callable[[Any], datetime | None] = lambda _row: None
    sealed: bool = False  # whether a sealed matter has it


@dataclass(frozen=True, slots=True)
class Offer:
    """One paper to print: `row` is the fact's id, 0 when there is only one."""

    form: str
    row: int
    words: str
    about: str = ""
    at: datetime | None = None


def _v01(case: Case, _row: Any, desk: Desk) -> Any:
    return papers.v01_of(case, desk.office, full=desk.full, by=desk.by, url=desk.url)


def _r01(case: Case, _row: Any, desk: Desk) -> Any:
    return r01_of(case, desk)


PAPERS: Final = {
    paper.form: paper
    for paper in (
        Paper("V01", gettext_lazy("登记表"), lambda case: (case,), _v01, sealed=True),
        Paper("V02", gettext_lazy("转办单"), _sendings, v02_of, lambda row: str(row.unit.name), lambda row: row.sent_at),
        Paper("V03", gettext_lazy("督办单"), lambda case: dossier.of(case).orders, v03_of, lambda row: str(row.number)),
        Paper("V04", gettext_lazy("回访单"), lambda case: dossier.of(case).callbacks, v04_of, at=lambda row: row.at),
        Paper("V05", gettext_lazy("告知书"), lambda case: _letters(case, is_notice), v05_of, about),
        Paper("V06", gettext_lazy("处理意见书"), lambda case: _letters(case, is_decision), v06_of, about),
        Paper("R02", gettext_lazy("送达回证"), lambda case: _letters(case, is_served), r02_of, about),
        Paper("R01", gettext_lazy("材料收据"), lambda case: (case,) if materials_of(case) else (), _r01),
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
            found.append(Offer(paper.form, one, str(paper.words), paper.about(row), paper.at(row)))
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
