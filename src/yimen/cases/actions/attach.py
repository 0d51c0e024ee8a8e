"""Taking a file in: cleaned first, stored encrypted, never overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.access.registry import Grants
from yimen.foundation import crypto, home
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused, YimenError
from yimen.foundation.ids import uuid7

from .. import dossier, queries, rules
from ..access import relations
from ..media.clean import clean
from ..models import Attachment, Case
from ..states import STATES, Who
from .keys import data_key
from .record import record

# Who may add a file while the matter is open; afterwards only the desk may, for late paper.
_ADDS = {Who.DESK, Who.LEAD, Who.ASSIST, Who.ACCOUNTABLE, Who.RECIPIENT}
_EVIDENCE = {Who.DESK, Who.LEAD}  # who may ask for the sealed original
LIMIT = 20 * 1024 * 1024  # bytes
MOST = 30  # files of one matter
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


def attach(
    actor: Actor,
    grants: Grants,
    ref: UUID,
    data: bytes,
    name: str,
    *,
    purpose: str = "",
    reason: str = "",
    at: datetime | None = None,
) -> Attachment:
    """Add a file to a matter. Photos and PDFs get a clean derivative, other known kinds stay download-only.

    Order (SECURITY 4): clean, write and fsync both files, then rows and ledger entry in one transaction. The same
    bytes twice give the same row. Who has a part in the matter may add while it is open; to a closed one only the
    desk may (late paper), with `reason`, or `purpose` when a step brings the file. Whether all that still holds is
    asked again under the row's lock, when the slow cleaning is done. Raises Refused, Conflict, Invalid (a blocked
    file, with the reason).
    """
    case = queries.get_visible(grants, ref)
    reason = rules.plain(reason)[:200]
    _may_add(grants, case, reason or purpose)

    def hold() -> Case:
        held = queries.get_visible(grants, ref, lock=True)
        _may_add(grants, held, reason or purpose)
        return held

    return _taken_in(actor, case, data, name, purpose, reason, at, hold)


def attach_promised(
    actor: Actor, case: Case, data: bytes, name: str, *, purpose: str = "", at: datetime | None = None
) -> Attachment:
    """Add a file that came after its words: a message taken in before named it by its hash (`intake.field`), so nobody is
    asked again who may, and a matter closed meanwhile takes it too. Raises Missing (destroyed), Conflict, Invalid."""

    def hold() -> Case:
        held = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk, erased_at__isnull=True).first()
        if held is None or held.sealed:
            raise Missing(_("没有这件事，或者不在您的办理范围内"))
        return held

    return _taken_in(actor, case, data, name, purpose, "", at, hold)


def _taken_in(
    actor: Actor, case: Case, data: bytes, name: str, purpose: str, reason: str, at: datetime | None,
    hold: Callable[[], Case],
) -> Attachment:  # fmt: skip
    """Cleaned, written, then kept under the matter's lock, which `hold` takes and asks again who may."""
    if len(data) > LIMIT:
        raise Invalid(_("文件太大"), {"file": _("每个文件不超过 %d MB") % (LIMIT // 1024 // 1024)})
    digest = hashlib.sha256(data).hexdigest()
    if found := Attachment.objects.filter(case=case, sha256=digest).first():
        return found
    if Attachment.objects.filter(case=case).count() >= MOST:
        raise Conflict(_("每件最多 %d 个附件") % MOST)
    cleaned = clean(data, name)
    if cleaned.state == "blocked":
        raise Invalid(_("这个文件没有收下"), {"file": cleaned.reason})
    row = Attachment(
        uuid=uuid7(), case=case, name=_safe_name(name), purpose=purpose, mime=cleaned.mime, size=len(data),
        sha256=digest, state=cleaned.state, has_derivative=cleaned.derivative is not None,
        by_id=actor.user_id, at=at or timezone.now(),
    )  # fmt: skip
    key = data_key(case.pk)
    _write(_path(row, "original"), crypto.seal(key, data, _aad(row, "original")))
    if cleaned.derivative is not None:
        _write(_path(row, "clean"), crypto.seal(key, cleaned.derivative, _aad(row, "clean")))
    try:
        return _keep(actor, row, reason, hold)
    except YimenError:
        _unlink(row)
        raise


def _keep(actor: Actor, row: Attachment, reason: str, hold: Callable[[], Case]) -> Attachment:
    """The row and its ledger entry, the matter held: one more of thirty at a time, none of the same bytes twice."""
    with transaction.atomic():
        case = hold()
        if found := Attachment.objects.filter(case=case, sha256=row.sha256).first():
            _unlink(row)
            return found
        if Attachment.objects.filter(case=case).count() >= MOST:
            raise Conflict(_("每件最多 %d 个附件") % MOST)
        row.save()
        words = {"name": row.name} | ({"reason": reason} if reason else {})
        record(actor, case, "case.file_added", at=row.at, payload={"file": str(row.uuid), "mime": row.mime, "size": row.size,
               "sha256": row.sha256, "state": row.state}, words=words)  # fmt: skip
    return row


def may_add(case: Case, mine: Collection[Who]) -> bool:
    """Whether somebody who stands to the matter as `mine` is offered to add a file now: see `attach`."""
    asked = _ADDS if STATES[case.state].open else {Who.DESK}
    return not case.sealed and bool(asked & set(mine))


def _may_add(grants: Grants, case: Case, reason: str) -> None:
    if case.sealed:
        raise Refused(_("密件只保留移交记录，不收附件"))
    mine = relations(grants, case)
    if not mine & _ADDS:
        raise Refused(_("您不经办这件事，不能添加附件"))
    if STATES[case.state].open:
        return
    if not may_add(case, mine):
        raise Conflict(_("这件事已经是“%s”，补交的材料请交窗口添加") % STATES[case.state].zh)
    if not reason:
        raise Invalid(_("还有内容要补充或更正"), {"reason": _("已经办结，请写明为什么现在补附件")})


def _unlink(row: Attachment) -> None:
    """A file that no row names is not kept."""
    for part in ("original", "clean"):
        _path(row, part).unlink(missing_ok=True)


def open_file(
    actor: Actor, grants: Grants, ref: UUID, file: UUID, *, original: bool = False
) -> tuple[Attachment, bytes]:
    """The bytes of an attachment: the clean derivative, or the sealed original when asked for or when there is no other."""
    case = queries.get_visible(grants, ref)
    row = Attachment.objects.filter(case=case, uuid=file).first()
    if row is None:
        raise Missing(_("没有这个附件"))
    part = "original" if original or not row.has_derivative else "clean"
    if part == "original" and row.has_derivative and not relations(grants, case) & _EVIDENCE:
        raise Refused(_("原件只供窗口和主办单位查证"))
    blob = _path(row, part).read_bytes()
    with transaction.atomic():
        record(
            actor, case, "case.file_opened", at=timezone.now(), payload={"file": str(row.uuid), "part": part}
        )
    return row, crypto.open_sealed(data_key(case.pk), blob, _aad(row, part))


def attachments_of(case: Case) -> list[Attachment]:
    return dossier.of(case).files


def _safe_name(name: str) -> str:
    """The last part of a path, without control characters, at most 120 characters."""
    plain = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
    plain = f"_{plain}" if plain.split(".")[0].strip().upper() in _DEVICES else plain
    return plain[-120:] if plain.strip(". ") else "file"


def _aad(row: Attachment, part: str) -> str:
    return f"cases_attachment.{part}.{row.uuid}"


def _path(row: Attachment, part: str) -> Path:
    text = str(row.uuid)
    return home.current().files / text[-2:] / f"{text}.{part}"


def parts_of(row: Attachment) -> list[str]:
    """Names below the folder of files, original and derivative; a derivative that was never made does no harm."""
    text = str(row.uuid)
    return [f"{text[-2:]}/{text}.{part}" for part in ("original", "clean")]


def _write(path: Path, blob: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder: a crash leaves nothing half-written under the name."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(blob)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
