"""Pure decisions about a matter: what is missing, what stands in the way, what a replayed history amounts to.

Nothing here reads a database. `CaseFacts` is what guards look at; the model fills it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid
from yimen.foundation.masking import mask_id_numbers

from . import place_rules, review_rules
from .fields import FIELDS, NOT_DRAWN
from .place_rules import PlaceFacts
from .review_rules import ReviewFacts
from .states import MAX_RETURNS, MAX_TRIES, STATES, TRANSITIONS, Flow, Transition
from .wording import several

TITLE_LENGTH: Final = 30
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_STOP = re.compile(r"[。！？!?；;\n\r]")


def make_title(text: str) -> str:
    """The first clause of what was said, at most 30 characters, for lists."""
    first = _STOP.split(text.strip(), maxsplit=1)[0].strip()
    if len(first) <= TITLE_LENGTH:
        return first
    head = first[:TITLE_LENGTH]
    for mark in ("，", ",", " "):
        if head.rfind(mark) >= 10:
            return head[: head.rfind(mark)]
    return head.rstrip() + "…"


def check_fields(row: Transition, data: Mapping[str, Any]) -> dict[str, Any]:
    """The row's fields out of `data`, stripped; raises Invalid naming every missing or unknown value.

    Names the row does not know are refused as a programming error of the door.
    """
    known = {*row.needs, *row.may}
    if strange := set(data) - known:
        raise Invalid(_("这一步不需要：%s") % several(sorted(strange)))
    clean: dict[str, Any] = {}
    wrong: dict[str, object] = {}
    for name in (*row.needs, *row.may):
        value = plain(data.get(name))
        if value in ("", None, []):
            if name in row.needs:
                wrong[name] = _("请填写%s") % FIELDS[name].zh
            continue
        if complaint := _complaint(name, value):
            wrong[name] = complaint
        clean[name] = value
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)
    return clean


def plain(value: Any) -> Any:
    """A typed text without NUL, edges and identity-card numbers; other values as they are."""
    return mask_id_numbers(value.replace("\x00", "").strip())[0] if isinstance(value, str) else value


def _complaint(name: str, value: Any) -> object:
    field = FIELDS[name]
    if field.kind in ("person", "leader") and not str(value).isdecimal():
        return _("请从所列选项中选择")
    if field.kind == "number" and not (str(value).isdecimal() and 1 <= int(value) <= field.limit):
        return _("请填写 1 到 %d 的整数") % field.limit
    if field.kind == "file" and not _UUID.fullmatch(str(value)):
        return _("请重新选择文件")
    if field.kind == "date" and (isinstance(value, datetime) or not isinstance(value, date)):
        return _("请填写日期")
    if field.kind == "datetime" and not isinstance(value, datetime):
        return _("请填写日期和时间")
    if field.kind == "choice" and value not in dict(field.choices):
        return _("请从所列选项中选择")
    if isinstance(value, str) and len(value) > field.limit:
        return _("最多 %(limit)d 字，现有 %(now)d 字") % {"limit": field.limit, "now": len(value)}
    return ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What guards need to know. Times are aware; `objection_due` is when a return may last be asked for."""

    flow: str
    returns: int = 0
    redos: int = 0
    tries: int = 0
    designated: bool = False
    anonymous: bool = False
    rating: int | None = None
    last_solved: str = ""
    refused_before: bool = False
    accepted: bool = False
    reachable: bool = True
    last_outcome: str = ""
    reported_at: datetime | None = None
    objection_due: datetime | None = None
    reported_by_actor: bool = False
    offline: bool = False
    actor_is_director: bool = False
    written_opinion_served: bool = False
    may_redo: bool = True
    open_parts: bool = False
    followed: bool = False
    main_answered: bool = False
    sampled: bool = True
    needs_instruction: bool = False
    actor_is_recipient: bool = False
    open_letter: str = ""
    review: ReviewFacts = field(default_factory=ReviewFacts)
    place: PlaceFacts = field(default_factory=PlaceFacts)


UNSOLVED: Final = ("no", "partly")
Guard = Callable[[CaseFacts, Mapping[str, Any], datetime], object]


def _few_returns(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.returns >= MAX_RETURNS:
        return _("已被退回两次，请中心主任指定承办单位")
    return ""


def _instructed_first(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    """呈批 categories: a leader's instruction of this round comes before the dispatch, or the director's own decision
    after the second return (指定承办)."""
    if not facts.needs_instruction or (facts.actor_is_director and facts.returns >= MAX_RETURNS):
        return ""
    if facts.actor_is_director:
        return _("这一类事项须有领导批示才能转办：请先呈批，或由您先写下批示，再转办")
    return _("这一类事项须有领导批示才能转办：请先点“呈批”，写明拟办意见，领导批示后即转给承办单位")


def _recorded_for_another(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    """代录: for somebody else, a written one with its photo, not signed in the future."""
    if facts.actor_is_recipient:
        return _("这件是呈给您的，请直接批示，不必代录")
    return recorded_wrong(data, at)


def recorded_wrong(data: Mapping[str, Any], at: datetime) -> object:
    """What is wrong with a 代录, or an empty string."""
    if data.get("recorded") == "paper" and not data.get("paper"):
        return Invalid(_("纸面批示须附照片"), {"paper": _("请拍下或扫描领导的批示")})
    if data.get("signed_on") and data["signed_on"] > at:
        return Invalid(_("批示时间不对"), {"signed_on": _("不能在将来")})
    return ""


def _not_designated(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return _("这是指定承办的事项，不能再退回；如有困难请联系中心主任") if facts.designated else ""


def _objection_open(facts: CaseFacts, _data: Mapping[str, Any], at: datetime) -> object:
    if facts.objection_due and at > facts.objection_due:
        return _("提出异议的期限已过（信访件五个工作日），请继续办理")
    return ""


def _not_refused(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.refused_before:
        return _("退回申请已经答复过，请继续办理；有困难请联系中心主任")
    return ""


def _not_accepted_yet(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return _("已经受理过") if facts.accepted else ""


def _accepted_first(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.accepted else _("信访事项先受理，再报结果")


def _service_date(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    """Served between the report and now; by post it is the day on the receipt, which somebody has to read off."""
    served = data.get("served_on")
    if data.get("way") == "post" and served is None:
        return Invalid(_("请填写送达时间"), {"served_on": _("以回执上的签收日期为准")})
    if served is None:
        return ""
    if served > at:
        return Invalid(_("送达时间不对"), {"served_on": _("不能在将来")})
    if facts.reported_at and served < facts.reported_at.replace(
        second=0, microsecond=0
    ):  # typed to the minute
        return Invalid(_("送达时间不对"), {"served_on": _("不能早于报结果的时间")})
    return ""


def _not_own_report(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.reported_by_actor and not facts.offline:
        return _("结果是您报的，请由本单位负责人或中心主任审核")
    return ""


def _tries_left(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.tries >= MAX_TRIES - 1:
        return _("这是最后一次，请按“没有接通”登记回访")
    return ""


def _callback_complete(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    outcome = data.get("outcome")
    if outcome == "reached" and not data.get("solved"):
        return Invalid(_("请问明是否解决"), {"solved": _("请选择")})
    if outcome == "no_answer" and facts.tries < MAX_TRIES - 1:
        return _("未满三次不能登记为“没有接通”")
    if outcome == "not_owed" and facts.reachable:
        return Invalid(_("只有匿名或没有留电话的事项可以免回访"), {"outcome": _("这件事留有联系方式")})
    if outcome != "reached" and (data.get("rating") or data.get("solved")):
        return Invalid(_("没有联系上，不能代为评价"), {"rating": _("请留空")})
    return ""


def _redo_possible(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.written_opinion_served:
        return _("已送达书面处理意见，不服的请在30日内申请复查（信访工作条例第三十五条）")
    return "" if facts.may_redo else _("没有可以重办的承办环节")


def _redone_first(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    unsolved = facts.last_solved in UNSOLVED
    if unsolved and facts.redos == 0 and facts.followed and not facts.written_opinion_served:
        return _("来访人说没有解决，先取消并案，单独办理")
    if unsolved and facts.redos == 0 and facts.may_redo and not facts.written_opinion_served:
        return _("来访人说没有解决，先退回重办一次")
    if unsolved and facts.redos == 0 and facts.flow == Flow.GRID and not facts.may_redo:
        return _("反映人说没有解决，先由街道接过来办一次")
    return ""


def _reached(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.last_outcome in ("", "reached") else _("没有联系上来访人，不能代为评价")


def _unsolved(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.last_solved in UNSOLVED else _("来访人没有说未解决，不必退回重办")


def _redo_allowed(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.redos >= 1 and not facts.actor_is_director:
        return _("已退回重办一次，再次退回由中心主任书面决定")
    return ""


def _no_rating_yet(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return _("已经评价过") if facts.rating else ""


def _unsolved_explained(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    if facts.last_solved in UNSOLVED and not data.get("note"):
        return Invalid(_("来访人说未解决，办结要写明理由"), {"note": _("请写明为什么办结")})
    return ""


def _review_not_reopen(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.review.final:
        return review_rules.final_words()
    if facts.written_opinion_served:
        return _("已送达书面处理意见，不服的请在30日内申请复查（信访工作条例第三十五条），不能重新办理")
    return ""


def _parts_collected(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    if facts.open_parts and not data.get("without"):
        return Invalid(_("还有协办单位没有答复"), {"without": _("请写明为什么不等协办答复")})
    return ""


def _followed(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.written_opinion_served:
        return _("已送达书面处理意见，不服的请在30日内申请复查（信访工作条例第三十五条）")
    return "" if facts.followed else _("这件没有并案")


def _main_answered(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.main_answered else _("主件还没有审核过的结果；结果出来后再答复这位来访人")


def _not_sampled(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return _("这件抽中了回访，请先回访") if facts.sampled else ""


def _spared(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.last_outcome == NOT_DRAWN else _("办结以后不再登记评价")


GUARDS: Final[dict[str, Guard]] = {
    "parts_collected": _parts_collected,
    "followed": _followed,
    "main_answered": _main_answered,
    "not_sampled": _not_sampled,
    "spared": _spared,
    "instructed_first": _instructed_first,
    "recorded_for_another": _recorded_for_another,
    "few_returns": _few_returns,
    "not_designated": _not_designated,
    "objection_open": _objection_open,
    "not_refused": _not_refused,
    "not_accepted_yet": _not_accepted_yet,
    "accepted_first": _accepted_first,
    "service_date": _service_date,
    "not_own_report": _not_own_report,
    "redo_possible": _redo_possible,
    "redone_first": _redone_first,
    "reached": _reached,
    "tries_left": _tries_left,
    "callback_complete": _callback_complete,
    "unsolved": _unsolved,
    "redo_allowed": _redo_allowed,
    "no_rating_yet": _no_rating_yet,
    "unsolved_explained": _unsolved_explained,
    "review_not_reopen": _review_not_reopen,
    **review_rules.GUARDS,
    **place_rules.GUARDS,
}


def hindrance(row: Transition, facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    """The first guard's complaint (a sentence or an Invalid), or an empty string when nothing stands in the way."""
    for name in row.guards:
        if complaint := GUARDS[name](facts, data, at):
            return complaint
    return ""


REPLAYED: Final = (
    "state",
    "flow",
    "screened",
    "next_step",
    "accountable_person",
    "accountable_unit",
    "holder",
    "holder_unit",
    "lead_unit",
)


def replay(payloads: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Fold a matter's ledger payloads into what is true at the end; raises ValueError where a step cannot follow.

    Transitions are re-run through the table (not copied): the state after is the row's target.
    """
    now: dict[str, Any] = {}
    for payload in payloads:
        now.update(payload.get("set", {}))
        verb = payload.get("verb")
        if not verb:
            continue
        row = TRANSITIONS.get((now.get("flow", ""), now.get("state", ""), verb))
        if row is None or payload.get("from") != now.get("state"):
            raise ValueError(f"{verb} cannot follow {now.get('state')}")
        now["state"] = row.target
        now["next_step"] = STATES[row.target].next_step or None
    return {name: now.get(name) for name in REPLAYED}
