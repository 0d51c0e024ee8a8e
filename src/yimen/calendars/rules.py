"""Decisions about clock rules: which one holds, what is frozen of it, what it gives. No database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from yimen.foundation.errors import Invalid
from yimen.foundation.workcalendar import Hours, Periods, WorkCalendar
from yimen.foundation.worktime import HOUR_UNITS, due

if TYPE_CHECKING:
    from .models import ClockRule

Frozen = dict[str, Any]
_KEPT: Final = (
    "code", "flow", "step", "category", "urgency", "amount", "unit", "day_zero", "what", "what_en",
    "article", "article_en", "certainty", "extend_max",
)  # fmt: skip
_END_OF_DAY: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class ClockResult:
    """What a clock stores. A date answer is the end of that day (23:59:59) in the office's zone.

    While a pause is open `due_at` is None, and `target_at` too unless it was reached before that pause.
    """

    target_at: datetime | None
    due_at: datetime | None
    provisional: bool
    explain: str
    explain_en: str


def choose(rules: Iterable[ClockRule], category: str, urgency: str, on: date) -> ClockRule | None:
    """Of rules for one step the most specific valid `on` that day: urgency before category before neither."""
    fitting = [
        rule
        for rule in rules
        if rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
        and rule.category in {"", category}
        and rule.urgency in {"", urgency}
    ]
    return max(
        fitting, key=lambda rule: (rule.urgency != "", rule.category != "", rule.valid_from), default=None
    )


def unlawful(rule: ClockRule, changes: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with changing a limit of law (certainty S), by field; empty when nothing is.

    Such a limit is what the law's text says: it changes only with another article and where that was read.
    """
    told = {name: str(changes.get(name, "")).strip() for name in ("article", "source")}
    if rule.certainty != "S":
        return {}
    said = {}
    if not told["article"] or told["article"] == rule.article:
        said["article"] = _("请写明新的法规条款；法规没有改，就不能改法定期限")
    if not told["source"] or told["source"] == rule.source:
        said["source"] = _("请写明新条款见于哪里，如公报期号或网址")
    return said


def beside_law(rules: Iterable[ClockRule], rule: ClockRule) -> ClockRule | None:
    """The limit of law (S) of the same flow and step that `rule` would lengthen or shorten, or None.

    `rules` are those of the step; a limit that ended before `rule` begins does not count.
    """
    limit = (rule.amount, rule.unit, rule.extend_max)
    for law in rules:
        holds = law.valid_to is None or law.valid_to >= rule.valid_from
        if law.certainty == "S" and holds and limit != (law.amount, law.unit, law.extend_max):
            return law
    return None


def freeze(rule: ClockRule) -> Frozen:
    """The rule as JSON, to be kept inside a clock: later changes of the rule do not reach it."""
    return {name: getattr(rule, name) for name in _KEPT} | {"valid_from": rule.valid_from.isoformat()}


def run(
    calendar: WorkCalendar,
    frozen: Mapping[str, Any],
    start: datetime,
    pauses: Iterable[Sequence[date | str | None]] = (),
    extend: int = 0,
) -> ClockResult:
    """Count a frozen rule from `start` (aware). `pauses` are (from, to) as dates or ISO text, `to` None while open.

    Raises Invalid (code `hours_pause`) when a limit in hours is paused, WorktimeError for impossible input.
    """
    spans = [(_date(first), _date(last) if last else None) for first, last in pauses]
    if spans and frozen["unit"] in HOUR_UNITS:
        raise Invalid(_("按小时计的期限不能中止"), code="hours_pause")
    here = start.astimezone(calendar.zone)  # rows come in UTC; the explanation is for the office
    result = due(calendar, here, frozen["amount"], frozen["unit"], spans, extend)
    return ClockResult(
        target_at=_moment(result.target, calendar),
        due_at=_moment(result.due, calendar),
        provisional=result.provisional,
        explain=result.explained("zh", frozen["article"]),
        explain_en=result.explained("en", frozen.get("article_en") or frozen["article"]),
    )


def _moment(answer: date | datetime | None, calendar: WorkCalendar) -> datetime | None:
    if answer is None or isinstance(answer, datetime):
        return answer
    return datetime.combine(answer, _END_OF_DAY, calendar.zone)


def _date(value: date | str | None) -> date:
    assert value is not None, "a pause has a first day"
    return value if isinstance(value, date) else date.fromisoformat(value)


def missing_year(today: date, published: Iterable[int]) -> int | None:
    """The year whose table should be there by now and is not: this one, or from 1 November on the next."""
    wanted = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    return next((year for year in wanted if year not in set(published)), None)


def reception(calendar: WorkCalendar, extended: Iterable[Hours], day: date) -> Periods:
    """When the door is open on `day`: business hours and 延时服务 (on days off too), overlapping ones joined."""
    spans = [*calendar.hours(day), *(period for row in extended if row.covers(day) for period in row.periods)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
