"""呈批 and 批示 as a matter's page and the leader's list show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.access.registry import Grants
from yimen.access.roles import Role
from yimen.cases import dossier, instructions
from yimen.cases.actions.instructions import may_strike
from yimen.cases.instructions import Told
from yimen.cases.models import Case, Instruction, Submission
from yimen.cases.wording import several
from yimen.organisations.models import Unit

from .clock import Badge, badge, badge_of

AFTER = "after"  # in a mark: 补批, which has no version


@dataclass(frozen=True, slots=True)
class Proposal:
    """拟办意见 as it was put before a leader. `badge` is the clock of what is still owed (补批)."""

    kind: str
    opinion: str
    unit: str
    assisting: str
    days: str
    recipient: str
    by: str
    at: datetime
    outcome: str
    answer: str
    badge: Badge | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One instruction. `recorded` is empty for the leader's own hand; `struck` says who, when and why."""

    words: str
    leader: str
    at: datetime
    recorded: str = ""
    by: str = ""
    paper: str = ""
    confirmed: datetime | None = None
    waits: bool = False
    struck: str = ""
    struck_by: str = ""
    struck_at: datetime | None = None
    confirm: str = ""
    strike: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The card 批示 of a matter's page."""

    proposals: list[Proposal] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a leader; `mark` stands for it in the form, with the version that was read."""

    mark: str
    number: str
    title: str
    url: str
    clock: Badge | None
    proposal: Proposal


def card_of(grants: Grants, case: Case, user_id: int) -> Card | None:
    """None when nothing was ever put before a leader."""
    rows, told = instructions.submissions(case), instructions.told(case)
    if not rows and not told:
        return None
    director = grants.has(Role.DIRECTOR)
    names = {unit.key: unit.name for unit in dossier.of(case).proposed_units}
    return Card(
        [_proposal(row, names) for row in rows], [_said(case, one, user_id, director) for one in told]
    )


def proposal_of(case: Case) -> Proposal | None:
    """What lies before the leader now, or what is owed afterwards; None when nothing does."""
    names = {unit.key: unit.name for unit in dossier.of(case).proposed_units}
    waiting = (row for row in instructions.submissions(case) if not row.outcome)
    return next((_proposal(row, names) for row in waiting), None)


def proposals_of(rows: Iterable[Submission]) -> list[Proposal]:
    found = list(rows)
    keys = {key for row in found for key in row.assisting}
    names = dict(Unit.objects.filter(key__in=keys).values_list("key", "name")) if keys else {}
    return [_proposal(row, names) for row in found]


def _proposal(row: Submission, names: dict[str, str]) -> Proposal:
    owed = row.kind == "after" and not row.outcome and row.due_at is not None
    return Proposal(
        kind=str(row.get_kind_display()),
        opinion=row.opinion,
        unit=row.unit.name,
        assisting=several(names.get(key, key) for key in row.assisting),
        days=_days(row.days),
        recipient=row.recipient.name if row.recipient else _("还没有指定领导"),
        by=row.by.name,
        at=row.at,
        outcome=str(row.get_outcome_display()),
        answer=row.answer,
        badge=badge(row.due_at) if owed and row.due_at else None,
        why=_why(row) if owed else "",
    )


def _why(row: Submission) -> str:
    """Why it is owed until then, in the reader's language, as it was stored."""
    return row.explain_en if translation.get_language() == "en" and row.explain_en else row.explain


def _days(days: int | None) -> str:
    return ngettext("%(n)d 个工作日", "%(n)d 个工作日", days) % {"n": days} if days else ""


def _said(case: Case, told: Told, user_id: int, director: bool) -> Said:
    row, struck = told.row, told.struck
    may_end = not struck and may_strike(told, user_id, director=director)
    return Said(
        words=row.words,
        leader=instructions.signature(row),
        at=row.signed_at,
        recorded=str(row.get_recorded_display()) if row.recorded else "",
        by=row.by.name if row.recorded else "",
        paper=_paper(case, row),
        confirmed=told.confirmed.at if told.confirmed else None,
        waits=told.unconfirmed,
        struck=struck.reason if struck else "",
        struck_by=struck.by.name if struck else "",
        struck_at=struck.at if struck else None,
        confirm=_mark_url("confirm", case, row) if told.unconfirmed and row.leader_id == user_id else "",
        strike=_mark_url("strike", case, row) if may_end else "",
    )


def _paper(case: Case, row: Instruction) -> str:
    return reverse("staff:file", args=[case.uuid, row.paper.uuid]) if row.paper else ""


def _mark_url(kind: str, case: Case, row: Instruction) -> str:
    return reverse(f"staff:{kind}-instruction", args=[case.uuid, row.uuid])


# The leader's list


def items_of(rows: Iterable[Submission]) -> list[Item]:
    found = list(rows)
    return [_item(row, said) for row, said in zip(found, proposals_of(found), strict=True)]


def _item(row: Submission, said: Proposal) -> Item:
    case = row.case
    return Item(
        mark=f"{case.uuid}.{AFTER if row.kind == 'after' else case.version}",
        number=case.number,
        title=case.title,
        url=reverse("staff:case", args=[case.uuid]),
        clock=said.badge or badge_of(case),
        proposal=said,
    )


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What a colleague recorded in the reader's name."""

    number: str
    title: str
    url: str
    said: Said


def confirmations(rows: Iterable[Instruction], user_id: int) -> list[ToConfirm]:
    return [
        ToConfirm(
            row.case.number,
            row.case.title,
            reverse("staff:case", args=[row.case.uuid]),
            _said(row.case, Told(row), user_id, False),
        )
        for row in rows
    ]
