"""What single verbs write besides the state: rows of facts, the four dates, clocks that begin.

Named by the table's `effect`; each gets the step under way and changes its case in memory (the runner saves).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from . import afterwards, desk, dispatching, grid, instructions, joint, parts, reviews, unit

if TYPE_CHECKING:
    from ..transition import Step

Effect = Callable[["Step"], None]

EFFECTS: Final[dict[str, Effect]] = {
    "answer": desk.answer,
    "guide": desk.guide,
    "recall": desk.recall,
    "dispatch_at_once": instructions.dispatch_at_once,
    "submit": instructions.submit,
    "instruct": instructions.instruct,
    "send_back_proposal": instructions.send_back_proposal,
    "withdraw_submission": instructions.withdraw_submission,
    "withdraw_awaiting": instructions.withdraw_awaiting,
    "redirect": instructions.redirect,
    "designate": desk.designate,
    "sign": unit.sign,
    "request_return": unit.request_return,
    "agree_return": desk.agree_return,
    "refuse_return": desk.refuse_return,
    "accept": unit.accept,
    "not_accept": unit.not_accept,
    "start": unit.start,
    "assign": unit.start,
    "report": unit.report,
    "verify": unit.verify,
    "send_back": parts.again,
    "tell": afterwards.tell,
    "attempt": afterwards.attempt,
    "call_back": afterwards.call_back,
    "redo": afterwards.redo,
    "rate": afterwards.rate,
    "merge": joint.merge,
    "unmerge": joint.unmerge,
    "follow": joint.follow,
    "withdraw_merged": joint.withdraw_merged,
    "close_unsampled": joint.close_unsampled,
    "close": afterwards.close,
    "archive": afterwards.archive,
    "reopen": afterwards.reopen,
    "request_review": reviews.request_review,
    "decide_review": reviews.decide_review,
    "request_re_review": reviews.request_re_review,
    "decide_re_review": reviews.decide_re_review,
    "annul": reviews.annul,
    "redo_ordered": reviews.redo_ordered,
    "close_reviewed": reviews.close_reviewed,
    "withdraw_review": reviews.withdraw_review,
    "settle": grid.settle,
    "settle_told": grid.settle_told,
    "send_up": grid.send_up,
    "send_down": grid.send_down,
    "climb": grid.climb,
    "decline_task": grid.decline_task,
    "confirm": grid.confirm,
    "deny": grid.deny,
    "admit": grid.admit,
    "decline": grid.decline,
    "file": grid.file,
    "reopen_place": grid.reopen,
    "unmerge_place": grid.unmerge,
    "send": dispatching.send,
    "take": dispatching.take,
    "turn_back": dispatching.turn_back,
    "withdraw_dispatch": dispatching.withdraw_dispatch,
    "handle": dispatching.handle,
    "fail_check": dispatching.fail_check,
    "pass_check": dispatching.pass_check,
    "pass_told": dispatching.pass_told,
    "rework": dispatching.rework,
    "take_up": grid.take_up,
    "refer_up": dispatching.refer_up,
}
