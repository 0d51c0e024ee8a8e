"""Reading 呈批 and 批示: what stands, what waits for whom, what is still owed, and the office's quick phrases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.queries import holding
from yimen.access.registry import Grants
from yimen.access.roles import Role

from . import queries
from .access import LEADERS
from .models import Case, Instruction, InstructionMark, Phrase, Submission


def standing(case: Case) -> bool:
    """Whether an instruction of this round stands: written since the receipt or the latest reopening, not struck."""
    rows = Instruction.objects.filter(case=case, at__gte=case.round_at)
    return rows.exclude(pk__in=_struck()).exists()


def needed(case: Case) -> bool:
    """Whether the matter may not be dispatched before a leader's instruction (呈批 category)."""
    return case.category.dispatch_mode == "approve" and not standing(case)


def owed(case: Case) -> Submission | None:
    """The open 补批 of a matter."""
    return Submission.objects.filter(case=case, kind="after", outcome="").first()


def _struck() -> QuerySet[InstructionMark, int]:
    return InstructionMark.objects.filter(kind="struck").values_list("instruction", flat=True)


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
    """Every instruction of a matter, the earliest first, struck ones among them. Two queries."""
    rows = (
        Instruction.objects.filter(case=case)
        .select_related("leader", "by", "paper", "submission__recipient")
        .order_by("id")
    )
    found = {row.pk: Told(row) for row in rows}
    if found:
        for mark in InstructionMark.objects.filter(instruction__in=found).select_related("by"):
            found[mark.instruction_id].marks[mark.kind] = mark
    return list(found.values())


def signature(row: Instruction) -> str:
    """Whose instruction it is, as it is read: who signs for an absent leader (代理) says for whom."""
    asked = row.submission
    if asked is None or asked.recipient is None or row.recorded or asked.recipient_id == row.leader_id:
        return str(row.leader.name)
    day = timezone.localdate(row.signed_at)
    if not holding(day).filter(user=row.leader_id, stands_for=asked.recipient_id, role__in=LEADERS).exists():
        return str(row.leader.name)
    return _("%(name)s（代%(absent)s）") % {"name": row.leader.name, "absent": asked.recipient.name}


def submissions(case: Case) -> list[Submission]:
    """What was put before leaders, the earliest first."""
    rows = Submission.objects.filter(case=case).select_related("unit", "recipient", "by", "ended_by")
    return list(rows.order_by("id"))


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


def count(grants: Grants) -> int:
    """How many things the list 待批示 asks of this person: instructions, approvals and confirmations of the own."""
    mine = Q(recipient__in=_self(grants)) & (Q(kind="after") | Q(case__state="awaiting"))
    asked = Submission.objects.filter(mine, outcome="", case__in=queries.visible_to(grants)).count()
    return asked + unconfirmed(grants).count()


def phrases() -> list[str]:
    """The office's quick phrases in their order."""
    return list(Phrase.objects.filter(retired=False).values_list("text", flat=True))
