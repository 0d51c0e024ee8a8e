"""Files in pieces: each with its hash, in order, on disk as ciphertext until the last; then opened, compared, cleaned, kept."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import shutil
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.cases.actions.attach import attach_promised
from yimen.foundation import crypto, home
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Broken, Conflict, Invalid, Missing

from .envelope import TAG, NotSealed, open_file
from .items import item_of, key_place
from .models import FieldFile, FieldItem, FieldSeat

log = logging.getLogger(__name__)
CHUNK: Final = 256 * 1024  # bytes of a piece
KEPT: Final = timedelta(days=30)  # so long an unfinished upload waits
SPARE: Final = 200 * 1024 * 1024  # bytes of disk that uploads leave to the rest of the house
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(Broken):
    """There is no room for a piece now: the operator's to mend, the phone comes again."""

    code = "disk_full"


class Elsewhere(Conflict):
    """The piece does not begin where the last one ended. `received`: go on from there."""

    def __init__(self, message: object, received: int, *, code: str = "offset") -> None:
        super().__init__(message, code=code)
        self.received = received


def put(
    seat: FieldSeat, uuid: UUID, sha256: str, *, offset: int, total: int, piece: bytes, digest: str
) -> FieldFile:
    """One piece of a promised file. With the last (or an empty one after it) the file is finished.

    Raises Missing, Elsewhere (offset, or damaged: begin anew), Invalid (chunk, file_refused), DiskFull.
    """
    item = item_of(seat, uuid)
    row = FieldFile.objects.filter(item=item, sha256=sha256).first()
    if row is None:
        raise Missing(_("这一条没有说过要送这个文件"))
    if row.done_at is None:
        row = _append(row.pk, item.uuid, offset, total, piece, digest)
    if row.done_at is None and row.received == row.size + TAG:
        row = _finish(row.pk, item)
    if row.refused:
        raise Invalid(row.refused, {"file": row.refused}, code="file_refused")
    return row


@transaction.atomic
def _append(pk: int, uuid: UUID, offset: int, total: int, piece: bytes, digest: str) -> FieldFile:
    row = FieldFile.objects.select_for_update().get(pk=pk)
    path = path_of(uuid, row.sha256)
    there = min(row.received, path.stat().st_size if path.exists() else 0)
    if row.done_at is not None or there == row.size + TAG:
        return row
    if total != row.size + TAG or offset + len(piece) > total or len(piece) > CHUNK:
        raise Invalid(_("文件的长度和说好的不一样"), {"total": str(row.size + TAG)})
    if offset != there:
        raise Elsewhere(_("请从已经收到的地方接着送"), there)
    if hashlib.sha256(piece).hexdigest() != digest:
        raise Elsewhere(_("这一段在路上坏了，请重送"), there, code="chunk")
    _write(path, offset, piece)
    row.received, row.touched_at = offset + len(piece), timezone.now()
    row.save(update_fields=["received", "touched_at"])
    return row


def _write(path: Path, offset: int, piece: bytes) -> None:
    """On disk before it is told. What stood behind (a piece that a crash cut) goes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(path.parent).free < SPARE:
            raise DiskFull(_("服务器的磁盘满了，请告诉管理员；手机上的内容都留着"))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb", closefd=True) as stream:
            stream.seek(offset)
            stream.write(piece)
            stream.truncate()
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(_("服务器的磁盘满了，请告诉管理员；手机上的内容都留着")) from error
        raise


def _finish(pk: int, item: FieldItem) -> FieldFile:
    """Open, compare, clean, attach. Slow (a process of its own for the cleaning), so no row is held meanwhile; twice at
    the same time gives one attachment."""
    row = FieldFile.objects.get(pk=pk)
    if row.done_at is not None or row.wrapped_key is None or item.case is None:
        return row
    content = _content(row, item)
    who = Actor(item.seat.user_id, item.seat.user.name, "field")
    try:
        kept = attach_promised(who, item.case, content, row.name, purpose=row.purpose)
    except Invalid as refusal:
        return _done(row.pk, item.uuid, refused=str(refusal.fields.get("file", refusal))[:200])
    return _done(row.pk, item.uuid, attachment=kept.pk)


def _content(row: FieldFile, item: FieldItem) -> bytes:
    """The plaintext, equal to the promise; else everything of it is thrown away and Elsewhere says: begin anew."""
    key = crypto.unwrap(bytes(row.wrapped_key or b""), key_place(item.uuid, row.sha256))
    path = path_of(item.uuid, row.sha256)
    try:
        content = open_file(key, bytes(row.iv or b""), path.read_bytes())
    except FileNotFoundError:
        content = b""
    except NotSealed:
        content = b""
    if hashlib.sha256(content).hexdigest() == row.sha256:
        return content
    with transaction.atomic():
        FieldFile.objects.select_for_update().filter(pk=row.pk, done_at__isnull=True).update(received=0)
        path.unlink(missing_ok=True)
    raise Elsewhere(_("文件收齐了却和说好的不一样，请重新送一遍"), 0, code="damaged")


def _done(pk: int, uuid: UUID, *, attachment: int | None = None, refused: str = "") -> FieldFile:
    """Its key and its pieces go; with the last file of an item, the item is done."""
    row = _marked_done(pk, uuid, attachment, refused)
    path_of(uuid, row.sha256).unlink(missing_ok=True)
    return row


@transaction.atomic
def _marked_done(pk: int, uuid: UUID, attachment: int | None, refused: str) -> FieldFile:
    item = FieldItem.objects.select_for_update().get(uuid=uuid)
    row = FieldFile.objects.select_for_update().get(pk=pk)
    if row.done_at is None:
        row.done_at, row.attachment_id, row.refused = timezone.now(), attachment, refused
        row.wrapped_key = row.iv = None
        row.save()
    if not FieldFile.objects.filter(item=item, done_at__isnull=True).exists():
        item.state = "done"
        item.save(update_fields=["state"])
    return row


def path_of(uuid: UUID, sha256: str) -> Path:
    text = str(uuid)
    return home.current().root / "uploads" / text[-2:] / f"{text}-{sha256[:16]}.part"


def sweep(now: datetime | None = None) -> int:
    """Throw away what was begun and not gone on with for 30 days; the phone may begin anew. Answers how many."""
    before = (now or timezone.now()) - KEPT
    stale = FieldFile.objects.filter(done_at__isnull=True, touched_at__lt=before, received__gt=0)
    count = 0
    for pk in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            row = FieldFile.objects.select_for_update(of=("self",)).select_related("item").get(pk=pk)
            if row.done_at is None and row.touched_at < before:
                path_of(row.item.uuid, row.sha256).unlink(missing_ok=True)
                row.received = 0
                row.save(update_fields=["received"])
                count += 1
    return count + _sweep_nameless(before)


def _sweep_nameless(before: datetime) -> int:
    """Pieces that no row names any more (the matter was destroyed)."""
    folder, count = home.current().root / "uploads", 0
    for path in folder.glob("*/*.part"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            count += 1
    return count


def run_forever(stop: threading.Event, *, every: float = 6 * 3600.0) -> None:
    """Sweep some times a day until `stop` is set. Twice at once does no harm."""
    while not stop.wait(every):
        try:
            sweep()
        except (AnyDatabaseError, OSError) as error:
            log.error("uploads: %s; trying again", str(error).strip())
        finally:
            connection.close()
