"""Finding one's own open matter on a call: exact phone, open matters only, kept in the ledger."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import actions as ledger

from .. import queries
from ..models import Case, PhoneIndex
from .people import looks_like_phone
from .record import record


def find_by_phone(actor: Actor, grants: Grants, phone: str) -> list[Case]:
    """Open matters that were registered with exactly this phone. Each hit is an entry of that matter's ledger.

    Families share phones: the clerk asks for the number on the slip before saying anything.
    """
    require(grants, "cases.search_phone")
    if not looks_like_phone(phone.strip()):
        raise Invalid(_("请填写完整的电话号码"), {"phone": _("只用数字、空格和短横")})
    hits = PhoneIndex.objects.filter(digest=crypto.blind_index(phone)).values("case")
    with transaction.atomic():
        found = list(
            queries.visible_to(grants).filter(pk__in=hits, open=True).select_related("category", "lead_unit")
        )
        ledger.append(actor, "cases.phone_searched", "user", actor.user_id or 0, {"found": len(found)})
        for case in found:
            record(actor, case, "case.phone_searched", at=timezone.now())
    return found
