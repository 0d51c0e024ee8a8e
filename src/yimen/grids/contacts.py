"""The business contact of a premise, sealed under the row's own key."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import transaction

from yimen.foundation import crypto

from .models import Premise

NOTHING = {"name": "", "phone": ""}


def seal(row: Premise, name: str, phone: str) -> None:
    """Put name and phone into the row (unsaved), or take them out when both are empty."""
    if not name and not phone:
        row.wrapped_key = row.sealed = None
        return
    key = crypto.new_data_key()
    row.wrapped_key = crypto.wrap(key, _place(row.uuid, "wrapped_key"))
    words = json.dumps({"name": name, "phone": phone}).encode()
    row.sealed = crypto.seal(key, words, _place(row.uuid, "sealed"))


def of(row: Premise) -> dict[str, str]:
    """{name, phone} in clear; empty words when there is none. Raises crypto.SealBroken."""
    if row.sealed is None or row.wrapped_key is None:
        return dict(NOTHING)
    key = crypto.unwrap(bytes(row.wrapped_key), _place(row.uuid, "wrapped_key"))
    return dict(json.loads(crypto.open_sealed(key, bytes(row.sealed), _place(row.uuid, "sealed"))))


@transaction.atomic
def rewrap() -> int:
    """Wrap under the current master what is wrapped under an older one; answers how many."""
    ring, done = crypto.keyring(), 0
    for row in Premise.objects.select_for_update(of=("self",)).filter(wrapped_key__isnull=False):
        again = ring.rewrapped(bytes(row.wrapped_key or b""), _place(row.uuid, "wrapped_key"))
        if again:
            row.wrapped_key, done = again, done + 1
            row.save(update_fields=["wrapped_key"])
    return done


def _place(uuid: UUID, column: str) -> str:
    return f"grids_premise.{column}.{uuid}"
