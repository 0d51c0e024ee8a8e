"""并案 and 拆分: several matters about one thing handled together, one matter about two things made two."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Refused

from .. import queries
from ..models import Case, Link
from ..states import Who
from . import people
from .holders import first_contact
from .holding import held, need
from .keys import data_key
from .open import Registration, check, draft, record_opening, store
from .record import record
from .transition import run


def merge(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    main: str,
    note: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """并案: `ref` is handled with the matter of the number `main`. Both rows are held in one order, so that two
    merges of each into the other cannot wait for one another. Raises Invalid beside `main`, Conflict, Refused.
    """
    with transaction.atomic():
        found = queries.by_number(grants, main)
        refs = [ref, *([found.uuid] if found else [])]
        mine = queries.visible_to(grants).filter(uuid__in=refs).order_by("pk")
        list(mine.select_for_update(of=("self",)).values_list("pk", flat=True))
        data = {"main": main} | ({"note": note} if note else {})
        return run(actor, grants, ref, "merge", data, at=at, version=version)


def split(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    *,
    text: str,
    category: str,
    wish: str = "",
    place: str = "",
    at: datetime | None = None,
    version: int | None = None,
) -> Case:
    """拆分: a second subject of the matter becomes a matter of its own, with the same people and the same receipt.

    Its limits count from the receipt of the original (of this round, when that was reopened); the same first contact
    stays responsible; both are linked. Raises Invalid with the fields at fault, as at registration.
    """
    now = at or timezone.now()
    text = need(text, "text", _("拆出的内容"), 20_000)
    with held(grants, ref, Who.DESK, version=version) as origin:
        if origin.state == "merged":
            raise Refused(_("已并案的事项先取消并案，再拆分"))
        form = _form(origin, text, category, wish, place)
        new = draft(form, check(form, now), first_contact(actor), now)
        _stay_responsible(new, origin)
        store(new, form, now)
        people.copy(origin, new, data_key(new.pk))
        record_opening(actor, new, form, now)
        Link.objects.create(case=new, other=origin, kind="split", by_id=actor.user_id, at=now)
        record(actor, new, "case.linked", at=now, payload={"other": origin.number, "kind": "split"})
        record(actor, origin, "case.split", at=now, payload={"other": new.number}, words={"text": text})
        origin.version += 1
        origin.save(update_fields=["version"])
        return new


def _form(origin: Case, text: str, category: str, wish: str, place: str) -> Registration:
    with translation.override("zh-hans"):  # the ledger is kept in the office's language
        words = {"note": _("由另一件拆分而来")}
    return Registration(
        text=text, category=category, wish=wish, place=place, channel=origin.channel, appeal=origin.appeal,
        urgency=origin.urgency, anonymous=origin.anonymous, confidential=origin.confidential,
        received_at=origin.round_at, party_size=origin.party_size, words=words,
    )  # fmt: skip


def _stay_responsible(new: Case, origin: Case) -> None:
    """首问责任 does not move; whether anybody can be reached is as in the original."""
    new.accountable_person_id = new.holder_id = origin.accountable_person_id
    new.accountable_unit = new.holder_unit = origin.accountable_unit
    new.reachable = origin.reachable
