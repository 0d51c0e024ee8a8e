"""The flow *grid* (网格事件): every step of a matter of a place. Plain Python, rows as in `states.py`.

上报 → 核实 (public reports only) → 受理 → 立案 → 派遣 → 签收 | 退回 → 处置 → 核查 | 返工 → 结案; below the street it is settled
where it was found or climbs; unsolved at the call-back, the street takes it on. Sources: X, 扶沟 扶政办〔2019〕3号 (seven
steps); PRACTICE (the grid); D where no text was seen.
"""

from __future__ import annotations

from typing import Final

from .rows import Flow, Holder, Transition, Who
from .rows import rows_of as _in

_GRID: Final = (Flow.GRID,)
_DESK, _LEAD, _CALLER = (Who.DESK,), (Who.LEAD,), (Who.CALLER,)
_DIRECTOR = (Who.DIRECTOR,)
_ACC, _KEEP, _NONE, _HANDLER = Holder.ACCOUNTABLE, Holder.KEEP, Holder.NONE, Holder.HANDLER


# fmt: off
def _on_the_ladder() -> list[Transition]:
    """网格: settled where it is found; what one level cannot do is sent up, or climbs by itself."""
    here, street = (Who.GRID,), "raised admitted filed"
    return [
        *_in(_GRID, "at_grid at_community", "settle", "closed", here, _NONE, needs="result", may="no_photo", guards="settled_here nobody_waits after_photo", effect="settle", ends="conclude"),
        *_in(_GRID, "at_grid at_community", "settle_told", "told", here, Holder.CALLER, needs="result way", may="said served_on no_photo", guards="settled_here somebody_waits after_photo service_date", effect="settle_told", ends="conclude"),
        *_in(_GRID, "at_grid", "send_up", "at_community", (Who.GRID, Who.DESK), Holder.COMMUNITY, needs="reason", effect="send_up"),
        *_in(_GRID, "at_community", "send_up", "raised", (Who.GRID, Who.DESK), Holder.DUTY, needs="reason", effect="send_up"),
        *_in(_GRID, "at_grid at_community", "decline_task", "=", here, _KEEP, needs="reason", effect="decline_task"),
        *_in(_GRID, "at_grid", "climb", "at_community", (), Holder.COMMUNITY, effect="climb"),
        *_in(_GRID, "at_community", "climb", "raised", (), Holder.DUTY, effect="climb"),
        *_in(_GRID, street, "send_down", "at_community", _DESK, Holder.COMMUNITY, needs="reason days", guards="has_grid", effect="send_down"),
        *_in(_GRID, "at_community", "send_down", "at_grid", here, Holder.GRID, needs="reason days", guards="has_grid", effect="send_down"),
    ]


def _at_the_centre() -> list[Transition]:
    """核实, 受理, 立案, 派遣: a centre of five presses one button for three of them, the ledger shows each."""
    return [
        *_in(_GRID, "raised", "ask_verify", "verifying", _DESK, Holder.VERIFIER, may="note"),
        *_in(_GRID, "verifying", "confirm", "raised", (Who.GRID, Who.DESK), Holder.DUTY, may="note", effect="confirm"),
        *_in(_GRID, "verifying", "deny", "raised", (Who.GRID, Who.DESK), Holder.DUTY, needs="reason", effect="deny"),
        *_in(_GRID, "raised", "admit", "admitted", _DESK, Holder.DUTY, may="note", guards="verified_first", effect="admit"),
        *_in(_GRID, "raised admitted", "decline", "closed", _DESK, _NONE, needs="reason", may="way", guards="way_when_waiting", effect="decline"),
        *_in(_GRID, "admitted", "file", "filed", _DESK, Holder.DUTY, may="note", effect="file"),
        *_in(_GRID, "filed", "send", "sent", _DESK, Holder.LIAISON, needs="unit", may="assisting require reason", guards="director_after_returns", effect="send"),
        *_in(_GRID, "sent", "withdraw_dispatch", "filed", _DESK, Holder.FILER, needs="reason", effect="withdraw_dispatch"),
        *_in(_GRID, "handling", "withdraw_dispatch", "filed", _DIRECTOR, Holder.FILER, needs="reason", effect="withdraw_dispatch"),
        *_in(_GRID, "raised verifying admitted filed sent handling checking", "refer_up", "sent", (), Holder.LIAISON, effect="refer_up"),
    ]


def _in_the_street_unit() -> list[Transition]:
    return [
        *_in(_GRID, "sent", "take", "handling", _LEAD, _HANDLER, may="handler", effect="take"),
        *_in(_GRID, "sent", "turn_back", "filed", _LEAD, Holder.FILER, needs="reason", guards="not_designated", effect="turn_back"),
        *_in(_GRID, "handling", "assign_handler", "=", _LEAD, _HANDLER, needs="handler", effect="assign"),
        *_in(_GRID, "handling", "handle", "checking", _LEAD, Holder.CHECKER, needs="result", may="no_photo source_reply without", guards="after_photo parts_collected", effect="handle"),
        *_in(_GRID, "checking", "fail_check", "handling", (Who.CHECKER,), _HANDLER, needs="reason", effect="fail_check"),
        *_in(_GRID, "checking", "pass_check", "closed", (Who.CHECKER,), _NONE, may="note", guards="nobody_waits", effect="pass_check", ends="conclude"),
        *_in(_GRID, "checking", "pass_told", "told", (Who.CHECKER,), Holder.CALLER, needs="way", may="said served_on note", guards="somebody_waits service_date", effect="pass_told", ends="conclude"),
        *_in(_GRID, "called_back", "rework", "handling", _DESK, _HANDLER, needs="reason", guards="redo_possible unsolved redo_allowed", effect="rework"),
        *_in(_GRID, "called_back", "take_up", "raised", _DESK, Holder.DUTY, needs="reason", guards="settled_below unsolved redo_allowed", effect="take_up"),
    ]


def _grid_with_others() -> list[Transition]:
    """并案: who reported the same place keeps an own matter, is told, called back and rates; a colleague's is closed."""
    return [
        *_in(_GRID, "at_grid at_community raised admitted filed", "merge", "merged", _DESK, _ACC, needs="main", may="note", effect="merge"),
        *_in(_GRID, "merged", "unmerge", "raised", _DESK, Holder.DUTY, needs="reason", effect="unmerge_place"),
        *_in(_GRID, "called_back", "unmerge", "raised", _DESK, Holder.DUTY, needs="reason", guards="followed unsolved", effect="unmerge_place"),
        *_in(_GRID, "merged", "follow", "told", _DESK, Holder.CALLER, needs="way", may="said served_on persons", guards="somebody_waits main_answered service_date", effect="follow", ends="conclude"),
        *_in(_GRID, "merged", "close", "closed", _DESK, _NONE, may="note", guards="nobody_waits main_answered", effect="close"),
    ]


def _after_the_grid() -> list[Transition]:
    return [
        *_in(_GRID, "called_back", "rate", "rated", _CALLER, _ACC, needs="rating", may="comment", guards="reached no_rating_yet", effect="rate"),
        *_in(_GRID, "closed", "archive", "archived", _DESK, _NONE, effect="archive"),
        *_in(_GRID, "closed archived", "reopen", "raised", _DESK, Holder.ACTOR, needs="reason", effect="reopen_place"),
    ]
# fmt: on


ROWS: Final = (
    *_on_the_ladder(), *_at_the_centre(), *_in_the_street_unit(), *_grid_with_others(), *_after_the_grid(),
)  # fmt: skip
