"""A note to oneself on a matter: its author's alone, sealed, outside the ledger, and gone with either of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Refused

from .. import dossier, queries, rules
from ..models import Case, CaseKey, Note
from .keys import data_key, key_of, unwrapped

LIMIT = 2000  # characters


@dataclass(frozen=True, slots=True)
class Own:
    """One's own note as its page shows it."""

    text: str
    pinned: bool
    remind_on: date | None


def write_note(
    actor: Actor, grants: Grants, ref: UUID, *, text: str, pinned: bool = False, remind_on: date | None = None
) -> Note | None:
    """Keep this as the author's note on the matter, in place of an earlier one; nothing at all deletes it.

    Gives None when nothing is left. Writes no ledger entry: a note is no part of the matter. Raises Missing,
    Refused (sealed matters), Conflict (archived: notes are gone there), Invalid.
    """
    text = str(rules.plain(text))
    if len(text) > LIMIT:
        words = {"limit": LIMIT, "now": len(text)}
        raise Invalid(_("还有内容要补充或更正"), {"text": _("最多 %(limit)d 字，现有 %(now)d 字") % words})
    with transaction.atomic():
        case = queries.get_visible(grants, ref, lock=True)
        _may_hold(case)
        row = Note.objects.filter(case=case, user_id=actor.user_id).first()
        if not (text or pinned or remind_on):
            if row is not None:
                row.delete()
            return None
        row = row or Note(case=case, user_id=actor.user_id)
        row.sealed = crypto.seal(data_key(case.pk), text.encode(), _aad(row))
        row.pinned, row.remind_on, row.at = pinned, remind_on, timezone.now()
        row.save()
        return row


def _may_hold(case: Case) -> None:
    if case.sealed:
        raise Refused(_("密件只保留移交记录，不写便签"))
    if case.state == "archived":
        raise Conflict(_("已经归档的事项不留便签"))


def note_of(grants: Grants, case: Case) -> Own:
    """The reader's own note; an empty one when there is none."""
    return next((_opened(row, key_of(case)) for row in dossier.of(case, grants).notes), Own("", False, None))


def reminders(grants: Grants) -> list[tuple[Case, Own]]:
    """Matters the reader pinned or wanted to be reminded of by today, still visible, pinned first."""
    seen = queries.visible_to(grants).filter(sealed=False).values("pk")
    due = Note.objects.filter(Q(pinned=True) | Q(remind_on__lte=timezone.localdate()), case__in=seen)
    wrapped = CaseKey.objects.filter(case=OuterRef("case")).values("wrapped")[:1]
    due = due.filter(user_id=grants.user_id).annotate(wrapped=Subquery(wrapped)).exclude(wrapped=None)
    rows = list(due)  # on most days none: what belongs to their matters is not asked for then
    cases = queries.in_rows(Case.objects.all()).in_bulk({row.case_id for row in rows})
    found = [
        (cases[row.case_id], _opened(row, unwrapped(CaseKey(case_id=row.case_id, wrapped=row.wrapped))))
        for row in rows
    ]
    return sorted(found, key=lambda pair: (not pair[1].pinned, pair[1].remind_on or date.max, pair[0].pk))


def forget_notes_on(case: Case) -> None:
    """At archiving: the work is over."""
    Note.objects.filter(case=case).delete()


def forget_notes_by(user_id: int) -> None:
    """When a person leaves the office: nobody else was ever to read them."""
    Note.objects.filter(user=user_id).delete()


def _opened(row: Note, key: bytes) -> Own:
    text = crypto.open_sealed(key, bytes(row.sealed), _aad(row)).decode()
    return Own(text, row.pinned, row.remind_on)


def _aad(row: Note) -> str:
    return f"cases_note.sealed.{row.case_id}.{row.user_id}"
