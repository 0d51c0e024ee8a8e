"""The second stage: a matter is destroyed. Order, so that a kill -9 at any point leaves nothing half-believed:

1. a line in HOME/erasures.jsonl (outside database and backups), 2. the key, 3. rows and typed words of old ledger
entries, 4. files, 5. the proof in the ledger. Every step may be repeated; the next run goes on where one was cut off.
What stays: the number with its dates, kind, unit and outcome (facts to count), and the ledger, whose chain holds
because it covers the ciphertext. `replay` does the same again after a restore.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from yimen.foundation import crypto, home
from yimen.foundation.actor import SYSTEM
from yimen.foundation.errors import YimenError
from yimen.jobs.actions import forget
from yimen.ledger import redaction
from yimen.ledger.actions import append

from .. import retention
from ..events import SUBJECT
from ..fates import Fate, of_kind
from ..models import Attachment, Case, CaseKey, Disposal, PhoneIndex, RetentionClass
from .attach import parts_of

log = logging.getLogger(__name__)
AT_ONCE = 200
REPLAYED = "replayed"


def erase_ripe(now: datetime | None = None, most: int = AT_ONCE) -> tuple[int, int]:
    """Destroy the matters whose hidden days are over, at most so many: (destroyed, failed). Held ones wait."""
    if retention.all_held():
        return 0, 0
    rows = retention.ripe(now).exclude(retention.held("case_id")).select_related("case", "rule")[:most]
    done = [_tried(row) for row in rows]
    return done.count(True), done.count(False)


def _tried(row: Disposal) -> bool:
    try:
        erase(row)
    except (YimenError, AnyDatabaseError, OSError) as error:
        log.error("erasing: %s; it is tried again next time", str(error).strip())
        return False
    return True


def erase(row: Disposal) -> None:
    """Destroy one matter; goes on where an earlier try ended. A row that is already destroyed is left alone."""
    if row.state == "hidden":
        row.digest, row.counts, row.files = _list(row.case)
        _note(row.case.uuid, row.digest)
        _kill_key(row)
    if row.state == "dying":
        _empty(row)
    if row.state == "emptied":
        for name in row.files:
            _remove(name)
        _prove(row)


# --- 1: the list -----------------------------------------------------------------------------------------------


def _list(case: Case) -> tuple[str, dict[str, int], list[str]]:
    """What there is of a matter: SHA-256 of the list, how many of what, and the files' names."""
    fates = of_kind("matter", "function")
    counts = {fate.label: count for fate in fates if (count := _of(fate, case.pk).count())}
    files = sorted(name for row in Attachment.objects.filter(case=case) for name in parts_of(row))
    body = json.dumps({"case": str(case.uuid), "rows": counts, "files": files}, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest(), counts, files


def _of(fate: Fate, case_id: int) -> QuerySet[Any]:
    """The rows of a table that belong to one matter."""
    condition = Q()
    for path in fate.path.split("|"):
        condition |= Q(**{path: case_id})
    return fate.model._default_manager.filter(condition)


def _note(ref: UUID, proof: str) -> None:
    """One fsynced line in the list that outlives every backup. A line written twice is replayed once."""
    path = home.current().erasures
    line = {"case": str(ref), "at": datetime.now(UTC).isoformat(timespec="seconds"), "proof": proof}
    path.touch(mode=0o600)
    with path.open("ab+") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
        torn = file.read(1) not in (b"", b"\n")  # by a power failure: what comes next begins its own line
        file.write((b"\n" if torn else b"") + json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- 2–3: key and rows -----------------------------------------------------------------------------------------


def _kill_key(row: Disposal) -> None:
    """From here on no ciphertext of this matter can be opened. Held or brought back meanwhile: nothing is done."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=row.case_id)
        still = Disposal.objects.filter(pk=row.pk, state="hidden").exclude(retention.held("case_id"))
        if retention.all_held() or not still.update(
            state="dying", digest=row.digest, counts=row.counts, files=row.files
        ):
            raise YimenError(f"matter {row.case_id} is held or was brought back")
        CaseKey.objects.filter(case=row.case_id).delete()
        PhoneIndex.objects.filter(case=row.case_id).delete()
    row.state = "dying"


def _empty(row: Disposal) -> None:
    """Rows, search text, job arguments, typed words of old entries: one transaction."""
    now = timezone.now()
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=row.case_id)
        _redact(case)
        with connection.cursor() as cursor:
            cursor.execute("SELECT cases_erase(%s)", [case.pk])
        for fate in of_kind("matter"):
            found = _of(fate, case.pk)
            found._raw_delete(found.db)
        for fate in of_kind("counted"):
            if fate.model is not Case and fate.emptied:
                _of(fate, case.pk).update(**fate.emptied)
        emptied = next(fate.emptied for fate in of_kind("counted") if fate.model is Case)
        Case.objects.filter(pk=case.pk).update(**emptied, erased_at=now, hidden_at=case.hidden_at or now)
        forget(case.pk, case.uuid)
        Disposal.objects.filter(pk=row.pk).update(state="emptied")
    row.state = "emptied"


def _redact(case: Case) -> None:
    """Entries of the first release hold typed words in plain: what will be left of them is vouched for beforehand."""
    marks = redaction.marks(crypto.keyring(), SUBJECT, case.pk)
    if marks:
        append(SYSTEM, redaction.KIND, SUBJECT, case.pk, {"entries": marks})


# --- 4–5: files and proof ----------------------------------------------------------------------------------------


def _remove(name: str) -> None:
    """A file is named by its attachment's own number: no other matter can lean on it."""
    path = home.current().files / name
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync(path.parent)


def _prove(row: Disposal) -> None:
    now = timezone.now()
    said = {
        "class": row.rule.key, "rule": row.rule_id, "due_on": row.due_on, "rows": row.counts,
        "files": len(row.files), "keys": 1, "list": row.digest,
    }  # fmt: skip
    with transaction.atomic():
        done = Disposal.objects.filter(pk=row.pk, state="emptied").update(
            state="destroyed", destroyed_at=now, files=[]
        )
        if done:
            append(SYSTEM, "case.destroyed", SUBJECT, row.case_id, said, at=now)
    row.state = "destroyed"


# --- other rows with a period of their own -------------------------------------------------------------------------


def expire(now: datetime | None = None, most: int = 5000) -> int:
    """Rows that go by a date of their own: deleted, or emptied where the table says so. Nothing while all is held."""
    if retention.all_held():
        return 0
    today = timezone.localdate(now)
    known = retention.rules(today)
    return sum(_expired(fate, known, today, most) for fate in of_kind("period") if fate.key in known)


def expired(fate: Fate, known: dict[str, RetentionClass], today: date) -> QuerySet[Model]:
    """The rows of one table whose own period is over and that still say something."""
    limit = retention.midnight(retention.before(today, known[fate.key]) + timedelta(days=1))
    rows = fate.model._default_manager.filter(**{f"{fate.path}__lt": limit}, **fate.only)
    return rows.exclude(**fate.emptied) if fate.emptied else rows


def _expired(fate: Fate, known: dict[str, RetentionClass], today: date, most: int) -> int:
    rows = expired(fate, known, today)
    some = fate.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)[:most]))
    if fate.emptied:
        return some.update(**fate.emptied)
    return _deleted(fate, some)


def _deleted(fate: Fate, some: QuerySet[Any]) -> int:
    with transaction.atomic():
        _let_go(fate, list(some.values_list("pk", flat=True)))
        return int(some.delete()[0])


def _let_go(fate: Fate, gone: list[Any]) -> None:
    """Counted rows elsewhere that point to a row which goes: their pointer is emptied."""
    for other in of_kind("counted"):
        for name in other.emptied:
            field = other.model._meta.get_field(name)
            if field.is_relation and field.related_model is fate.model:
                other.model._default_manager.filter(**{f"{name}__in": gone}).update(**other.emptied)


# --- after a restore ---------------------------------------------------------------------------------------------


def replay(path: Path) -> int:
    """Destroy again what the list names and the (restored) database still has; answers how many. Before serving.

    Lines of matters that this database does not know are passed by; a line torn by a power failure too. A hold that
    the backup brought back does not stop it: when the line was written, nothing held the matter any more.
    """
    return sum(_again(ref, proof) for ref, proof in _lines(path))


def _lines(path: Path) -> Iterator[tuple[UUID, str]]:
    seen: set[UUID] = set()
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            said = json.loads(line)
            ref = UUID(said["case"])
        except (ValueError, KeyError, TypeError):
            continue
        if ref not in seen:
            seen.add(ref)
            yield ref, str(said.get("proof", ""))


def _again(ref: UUID, proof: str) -> bool:
    case = Case.objects.filter(uuid=ref).first()
    if case is None:
        return False
    if case.erased_at is None:
        _decide_again(case, proof)
    row = Disposal.objects.filter(case=case, state__in=("dying", "emptied")).first()
    if row is None:
        return False
    CaseKey.objects.filter(case=case).delete()
    PhoneIndex.objects.filter(case=case).delete()
    erase(row)
    return True


def _decide_again(case: Case, proof: str) -> None:
    """A due disposal, written with the owner's right where there are two roles: the app's may not shorten the wait."""
    _digest, counts, files = _list(case)
    key = retention.over().filter(pk=case.pk).values_list("key", flat=True).first() or retention.MATTERS[0]
    values = {
        "case": case.pk, "rule": retention.rules()[key].pk, "today": timezone.localdate(), "digest": proof[:64],
        "counts": json.dumps({**counts, REPLAYED: 1}), "files": json.dumps(files),
    }  # fmt: skip
    with transaction.atomic():
        Disposal.objects.filter(case=case, state__in=Disposal.RUNNING).update(state="destroyed")
    admin = os.environ.get("DATABASE_ADMIN_URL", "")
    if admin and admin != os.environ.get("DATABASE_URL"):
        with psycopg.connect(admin) as owner:
            owner.execute(_DECIDED, values)
    else:
        with connection.cursor() as cursor:
            cursor.execute(_DECIDED, values)


_DECIDED = """
INSERT INTO cases_disposal (case_id, rule_id, state, due_on, hidden_at, destroy_at, reason, digest, counts, files)
VALUES (%(case)s, %(rule)s, 'dying', %(today)s, now(), now(), '', %(digest)s, %(counts)s::jsonb, %(files)s::jsonb)"""
