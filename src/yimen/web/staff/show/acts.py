"""Verbs that add a fact to a matter: which are offered to whom, with what they ask for.

The engine's table says the same for transitions; what is refused in the end is refused by the action.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimen.access.registry import Grants
from yimen.cases import queries
from yimen.cases.actions import assisting, desk, limits
from yimen.cases.actions import instructions as writing
from yimen.cases.fields import FIELDS, NOTICE_WAYS, WAYS
from yimen.cases.instructions import owed
from yimen.cases.models import Assignment, Case
from yimen.cases.models.case import URGENCIES
from yimen.cases.states import FLOWS, WINDOW, Who
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid

from .handing import HANDING
from .joining import JOINING
from .placing import PLACING
from .pressing import PRESSING
from .scene import Act, Scene, scene_of
from .scene import ask as _field

__all__ = ["ABOUT", "ACTS", "ENDING", "ICONS", "Act", "Scene", "scene_of"]

ICONS: Final = {
    "answer": "message", "guide": "arrow", "dispatch": "send", "designate": "send", "sign": "check",
    "request_return": "return", "agree_return": "check", "refuse_return": "close", "accept": "check",
    "not_accept": "close", "start": "arrow", "assign": "person", "report": "file", "verify": "check",
    "send_back": "undo", "tell": "message", "call_back": "phone", "redo": "undo", "rate": "star", "close": "check",
    "submit": "send", "instruct": "edit", "record_instruction": "camera", "send_back_proposal": "undo",
    "withdraw_submission": "undo", "redirect": "swap",
    "request_review": "flag", "decide_review": "file", "request_re_review": "flag", "decide_re_review": "file",
    "annul": "undo", "withdraw_review": "leave",
    "withdraw": "leave", "archive": "archive", "reopen": "undo", "recall": "undo",
    "merge": "link", "unmerge": "undo", "follow": "message",
    "settle": "check", "settle_told": "message", "send_up": "send", "decline_task": "close", "send_down": "return",
    "ask_verify": "search", "confirm": "check", "deny": "close", "admit": "check", "decline": "close", "file": "file",
    "send": "send", "take": "check", "turn_back": "return", "withdraw_dispatch": "undo", "assign_handler": "person",
    "handle": "file", "fail_check": "undo", "pass_check": "check", "pass_told": "message", "rework": "undo",
    "take_up": "undo",
}  # fmt: skip


# Steps that end a matter without an answer: offered last, drawn as dangerous.
ENDING: Final = frozenset({"withdraw"})

# One sentence on a step's page: what it does, or what is easily forgotten.
ABOUT: Final[Mapping[str, object]] = {
    "answer": _("当场答复后请来访人评价，就可以办结。"),
    "guide": _("告诉来访人该找谁、怎么找，打印引导单交给本人，当场办结。"),
    "dispatch": _("首问责任不转移：您继续跟到来访人得到答复。没有账号的单位，由窗口线下送达、代录答复。"),
    "submit": _("写明建议由谁办、怎样办、多少天办结，呈送一位领导；批示后即按您的拟办转给承办单位。"),
    "instruct": _("批示后即转给承办单位，拟办意见作为办理要求。不选单位则按拟办意见。"),
    "record_instruction": _("领导在纸上或口头作的批示，由您代录；领导本人以后在“待批示”里确认。"),
    "send_back_proposal": _("退给窗口重新拟办，写明要改什么。"),
    "withdraw_submission": _("领导批示以前可以撤回，改好再呈。"),
    "redirect": _("这位领导不在，改送另一位领导；时限照常计算。"),
    "designate": _("指定以后，承办单位不能再退回。"),
    "recall": _("转错了可以收回，再转给别的单位；时限照常计算。"),
    "sign": _("签收后开始计算本单位的时限。"),
    "request_return": _("退回要有理由，送件人同意才算；时限照常计算。"),
    "accept": _("受理日从今天算起，六十日内办结。"),
    "not_accept": _("要写明理由，并书面告知来访人。"),
    "report": _("报了结果，由本单位负责人审核。"),
    "tell": _("把结果告诉来访人。书面答复以来访人收到的日期为准。"),
    "call_back": _("联系上了，请问明是否解决、是否满意；没有接通只记一次，满三次为止。"),
    "merge": _("同一件事有几件：并入先办的主件，由它出结果；本件的编号、答复、回访和评价都保留。"),
    "unmerge": _("本件单独办理，时限照常计算。"),
    "follow": _("把主件的结果告诉这位来访人；送达的方式和时间单独记。"),
    "redo": _("事项回到承办单位重新办理，办结时限重新计算。"),
    "reopen": _("成为新的一轮，您是首问责任人。"),
    "request_review": _("来访人自收到书面处理意见之日起三十日内，可以请求上一级机关、单位复查。"),
    "decide_review": _("复查机关在三十日内提出复查意见；收到复查意见之日起计算复核期限。"),
    "request_re_review": _("来访人自收到复查意见之日起三十日内，可以请求复查机关的上一级复核。"),
    "decide_re_review": _("维持或者变更的，信访程序终结，事项办结；撤销的，改用“复核撤销，责令重办”。"),
    "annul": _("事项回到承办单位重新办理，办结时限重新计算。"),
    "withdraw_review": _("只在来访人自己书面撤回时使用。"),
    "withdraw": _("只在来访人自己提出时使用。"),
    "settle": _("写明怎样处置的；要照片的先添加处置后照片。写完就结案。"),
    "settle_told": _("写明怎样处置的，把结果告诉反映人；以后还要回访。"),
    "send_up": _("本级办不了的，写明为什么，交给上一级；每一级各有时限，到时没有办的自动上送。"),
    "decline_task": _("写明为什么不接，转给本级下一位；两次不接自动上送。"),
    "send_down": _("下面能办的，写明为什么、几天内答复；到期没有答复的自动回到上一级。"),
    "ask_verify": _("公众反映的事件先请网格员到现场核实，属实再受理。"),
    "decline": _("写明理由；有居民等答复的，写明怎样告知。"),
    "send": _("按派遣规则派给承办单位；派给别的单位要写明理由，理由记在经过里。"),
    "take": _("签收后开始计算处置时限。"),
    "turn_back": _("写明理由退回中心；退回两次的由中心主任定。"),
    "handle": _("写明怎样处置的；要照片的先添加处置后照片。由没有参加处置的人到现场核查。"),
    "fail_check": _("写明哪里不合格，回到承办人返工。"),
    "pass_check": _("到现场看过、合格，就结案。"),
    "pass_told": _("到现场看过、合格，把结果告诉反映人；以后还要回访。"),
    "rework": _("反映人说没有解决，回到承办单位返工。"),
    "take_up": _("网格或社区处置过，反映人说没有解决：由街道接过来办，时限从现在算起。"),
}


def _open(scene: Scene) -> bool:
    return bool(scene.case.open)


def _inform(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return limits.inform(actor, grants, scene.case.uuid, way=data.get("way", ""), said=data.get("said", ""))


def _screen(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    given = {"flow": data.get("flow", ""), "reason": data.get("reason", "")}
    return limits.screen(actor, grants, scene.case.uuid, **given, version=scene.version)


_CORRECTED = ("title", "text", "wish", "place", "category", "urgency", "external_number",
              "from_body", "from_number", "from_on")  # fmt: skip


def _correct(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    changes = {name: data.get(name, "") for name in _CORRECTED}
    changed = {name: value for name, value in changes.items() if value != _now(scene.case)[name]}
    return desk.correct(
        actor, grants, scene.case.uuid, changed, reason=data.get("reason", ""), version=scene.version
    )


def _now(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _CORRECTED} | {"category": case.category.key}


def _visit(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return desk.visited_again(actor, grants, scene.case.uuid, words=data.get("words", ""))


def _link(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    other = queries.by_number(grants, data.get("other", ""))
    if other is None:
        raise Invalid(_("没有这个编号"), {"other": _("没有找到，请核对编号")})
    return desk.link(actor, grants, scene.case.uuid, other.uuid)


def _add_assisting(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    unit, require = data.get("unit", ""), data.get("require", "")
    return assisting.add_assisting(actor, grants, scene.case.uuid, unit=unit, require=require)


def _assist_sign(actor: Actor, grants: Grants, scene: Scene, _data: Mapping[str, Any]) -> object:
    return assisting.assist_sign(actor, grants, scene.case.uuid, unit_id=_part(scene, "sent").unit_id)


def _assist_report(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    unit_id = _part(scene, "signed").unit_id
    return assisting.assist_report(actor, grants, scene.case.uuid, unit_id=unit_id, text=data.get("text", ""))


def _part(scene: Scene, state: str) -> Assignment:
    row = scene.own_part(state)
    if row is None:
        raise Invalid(_("这个单位没有待办的协办"))
    return row


def _write(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return writing.write_instruction(actor, grants, scene.case.uuid, words=data.get("instruction", ""))


def _enter(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return writing.enter_instruction(actor, grants, scene.case.uuid, data)


def _redirect_approval(actor: Actor, grants: Grants, scene: Scene, data: Mapping[str, Any]) -> object:
    return writing.redirect_approval(actor, grants, scene.case.uuid, leader=data.get("leader", ""))


def _owes_approval(scene: Scene) -> bool:
    """补批 is owed: by the category, or since an instruction was struck."""
    return scene.case.category.dispatch_mode != "direct" and owed(scene.case) is not None


def _window(scene: Scene) -> bool:
    """A matter of the window: those of a place are not screened."""
    return _open(scene) and scene.case.flow in WINDOW


def _instructable(scene: Scene) -> bool:
    if scene.case.sealed or scene.case.state == "awaiting":
        return False
    return _open(scene) or _owes_approval(scene)


_DESK = frozenset({Who.DESK})
_REASON = FIELDS["reason"]
_FLOW = _field("flow", "choice", _("事项性质"), _("信访事项按《信访工作条例》办理，服务诉求按本街道规定办理"),
               choices=tuple((flow.value, FLOWS[flow]) for flow in WINDOW))  # fmt: skip
_NOTICE = _field(
    "way", "choice", _("怎样告知"), choices=tuple(pair for pair in WAYS if pair[0] in NOTICE_WAYS)
)
_CORRECTION = (
    _field("title", "text", _("标题"), limit=120),
    _field("text", "longtext", _("反映什么")),
    _field("wish", "text", _("希望怎样解决"), limit=500),
    _field("place", "text", _("发生在哪里"), limit=200),
    _field("category", "category", _("类别")),
    _field("urgency", "choice", _("紧急程度"), choices=URGENCIES),
    _field("external_number", "text", _("外部系统编号"), limit=60),
    _field("from_body", "text", _("来文单位"), limit=100),
    _field("from_number", "text", _("来文文号"), limit=60),
    _field("from_on", "date", _("收文日期")),
    _field("reason", "longtext", _("更正理由")),
)

ACTS: Final = {
    act.name: act
    for act in (
        Act("inform", _("书面告知"), "message", _DESK | {Who.LEAD}, lambda s: s.runs("inform"),
            (_NOTICE, FIELDS["said"]), frozenset({"way"}), _inform,
            _("告知来访人：已收到、由谁办、怎样办。告知后十五日时限停止。")),
        Act("screen", _("甄别"), "help", frozenset({Who.DIRECTOR}), _window, (_FLOW, _REASON), frozenset({"flow"}),
            _screen, _("定为信访事项还是服务诉求；已定过的，变更要写理由。")),
        Act("assist_sign", _("协办签收"), "check", frozenset(), lambda s: s.own_part("sent") is not None, (),
            frozenset(), _assist_sign),
        Act("assist_report", _("协办报结果"), "file", frozenset(), lambda s: s.own_part("signed") is not None,
            (_field("text", "longtext", _("办理结果")),), frozenset({"text"}), _assist_report),
        Act("add_assist", pgettext_lazy("verb", "增加协办单位"), "plus", _DESK | {Who.LEAD}, lambda s: _open(s) and s.case.lead_unit_id is not None,
            (_field("unit", "unit", _("协办单位")), FIELDS["require"]), frozenset({"unit"}), _add_assisting,
            _("主办单位不变，多一个单位帮着办。")),
        Act("write_instruction", _("批示"), "edit", frozenset(), lambda s: _instructable(s) and writing.may_instruct(s.grants),
            (FIELDS["instruction"],), frozenset({"instruction"}), _write,
            _("不改变办理环节；有补批待办的，就是补批。写错了不能改，只能划去。")),
        Act("enter_instruction", _("代录批示"), "camera", _DESK, _instructable,
            (FIELDS["leader"], *(FIELDS[name] for name in ("instruction", "recorded", "paper", "signed_on"))),
            frozenset({"leader", "instruction", "recorded"}), _enter,
            _("领导在纸上或口头作的批示，由您代录；领导本人以后在“待批示”里确认。")),
        Act("redirect_approval", _("补批改送其他领导"), "swap", _DESK, _owes_approval, (FIELDS["leader"],),
            frozenset({"leader"}), _redirect_approval),
        *PRESSING,
        *PLACING,
        Act("visit", _("再次来访记录"), "people", _DESK, lambda s: True,
            (_field("words", "longtext", _("这次来访说了什么")),), frozenset({"words"}), _visit),
        Act("link", pgettext_lazy("verb", "关联事项"), "link", _DESK, lambda s: True,
            (_field("other", "text", _("另一件的编号"), _("是同一件事就关联，由您决定"), limit=40),), frozenset({"other"}), _link),
        Act("correct", _("更正登记"), "edit", _DESK, _open, _CORRECTION, frozenset({"text", "category", "reason"}), _correct,
            _("改前改后都会留在经过里。"), _now),
        *HANDING,
        *JOINING.values(),
    )
}  # fmt: skip
