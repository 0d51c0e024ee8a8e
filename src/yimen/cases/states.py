"""One life of a matter (事项), several flows: the whole table of states and transitions. Plain Python, no database.

Every rule of a step sits in its row: from, verb, to, who may, which fields it needs, what it does to the clocks and
to the holder. The runner (`actions.transition`) executes rows and knows no verb by name; what a verb writes besides
the state is a named effect. Sources: 信访工作条例 §§22–36 (petition); PRACTICE of street centres (service).
"""

from __future__ import annotations

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
    CALLER = "caller"  # 回访人: desk member who neither answered nor belongs to the handling unit


class Holder(StrEnum):
    """Whose turn it is after a step (当前承办人)."""

    KEEP = "keep"
    ACCOUNTABLE = "accountable"
    LIAISON = "liaison"  # the lead unit's 联络员; for a unit without accounts: the accountable person
    ACTOR = "actor"
    HANDLER = "handler"  # the field `handler`, else the actor when of the unit, else the liaison
    HEAD = "head"  # the lead unit's 负责人; for a unit without accounts: the director
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
        State("answered", _("当场答复"), True, "finish", _("请来访人评价，办结"), "rate"),
        State("guided", _("已引导"), True, "finish_guided", _("交付引导单，办结"), "close"),
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
        State("closed", _("办结"), False),
        State("withdrawn", _("已撤回"), False),
        State("archived", _("归档"), False),
    )
}
OPEN_STATES: Final = tuple(s.name for s in STATES.values() if s.open)
CLOSED_STATES: Final = tuple(s.name for s in STATES.values() if not s.open)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. `kind` names its shape; `choices` the enum (code → words)."""

    name: str
    kind: str
    zh: object
    hint: object = ""
    choices: tuple[tuple[str, object], ...] = ()
    limit: int = 10_000


DECISIONS: Final = (("support", _("予以支持")), ("explain", _("解释说明")), ("reject", _("不予支持")))
WAYS: Final = (
    ("counter", _("当面")),
    ("phone", _("电话")),
    ("visit", _("上门")),
    ("letter", _("书面")),
    ("post", _("挂号信")),
    ("message", _("短信")),
)
RATINGS: Final = (
    ("5", _("非常满意")),
    ("4", _("满意")),
    ("3", _("基本满意")),
    ("2", _("不满意")),
    ("1", _("非常不满意")),
)
SOLVED: Final = (("yes", _("已解决")), ("partly", _("部分解决")), ("no", _("未解决")))
OUTCOMES: Final = (
    ("reached", _("已联系上")),
    ("no_answer", _("没有接通")),
    ("refused", _("拒绝回访")),
    ("not_owed", _("匿名，无法回访")),
)
GUIDE_KINDS: Final = (
    ("elsewhere", _("属于其他地区或单位：告知有权机关")),
    ("legal", _("引导至诉讼、仲裁、复议等法定途径")),
    ("line", _("引导至专线（110、12345 等）")),
)

FIELDS: Final[dict[str, Field]] = {
    f.name: f
    for f in (
        Field("reply", "longtext", _("答复内容"), _("写下您怎样答复来访人")),
        Field("guide_kind", "choice", _("引导方式"), choices=GUIDE_KINDS),
        Field("body", "text", _("有权处理的单位"), _("名称；地址、电话、时间印在引导单上"), limit=200),
        Field("body_contact", "text", _("地址、电话、时间"), limit=300),
        Field("unit", "unit", _("主办单位")),
        Field("assisting", "units", _("协办单位"), _("可多选，也可不选")),
        Field("require", "longtext", _("办理要求"), _("拟办意见：请承办单位做什么")),
        Field("reason", "longtext", _("理由")),
        Field("handler", "person", _("经办人"), _("不选则由您办理")),
        Field("result", "longtext", _("办理结果"), _("做了什么，结果如何")),
        Field("decision", "choice", _("处理意见"), _("信访工作条例第三十二条"), choices=DECISIONS),
        Field("basis", "longtext", _("政策法规依据")),
        Field("source_reply", "text", _("答复来源"), _("如：供热公司 11月18日 来函"), limit=200),
        Field("way", "choice", _("方式"), choices=WAYS),
        Field("served_on", "datetime", _("送达时间"), _("书面答复以来访人收到之日为准")),
        Field("said", "longtext", _("告知的内容")),
        Field("outcome", "choice", _("回访情况"), choices=OUTCOMES),
        Field("solved", "choice", _("是否解决"), choices=SOLVED),
        Field("rating", "choice", _("满意度"), _("由来访人评价，不能代评"), choices=RATINGS),
        Field("comment", "longtext", _("来访人的话")),
        Field("note", "longtext", _("备注")),
        Field("flow", "choice", _("事项性质"), choices=tuple((f.value, zh) for f, zh in FLOWS.items())),
    )
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: in `flow`, from state `source`, `verb` leads to `target`.

    `needs`/`may` are names in FIELDS; `holder` says whose turn follows; `guards` and `effect` are named
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
    "close": pgettext_lazy("verb", "办结"),
    "withdraw": _("来访人撤回"),
    "archive": pgettext_lazy("verb", "归档"),
    "reopen": _("重新办理"),
}

_DESK = (Who.DESK,)
_LEAD = (Who.LEAD,)
_HEAD = (Who.HEAD, Who.DIRECTOR)
_MINE = (Who.ACCOUNTABLE, Who.DESK)


def _both(
    source: str, verb: str, target: str, who: tuple[Who, ...], holder: Holder, **more: object
) -> list[Transition]:
    """The same row in both flows."""
    return [Transition(flow, source, verb, target, who, holder, **more) for flow in Flow]  # type: ignore[arg-type]


def _petition(
    source: str, verb: str, target: str, who: tuple[Who, ...], holder: Holder, **more: object
) -> list[Transition]:
    return [Transition(Flow.PETITION, source, verb, target, who, holder, **more)]  # type: ignore[arg-type]


def _service(
    source: str, verb: str, target: str, who: tuple[Who, ...], holder: Holder, **more: object
) -> list[Transition]:
    return [Transition(Flow.SERVICE, source, verb, target, who, holder, **more)]  # type: ignore[arg-type]


def _rows() -> list[Transition]:
    rows: list[Transition] = []
    acc, lia, keep = Holder.ACCOUNTABLE, Holder.LIAISON, Holder.KEEP
    rows += _both(
        "registered",
        "answer",
        "answered",
        _DESK,
        Holder.ACTOR,
        needs=("reply",),
        may=("way",),
        effect="answer",
        ends=("inform", "conclude"),
    )
    rows += _both(
        "registered",
        "guide",
        "guided",
        _DESK,
        Holder.ACTOR,
        needs=("guide_kind", "body", "reason"),
        may=("body_contact",),
        effect="guide",
        ends=("inform", "conclude"),
    )
    for source in ("registered", "returned"):
        rows += _both(
            source,
            "dispatch",
            "dispatched",
            _DESK,
            lia,
            needs=("unit",),
            may=("assisting", "require"),
            guards=("few_returns",),
            effect="dispatch",
        )
        rows += _both(
            source,
            "designate",
            "dispatched",
            (Who.DIRECTOR,),
            lia,
            needs=("unit", "reason"),
            may=("assisting", "require"),
            effect="designate",
        )
    rows += _both("dispatched", "sign", "signed", _LEAD, Holder.HANDLER, effect="sign")
    for source in ("dispatched", "signed"):
        rows += _both(
            source,
            "request_return",
            "return_requested",
            _LEAD,
            acc,
            needs=("reason",),
            guards=("not_designated", "objection_open"),
            effect="request_return",
        )
    rows += _both(
        "return_requested", "agree_return", "returned", _MINE, acc, may=("note",), effect="agree_return"
    )
    rows += _both(
        "return_requested",
        "refuse_return",
        "dispatched",
        _MINE,
        lia,
        needs=("reason",),
        effect="refuse_return",
    )
    rows += _petition(
        "signed",
        "accept",
        "accepted",
        _LEAD,
        Holder.HANDLER,
        may=("note",),
        effect="accept",
        ends=("inform",),
    )
    rows += _petition(
        "signed", "not_accept", "not_accepted", _LEAD, keep, needs=("reason",), effect="not_accept"
    )
    rows += _both("accepted", "start", "in_hand", _LEAD, Holder.HANDLER, may=("handler",), effect="start")
    rows += _service("signed", "start", "in_hand", _LEAD, Holder.HANDLER, may=("handler",), effect="start")
    for source in ("signed", "accepted", "in_hand"):
        rows += _both(source, "assign", source, _LEAD, Holder.HANDLER, needs=("handler",), effect="assign")
    rows += _petition(
        "in_hand",
        "report",
        "reported",
        _LEAD,
        Holder.HEAD,
        needs=("result", "decision"),
        may=("basis", "source_reply"),
        effect="report",
    )
    rows += _service(
        "in_hand",
        "report",
        "reported",
        _LEAD,
        Holder.HEAD,
        needs=("result",),
        may=("basis", "source_reply"),
        effect="report",
    )
    rows += _both(
        "reported",
        "verify",
        "verified",
        _HEAD,
        Holder.HANDLER,
        may=("note",),
        guards=("not_own_report",),
        effect="verify",
    )
    rows += _both(
        "reported", "send_back", "in_hand", _HEAD, Holder.HANDLER, needs=("reason",), effect="send_back"
    )
    for source in ("verified", "not_accepted"):
        rows += _both(
            source,
            "tell",
            "told",
            _LEAD,
            acc,
            needs=("way",),
            may=("said", "served_on"),
            effect="tell",
            ends=("inform", "conclude"),
        )
    rows += _both(
        "told",
        "attempt",
        "told",
        (Who.CALLER,),
        keep,
        may=("way", "comment"),
        guards=("tries_left",),
        effect="attempt",
    )
    rows += _both(
        "told",
        "call_back",
        "called_back",
        (Who.CALLER,),
        acc,
        needs=("outcome",),
        may=("way", "solved", "rating", "comment"),
        guards=("callback_complete",),
        effect="call_back",
    )
    rows += _both(
        "called_back",
        "redo",
        "in_hand",
        _DESK,
        Holder.HANDLER,
        needs=("reason",),
        guards=("unsolved", "redo_allowed"),
        effect="redo",
    )
    for source in ("called_back", "answered"):
        rows += _both(
            source,
            "rate",
            "rated",
            (Who.CALLER,) if source == "called_back" else _DESK,
            acc,
            needs=("rating",),
            may=("comment",),
            guards=("no_rating_yet",),
            effect="rate",
        )
    for source in ("answered", "guided", "called_back", "rated"):
        rows += _both(
            source,
            "close",
            "closed",
            _DESK,
            Holder.NONE,
            may=("note",),
            guards=("unsolved_explained",) if source in ("called_back", "rated") else (),
            effect="close",
        )
    for source in (
        "registered",
        "returned",
        "dispatched",
        "return_requested",
        "signed",
        "accepted",
        "in_hand",
    ):
        rows += _both(source, "withdraw", "withdrawn", _MINE, Holder.NONE, needs=("reason",), effect="close")
    for source in ("closed", "withdrawn"):
        rows += _both(source, "archive", "archived", _DESK, Holder.NONE, effect="archive")
    for source in ("closed", "archived", "withdrawn"):
        rows += _both(
            source,
            "reopen",
            "registered",
            _DESK,
            Holder.ACTOR,
            needs=("reason",),
            guards=("review_not_reopen",),
            effect="reopen",
        )
    return rows


TRANSITIONS: Final[dict[tuple[str, str, str], Transition]] = {
    (row.flow.value, row.source, row.verb): row for row in _rows()
}
assert len(TRANSITIONS) == len(_rows()), "two rows share flow, source and verb"

# Verbs that nobody presses: another action chooses them (a call-back that was not answered).
HIDDEN_VERBS: Final = frozenset({"attempt"})

MAX_TRIES: Final = 3  # call-back: three tries, then closed as unreachable (setting D)
MAX_RETURNS: Final = 2  # after the second return the director decides (PRACTICE)
MAX_REPRESENTATIVES: Final = 5  # 信访工作条例 §20


def rows_from(flow: str, state: str) -> list[Transition]:
    """Every transition that leaves `state` in `flow`, in table order."""
    return [row for (f, s, _v), row in TRANSITIONS.items() if f == flow and s == state]
