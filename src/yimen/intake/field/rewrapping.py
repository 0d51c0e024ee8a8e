"""After a new master key: the boxes of phones and the keys of unfinished files are wrapped under it."""

from __future__ import annotations

from django.db import transaction

from yimen.foundation import crypto

from .boxes import place_of
from .items import key_place
from .models import FieldBox, FieldFile


@transaction.atomic
def rewrap() -> int:
    """Wrap under the current master what is wrapped under an older one; answers how many."""
    return _rewrap_boxes() + _rewrap_files()


def _rewrap_boxes() -> int:
    done = 0
    for row in FieldBox.objects.select_for_update():
        if again := crypto.keyring().rewrapped(bytes(row.wrapped_key), place_of(row.public)):
            FieldBox.objects.filter(pk=row.pk).update(wrapped_key=again)
            done += 1
    return done


def _rewrap_files() -> int:
    done = 0
    rows = FieldFile.objects.select_for_update(of=("self",)).filter(wrapped_key__isnull=False)
    for row in rows.select_related("item"):
        place = key_place(row.item.uuid, row.sha256)
        if again := crypto.keyring().rewrapped(bytes(row.wrapped_key or b""), place):
            FieldFile.objects.filter(pk=row.pk).update(wrapped_key=again)
            done += 1
    return done
