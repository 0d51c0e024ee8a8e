"""Clocks in words: how long is left, in which tone, how much of the time is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.cases.models import Case, Clock
from yimen.cases.queries import DUE_SOON

from ...templatetags.yimen import day, moment
from .words import said

_END_OF_DAY = timedelta(hours=23, minutes=59)


@dataclass(frozen=True, slots=True)
class Badge:
    """Icon + word + tone (late, soon, ok, calm): never the colour alone. `title` is the exact time."""

    tone: str
    icon: str
    words: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One clock of the case page. `percent` of the time gone; None when it no longer runs."""

    name: str
    badge: Badge
    percent: int | None
    explain: str
    charged: str = ""


def badge_of(case: Case, now: datetime | None = None) -> Badge | None:
    """The governing clock of a matter, for lists; None when it is closed."""
    if case.due_at is None:
        return None
    if case.suspended:
        return Badge("calm", "pause", said(case, "suspended", _("中止计时")), exact(case.due_at))
    return badge(case.due_at, now)


def badge(due: datetime, now: datetime | None = None) -> Badge:
    at = now or timezone.now()
    if due < at:
        return Badge("late", "alert", _late(at - due), exact(due))
    tone = "soon" if due - at < DUE_SOON else "ok"
    return Badge(tone, "clock", _left(due, at), exact(due))


def exact(due: datetime) -> str:
    """The due moment; a limit in days holds until the end of its day and names only that."""
    local = timezone.localtime(due)
    since_midnight = timedelta(hours=local.hour, minutes=local.minute)
    return day(due) if since_midnight >= _END_OF_DAY else moment(due)


def _late(late: timedelta) -> str:
    hours = int(late.total_seconds() // 3600)
    if hours < 24:
        return ngettext("超期 %(n)d 小时", "超期 %(n)d 小时", max(1, hours)) % {"n": max(1, hours)}
    return ngettext("超期 %(n)d 天", "超期 %(n)d 天", hours // 24) % {"n": hours // 24}


def _left(due: datetime, now: datetime) -> str:
    days = (timezone.localdate(due) - timezone.localdate(now)).days
    if days <= 1:
        return (_("%s 到期") if ":" in exact(due) else _("%s到期")) % exact(due)
    return ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", days) % {"n": days}


def card(clock: Clock, of: Case, *, now: datetime | None = None) -> Card:
    """A clock of a matter that explains itself."""
    at = now or timezone.now()
    return Card(
        said(of, clock.kind, name_of(clock)),
        _card_badge(clock, of, at),
        _percent(clock, at) if clock.running and not of.suspended else None,
        explanation(clock),
        clock.charged_unit.name,
    )


def name_of(clock: Clock) -> str:
    kind = str(clock.get_kind_display())
    return f"{kind} · {clock.charged_unit.name}" if clock.kind == "assignment" else kind


def _card_badge(clock: Clock, of: Case, now: datetime) -> Badge:
    if not clock.running:
        icon = {"met": "check", "late": "alert"}.get(clock.outcome, "close")
        return Badge("calm", icon, str(clock.get_outcome_display()))
    if of.suspended or clock.due_at is None:
        return Badge("calm", "pause", said(of, "suspended", _("中止计时")))
    found = badge(clock.due_at, now)
    words = f"{found.words} · {_('暂定')}" if clock.provisional else found.words
    return Badge(found.tone, found.icon, words, found.title)


def _percent(clock: Clock, now: datetime) -> int | None:
    if clock.due_at is None or clock.due_at <= clock.start_at:
        return None
    return round(100 * min(1.0, max(0.0, (now - clock.start_at) / (clock.due_at - clock.start_at))))


def explanation(clock: Clock) -> str:
    """Why this date, in the reader's language, as it was stored with the result."""
    return clock.explain_en if translation.get_language() == "en" and clock.explain_en else clock.explain
