"""Reading 呈批 and 批示: what stands, what waits for whom, what is still owed, and the office's quick phrases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.models import RoleGrant
from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.foundation import counting

from . import dossier, queries
from .access import LEADERS
from .models import Case, Instruction, InstructionMark, Phrase, Submission


def standing(case: Case) -> bool:
    """Whether an instruction of this round stands: written since the receipt or the latest reopening, not struck."""
    found = dossier.of(case)
    struck = {mark.instruction_id for mark in found.marks if mark.kind == "struck"}
    return any(row.at >= case.round_at and row.pk not in struck for row in found.told)


def needed(case: Case) -> bool:
    """Whether the matter may not be dispatched before a leader's instruction (呈批 category)."""
    return case.category.dispatch_mode == "approve" and not standing(case)


def owed(case: Case) -> Submission | None:
    """The open 补批 of a matter."""
    return next(
        (row for row in dossier.of(case).submissions if row.kind == "after" and not row.outcome), None
    )


# One matter


@dataclass(slots=True)
class Told:
    """An instruction with what was said of it later."""

    row: Instruction
    marks: dict[str, InstructionMark] = field(default_factory=dict)

    @property
    def struck(self) -> InstructionMark | None:
        return self.marks.get("struck")

    @property
    def confirmed(self) -> InstructionMark | None:
        return self.marks.get("confirmed")

    @property
    def unconfirmed(self) -> bool:
        """代录 and neither confirmed nor struck: 待本人确认."""
        return bool(self.row.recorded) and not self.marks


def told(case: Case) -> list[Told]:
    """Every instruction of a matter, the earliest first, struck ones among them."""
    rows = dossier.of(case)
    found = {row.pk: Told(row) for row in rows.told}
    for one in found.values():
        one.row.case = case
    for mark in rows.marks if found else ():
        found[mark.instruction_id].marks[mark.kind] = mark
    return list(found.values())


def signature(row: Instruction) -> str:
    """Whose instruction it is, as it is read: who signs for an absent leader (代理) says for whom."""
    asked = row.submission
    if asked is None or asked.recipient is None or row.recorded or asked.recipient_id == row.leader_id:
        return str(row.leader.name)
    pair, day = (row.leader_id, asked.recipient_id), timezone.localdate(row.signed_at)
    if not any(_stood_in(grant, pair, day) for grant in dossier.of(row.case).standing_in):
        return str(row.leader.name)
    return _("%(name)s（代%(absent)s）") % {"name": row.leader.name, "absent": asked.recipient.name}


def _stood_in(grant: RoleGrant, pair: tuple[int, int | None], on: date) -> bool:
    """Whether by this grant the first of a pair stood in for the second on a day."""
    held = grant.since <= on and (grant.until is None or on <= grant.until)
    return held and (grant.user_id, grant.stands_for_id) == pair


def submissions(case: Case) -> list[Submission]:
    """What was put before leaders, the earliest first."""
    return dossier.of(case).submissions


# What waits for a leader


def awaiting(grants: Grants) -> QuerySet[Submission]:
    """待批示: put before this person, the most urgent first."""
    return _open(grants, "before").filter(recipient__in=_self(grants), case__state="awaiting")


def owed_to(grants: Grants) -> QuerySet[Submission]:
    """补批 owed by this person, the earliest due first."""
    return _open(grants, "after").filter(recipient__in=_self(grants)).order_by("due_at", "id")


def before(grants: Grants, refs: Iterable[UUID]) -> list[Submission]:
    """Of these matters what waits for this person, in the order of the lists."""
    wanted = list(refs)
    return [row for rows in (awaiting(grants), owed_to(grants)) for row in rows.filter(case__uuid__in=wanted)]


def unconfirmed(grants: Grants) -> QuerySet[Instruction]:
    """待确认: recorded in this person's name, neither confirmed nor struck."""
    marked = InstructionMark.objects.filter(instruction=OuterRef("pk"))
    rows = Instruction.objects.filter(~Exists(marked), leader=grants.user_id).exclude(recorded="")
    seen = rows.filter(case__in=queries.visible_to(grants))
    return seen.select_related("case", "by", "leader", "paper").order_by("id")


def elsewhere(grants: Grants) -> QuerySet[Submission]:
    """For the director: what waits for other leaders or for nobody, 补批 too, so that it can be sent to another one."""
    if not grants.has(Role.DIRECTOR):
        return Submission.objects.none()
    waits = Q(kind="after") | Q(case__state="awaiting")
    return _open(grants).filter(waits).exclude(recipient__in=_self(grants), recipient__isnull=False)


def _self(grants: Grants) -> list[int]:
    """This leader, and those in whose place this person acts (代理)."""
    return [pk for pk in (grants.user_id, *grants.stands_for(*LEADERS)) if pk is not None]


def _open(grants: Grants, kind: str = "") -> QuerySet[Submission]:
    rows = Submission.objects.filter(outcome="", case__in=queries.visible_to(grants))
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.select_related("case__category", "case__clock", "case__holder", "unit", "recipient", "by")
    return rows.order_by(F("case__due_at").asc(nulls_last=True), "id")


def asked(grants: Grants) -> dict[str, QuerySet[Any]]:
    """What the list 待批示 asks of this person, as rows to count: instructions and approvals; confirmations."""
    mine = Q(recipient__in=_self(grants)) & (Q(kind="after") | Q(case__state="awaiting"))
    rows = Submission.objects.filter(mine, outcome="", case__in=queries.visible_to(grants))
    return {"instruct": rows, "confirm": unconfirmed(grants)}


def count(grants: Grants) -> int:
    """How many things the list 待批示 asks of this person."""
    return sum(counting.counts(asked(grants)).values())


def phrases(case: Case | None = None) -> list[str]:
    """The office's quick phrases in their order, as they were read with the matter where there is one."""
    rows = dossier.of(case).phrases if case else Phrase.objects.filter(retired=False)
    return [row.text for row in rows]
