"""One life of a matter (事项), several flows: the whole table of states and transitions. Plain Python, no database.

Every rule of a step sits in its row: from, verb, to, who may, which fields it needs, what it does to the clocks and
to the holder. The runner (`actions.transition`) executes rows and knows no verb by name; what a verb writes besides
the state is a named effect. Sources: 信访工作条例 §§22–36 (petition); PRACTICE of street centres (service).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Flow(StrEnum):
    PETITION = "petition"  # 信访事项
    SERVICE = "service"  # 服务诉求(非信访)


FLOWS: Final = {Flow.PETITION: _("信访事项"), Flow.SERVICE: _("服务诉求")}


class Who(StrEnum):
    """How a person stands to one matter. `access.relations` works them out from roles and rows."""

    ACCOUNTABLE = "accountable"  # 首问责任人
    DESK = "desk"  # 窗口人员、中心主任
    DIRECTOR = "director"  # 中心主任
    LEAD = "lead"  # 主办单位成员; for a unit without accounts: the desk
    HEAD = "head"  # 主办单位负责人; for a unit without accounts: the director
    ASSIST = "assist"  # 协办单位成员
    RECIPIENT = "recipient"  # 呈送的领导, while the matter awaits the instruction
    CALLER = "caller"  # 回访人: desk member who neither answered nor belongs to the handling unit


class Holder(StrEnum):
    """Whose turn it is after a step (当前承办人)."""

    KEEP = "keep"
    ACCOUNTABLE = "accountable"
    LIAISON = "liaison"  # the lead unit's 联络员; for a unit without accounts: the accountable person
    ACTOR = "actor"
    HANDLER = "handler"  # the field `handler`, else the actor when of the unit, else the liaison
    HEAD = "head"  # the lead unit's 负责人; for a unit without accounts: the director
    ROUTER = "router"  # the accountable person; after the second return the director
    CALLER = "caller"  # the accountable person; who told the resident himself: a colleague, else the director
    RECIPIENT = "recipient"  # the leader a matter is submitted to: the field `leader`
    NONE = "none"


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
        State("closed", _("办结"), False),
        State("withdrawn", _("已撤回"), False),
        State("archived", _("归档"), False),
    )
}
# States in which the lead unit owes the step, with or without accounts of its own.
UNIT_STATES: Final = ("dispatched", "signed", "accepted", "not_accepted", "in_hand", "verified")
OPEN_STATES: Final = tuple(s.name for s in STATES.values() if s.open)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in `flow`, from state `source`, `verb` leads to `target`.

    `needs`/`may` are names in `fields.FIELDS`; `holder` says whose turn follows; `guards` and `effect` are named
    functions of `rules` and `actions.effects`; `ends` are whole-case clocks that this step stops as met.
    """

    flow: Flow
    source: str
    verb: str
    target: str
    who: tuple[Who, ...]
    holder: Holder
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    effect: str = ""
    ends: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The ledger kind of this step."""
        return f"case.{self.verb}"


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
}

_DESK, _LEAD, _CALLER = (Who.DESK,), (Who.LEAD,), (Who.CALLER,)
_DIRECTOR, _HEAD, _MINE = (Who.DIRECTOR,), (Who.HEAD, Who.DIRECTOR), (Who.ACCOUNTABLE, Who.DESK)


def _in(flows: Iterable[Flow], sources: str, verb: str, target: str, who: tuple[Who, ...], holder: Holder, **names: str) -> list[Transition]:  # fmt: skip
    """One row for each flow and each of the (space-separated) sources; target "=" stays where it is."""
    lists = {name: tuple(value.split()) for name, value in names.items() if name != "effect"}
    return [
        Transition(flow, source, verb, source if target == "=" else target, who, holder, effect=names.get("effect", ""), **lists)
        for flow in flows
        for source in sources.split()
    ]  # fmt: skip


_BOTH, _PETITION, _SERVICE = tuple(Flow), (Flow.PETITION,), (Flow.SERVICE,)
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
        *_in(_BOTH, "told", "attempt", "=", _CALLER, _KEEP, may="way comment", guards="tries_left", effect="attempt"),
        *_in(_BOTH, "told", "call_back", "called_back", _CALLER, _ACC, needs="outcome", may="way solved rating comment", guards="callback_complete", effect="call_back"),
        *_in(_BOTH, "called_back", "redo", "in_hand", _DESK, _HANDLER, needs="reason", guards="redo_possible unsolved redo_allowed", effect="redo"),
        *_in(_BOTH, "told", "close", "closed", _DESK, _NONE, may="note", guards="not_sampled", effect="close_unsampled"),
        *_in(_BOTH, "closed", "rate", "=", _CALLER, _NONE, needs="rating", may="comment", guards="spared no_rating_yet", effect="rate"),
        *_in(_BOTH, "called_back answered", "rate", "rated", _CALLER, _ACC, needs="rating", may="comment", guards="reached no_rating_yet", effect="rate"),
        *_in(_BOTH, "answered guided", "close", "closed", _DESK, _NONE, may="note", effect="close"),
        *_in(_BOTH, "called_back rated", "close", "closed", _DESK, _NONE, may="note", guards="redone_first unsolved_explained", effect="close"),
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


_ROWS = (*_at_the_desk(), *_before_the_leader(), *_with_others(), *_in_the_unit(), *_afterwards(), *_above())
TRANSITIONS: Final[dict[tuple[str, str, str], Transition]] = {
    (row.flow.value, row.source, row.verb): row for row in _ROWS
}
assert len(TRANSITIONS) == len(_ROWS), "two rows share flow, source and verb"

# Verbs that nobody presses: another action chooses them (a call-back that was not answered).
HIDDEN_VERBS: Final = frozenset({"attempt"})
# What may be done with a sealed matter: only its hand-over is kept.
SEALED_VERBS: Final = frozenset({"guide", "close", "archive"})

MAX_TRIES: Final = 3  # call-back: three tries, then closed as unreachable (setting D)
MAX_RETURNS: Final = 2  # after the second return the director decides (PRACTICE)
MAX_REPRESENTATIVES: Final = 5  # 信访工作条例 §20


def rows_from(flow: str, state: str) -> list[Transition]:
    """Every transition that leaves `state` in `flow`, in table order."""
    return [row for (f, s, _v), row in TRANSITIONS.items() if f == flow and s == state]
