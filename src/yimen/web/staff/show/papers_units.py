"""Forms between units as values for paper: 转办单, 督办单, 回访单, and the receipt for materials.

Each takes its rows from one fact of the matter. Who printed, when, and the code of the staff page come with `Desk`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases import dossier
from yimen.cases.actions.attach import attachments_of
from yimen.cases.actions.materials import materials_of
from yimen.cases.actions.people import participants
from yimen.cases.fields import RATINGS
from yimen.cases.models import Assignment, Callback, Case, Result, Supervision
from yimen.documents.forms import V02, V03, V04
from yimen.documents.receipts import R01, Material
from yimen.organisations.models import Office

UNHAPPY = (1, 2)  # ratings that need a reason


@dataclass(frozen=True, slots=True)
class Desk:
    """The printing: whose paper it is, by whom it is printed, the address its code leads to, names in full or masked."""

    office: Office
    by: str
    url: str = ""
    full: bool = False

    def head(self) -> dict[str, Any]:
        return {
            "office": self.office.centre_name,
            "url": self.url,
            "printed_at": timezone.now(),
            "printed_by": self.by,
        }


def rating_words(rating: int | None) -> str:
    return str(dict(RATINGS).get(str(rating), "")) if rating else ""


# 转办单


def v02_of(case: Case, row: Assignment, desk: Desk) -> V02:
    """One sending: the lead unit (主办), those who assist, what is asked, and what came back."""
    result = next((each for each in reversed(dossier.of(case).results) if _answers(each, row)), None)
    unhappy = _unhappy(case, row.sent_at)
    return V02(
        **desk.head(), no=_("%(number)s-转%(n)d") % {"number": case.number, "n": _nth(case, row)}, source_no=case.number,
        to_unit=row.unit.name, co_units=_assisting(case, row), kind=str(case.get_appeal_display()),
        content="\n".join(filter(None, (case.text, case.wish))), require=row.require,
        due=row.clock.due_at, by=row.sent_by.name, at=row.sent_at, signed=_signed(case, row),
        objection=_objection(case, row), reply=result.text if result else "", rating=rating_words(case.rating),
        unsat_reason=unhappy, assigned=_designated(case, row), confidential=case.confidential,
    )  # fmt: skip


def _answers(result: Result, row: Assignment) -> bool:
    return (result.case_id, result.unit_id) == (row.case_id, row.unit_id) and result.at >= row.sent_at


def _nth(case: Case, row: Assignment) -> int:
    return sum(each.role == "lead" and each.pk <= row.pk for each in dossier.of(case).parts)


def _assisting(case: Case, lead: Assignment) -> list[str]:
    rows = (row for row in dossier.of(case).parts if row.role == "assist" and row.state != "returned")
    return [row.unit.name for row in rows if row.sent_at >= lead.sent_at]


def _signed(case: Case, row: Assignment) -> str:
    if row.signed_at is None:
        return ""
    deeds = dossier.of(case).deeds
    entry = next((each for each in deeds if (each.kind, each.at) == ("case.sign", row.signed_at)), None)
    return " ".join(filter(None, (entry.actor_label if entry else "", minute(row.signed_at))))


def minute(at: datetime) -> str:
    """2026年11月16日 15:02, in the office's time."""
    local = timezone.localtime(at)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _objection(case: Case, row: Assignment) -> str:
    """申请退回 and what became of it, the last last."""
    said = []
    for asked in (each for each in dossier.of(case).returns if each.assignment_id == row.pk):
        answer = {None: "", True: _("同意退回"), False: _("不同意退回")}[asked.agreed]
        said.append(_("%(reason)s（%(at)s）%(answer)s %(words)s") % {
            "reason": asked.reason, "at": minute(asked.asked_at), "answer": answer, "words": asked.answer})  # fmt: skip
    return "\n".join(line.strip() for line in said)


def _designated(case: Case, row: Assignment) -> bool:
    """指定承办: sent with the obligation to report (交办)."""
    return any((each.kind, each.at) == ("case.designate", row.sent_at) for each in dossier.of(case).deeds)


def _unhappy(case: Case, since: datetime) -> str:
    rows = (row for row in reversed(dossier.of(case).callbacks) if row.rating in UNHAPPY)
    return next((row.comment for row in rows if row.at >= since), "")


# 督办单


def v03_of(case: Case, row: Supervision, desk: Desk) -> V03:
    """One numbered 督办单 with its last feedback, and the call-back that followed."""
    said = dossier.of(case)
    feedback = next((each for each in reversed(said.feedbacks) if each.supervision_id == row.pk), None)
    later = next((each for each in reversed(said.callbacks) if each.at >= row.at), None)
    return V03(
        **desk.head(), title=row.title or case.title, doc_no=row.number, content=row.words,
        instructed_by=(row.instructed_by or row.signed_by).name, at=row.at,
        lead_leader=row.lead_leader.name if row.lead_leader else "",
        co_leaders=list(row.co_leaders.order_by("id").values_list("name", flat=True)), due=row.due_on,
        feedback_mode=str(row.get_feedback_mode_display()),
        feedback_cycle=_("每 %d 天") % row.cycle_days if row.cycle_days else "",
        lead_unit=row.unit.name, co_units=list(row.co_units.order_by("order", "id").values_list("name", flat=True)),
        contact=row.contact.name if row.contact else "", phone=row.phone,
        files=[file.name for file in attachments_of(case)],
        reply=feedback.words if feedback else "", is_final=feedback.is_final if feedback else None,
        plan_finish=feedback.plan_finish if feedback else None, finished_at=row.concluded_at,
        callback_at=later.at if later else None, callback=later.comment if later else "",
        rating=rating_words(later.rating if later else None), source_no=case.number,
    )  # fmt: skip


# 回访单

_WAYS = {"phone": "电话", "visit": "上门", "counter": "现场", "message": "短信"}  # as the form has them


def v04_of(case: Case, row: Callback, desk: Desk) -> V04:
    """One try of the call-back desk; what followed is read off the ledger (重办) or left to the pen."""
    redone = any(each.kind == "case.redo" and each.at >= row.at for each in dossier.of(case).deeds)
    return V04(
        **desk.head(), source_no=case.number, topic=case.title, at=row.at,
        way=_WAYS.get(row.way, str(row.get_way_display())), by=row.by.name, reached=row.outcome == "reached",
        solved=str(row.get_solved_display()) if row.solved else "", rating=rating_words(row.rating),
        reason=row.comment, action="重办" if redone and row.solved in ("no", "partly") else "",
    )  # fmt: skip


# 材料收据


def r01_of(case: Case, desk: Desk) -> R01:
    """Everything handed in so far, with what went back."""
    rows = materials_of(case)
    visitor = next((p.name for p in participants(case, full=desk.full) if p.role == "visitor"), "")
    return R01(
        **desk.head(), no=case.number, name=visitor, taken_by=rows[0].taken_by.name if rows else "",
        given_at=rows[0].given_at if rows else None,
        materials=[
            Material(name=row.name, kind="原件" if row.kind == "original" else "复印件", pages=row.pages,
                     return_on=row.return_on,
                     returned=f"{timezone.localtime(row.returned_at):%Y-%m-%d}" if row.returned_at else "")
            for row in rows
        ],
    )  # fmt: skip
