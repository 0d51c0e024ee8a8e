"""检举控告: only the hand-over is kept; the content does not enter, and those named never see it (条例 §§30, 46)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.accounts.models import User
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.organisations.models import Membership, Unit

from ..models import Case, SealedExclusion, SealedGrant
from . import holders
from .keys import data_key, key_of
from .open import Registration, check, draft, record_opening, store
from .transition import run


def hand_over_accusation(
    actor: Actor,
    grants: Grants,
    *,
    to: Unit,
    named_units: Sequence[Unit] = (),
    named_people: Sequence[User] = (),
    channel: str = "letter",
    received_at: datetime | None = None,
    at: datetime | None = None,
) -> Case:
    """Keep that a sealed letter was handed to `to` (纪工委), by whom and when; nothing of what it says.

    The matter takes a random number, is readable only for the clerk and members of `to`, never for the units and
    staff named, and is closed at once. Raises Invalid when `to` itself is named.
    """
    require(grants, "cases.open")
    with translation.override("zh-hans"):  # what is kept is kept in the office's language
        return _hand_over(actor, grants, to, named_units, named_people, channel, received_at, at)


def _hand_over(
    actor: Actor,
    grants: Grants,
    to: Unit,
    named_units: Sequence[Unit],
    named_people: Sequence[User],
    channel: str,
    received_at: datetime | None,
    at: datetime | None,
) -> Case:
    if to in named_units:
        raise Invalid(_("不能移交给被反映的单位"), {"to": _("请移交上一级纪检监察机关")})
    now = at or timezone.now()
    words = _("检举控告件一封，已移交%s") % to.name
    form = Registration(text=words, category="other", channel=channel, appeal="accusation", anonymous=True,
                        told_now=True, received_at=received_at)  # fmt: skip
    category, member = check(form, now, sealed=True), holders.first_contact(actor)
    with transaction.atomic():
        case = draft(form, category, member, now, sealed=True)
        case.title, case.text, case.place = _("密件"), "", ""
        store(case, form, now)
        _seal_words(case, words)
        _grant(case, actor, to, now)
        record_opening(actor, case, form, now)
        handed = {"guide_kind": "legal", "body": to.name, "reason": words}
        run(actor, grants, case.uuid, "guide", handed, at=at)
        closed = run(actor, grants, case.uuid, "close", {"note": _("已移交")}, at=at)
        _exclude(case, named_units, named_people)  # last: from here on even the clerk, if named, sees nothing
        return closed


def _seal_words(case: Case, words: str) -> None:
    text = json.dumps({"text": words}, ensure_ascii=False).encode()
    case.sealed_text = crypto.seal(data_key(case.pk), text, f"cases_case.sealed_text.{case.pk}")
    case.save(update_fields=["sealed_text"])


def sealed_words(case: Case) -> str:
    """The text of a sealed matter, for a reader who was allowed to see it."""
    if not case.sealed_text:
        return ""
    plain = crypto.open_sealed(key_of(case), bytes(case.sealed_text), f"cases_case.sealed_text.{case.pk}")
    return str(json.loads(plain)["text"])


def _grant(case: Case, actor: Actor, to: Unit, now: datetime) -> None:
    readers = {
        actor.user_id,
        *Membership.objects.filter(unit=to, active=True).values_list("user_id", flat=True),
    }
    reason = _("登记人和移交单位")
    SealedGrant.objects.bulk_create(
        [
            SealedGrant(case=case, user_id=user_id, granted_by_id=actor.user_id, reason=reason, at=now)
            for user_id in readers
        ]
    )


def _exclude(case: Case, units: Sequence[Unit], people: Sequence[User]) -> None:
    SealedExclusion.objects.bulk_create(
        [SealedExclusion(case=case, unit=unit) for unit in units]
        + [SealedExclusion(case=case, user=user) for user in people]
    )
