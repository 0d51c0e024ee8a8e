"""The period in an address: from, to, at (截至), known (录入截至); and the chooser that a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from yimen.foundation.errors import Missing
from yimen.reports.period import Period, around, period


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. `typed` goes back into the fields, `wrong` stands beside them."""

    span: Period
    typed: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def asked(request: HttpRequest, name: str = "month") -> Asked:
    """The period in the address; the month (or day, week) of today, as of now, where none stands there.

    A date that is none is said beside its field, and the usual period is shown.
    """
    wrong: dict[str, str] = {}
    typed = {key: request.GET.get(key, "").strip()[:40] for key in ("from", "to", "at", "known")}
    first, last = (_day(typed[key], key, wrong) for key in ("from", "to"))
    cutoff, known = (_moment(typed[key], key, wrong) for key in ("at", "known"))
    begin, end = around(name, first or last or timezone.localdate())
    try:
        span = period(first or begin, last or max(end, first or end), cutoff, known)
    except Missing as long:
        wrong["from"] = str(long)
        span = period(begin, end)
    return Asked(span, typed, wrong)


def _day(text: str, name: str, wrong: dict[str, str]) -> date | None:
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    if text and (found is None or not 1990 <= found.year <= 9990):
        wrong[name] = _("日期不对，写作 2026-03-02")
        return None
    return found


def _moment(text: str, name: str, wrong: dict[str, str]) -> datetime | None:
    """An aware moment; a bare day means its end."""
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        found = None
    if found is None and len(text) == 10 and (day := _day(text, name, wrong)):
        found = datetime(day.year, day.month, day.day) + timedelta(days=1)
    if found is None:
        wrong[name] = _("时间不对，写作 2026-03-02 16:00")
        return None
    try:
        return (
            timezone.make_aware(found)
            if timezone.is_naive(found)
            else found.astimezone(timezone.get_current_timezone())
        )
    except (OverflowError, ValueError):
        wrong[name] = _("时间不对，写作 2026-03-02 16:00")
        return None


def query(span: Period, **more: str) -> str:
    """The period as it stands in an address, with both moments: who opens it later sees the same numbers."""
    given = {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "at": span.cutoff.isoformat(),
        "known": span.known.isoformat(),
    }
    return urlencode(given | {name: value for name, value in more.items() if value})


@dataclass(frozen=True, slots=True)
class Choice:
    """One ready period as an address."""

    words: str
    query: str
    current: bool


def choices(span: Period, **more: str) -> list[Choice]:
    """Today, yesterday, this and last week, month, quarter: as of now."""
    today = timezone.localdate()
    named = (
        (_("今日"), "day", 0), (_("昨日"), "day", 1), (_("本周"), "week", 0), (_("上周"), "week", 1),
        (_("本月"), "month", 0), (_("上月"), "month", 1), (_("本季"), "quarter", 0), (_("上季"), "quarter", 1),
    )  # fmt: skip
    found = []
    for words, name, back in named:
        first, last = around(name, today)
        if back:
            first, last = around(name, first - timedelta(days=1))
        given = {"from": first.isoformat(), "to": last.isoformat(), **{k: v for k, v in more.items() if v}}
        found.append(Choice(words, urlencode(given), (first, last) == (span.first, span.last)))
    return found
