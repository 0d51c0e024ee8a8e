"""Reading what is done together: matters merged into a main one, units that help, the people of one matter of many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from yimen.access.registry import Grants

from .access import DESK_ROLES, UNIT_ROLES
from .actions import people
from .models import Assignment, AssistResult, AssistReturn, Case, Merge, Participant, PersonAnswer

# A main matter in one of these has a result that its merged ones can be told.
_HAS_RESULT = ("answered", "guided", "verified", "told", "called_back", "rated", "closed",
               "reviewing", "reviewed", "re_reviewing")  # fmt: skip
OPEN_PARTS = ("sent", "signed")


# --- 并案 -------------------------------------------------------------------------------------------------------


def main_of(case: Case) -> Case | None:
    """The main matter that this one is merged into, also after it was told and closed."""
    row = Merge.objects.filter(case=case, ended_at__isnull=True).select_related("main").first()
    return row.main if row else None


def is_member(case: Case) -> bool:
    return Merge.objects.filter(case=case, ended_at__isnull=True).exists()


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
    rows = AssistResult.objects.filter(assignment__case=case)
    return list(rows.select_related("assignment__unit", "assignment__clock", "by").order_by("id"))


def assist_returns(case: Case, *, open_only: bool = False) -> list[AssistReturn]:
    """退回协办 asked for and how it was answered."""
    rows = AssistReturn.objects.filter(assignment__case=case)
    rows = rows.filter(agreed__isnull=True) if open_only else rows
    return list(rows.select_related("assignment__unit", "asked_by", "answered_by").order_by("id"))


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
    people_ = Participant.objects.filter(case=case, role__in=_LISTED).order_by("slot")
    twice = people.written_twice(case)
    rows = [(slot, role) for slot, role in people_.values_list("slot", "role") if slot not in twice]
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
    return PersonAnswer.objects.filter(case=case).aggregate(last=Max("turn"))["last"] or 0


def answers_of(case: Case) -> list[PersonAnswer]:
    """Each listed person's row of the latest reply, in order of the places."""
    return list(
        PersonAnswer.objects.filter(case=case, turn=turn_of(case)).select_related("told_by").order_by("slot")
    )


def person_ratings(case: Case) -> list[int]:
    """Every listed person's own rating of the latest reply, none averaged. For an ordinary matter empty."""
    return [row.rating for row in answers_of(case) if row.rating is not None]
