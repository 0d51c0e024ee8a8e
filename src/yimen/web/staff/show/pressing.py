"""Acts on a matter's time and pressure: extension, suspension, reminder, 催办, 督办, leaders, reports of major matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.cases import dossier, leaders, suspensions
from yimen.cases import pressure_settings as settings
from yimen.cases.actions import extensions, limits, majors, pressure, reminders, supervision
from yimen.cases.actions import leaders as leading
from yimen.cases.fields import FIELDS, WAYS
from yimen.cases.models import Case, Supervision
from yimen.cases.pressed import PRESSED
from yimen.cases.states import Who
from yimen.foundation.actor import Actor

from .scene import Act, Scene, ask

Data = Mapping[str, Any]


# 延期


def _ask_extension(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {"amount": data.get("amount") or 0, "reason": data.get("reason", "")}
    return extensions.ask_extension(actor, grants, scene.case.uuid, **given, version=scene.version)


def _approve(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return extensions.approve_extension(
        actor, grants, scene.case.uuid, **_told(data), amount=data.get("amount"), version=scene.version
    )


def _refuse(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return extensions.refuse_extension(
        actor, grants, scene.case.uuid, reason=data.get("reason", ""), version=scene.version
    )


def _extend(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {"amount": data.get("amount") or 0, "reason": data.get("reason", "")}
    return extensions.extend(actor, grants, scene.case.uuid, **given, **_told(data), version=scene.version)


def _told(data: Data) -> dict[str, Any]:
    """How and when the reason was told to the person."""
    return {
        "told_way": data.get("told_way", ""),
        "told_at": data.get("told_at"),
        "told_words": data.get("told_words", ""),
    }


def _decides(scene: Scene) -> bool:
    return bool(scene.who & scene.pressure.deciders)


def _may_ask(scene: Scene) -> bool:
    return scene.runs("conclude") and not scene.case.suspended and scene.pressure.asked is None


def _asked_amount(case: Case) -> dict[str, Any]:
    row = extensions.pending_of(case)
    return {"amount": row.amount} if row else {}


# 中止计时


def _suspend(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {"ground": data.get("ground", ""), "note": data.get("note", "")}
    return limits.suspend(actor, grants, scene.case.uuid, **given, version=scene.version)


def _resume(actor: Actor, grants: Grants, scene: Scene, _data: Data) -> object:
    return limits.resume(actor, grants, scene.case.uuid)


def _suspendable(scene: Scene) -> bool:
    case = scene.case
    day = timezone.localdate()
    return not case.suspended and bool(suspensions.grounds_of(case, day))


# 提醒、催办、督办


def _remind(actor: Actor, grants: Grants, scene: Scene, _data: Data) -> object:
    return reminders.remind(actor, grants, scene.case.uuid)


def _urge(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return pressure.urge(actor, grants, scene.case.uuid, words=data.get("words", ""))


def _answer_urge(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return pressure.answer_urge(actor, grants, scene.case.uuid, words=data.get("words", ""))


def _pressed(scene: Scene) -> bool:
    return scene.pressure.ladder.part and scene.case.state in PRESSED and not scene.case.suspended


def _supervise(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    people = {name: _id(data, name) for name in ("instructed_by", "lead_leader", "contact")}
    draft = supervision.Draft(
        words=data.get("words", ""),
        due_on=data["due_on"],
        title=data.get("title", ""),
        co_leaders=tuple(int(each) for each in data.get("co_leaders", ())),
        co_units=tuple(data.get("co_units", ())),
        feedback_mode=data.get("feedback_mode", ""),
        cycle_days=data.get("cycle_days"),
        phone=data.get("phone", ""),
        **people,
    )
    return supervision.supervise(actor, grants, scene.case.uuid, draft)


def _id(data: Data, name: str) -> int | None:
    return int(data[name]) if data.get(name) else None


def _order_as_usual(case: Case) -> dict[str, Any]:
    figures = settings.settings(dossier.of(case).figures)
    due = timezone.localdate() + timedelta(days=int(figures["supervision_days"].value))
    known = leaders.staff_leaders(dossier.of(case).office_leaders)
    first = str(known[0].pk) if known else ""
    return {
        "title": supervision.usual_title(case),
        "due_on": due,
        "feedback_mode": "once",
        "cycle_days": int(figures["supervision_cycle"].value),
        "instructed_by": first,
        "lead_leader": first,
        "contact": str(case.accountable_person_id or ""),
    }


def _may_order(scene: Scene) -> bool:
    steps = scene.pressure.ladder
    return steps.order is None and not supervision.missing_rung(scene.case, steps)


def _feed_back(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {
        "words": data.get("words", ""),
        "is_final": bool(data.get("is_final")),
        "plan_finish": data.get("plan_finish"),
    }
    return supervision.feed_back(actor, grants, scene.case.uuid, **given)


def _awaits_feedback(scene: Scene) -> bool:
    order = scene.pressure.ladder.order
    return bool(scene.case.open) and order is not None and order.final is None


def _conclude(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return supervision.conclude(actor, grants, scene.case.uuid, words=data.get("words", ""))


def _may_conclude(scene: Scene) -> bool:
    order = scene.pressure.ladder.order
    return order is not None and (order.final is not None or not scene.case.open)


# 重大情况报告


def _report_up(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return majors.report_up(actor, grants, scene.case.uuid, **_report(data))


def _amend_report(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {"report": int(data.get("report") or 0), "reason": data.get("reason", "")}
    return majors.amend_report(actor, grants, scene.case.uuid, **given, **_report(data))


def _report(data: Data) -> dict[str, Any]:
    texts = {name: data.get(name, "") for name in ("name", "office", "way", "words", "answer")}
    return {**texts, "told_at": data.get("told_at")}


def _ordinary(scene: Scene) -> bool:
    return bool(scene.case.open) and not scene.case.sealed


# 领导


def _at_reception(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return leading.at_reception(actor, grants, scene.case.uuid, reception=int(data.get("reception") or 0))


def _take_charge(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    given = {
        "leader": int(data.get("leader") or 0),
        "until": data.get("until"),
        "words": data.get("words", ""),
    }
    return leading.take_charge(actor, grants, scene.case.uuid, **given)


def _end_charge(actor: Actor, grants: Grants, scene: Scene, data: Data) -> object:
    return leading.end_charge(actor, grants, scene.case.uuid, words=data.get("words", ""))


def _leads(scene: Scene) -> bool:
    return _ordinary(scene) and scene.grants.has(Role.LEADER, Role.DIRECTOR)


_NOBODY: Final[frozenset[Who]] = frozenset()
_DESK, _LEAD = frozenset({Who.DESK}), frozenset({Who.LEAD})
_DIRECTOR, _HEADS = frozenset({Who.DIRECTOR}), frozenset({Who.HEAD, Who.DIRECTOR})
_REASON = FIELDS["reason"]
_AMOUNT = ask("amount", "number", _("延长多少"), _("按原时限的单位：天或小时"))
_TOLD = (
    ask("told_way", "choice", _("怎样把理由告知来访人"), choices=WAYS),
    ask("told_at", "datetime", _("什么时候告知的"), _("不填就是现在")),
    ask("told_words", "text", _("告知的内容"), limit=500),
)
_REPORT = (
    ask("office", "text", _("部门或职务"), _("如：街道分管领导、区信访局"), limit=60),
    ask("name", "text", _("报告了谁"), limit=60),
    ask("told_at", "datetime", _("什么时候报告的"), _("不填就是现在")),
    ask("way", "choice", _("方式"), choices=WAYS),
    ask("words", "longtext", _("报告的内容")),
    ask("answer", "longtext", _("对方的答复")),
)
_ORDER = (
    ask("title", "text", _("督办事项"), limit=200),
    ask("words", "longtext", _("督办内容")),
    ask("instructed_by", "leader", _("批示领导")),
    ask("lead_leader", "leader", _("牵头领导")),
    ask("co_leaders", "leaders", _("配合领导")),
    ask("co_units", "units", _("配合单位")),
    ask("due_on", "date", _("交办时限")),
    ask("feedback_mode", "choice", _("反馈类型"), choices=Supervision.MODES),
    ask("cycle_days", "number", _("几天反馈一次"), _("定期反馈时填写")),
    ask("contact", "colleague", _("督办联系人")),
    ask("phone", "text", _("电话"), limit=40),
)

PRESSING: Final = (
    Act("remind", _("提醒"), "clock", _DESK | {Who.ACCOUNTABLE}, lambda s: _pressed(s) and s.pressure.ladder.reminder is None,
        (), frozenset(), _remind, _("提醒承办人和联络员。到了临期，系统会自动提醒。")),
    Act("urge", _("催办"), "clock", _DESK | {Who.ACCOUNTABLE}, lambda s: _pressed(s) and bool(s.pressure.ladder.next),
        (ask("words", "longtext", _("内容")),), frozenset({"words"}), _urge,
        _("先催联络员，再催单位负责人，再报告中心主任；上一次催过、仍未办好，才催下一级。")),
    Act("answer_urge", _("催办回复"), "message", _LEAD, lambda s: bool(s.case.open) and s.pressure.ladder.unanswered,
        (ask("words", "longtext", _("办到哪一步，什么时候能办好")),), frozenset({"words"}), _answer_urge),
    Act("supervise", _("督办"), "flag", _DIRECTOR, _may_order, _ORDER,
        frozenset({"title", "words", "instructed_by", "lead_leader", "due_on", "feedback_mode"}), _supervise,
        _("签发后自动编号，承办单位按期反馈。"), _order_as_usual),
    Act("feed_back", _("督办反馈"), "message", _LEAD | {Who.ASSIST}, _awaits_feedback,
        (ask("words", "longtext", _("办理情况")), ask("is_final", "check", _("这是最终办理结果")),
         ask("plan_finish", "date", _("计划完成时间"), _("还不是最终结果时填写"))), frozenset({"words"}), _feed_back),
    Act("conclude_order", _("办结督办"), "check", _DIRECTOR, _may_conclude,
        (ask("words", "longtext", _("督办结论")),), frozenset({"words"}), _conclude),
    Act("ask_extension", _("申请延期"), "calendar", _LEAD, lambda s: _may_ask(s) and not _decides(s), (_AMOUNT, _REASON),
        frozenset({"amount", "reason"}), _ask_extension, _("须在届满前提出，由本单位负责人批准，合计不超过规定的上限。")),
    Act("approve_extension", _("批准延期"), "check", _NOBODY, lambda s: s.pressure.asked is not None and _decides(s),
        (_AMOUNT, *_TOLD), frozenset({"amount"}), _approve, _("延期理由要告知来访人，批准时一并登记。"), _asked_amount),
    Act("refuse_extension", _("不批准延期"), "close", _NOBODY, lambda s: s.pressure.asked is not None and _decides(s),
        (_REASON,), frozenset({"reason"}), _refuse),
    Act("extend", _("延期"), "calendar", _NOBODY, lambda s: _may_ask(s) and _decides(s), (_AMOUNT, _REASON, *_TOLD),
        frozenset({"amount", "reason"}), _extend, _("须在届满前提出，合计不超过规定的上限。")),
    Act("suspend", pgettext_lazy("verb", "中止计时"), "pause", _HEADS, _suspendable,
        (ask("ground", "ground", _("中止理由")), ask("note", "longtext", _("说明"))), frozenset({"ground"}), _suspend,
        _("从今天起不计时，恢复时把这些天扣除。只能用所列的理由。")),
    Act("resume", _("恢复计时"), "clock", _HEADS, lambda s: bool(s.case.open) and s.case.suspended, (), frozenset(), _resume),
    Act("report_up", _("重大情况报告"), "phone", _DESK | _LEAD, _ordinary, _REPORT, frozenset({"name", "way"}), _report_up,
        _("多人来访、紧急重大情况，当场电话报告；谁、什么时候、怎样答复，都记下来。"), lambda _case: {"way": "phone"}),
    Act("amend_report", _("更正重大情况报告"), "edit", _DESK | _LEAD, lambda s: bool(s.pressure.reports),
        (ask("report", "report", _("更正哪一条")), _REASON, *_REPORT), frozenset({"report", "reason", "name", "way"}),
        _amend_report, _("原来的一条保留并注明已更正。"), lambda _case: {"way": "phone"}),
    Act("at_reception", _("领导接访"), "people", _DESK, lambda s: _ordinary(s) and bool(leaders.receptions_to_tie(s.case)),
        (ask("reception", "reception", _("哪一次接访")),), frozenset({"reception"}), _at_reception),
    Act("take_charge", _("领导包案"), "person", _NOBODY, lambda s: _leads(s) and s.pressure.charge is None,
        (ask("leader", "leader", _("包案领导")), ask("until", "date", _("到哪一天")), ask("words", "longtext", _("说明"))),
        frozenset({"leader"}), _take_charge),
    Act("end_charge", _("结束包案"), "close", _NOBODY, lambda s: _leads(s) and s.pressure.charge is not None,
        (ask("words", "longtext", _("说明")),), frozenset({"words"}), _end_charge),
)  # fmt: skip
