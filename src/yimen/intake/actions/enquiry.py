"""Ten seconds at the window: an enquiry is counted, nobody is written down."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants, require
from yimen.cases.models import Category
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.foundation.masking import mask_id_numbers
from yimen.ledger.actions import append

from ..events import ENQUIRY
from ..models import Enquiry

MAX_LINE: Final = 120
CHANNELS: Final = ("visit", "phone", "online")
_MOBILE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def tally(
    actor: Actor,
    grants: Grants,
    category: str,
    line: str = "",
    *,
    channel: str = "visit",
    at: datetime | None = None,
) -> Enquiry:
    """Count one enquiry. Numbers of people (identity cards, mobiles) are hidden in the line. One ledger entry.

    Raises Invalid for an unknown category or a line over 120 characters, Refused for the wrong role.
    """
    require(grants, "intake.tally")
    now = at or timezone.now()
    words = " ".join(line.replace("\x00", "").split())
    if len(words) > MAX_LINE:
        raise Invalid(_("一行就够"), {"line": _("最多 %(most)d 字") % {"most": MAX_LINE}})
    if channel not in CHANNELS:
        raise Invalid(_("请从所列选项中选择"), {"channel": _("请从所列选项中选择")})
    row = Enquiry(
        category=_category(category, now), line=_nameless(words), channel=channel, by_id=actor.user_id, at=now
    )
    with transaction.atomic():
        row.save(force_insert=True)
        append(actor, "intake.enquiry", ENQUIRY, row.pk, {"category": category, "channel": channel}, at=now)
    return row


def _nameless(words: str) -> str:
    return _MOBILE.sub("〔号码已隐去〕", mask_id_numbers(words)[0])[:MAX_LINE]


def _category(key: str, now: datetime) -> Category:
    today = timezone.localdate(now)
    found = Category.objects.filter(key=key, valid_from__lte=today).exclude(valid_to__lt=today).last()
    if found is None:
        raise Invalid(_("请选择类别"), {"category": _("请选择类别")})
    return found
