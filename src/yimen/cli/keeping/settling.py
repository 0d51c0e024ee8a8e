"""What a restore leaves to be done before anybody is served: said openly, old doors shut, the destroyed destroyed again.

May be cut short anywhere and run again: each step knows whether it was done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yimen.accounts.actions.restored import end_everything
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.home import Home
from yimen.ledger import restores
from yimen.ledger.actions import append
from yimen.ledger.checkpoints import Checkpoints
from yimen.ledger.models import Entry

RESTORED, SUBJECT = "backup.restored", "backup"
OPERATOR = Actor(None, "operator", "cli")


def settle(home: Home) -> dict[str, int]:
    """Settle a restored home; answers what was ended and how many matters were destroyed again. {} when it is none."""
    if not home.restored_mark.exists():
        return {}
    said = json.loads(home.restored_mark.read_text())
    tail = said["ledger"]
    place = Checkpoints(home.checkpoints, crypto.keyring(home))
    note = restores.note(
        place, tail["seq"], tail["mac"], said["backup"], said["made_at"], said["restored_at"]
    )
    done = {"erased": _erase_again(home)} | _shut_old_doors(said, beyond=note.beyond)
    home.restored_mark.unlink()
    return done


def _erase_again(home: Home) -> int:
    """What was destroyed since the backup was made is destroyed before anybody can see it."""
    if not home.erasures.exists():
        return 0
    from yimen.cases.actions import erasing

    return int(erasing.replay(home.erasures))


@transaction.atomic
def _shut_old_doors(said: Mapping[str, Any], beyond: int) -> dict[str, int]:
    told = {"backup": said["backup"], "made_at": said["made_at"], "restored_at": said["restored_at"]}
    if Entry.objects.filter(kind=RESTORED, payload__contains=told).exists():
        return {}
    ended = end_everything(OPERATOR)
    facts = {"seq": said["ledger"]["seq"], "beyond": beyond, "list": bool(said["erasures"])}
    append(OPERATOR, RESTORED, SUBJECT, 0, {**told, **facts, **ended})
    return ended
