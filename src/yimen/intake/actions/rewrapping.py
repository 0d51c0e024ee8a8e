"""After a new master key: the keys of waiting rows are wrapped under it."""

from __future__ import annotations

from django.db import transaction

from yimen.foundation import crypto

from ..models import QueuedMatter
from .queue import place_of


@transaction.atomic
def rewrap() -> int:
    """Wrap under the current master what is wrapped under an older one; answers how many."""
    ring, done = crypto.keyring(), 0
    for row in QueuedMatter.objects.select_for_update(of=("self",)).filter(wrapped_key__isnull=False):
        again = ring.rewrapped(bytes(row.wrapped_key or b""), place_of(row.uuid, "wrapped_key"))
        if again:
            row.wrapped_key, done = again, done + 1
            row.save(update_fields=["wrapped_key"])
    return done
