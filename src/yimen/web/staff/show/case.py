"""The facts of one matter as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.cases import dossier
from yimen.cases.actions.accusations import sealed_words
from yimen.cases.models import Assignment, Case, Link
from yimen.cases.states import FLOWS

from .clock import Badge, badge_of
from .row import Sign, state_words
from .words import category_name, said


@dataclass(frozen=True, slots=True)
class Header:
    """The line above the title: number, how it came, what it is; state and clock beside it."""

    number: str
    about: list[str]
    state: str
    clock: Badge | None
    tags: list[Sign] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One unit's part: 主办 or 协办, its state, and whether it is served by letter or call."""

    unit: str
    role: str
    state: str
    offline: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Dated:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Other:
    """A matter that a clerk linked to this one."""

    number: str
    url: str
    kind: str


def header_of(case: Case) -> Header:
    nature = str(dict(FLOWS)[case.flow]) if case.screened else _("待甄别")
    about = [str(case.get_channel_display()), nature, category_name(case.category)]
    return Header(case.number, about, state_words(case), badge_of(case), _signs(case))


def _signs(case: Case) -> list[Sign]:
    found = []
    if case.sealed:
        found.append(Sign("lock", _("密件")))
    if case.confidential:
        found.append(Sign("lock", _("要求保密")))
    if case.urgency != "normal":
        found.append(Sign("flag", str(case.get_urgency_display())))
    if case.suspended:
        found.append(Sign("pause", said(case, "suspended", _("中止计时"))))
    return found


def text_of(case: Case) -> str:
    """What was said. A sealed matter's words are opened only for a reader who was let in."""
    return sealed_words(case) if case.sealed else case.text


def parts_of(assignments: list[Assignment]) -> list[Part]:
    current = [row for row in assignments if row.state not in ("returned", "ended")]
    return [_part(row) for row in sorted(current, key=lambda row: row.role != "lead")]


def _part(row: Assignment) -> Part:
    late = bool(row.clock and row.clock.outcome == "late")
    return Part(row.unit.name, str(row.get_role_display()), str(row.get_state_display()), row.offline, late)


def dates_of(case: Case) -> list[Dated]:
    """The four dates that are easily confused, those that exist, in their order (信访工作条例 §§22, 23, 34, 35)."""
    named = (
        (_("收到"), case.received_at),
        (_("告知"), case.told_at),
        (_("受理"), case.accepted_at),
        (_("答复送达"), case.served_at),
        (said(case, "closed", _("办结")), case.closed_at),
    )
    return [Dated(name, at) for name, at in named if at]


def links_of(grants: Grants, case: Case) -> list[Other]:
    """Linked matters in both directions, only those the reader may see."""
    rows, words = dossier.of(case, grants), dict(Link.KINDS)
    kinds = {row.other_id if row.case_id == case.pk else row.case_id: row.kind for row in rows.links}
    return [
        Other(row.number, reverse("staff:case", args=[row.uuid]), str(words[kinds[row.pk]]))
        for row in rows.others
        if row.pk in kinds
    ]
