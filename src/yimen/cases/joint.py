"""Reading what is done together: matters merged into a main one, units that help, the people of one matter of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yimen.access.registry import Grants

from . import dossier
from .access import DESK_ROLES, UNIT_ROLES
from .actions import people
from .models import Assignment, AssistResult, AssistReturn, Case, Merge, PersonAnswer

# A main matter in one of these has a result that its merged ones can be told.
_HAS_RESULT = ("answered", "guided", "verified", "told", "called_back", "rated", "closed",
               "reviewing", "reviewed", "re_reviewing")  # fmt: skip
OPEN_PARTS = ("sent", "signed")
Of = TypeVar("Of", AssistResult, AssistReturn)


# --- 并案 -------------------------------------------------------------------------------------------------------


def main_of(case: Case) -> Case | None:
    """The main matter that this one is merged into, also after it was told and closed."""
    return next(iter(dossier.of(case).main), None)


def is_member(case: Case) -> bool:
    return any(row.case_id == case.pk for row in dossier.of(case).merges)


def member_ids(main: Case) -> set[int]:
    """Which matters are merged into `main`, whoever may see them."""
    return {row.case_id for row in dossier.of(main).merges if row.main_id == main.pk}


def members_of(main: Case) -> QuerySet[Case]:
    """Matters merged into `main`, waiting or already told."""
    rows = Merge.objects.filter(main=main, ended_at__isnull=True).values("case")
    return Case.objects.filter(pk__in=rows)


def answered(main: Case | None) -> bool:
    """Whether a main matter has a result to tell: verified by its unit, or given at the desk. Not once sent back."""
    if main is None:
        return False
    if main.state == "archived":  # a withdrawn matter is archived too: that one was neither served nor guided
        return main.served_at is not None or (main.lead_unit_id is None and main.answered_by_id is not None)
    return main.state in _HAS_RESULT


def mains_of(cases: Iterable[Case]) -> dict[int, Case]:
    """For a list: of the matters that wait for a main one, the main one by the matter's id. One query at most."""
    waiting = [case.pk for case in cases if case.state == "merged"]
    rows = Merge.objects.filter(case__in=waiting, ended_at__isnull=True).select_related("main")
    return {row.case_id: row.main for row in rows} if waiting else {}


# --- 协办 -------------------------------------------------------------------------------------------------------


def open_parts(case: Case) -> QuerySet[Assignment]:
    """Assisting units that still owe their answer."""
    return Assignment.objects.filter(case=case, role="assist", state__in=OPEN_PARTS)


def owed_parts(case: Case) -> list[Assignment]:
    """The same as rows with unit and clock, in order."""
    return [row for row in dossier.of(case).parts if row.role == "assist" and row.state in OPEN_PARTS]


def parts_waiting_for(grants: Grants) -> QuerySet[Assignment]:
    """Assisting parts that this person's unit owes (the desk: of units without accounts), the first due first."""
    mine = Q(unit__in=grants.units(*UNIT_ROLES), offline=False)
    if grants.has(*DESK_ROLES):
        mine |= Q(offline=True)
    rows = Assignment.objects.filter(mine, role="assist", state__in=OPEN_PARTS, case__open=True)
    return rows.select_related("case", "case__category", "case__lead_unit", "unit", "clock").order_by(
        "clock__due_at", "id"
    )


def assist_results(case: Case) -> list[AssistResult]:
    """What assisting units answered, in order."""
    return _with_parts(case, dossier.of(case).assist_results)


def assist_returns(case: Case, *, open_only: bool = False) -> list[AssistReturn]:
    """退回协办 asked for and how it was answered."""
    rows = dossier.of(case).assist_returns
    return _with_parts(case, [row for row in rows if row.agreed is None] if open_only else rows)


def _with_parts(case: Case, rows: list[Of]) -> list[Of]:
    """Rows about parts of the matter, each with its part."""
    parts = {part.pk: part for part in dossier.of(case).parts} if rows else {}
    for row in rows:
        row.assignment = parts[row.assignment_id]
    return rows


# --- a matter of many -------------------------------------------------------------------------------------------

_LISTED = ("visitor", "representative", "on_behalf")


@dataclass(frozen=True, slots=True)
class Listed:
    """One listed person of a matter, without a name: 来访人, 代表1 …"""

    slot: int
    label: str


def listed(case: Case) -> list[Listed]:
    """The people of a matter of many (party size over one, two or more listed); empty for an ordinary matter.

    A visitor who is written down among the representatives too is one person, as a representative.
    """
    if case.party_size < 2 or case.anonymous or case.sealed:
        return []
    people_ = sorted(dossier.of(case).people, key=lambda row: row.slot)
    twice = people.written_twice(case)
    rows = [(row.slot, row.role) for row in people_ if row.role in _LISTED and row.slot not in twice]
    found: list[Listed] = []
    counts: dict[str, int] = {}
    for slot, role in rows:
        counts[role] = counts.get(role, 0) + 1
        found.append(Listed(slot, _label(role, counts[role])))
    return found if len(found) > 1 else []


def _label(role: str, number: int) -> str:
    if role == "representative":
        return _("代表%d") % number
    if number == 1:
        return _("来访人") if role == "visitor" else _("代为反映人")
    return (_("来访人%d") if role == "visitor" else _("代为反映人%d")) % number


def turn_of(case: Case) -> int:
    """How many times the people of a matter of many have been told; 0 before the first."""
    return max((row.turn for row in dossier.of(case).answers), default=0)


def answers_of(case: Case) -> list[PersonAnswer]:
    """Each listed person's row of the latest reply, in order of the places."""
    rows = dossier.of(case).answers
    last = max((row.turn for row in rows), default=0)
    return [row for row in rows if row.turn == last]
