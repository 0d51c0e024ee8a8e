"""The story of a matter, from its ledger: newest first, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.cases import dossier, letters, suspensions
from yimen.cases.actions.record import words_of
from yimen.cases.dossier import STORY
from yimen.cases.events import KINDS
from yimen.cases.fields import FIELDS, NOT_DRAWN, WAYS
from yimen.cases.models import Case, Contact, Urge
from yimen.cases.models.case import URGENCIES
from yimen.cases.models.grid import LEVELS
from yimen.cases.states import FLOWS
from yimen.cases.wording import several
from yimen.ledger.models import Entry

from ...templatetags.yimen import day, moment
from .words import category_name, said, who

LONGEST = 1200  # entries in one page
# Words that stand in the entry's own paragraph instead of a line with a label, the first present wins.
_TEXTS = ("instruction", "opinion", "reply", "result", "said", "reason", "words", "comment", "note")
_LABELS: Mapping[str, object] = {
    "unit": gettext_lazy("主办"),
    "recipient": gettext_lazy("呈送"),
    "leader": gettext_lazy("批示领导"),
    "days": gettext_lazy("办理时限（工作日）"),
    "signed_at": gettext_lazy("批示时间"),
    "approval_due_at": gettext_lazy("补批期限"),
    "assisting": gettext_lazy("协办"),
    "way": gettext_lazy("方式"),
    "outcome": gettext_lazy("情况"),
    "attempt": gettext_lazy("第几次"),
    "amount": gettext_lazy("延长天数"),
    "person": gettext_lazy("哪一位"),
    "due_on": gettext_lazy("督办期限"),
    "number": gettext_lazy("编号"),
    "level": gettext_lazy("对象"),
    "ground": gettext_lazy("中止理由"),
    "told_at": gettext_lazy("告知时间"),
    "by_leader": gettext_lazy("领导"),
    "order": gettext_lazy("督办单"),
    "due_at": gettext_lazy("到期"),
    "day": gettext_lazy("日期"),
    "until": gettext_lazy("到哪一天"),
    "plan_finish": gettext_lazy("计划完成时间"),
    "answer": gettext_lazy("对方的答复"),
    "reported_to": gettext_lazy("已报告"),
    "materials": gettext_lazy("材料"),
    "reported_at": gettext_lazy("报告时间"),
    "dictated": gettext_lazy("代书"),
    "on_behalf": gettext_lazy("反映人"),
    "name": gettext_lazy("文件"),
    "place": gettext_lazy("地点"),
    "title": gettext_lazy("标题"),
    "text": gettext_lazy("反映什么"),
    "wish": gettext_lazy("希望怎样解决"),
    "category": gettext_lazy("类别"),
    "urgency": gettext_lazy("紧急程度"),
    "external_number": gettext_lazy("外部系统编号"),
}
# Typed words that the payload says better (a unit by name), or that the page shows already.
_TOLD_ELSEWHERE = ("leader", "main", "paper", "title", "handler", "unit", "assisting", "before", "after")
# Only where a matter is sent is the unit 主办; elsewhere it is just the unit that acted.
_SENDING = ("case.dispatch", "case.designate", "case.submit", "case.instruct", "case.record_instruction")
# The number of a linked matter is not told here: not every reader may know that it exists.
_SHOWN = ("recipient", "leader", "days", "approval_due_at", "unit", "assisting", "way", "person", "outcome", "solved", "rating", "attempt", "amount", "due_on",
          "level", "order", "plan_finish", "ground", "told_at", "by_leader", "day", "until", "due_at", "asked_on", "decided_on")  # fmt: skip

# Days are kept as they were typed in their field: 2026-11-27; told like every other date.
_DAYS = ("plan_finish", "until", "due_on", "asked_on", "decided_on", "day")
_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "way": dict(WAYS),
    "outcome": {**dict(Contact.OUTCOMES), NOT_DRAWN: gettext_lazy("未抽中")},
    "urgency": dict(URGENCIES),
    "level": {**dict(Urge.LEVELS), **dict(LEVELS)},
}


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry. `recorded` is given when it was typed in noticeably later than it happened."""

    at: datetime
    what: str
    who: str
    text: str = ""
    lines: list[Line] = field(default_factory=list)
    recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The latest of what happened. `earlier`: how many a longer story shows, 0 when this is all of it."""

    entries: list[Moment]
    earlier: int = 0


def timeline_of(case: Case) -> Story:
    """What happened to a matter; that somebody looked is kept in the ledger, not told here."""
    rows = dossier.of(case)
    entries = [_moment(case, entry) for entry in rows.entries[: rows.story]]
    return Story(entries, rows.story + STORY if len(rows.entries) > rows.story else 0)


def story_asked(text: str) -> int:
    """How many entries an address asks for: whole pages, at most `LONGEST`."""
    asked = int(text) if text.isdecimal() and len(text) < 9 else 0
    return min(max(asked, STORY), LONGEST)


def _moment(case: Case, entry: Entry) -> Moment:
    words = _words(case, entry)
    text_name = next((name for name in _TEXTS if words.get(name)), "")
    lines = [*_payload_lines(case, entry), *_word_lines(case, words, text_name)]
    late = entry.recorded_at - entry.at > timedelta(hours=1)
    return Moment(
        entry.at,
        said(case, entry.kind, KINDS.get(entry.kind, entry.kind)),
        who(entry),
        str(words.get(text_name, "")),
        lines,
        entry.recorded_at if late else None,
    )


def _words(case: Case, entry: Entry) -> dict[str, Any]:
    """The typed texts that are not empty."""
    return {name: value for name, value in words_of(case, entry).items() if value}


def _payload_lines(case: Case, entry: Entry) -> list[Line]:
    payload = entry.payload
    lines = [_line(case, name, payload[name]) for name in _SHOWN if payload.get(name)]
    if isinstance(payload.get("unit"), int) or entry.kind not in _SENDING:
        lines = [line for line in lines if line.name != str(_LABELS["unit"])]
        lines += [Line(_("单位"), payload["unit"])] if isinstance(payload.get("unit"), str) else []
    if entry.kind.startswith("case.letter_") and (kind := letters.kinds().get(payload.get("kind", ""))):
        lines.append(Line(_("文书"), f"{kind.words} {payload.get('number', '')}".strip()))
    if payload.get("letters_void"):
        lines.append(Line(_("作废的文书"), several(payload["letters_void"])))
    if entry.kind == "case.screened":
        lines.append(Line(_("性质"), str(dict(FLOWS)[payload["flow"]])))
    return lines


def _word_lines(case: Case, words: Mapping[str, Any], text_name: str) -> list[Line]:
    rest = {name: value for name, value in words.items() if name not in (text_name, *_TOLD_ELSEWHERE)}
    return [_line(case, name, value) for name, value in rest.items()] + _corrections(case, words)


def _corrections(case: Case, words: Mapping[str, Any]) -> list[Line]:
    """更正登记: what stood there and what stands there now."""
    before, after = words.get("before", {}), words.get("after", {})
    return [
        Line(
            str(_LABELS.get(name, name)),
            f"{_value(case, name, old)} → {_value(case, name, after.get(name, ''))}",
        )
        for name, old in before.items()
    ]


def _line(case: Case, name: str, value: Any) -> Line:
    known = FIELDS.get(name)
    label = _LABELS.get(name) or (known.zh if known else name)
    if name == "level" and value in dict(LEVELS):
        label = _("办理层级")
    return Line(str(label), _value(case, name, value))


def _value(case: Case, name: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return several(value)
    if name.endswith("_at"):
        return moment(datetime.fromisoformat(str(value)))
    if name in _DAYS and (given := parse_date(str(value))):
        return day(given)
    options = dict(FIELDS[name].choices) if name in FIELDS else {}
    options |= _OPTIONS.get(name, {})
    if name == "ground":
        return suspensions.words_of(str(value), among=suspensions.kept_with(case))
    if name == "category":
        options = {row.key: category_name(row) for row in dossier.of(case).categories}
    return str(options.get(str(value), value))
