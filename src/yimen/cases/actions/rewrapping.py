"""After a new master key: every matter's data key is wrapped under it. The data keys themselves stay."""

from __future__ import annotations

from django.db import transaction

from yimen.foundation import crypto

from ..models import CaseKey
from .keys import place_of

AT_ONCE = 500


def rewrap() -> int:
    """Wrap under the current master what is wrapped under an older one; answers how many. May be cut short and go on."""
    return sum(iter(_some, 0))


@transaction.atomic
def _some() -> int:
    ring = crypto.keyring()
    current = b"\x01" + ring.current  # version and key id lead every blob
    old = CaseKey.objects.select_for_update().exclude(wrapped__gte=current, wrapped__lt=_after(current))
    rows = list(old.order_by("pk")[:AT_ONCE])
    for row in rows:
        place = place_of(row.case_id)
        row.wrapped = ring.wrap(ring.unwrap(bytes(row.wrapped), place), place)
    CaseKey.objects.bulk_update(rows, ["wrapped"])
    return len(rows)


def _after(prefix: bytes) -> bytes:
    """The first value beyond everything that begins with `prefix`."""
    return (int.from_bytes(prefix, "big") + 1).to_bytes(len(prefix), "big")
