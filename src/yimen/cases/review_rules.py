"""What stands in the way of review, re-review and service. Pure guards, like those of `rules`; sentences name the article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid

if TYPE_CHECKING:
    from .rules import CaseFacts, Guard


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What is known of review. `level` 0: nobody has asked about this opinion. Days are the office's.

    `since` and `until` bound the right to ask next: from receipt of the opinion, or of the review decision.
    """

    served: bool = False
    level: int = 0
    outcome: str = ""
    asked_on: date | None = None
    since: date | None = None
    until: date | None = None

    @property
    def final(self) -> bool:
        """复核意见 is final (条例 §36)."""
        return self.level == 2 and self.outcome in ("uphold", "change")

    @property
    def annulled(self) -> bool:
        return self.level == 1 and self.outcome == "annul"


def final_words() -> str:
    return _(
        "已作出复核意见：仍以同一事实和理由提出的，不再受理（信访工作条例第三十六条）；有新的事实和理由的，请另立新件"
    )


def _review_open(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    found = facts.review
    if found.final:
        return final_words()
    if not found.served:
        return _("没有送达书面处理意见，不能请求复查；没有解决的，请回访后退回重办")
    if found.level:
        return _("已有复查意见；不服的，自收到之日起三十日内请求复核（信访工作条例第三十六条）")
    late = _("请求复查的期限已于 %s 届满：自收到书面处理意见之日起三十日（信访工作条例第三十五条）")
    return _in_time(found, data, at, late)


def _re_review_open(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    found = facts.review
    if found.final:
        return final_words()
    if found.level != 1 or not found.outcome:
        return _("没有复查意见，不能请求复核")
    if found.annulled:
        return _("复查意见撤销了原处理意见，请退回重办")
    late = _("请求复核的期限已于 %s 届满：自收到复查意见之日起三十日（信访工作条例第三十六条）")
    return _in_time(found, data, at, late)


def _in_time(found: ReviewFacts, data: Mapping[str, Any], at: datetime, late: str) -> object:
    """Asked between receipt and the last day of the right. Without a day (what may be offered): today."""
    today = timezone.localdate(at)
    asked = data.get("asked_on") or today
    if asked > today:
        return Invalid(_("请求日期不对"), {"asked_on": _("不能在将来")})
    if found.since and asked < found.since:
        return Invalid(_("请求日期不对"), {"asked_on": _("不能早于收到书面答复之日（%s）") % found.since})
    return late % found.until if found.until and asked > found.until else ""


def _decision_dates(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    """Asked, decided, received: in this order, none in the future."""
    decided, served, asked = data.get("decided_on"), data.get("served_on"), facts.review.asked_on
    today = timezone.localdate(at)
    if decided and (decided > today or (asked and decided < asked)):
        return Invalid(_("日期不对"), {"decided_on": _("不能早于请求日期（%s），不能在将来") % asked})
    if decided and served and (served > at or timezone.localdate(served) < decided):
        return Invalid(_("日期不对"), {"served_on": _("不能早于作出日期，不能在将来")})
    return ""


def _annulled(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.review.annulled else _("复查意见没有撤销原处理意见，不能退回重办")


def _unit_there(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    return "" if facts.may_redo else _("没有可以重办的承办环节")


def _not_annulled(facts: CaseFacts, data: Mapping[str, Any], _at: datetime) -> object:
    if data.get("review_outcome") == "annul" and facts.may_redo:
        return Invalid(_("撤销的，事项不能办结"), {"review_outcome": _("请返回，改用“复核撤销，责令重办”")})
    return ""


def _right_lapsed(facts: CaseFacts, data: Mapping[str, Any], at: datetime) -> object:
    found = facts.review
    if found.annulled and facts.may_redo:
        return _("复查意见撤销了原处理意见，请退回重办")
    if found.annulled:  # told with a main matter: it is that one which is handled anew
        return "" if data.get("note") else Invalid(_("请写明理由"), {"note": _("写明由哪一件重新办理")})
    if found.until and timezone.localdate(at) <= found.until:
        return _("来访人在 %s 以前可以请求复核，期满再办结") % found.until
    return ""


def _letter_first(facts: CaseFacts, _data: Mapping[str, Any], _at: datetime) -> object:
    if facts.open_letter:
        return (
            _("已经起草书面答复（%s）：请用印以后在文书里登记送达；不用这份文书的，先作废")
            % facts.open_letter
        )
    return ""


GUARDS: Final[dict[str, Guard]] = {
    "review_open": _review_open,
    "re_review_open": _re_review_open,
    "decision_dates": _decision_dates,
    "annulled": _annulled,
    "unit_there": _unit_there,
    "not_annulled": _not_annulled,
    "right_lapsed": _right_lapsed,
    "letter_first": _letter_first,
}
