"""A machine's token together with what its person holds today: every request of the API begins with this question."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils import timezone

from yimen.accounts import tokens
from yimen.accounts.models import Token
from yimen.foundation import prepared, versions

from .registry import Grants, held

_KNOCK: Final = """SELECT t.id, concat(t.ctid, t.xmin, u.ctid, u.xmin), u.id, g.role, g.unit_id, g.stands_for_id
 FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id
 LEFT JOIN access_rolegrant g ON g.user_id = u.id AND u.is_active AND g.since <= %s
  AND (g.until IS NULL OR g.until >= %s)
 WHERE t.digest = %s"""


def knock(text: str, on: date | None = None) -> tuple[Token, Grants] | None:
    """The token of this text with its person, also when it is over (the door says why), and the person's grants of a
    day (today). One query, and one more when token or person changed since they were last asked for."""
    if not tokens.is_well_formed(text):
        return None
    day = on or timezone.localdate()
    rows = prepared.ask(_KNOCK, [day, day, tokens.digest(text)])
    if not rows:
        return None
    ref, version, user_id = rows[0][:3]
    fetch = Token.objects.select_related("user").get
    token = versions.kept(("token", ref), version, lambda: fetch(pk=ref))
    assert token is not None
    return token, held(user_id, (row[3:] for row in rows if row[3] is not None))
