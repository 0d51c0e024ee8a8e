"""One life of a matter (事项), three flows: the whole table of states and transitions. Plain Python, no database.

Every rule of a step sits in its row: from, verb, to, who may, which fields it needs, what it does to the clocks and
to the holder. The runner (`actions.transition`) executes rows and knows no verb by name; what a verb writes besides
the state is a named effect. Sources: 信访工作条例 §§22–36 (petition); PRACTICE of street centres (service).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .grid_rows import ROWS as GRID_ROWS
from .rows import FLOWS, WINDOW, Flow, Holder, Transition, Who
from .rows import rows_of as _in

__all__ = [
    "FLOWS", "GRID_LEVELS", "HIDDEN_VERBS", "MAX_REFUSALS", "MAX_REPRESENTATIVES", "MAX_RETURNS", "MAX_TRIES",
    "OPEN_STATES", "SEALED_VERBS", "STATES", "TRANSITIONS", "UNIT_STATES", "VERBS", "WINDOW", "Flow", "Holder", "State",
    "Transition", "Who", "rows_from", "words",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """`next_step` is said on top of the case page; `primary` is the verb its button offers."""

    name: str
    zh: object
    open: bool
    next_step: str = ""
    next_zh: object = ""
    primary: str = ""


STATES: Final[dict[str, State]] = {
    s.name: s
    for s in (
        State(
            "registered", _("已登记"), True, "route", _("确定办理途径：当场答复、引导告知或转办"), "dispatch"
        ),
        State(
            "answered", _("当场答复"), True, "finish", _("办结；来访人愿意评价的，由另一位同事登记"), "close"
        ),
        State("guided", _("已引导"), True, "finish_guided", _("交付引导单，办结"), "close"),
        State("awaiting", _("待批示"), True, "instruct", _("批示：同意、阅，或请有关单位牵头"), "instruct"),
        State("merged", _("并案办理"), True, "follow", _("等主件有结果，分别答复来访人"), "follow"),
        State("dispatched", _("已转办"), True, "sign", _("签收"), "sign"),
        State("return_requested", _("申请退回"), True, "decide_return", _("答复退回申请"), "agree_return"),
        State("returned", _("已退回"), True, "reroute", _("重新确定承办单位"), "dispatch"),
        State("signed", _("已签收"), True, "take_up", _("决定是否受理，开始办理"), "start"),
        State("accepted", _("已受理"), True, "start", _("指定经办人，开始办理"), "start"),
        State("not_accepted", _("不予受理"), True, "tell_refusal", _("书面告知不予受理的理由"), "tell"),
        State("in_hand", _("办理中"), True, "solve", _("联系居民，办理并报结果"), "report"),
        State("reported", _("已报结果"), True, "verify", _("审核办理结果"), "verify"),
        State("verified", _("已审核"), True, "tell", _("把结果答复来访人"), "tell"),
        State("told", _("已答复"), True, "call_back", _("回访来访人"), "call_back"),
        State("called_back", _("已回访"), True, "conclude", _("登记评价，办结"), "close"),
        State("rated", _("已评价"), True, "close", pgettext_lazy("verb", "办结"), "close"),
        State("reviewing", _("复查中"), True, "decide_review", _("登记复查意见"), "decide_review"),
        State("reviewed", _("已复查"), True, "conclude_review", _("等复核期满，办结"), "close"),
        State("re_reviewing", _("复核中"), True, "decide_re_review", _("登记复核意见"), "decide_re_review"),
        State("at_grid", _("网格办理"), True, "settle_grid", _("到现场处置；办不了的上送社区"), "settle"),
        State(
            "at_community", _("社区办理"), True, "settle_community", _("社区处置；办不了的上送街道"), "settle"
        ),
        State("raised", _("已上报街道"), True, "admit", _("看清楚是什么事，受理或请人核实"), "admit"),
        State("verifying", _("核实中"), True, "confirm", _("到现场核实，看是否属实"), "confirm"),
        State("admitted", _("已受理（网格）"), True, "file", _("对照立案条件，立案"), "file"),
        State("filed", _("已立案"), True, "send", _("派遣给承办单位"), "send"),
        State("sent", _("已派遣"), True, "take", _("签收，或退回并说明理由"), "take"),
        State("handling", _("处置中"), True, "handle", _("到现场处置，拍下处置后的样子"), "handle"),
        State("checking", _("待核查"), True, "check", _("到现场核查处置结果"), "pass_check"),
        State("closed", _("办结"), False),
        State("withdrawn", _("已撤回"), False),
        State("archived", _("归档"), False),
    )
}
# States in which the lead unit owes the step, with or without accounts of its own.
UNIT_STATES: Final = (
    "dispatched", "signed", "accepted", "not_accepted", "in_hand", "verified", "sent", "handling",
)  # fmt: skip
# The levels of the ladder at which a grid matter waits for somebody; with the lead unit of the district, its own.
GRID_LEVELS: Final[dict[str, str]] = {
    "at_grid": "grid",
    "at_community": "community",
    **dict.fromkeys(("raised", "verifying", "admitted", "filed", "sent", "handling", "checking"), "street"),
}
_SAID: Final = {("grid", "closed"): _("结案"), ("grid", "admitted"): pgettext_lazy("grid", "已受理")}


def words(flow: str, state: str) -> object:
    """A state as people of this flow say it: a window matter is 办结, one of a place 结案."""
    return _SAID.get((flow, state), STATES[state].zh)


OPEN_STATES: Final = tuple(s.name for s in STATES.values() if s.open)


VERBS: Final[dict[str, object]] = {
    "answer": _("当场答复"),
    "guide": _("引导告知"),
    "dispatch": _("转办"),
    "designate": _("指定承办"),
    "submit": _("呈批"),
    "instruct": _("批示"),
    "record_instruction": _("代录批示"),
    "send_back_proposal": _("退回重拟"),
    "withdraw_submission": _("撤回呈批"),
    "redirect": _("改送其他领导"),
    "recall": _("收回转办"),
    "sign": _("签收"),
    "request_return": _("申请退回"),
    "agree_return": _("同意退回"),
    "refuse_return": _("不同意退回"),
    "accept": pgettext_lazy("verb", "受理"),
    "not_accept": pgettext_lazy("verb", "不予受理"),
    "start": _("开始办理"),
    "assign": _("指派经办人"),
    "report": _("报结果"),
    "verify": _("审核通过"),
    "send_back": _("审核退回"),
    "tell": _("答复"),
    "attempt": _("回访未接通"),
    "call_back": _("回访"),
    "redo": _("退回重办"),
    "rate": _("登记评价"),
    "merge": pgettext_lazy("verb", "并案"),
    "unmerge": _("取消并案"),
    "follow": _("随主件答复"),
    "close": pgettext_lazy("verb", "办结"),
    "request_review": _("请求复查"),
    "decide_review": _("登记复查意见"),
    "request_re_review": _("请求复核"),
    "decide_re_review": _("登记复核意见"),
    "annul": _("复核撤销，责令重办"),
    "withdraw_review": _("撤回复查复核请求"),
    "withdraw": _("来访人撤回"),
    "archive": pgettext_lazy("verb", "归档"),
    "reopen": _("重新办理"),
    "settle": _("处置完成"),
    "settle_told": _("处置并答复"),
    "send_up": _("上送"),
    "decline_task": _("不接"),
    "climb": _("自动上送"),
    "send_down": _("下派"),
    "ask_verify": _("请人核实"),
    "confirm": _("属实"),
    "deny": _("不属实"),
    "admit": pgettext_lazy("grid", "受理"),
    "decline": pgettext_lazy("grid", "不予受理"),
    "file": _("立案"),
    "send": _("派遣"),
    "take": pgettext_lazy("grid", "签收"),
    "turn_back": pgettext_lazy("grid", "退回"),
    "withdraw_dispatch": _("收回派遣"),
    "assign_handler": pgettext_lazy("grid", "指派经办人"),
    "handle": pgettext_lazy("grid", "处置完成"),
    "fail_check": pgettext_lazy("grid", "返工"),
    "pass_check": _("核查通过"),
    "pass_told": _("核查通过并答复"),
    "rework": _("回访不满意，返工"),
    "take_up": _("回访不满意，街道接办"),
    "refer_up": _("提请区级协调"),
}

_DESK, _LEAD, _CALLER = (Who.DESK,), (Who.LEAD,), (Who.CALLER,)
_DIRECTOR, _HEAD, _MINE = (Who.DIRECTOR,), (Who.HEAD, Who.DIRECTOR), (Who.ACCOUNTABLE, Who.DESK)


_BOTH, _PETITION, _SERVICE = WINDOW, (Flow.PETITION,), (Flow.SERVICE,)
_EVERY: Final = tuple(Flow)
_ACC, _KEEP, _NONE, _HANDLER = Holder.ACCOUNTABLE, Holder.KEEP, Holder.NONE, Holder.HANDLER


# fmt: off
def _at_the_desk() -> list[Transition]:
    fresh, working = "registered returned", "registered returned dispatched return_requested signed accepted in_hand"
    return [
        *_in(_BOTH, fresh, "answer", "answered", _DESK, Holder.ACTOR, needs="reply", may="way", effect="answer", ends="inform conclude"),
        *_in(_BOTH, fresh, "guide", "guided", _DESK, Holder.ACTOR, needs="guide_kind body reason", may="body_contact", effect="guide", ends="inform conclude"),
        *_in(_BOTH, fresh, "dispatch", "dispatched", _DESK, Holder.LIAISON, needs="unit", may="assisting require", guards="instructed_first few_returns", effect="dispatch_at_once"),
        *_in(_BOTH, fresh, "designate", "dispatched", _DIRECTOR, Holder.LIAISON, needs="unit reason", may="assisting require", guards="instructed_first", effect="designate"),
        *_in(_BOTH, "dispatched", "recall", "registered", _DESK, _ACC, needs="reason", effect="recall"),
        *_in(_BOTH, "signed", "recall", "registered", _DIRECTOR, _ACC, needs="reason", effect="recall"),
        *_in(_BOTH, "return_requested", "agree_return", "returned", _MINE, Holder.ROUTER, may="note", effect="agree_return"),
        *_in(_BOTH, "return_requested", "refuse_return", "dispatched", _MINE, Holder.LIAISON, needs="reason", effect="refuse_return"),
        *_in(_BOTH, working, "withdraw", "withdrawn", _MINE, _NONE, needs="reason", effect="close"),
    ]


def _before_the_leader() -> list[Transition]:
    leader, more = (Who.RECIPIENT,), "unit assisting"
    return [
        *_in(_BOTH, "registered returned", "submit", "awaiting", _DESK, Holder.RECIPIENT, needs="opinion unit leader", may="assisting days", effect="submit"),
        *_in(_BOTH, "awaiting", "instruct", "dispatched", leader, Holder.LIAISON, needs="instruction", may=more, effect="instruct"),
        *_in(_BOTH, "awaiting", "record_instruction", "dispatched", _DESK, Holder.LIAISON, needs="instruction recorded", may=f"paper signed_on {more}", guards="recorded_for_another", effect="instruct"),
        *_in(_BOTH, "awaiting", "send_back_proposal", "registered", leader, _ACC, needs="reason", effect="send_back_proposal"),
        *_in(_BOTH, "awaiting", "withdraw_submission", "registered", _MINE, _ACC, needs="reason", effect="withdraw_submission"),
        *_in(_BOTH, "awaiting", "redirect", "=", _DIRECTOR, Holder.RECIPIENT, needs="leader", may="note", effect="redirect"),
        *_in(_BOTH, "awaiting", "withdraw", "withdrawn", _MINE, _NONE, needs="reason", effect="withdraw_awaiting"),
    ]


def _with_others() -> list[Transition]:
    """并案: B is handled with a main matter and told its result; B keeps number, slip, answer, call-back and rating."""
    return [
        *_in(_BOTH, "registered returned dispatched", "merge", "merged", _DESK, _ACC, needs="main", may="note", effect="merge"),
        *_in(_BOTH, "merged", "unmerge", "registered", _DESK, _ACC, needs="reason", effect="unmerge"),
        *_in(_BOTH, "called_back", "unmerge", "registered", _DESK, _ACC, needs="reason", guards="followed unsolved", effect="unmerge"),
        *_in(_BOTH, "merged", "follow", "told", _DESK, Holder.CALLER, needs="way", may="said served_on persons", guards="main_answered service_date", effect="follow", ends="inform conclude"),
        *_in(_BOTH, "merged", "withdraw", "withdrawn", _MINE, _NONE, needs="reason", effect="withdraw_merged"),
    ]


def _in_the_unit() -> list[Transition]:
    return [
        *_in(_BOTH, "dispatched", "sign", "signed", _LEAD, _HANDLER, effect="sign"),
        *_in(_BOTH, "dispatched signed", "request_return", "return_requested", _LEAD, _ACC, needs="reason", guards="not_designated not_refused objection_open", effect="request_return"),
        *_in(_PETITION, "signed", "accept", "accepted", _LEAD, _HANDLER, may="note", effect="accept"),
        *_in(_PETITION, "in_hand", "accept", "=", _LEAD, _KEEP, may="note", guards="not_accepted_yet", effect="accept"),
        *_in(_PETITION, "signed", "not_accept", "not_accepted", _LEAD, _KEEP, needs="reason", effect="not_accept"),
        *_in(_BOTH, "accepted", "start", "in_hand", _LEAD, _HANDLER, may="handler", effect="start"),
        *_in(_SERVICE, "signed", "start", "in_hand", _LEAD, _HANDLER, may="handler", effect="start"),
        *_in(_BOTH, "signed accepted in_hand", "assign", "=", _LEAD, _HANDLER, needs="handler", effect="assign"),
        *_in(_PETITION, "in_hand", "report", "reported", _LEAD, Holder.HEAD, needs="result decision", may="basis source_reply without", guards="accepted_first parts_collected", effect="report"),
        *_in(_SERVICE, "in_hand", "report", "reported", _LEAD, Holder.HEAD, needs="result", may="basis source_reply without", guards="parts_collected", effect="report"),
        *_in(_BOTH, "reported", "verify", "verified", _HEAD, _HANDLER, may="note", guards="not_own_report", effect="verify"),
        *_in(_BOTH, "reported", "send_back", "in_hand", _HEAD, _HANDLER, needs="reason", effect="send_back"),
        *_in(_BOTH, "verified not_accepted", "tell", "told", _LEAD, Holder.CALLER, needs="way", may="said served_on persons", guards="letter_first service_date", effect="tell", ends="inform conclude"),
    ]


def _afterwards() -> list[Transition]:
    return [
        *_in(_EVERY, "told", "attempt", "=", _CALLER, _KEEP, may="way comment", guards="tries_left", effect="attempt"),
        *_in(_EVERY, "told", "call_back", "called_back", _CALLER, _ACC, needs="outcome", may="way solved rating comment", guards="callback_complete", effect="call_back"),
        *_in(_BOTH, "called_back", "redo", "in_hand", _DESK, _HANDLER, needs="reason", guards="redo_possible unsolved redo_allowed", effect="redo"),
        *_in(_EVERY, "told", "close", "closed", _DESK, _NONE, may="note", guards="not_sampled", effect="close_unsampled"),
        *_in(_EVERY, "closed", "rate", "=", _CALLER, _NONE, needs="rating", may="comment", guards="spared no_rating_yet", effect="rate"),
        *_in(_BOTH, "called_back answered", "rate", "rated", _CALLER, _ACC, needs="rating", may="comment", guards="reached no_rating_yet", effect="rate"),
        *_in(_BOTH, "answered guided", "close", "closed", _DESK, _NONE, may="note", effect="close"),
        *_in(_EVERY, "called_back rated", "close", "closed", _DESK, _NONE, may="note", guards="redone_first unsolved_explained", effect="close"),
        *_in(_BOTH, "closed withdrawn", "archive", "archived", _DESK, _NONE, effect="archive"),
        *_in(_BOTH, "closed archived withdrawn", "reopen", "registered", _DESK, Holder.ACTOR, needs="reason", guards="review_not_reopen", effect="reopen"),
    ]


def _above() -> list[Transition]:
    """复查 and 复核 by the level above (信访工作条例 §§35, 36): asked within 30 days of receipt, decided within 30 days."""
    asked, decided = "asked_on way authority request", "review_outcome decided_on served_on doc_number"
    return [
        *_in(_PETITION, "told called_back rated closed archived", "request_review", "reviewing", _DESK, _ACC, needs=asked, may="note", guards="review_open", effect="request_review"),
        *_in(_PETITION, "reviewing", "decide_review", "reviewed", _DESK, _ACC, needs=decided, may="note", guards="decision_dates", effect="decide_review"),
        *_in(_PETITION, "reviewed closed archived", "request_re_review", "re_reviewing", _DESK, _ACC, needs=asked, may="note", guards="re_review_open", effect="request_re_review"),
        *_in(_PETITION, "reviewed", "redo", "in_hand", _DESK, _HANDLER, needs="reason", guards="annulled unit_there", effect="redo_ordered"),
        *_in(_PETITION, "reviewed", "close", "closed", _DESK, _NONE, may="note", guards="right_lapsed", effect="close_reviewed"),
        *_in(_PETITION, "re_reviewing", "decide_re_review", "closed", _DESK, _NONE, needs=decided, may="note", guards="decision_dates not_annulled", effect="decide_re_review"),
        *_in(_PETITION, "re_reviewing", "annul", "in_hand", _DESK, _HANDLER, needs="decided_on served_on doc_number", may="note", guards="decision_dates unit_there", effect="annul"),
        *_in(_PETITION, "reviewing re_reviewing", "withdraw_review", "closed", _MINE, _NONE, needs="reason", effect="withdraw_review"),
    ]
# fmt: on


_ROWS = (
    *_at_the_desk(), *_before_the_leader(), *_with_others(), *_in_the_unit(), *_afterwards(), *_above(),
    *GRID_ROWS,
)  # fmt: skip
TRANSITIONS: Final[dict[tuple[str, str, str], Transition]] = {
    (row.flow.value, row.source, row.verb): row for row in _ROWS
}
assert len(TRANSITIONS) == len(_ROWS), "two rows share flow, source and verb"

# Verbs that nobody presses: another action chooses them (a call-back that was not answered), or the rules (a climb).
HIDDEN_VERBS: Final = frozenset({"attempt", "climb", "refer_up"})
# What may be done with a sealed matter: only its hand-over is kept.
SEALED_VERBS: Final = frozenset({"guide", "close", "archive"})

MAX_TRIES: Final = 3  # call-back: three tries, then closed as unreachable (setting D)
MAX_REFUSALS: Final = 2  # 不接 at one level: the second time it climbs by itself
MAX_RETURNS: Final = 2  # after the second return the director decides (PRACTICE)
MAX_REPRESENTATIVES: Final = 5  # 信访工作条例 §20


def rows_from(flow: str, state: str) -> list[Transition]:
    """Every transition that leaves `state` in `flow`, in table order."""
    return [row for (f, s, _v), row in TRANSITIONS.items() if f == flow and s == state]
