"""What stands in each column of a register: code → value, from rows fetched beforehand in a few queries.

No resident's name, phone or address is a column; phone numbers typed into a text are hidden, and so
are the names of the matter's own people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases.actions.people import blotted, named_by, names_in
from yimen.cases.fields import DECISIONS, OUTCOMES, RATINGS, SOLVED, WAYS
from yimen.cases.models import (
    Assignment,
    Callback,
    Case,
    Clock,
    Extension,
    Result,
    ReturnRequest,
    Supervision,
    SupervisionFeedback,
)
from yimen.cases.states import FLOWS, STATES
from yimen.foundation import counting, together
from yimen.foundation.masking import MOBILE
from yimen.grids.kinds import Level

from .models import Standing
from .workbook import Cell

_PHONE: Final = re.compile(rf"(?<!\d)(?:{MOBILE}|0\d{{2,3}}[ -]?\d{{7,8}})(?!\d)")


@dataclass(slots=True)
class Line:
    """One line of a register: the matter, the row it is about, and what was fetched for its matter."""

    case: Case
    row: Any = None
    assisting: list[str] = field(default_factory=list)
    result: Result | None = None
    call: Callback | None = None
    extended: int = 0
    limit: datetime | None = None
    passed: set[str] = field(default_factory=set)
    request: ReturnRequest | None = None
    feedback: SupervisionFeedback | None = None
    co_units: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of its people: never shown, only blotted out


def fill(lines: list[Line]) -> list[Line]:
    """Fetch what the columns need in three round trips, however many lines there are."""
    ids = {line.case.pk for line in lines}
    parts = [line.row.pk for line in lines if isinstance(line.row, Assignment)]
    orders = [line.row.pk for line in lines if isinstance(line.row, Supervision)]
    read, facts = _read(ids, parts, orders), _facts(ids, orders)
    names = names_in(read)
    helpers = _many(read["helpers"])
    results, calls = _last(read["results"]), _last(read["calls"])
    extended = {row["case"]: row["days"] for row in facts["extended"]}
    due = {row["case"]: datetime.fromisoformat(row["due_at"]) for row in facts["due"] if row["due_at"]}
    passed: dict[int, set[str]] = {}
    for row in facts["passed"]:
        passed.setdefault(row["case"], set()).add(row["state"])
    for line in lines:
        ref = line.case.pk
        line.limit, line.names = due.get(ref), names.get(ref, [])
        line.assisting = [row.unit.name for row in helpers.get(ref, ())]
        line.result, line.call = results.get(ref), calls.get(ref)
        line.extended, line.passed = extended.get(ref, 0), passed.get(ref, set())
    _fill_parts([line for line in lines if isinstance(line.row, Assignment)], read["requests"])
    _fill_orders(
        [line for line in lines if isinstance(line.row, Supervision)], read["said"], facts["helping"]
    )
    return lines


def _read(ids: Collection[int], parts: list[int], orders: list[int]) -> dict[str, list[Any]]:
    rows = {
        "helpers": Assignment.objects.filter(case__in=ids, role="assist").select_related("unit"),
        "results": Result.objects.filter(case__in=ids),
        "calls": Callback.objects.filter(case__in=ids),
        "requests": ReturnRequest.objects.filter(assignment__in=parts),
        "said": SupervisionFeedback.objects.filter(supervision__in=orders),
    }
    asked = {name: together.question(each.order_by("id")) for name, each in rows.items()}
    return together.read(asked | named_by(ids))


def _facts(ids: Collection[int], orders: list[int]) -> dict[str, list[dict[str, Any]]]:
    given = Extension.objects.filter(case__in=ids, approved_at__isnull=False).order_by().values("case")
    clocks = Clock.objects.filter(case__in=ids, kind="conclude").exclude(outcome="void").order_by("id")
    return counting.tables(
        {
            "extended": given.annotate(days=Sum("amount")),
            "passed": Standing.objects.filter(case__in=ids).order_by().values("case", "state").distinct(),
            "due": clocks.values("case", "due_at"),
            "helping": Supervision.objects.filter(pk__in=orders).values("pk", "co_units__name"),
        }
    )


def _many(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _last(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.case_id: row for row in rows}


def _fill_parts(lines: list[Line], requests: list[ReturnRequest]) -> None:
    last = {row.assignment_id: row for row in requests}
    for line in lines:
        line.request = last.get(line.row.pk)


def _fill_orders(lines: list[Line], said: list[SupervisionFeedback], units: list[dict[str, Any]]) -> None:
    last = {row.supervision_id: row for row in said}
    helping: dict[int, list[str]] = {}
    for row in units:
        helping.setdefault(row["pk"], []).extend([row["co_units__name"]] if row["co_units__name"] else [])
    for line in lines:
        line.feedback, line.co_units = last.get(line.row.pk), helping.get(line.row.pk, [])


# --- one value ---------------------------------------------------------------------------------------------------


def day(at: datetime | date | None) -> str:
    if at is None:
        return ""
    return (timezone.localtime(at) if isinstance(at, datetime) else at).strftime("%Y-%m-%d")


def minute(at: datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def text(words: str) -> str:
    """Typed words, without phone numbers."""
    return _PHONE.sub(_("〔电话已隐去〕"), words)


def said(line: Line, words: str) -> str:
    """Words typed about a matter, without phone numbers and without the names of its own people."""
    return text(blotted(words, line.names))


def _choice(options: Any, key: object) -> str:
    return str(dict(options).get(str(key), "")) if key not in (None, "") else ""


def _community(line: Line) -> str:
    grid = line.case.grid
    if grid is None:
        return ""
    return grid.name if grid.level == Level.COMMUNITY or grid.parent is None else grid.parent.name


def _route(line: Line) -> str:
    for state, words in (("answered", _("当场答复")), ("guided", _("引导告知")), ("dispatched", _("转办"))):
        if state in line.passed:
            return words
    return ""


def _review(line: Line) -> str:
    for state in ("re_reviewing", "reviewed", "reviewing"):
        if state in line.passed:
            return str(STATES[state].zh)
    return ""


def _reply(line: Line) -> str:
    own = (
        line.result
        if line.result and line.row.role == "lead" and line.result.unit_id == line.row.unit_id
        else None
    )
    return said(line, own.text) if own else ""


def _objection_answer(line: Line) -> str:
    if line.request is None or line.request.agreed is None:
        return _("待答复") if line.request else ""
    return _("同意退回") if line.request.agreed else _("不同意退回")


def _reason(line: Line) -> str:
    return (
        said(line, line.row.comment)
        if line.row.rating in (1, 2) or line.row.solved in ("no", "partly")
        else ""
    )


def _yes(value: bool | None) -> str:
    return "" if value is None else _("是") if value else _("否")


def _name(row: Any) -> str:
    return row.name if row else ""


CELLS: Final[dict[str, Callable[[Line], Cell]]] = {
    "number": lambda line: line.case.number,
    "received_on": lambda line: day(line.case.received_at),
    "channel": lambda line: str(line.case.get_channel_display()),
    "kind": lambda line: str(dict(FLOWS)[line.case.flow]) if line.case.screened else _("待甄别"),
    "appeal": lambda line: str(line.case.get_appeal_display()),
    "category": lambda line: line.case.category.name,
    "title": lambda line: _("已销毁") if line.case.erased_at else said(line, line.case.title),
    "community": _community,
    "place": lambda line: said(line, line.case.place),
    "party_size": lambda line: line.case.party_size,
    "from_above": lambda line: line.case.from_body,
    "above_number": lambda line: line.case.from_number,
    "accountable": lambda line: _name(line.case.accountable_person),
    "route": _route,
    "lead": lambda line: _name(line.case.lead_unit),
    "assisting": lambda line: "、".join(line.assisting),
    "told_on": lambda line: day(line.case.told_at),
    "accepted_on": lambda line: day(line.case.accepted_at),
    "due_on": lambda line: day(line.limit or line.case.due_at),
    "extended": lambda line: line.extended or "",
    "served_on": lambda line: day(line.case.served_at),
    "served_way": lambda line: _choice(WAYS, line.case.served_way),
    "decision": lambda line: _choice(DECISIONS, line.result.decision) if line.result else "",
    "basis": lambda line: said(line, line.result.basis) if line.result else "",
    "review": _review,
    "closed_on": lambda line: day(line.case.closed_at),
    "result": lambda line: said(line, line.result.text) if line.result else "",
    "called_on": lambda line: day(line.call.at) if line.call else "",
    "solved": lambda line: _choice(SOLVED, line.case.last_solved),
    "rating": lambda line: _choice(RATINGS, line.case.rating),
    "state": lambda line: str(STATES[line.case.state].zh),
    "external_number": lambda line: line.case.external_number,
    "sent_on": lambda line: minute(line.row.sent_at),
    "unit": lambda line: line.row.unit.name,
    "role": lambda line: str(line.row.get_role_display()),
    "offline": lambda line: _("线下转办") if line.row.offline else _("系统转办"),
    "require": lambda line: said(line, line.row.require),
    "part_due_on": lambda line: day(line.row.clock.due_at),
    "signed_on": lambda line: minute(line.row.signed_at),
    "objection": lambda line: said(line, line.request.reason) if line.request else "",
    "objection_answer": _objection_answer,
    "reported_on": lambda line: minute(line.row.reported_at),
    "reply": _reply,
    "part_state": lambda line: str(line.row.get_state_display()),
    "order_number": lambda line: line.row.number,
    "order_title": lambda line: said(line, line.row.title or line.case.title),
    "order_words": lambda line: said(line, line.row.words),
    "order_on": lambda line: day(line.row.at),
    "co_units": lambda line: "、".join(line.co_units),
    "lead_leader": lambda line: _name(line.row.lead_leader),
    "order_due_on": lambda line: day(line.row.due_on),
    "feedback_mode": lambda line: str(line.row.get_feedback_mode_display()),
    "feedback_on": lambda line: day(line.feedback.at) if line.feedback else "",
    "feedback": lambda line: said(line, line.feedback.words) if line.feedback else "",
    "final": lambda line: _yes(line.feedback.is_final) if line.feedback else "",
    "plan_finish": lambda line: day(line.feedback.plan_finish) if line.feedback else "",
    "finished_on": lambda line: day(line.row.concluded_at),
    "call_on": lambda line: minute(line.row.at),
    "call_way": lambda line: _choice(WAYS, line.row.way),
    "call_attempt": lambda line: line.row.attempt,
    "call_outcome": lambda line: _choice(OUTCOMES, line.row.outcome),
    "call_solved": lambda line: _choice(SOLVED, line.row.solved),
    "call_rating": lambda line: _choice(RATINGS, line.row.rating),
    "call_reason": _reason,
    "call_follow": lambda line: (
        _("退回重办") if line.case.redos and line.row.solved in ("no", "partly") else ""
    ),
}
