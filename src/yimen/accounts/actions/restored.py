"""After a restore: whoever was signed in when the backup was made is not signed in now, and no old link holds."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.db import transaction

from yimen.foundation.actor import Actor

from ..models import Invitation, StaffSession, Token
from .tokens import end_tokens


@transaction.atomic
def end_everything(actor: Actor) -> dict[str, int]:
    """End every session, one-time link and API token. Answers how many of each.

    A token that was ended after the backup would otherwise be back; the others are issued anew.
    """
    sessions = StaffSession.objects.count()
    StaffSession.objects.all().delete()
    Session.objects.all().delete()
    links, _each = Invitation.objects.filter(used_at__isnull=True).delete()
    holders = Token.objects.filter(ended_at__isnull=True).values_list("user_id", flat=True).distinct()
    tokens = sum(end_tokens(actor, user_id, "restore") for user_id in list(holders))
    return {"sessions": sessions, "links": links, "tokens": tokens}
