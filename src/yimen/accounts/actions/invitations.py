"""One-time links: the first administrator, and anyone who lost a password (there is no mail to send one by)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Missing
from yimen.ledger.actions import append

from .. import events, queries
from ..models import Invitation, User
from .factors import remove_factors
from .people import change_password

HOLDS = timedelta(hours=24)


@transaction.atomic
def invite(actor: Actor, user: User, *, lost_factor: bool = False) -> str:
    """Make a one-time link's token for this person; an earlier unused one stops working.

    The token is answered once and stored only as its hash. `lost_factor` also takes the second factor
    away when the link is used: for the operator's command line, where no second person exists.
    """
    now = timezone.now()
    User.objects.select_for_update().get(pk=user.pk)
    Invitation.objects.filter(user=user, used_at__isnull=True).delete()
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        user=user,
        token_digest=queries.token_digest(token),
        made_at=now,
        expires_at=now + HOLDS,
        removes_factors=lost_factor,
    )
    payload = {"expires_at": row.expires_at.isoformat(), "lost_factor": lost_factor}
    append(actor, events.INVITED, events.SUBJECT, user.pk, payload)
    return token


@transaction.atomic
def redeem(token: str, name: str, password: str) -> User:
    """Use a link: the person's name and password are set, their other sessions end, the link is spent.

    Raises Missing when the link does not hold (any more), Invalid when the password does not.
    """
    found = queries.invitation(token)
    row = Invitation.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if row is None or row.used_at is not None:
        raise Missing(_("这个链接已经用过或者过期了。"))
    user = row.user
    actor = Actor(user.pk, user.name, "web")
    user.name = name.strip() or user.name
    user.save(update_fields=["name"])
    change_password(actor, user, password)
    if row.removes_factors:
        remove_factors(actor, user.pk, "invitation")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    append(actor, events.INVITATION_USED, events.SUBJECT, user.pk, {})
    return user
