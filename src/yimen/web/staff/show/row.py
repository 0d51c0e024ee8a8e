"""A matter as one row of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _

from yimen.cases.joint import answered, mains_of
from yimen.cases.models import Case
from yimen.cases.states import words

from .clock import Badge, badge_of
from .words import category_name, next_said


@dataclass(frozen=True, slots=True)
class Sign:
    """A small fact beside a row: icon and word."""

    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of a matter. Never a participant. `pick` stands for it when it is ticked: which, as read when."""

    url: str
    title: str
    number: str
    about: list[str]
    clock: Badge | None
    next: str
    tags: list[Sign] = field(default_factory=list)
    on: bool = False
    pick: str = ""

    @property
    def tick(self) -> str:
        return _("勾选 %(number)s") % {"number": self.number}


def rows_of(
    cases: Iterable[Case], reader: int | None = None, *, within: str = "", here: Case | None = None
) -> list[Row]:
    """Rows that lead to the case page; `within` is the list they are opened from, `here` the one shown now."""
    rows = list(cases)
    ready = {pk for pk, main in mains_of(rows).items() if answered(main)}
    found = [_row(case, reader, within, here is not None and case.pk == here.pk) for case in rows]
    for case, row in zip(rows, found, strict=True):
        if case.pk in ready:
            row.tags.append(Sign("bell", _("主件已有结果")))
    return found


def _row(case: Case, reader: int | None, within: str, on: bool) -> Row:
    url = case_url(case) + (f"?in={within}" if within else "")
    return Row(
        url, case.title, case.number, _about(case), badge_of(case), next_line(case, reader), _tags(case), on,
        f"{case.uuid}~{case.version}",
    )  # fmt: skip


def case_url(case: Case) -> str:
    """The matter's page. Asked for every row of every list: the address is taken apart once."""
    before, after = _around(get_script_prefix())
    return f"{before}{case.uuid}{after}"


@lru_cache(maxsize=4)
def _around(_prefix: str) -> tuple[str, str]:
    nobody = UUID(int=0)
    before, _ref, after = reverse("staff:case", args=[nobody]).partition(str(nobody))
    return before, after


def _about(case: Case) -> list[str]:
    unit = case.lead_unit.name if case.lead_unit else ""
    return [
        str(bit)
        for bit in (
            case.from_number,
            case.place,
            category_name(case.category, short=True),
            unit,
            state_words(case),
        )
        if bit
    ]


def state_words(case: Case) -> str:
    return str(words(case.flow, case.state))


def next_line(case: Case, reader: int | None = None) -> str:
    """Who must do what: 周敏：回访来访人; 轮到您：… for the reader."""
    if case.holder is None or not case.open:
        return ""
    return _("%(who)s：%(what)s") % {
        "who": _("轮到您") if case.holder_id == reader else case.holder.name,
        "what": next_said(case),
    }


def _tags(case: Case) -> list[Sign]:
    found = []
    if case.urgency != "normal":
        found.append(Sign("flag", str(case.get_urgency_display())))
    if case.sealed:
        found.append(Sign("lock", _("密件")))
    if case.open and not case.screened:
        found.append(Sign("help", _("待甄别")))
    if case.party_size > 1:
        found.append(Sign("people", _("%d 人") % case.party_size))
    return found
