"""Writing to the ledger as the rooms do."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yimen.foundation.actor import Actor
from yimen.ledger import actions
from yimen.ledger.models import Entry

CLERK = Actor(7, "刘敏", "web")


def say(number: int = 1, kind: str = "case.registered", actor: Actor = CLERK, **more: Any) -> Entry:
    """One entry about case `number`, in a transaction of its own."""
    with transaction.atomic():
        return actions.append(
            actor, kind, "case", number, more.pop("payload", {"state": "registered"}), **more
        )
