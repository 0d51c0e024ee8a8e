"""The line on top of a matter: who must do what by when, why that date, and one button for the reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases.models import Case
from yimen.cases.queries import Move
from yimen.cases.states import STATES, Flow, words

from .acts import ENDING, ICONS
from .clock import exact, explanation
from .joining import next_words
from .words import next_said, said

_TRIAGE = ("admit", "file", "send")  # one page takes these three steps of a matter of a place


@dataclass(frozen=True, slots=True)
class Next:
    """`yours` when the matter waits for the reader; `who` names whose turn it is otherwise."""

    yours: bool
    who: str
    what: str
    why: str
    url: str = ""
    label: str = ""
    icon: str = "arrow"
    primary: bool = True


def next_of(case: Case, moves: list[Move], user_id: int) -> Next:
    state = STATES[case.state]
    if not state.open:
        return Next(False, "", str(words(case.flow, case.state)), _closed_words(case))
    first = first_of(case, moves, user_id)
    yours = case.holder_id == user_id and (first is not None or case.state != "told")
    what = next_words(case) or next_said(case)
    return Next(yours, _who(case, user_id), what, _why(case), *_button(case, first), primary=yours)


def first_of(case: Case, moves: list[Move], user_id: int) -> Move | None:
    """The step of the button: the state's primary one, else, for whose turn it is, the first that ends nothing."""
    usual = next((move for move in moves if move.primary), None)
    if usual or not case.open or case.holder_id != user_id or case.state == "merged":
        return usual
    return next((move for move in moves if move.verb not in ENDING), None)


def _who(case: Case, user_id: int) -> str:
    """Whose turn it is. Who told the resident does not call back (the desk may tell for a unit without accounts)."""
    return _("窗口的另一位同事") if case.holder_id == user_id else _holder(case)


def _holder(case: Case) -> str:
    unit = case.holder_unit.name if case.holder_unit else ""
    return f"{unit} {case.holder.name}" if case.holder else unit


def _button(case: Case, move: Move | None) -> tuple[str, str, str]:
    if move is None:
        return "", "", "arrow"
    if move.verb in _TRIAGE and case.flow == Flow.GRID:
        return reverse("staff:triage", args=[case.uuid]), _("受理立案派遣"), "send"
    return (
        reverse("staff:do", args=[case.uuid, move.verb]),
        said(case, move.verb, move.words),
        ICONS.get(move.verb, "arrow"),
    )


def _why(case: Case) -> str:
    if case.suspended:
        return _("挂账，恢复后再计。") if case.flow == Flow.GRID else _("中止计时，恢复后再计。")
    if case.clock is None or case.due_at is None:
        return ""
    late = case.due_at < timezone.now()
    words = _("%(due)s已到期：%(rule)s。") if late else _("最迟%(due)s完成：%(rule)s。")
    return words % {"due": exact(case.due_at), "rule": _rule(explanation(case.clock))}


def _rule(explained: str) -> str:
    """The first clause of a clock's explanation: the limit and the rule that sets it."""
    return explained.replace("; ", "；").split("；", 1)[0]


def _closed_words(case: Case) -> str:
    if case.closed_at and case.flow == Flow.GRID:
        return _("于 %s 结案。") % exact(case.closed_at)
    return _("于 %s 办结。") % exact(case.closed_at) if case.closed_at else ""
