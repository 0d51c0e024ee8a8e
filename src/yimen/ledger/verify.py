"""Proof that the ledger was not changed: every link, every entry, every checkpoint, every guard.

Reads one snapshot of the database, so it may run beside a working sequencer. The checkpoints are read
before it: they are written after their commit, so none can be ahead of what the snapshot shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yimen.foundation.crypto import Keyring
from yimen.foundation.errors import YimenError
from yimen.ledger import canonical, guards, redaction, restores
from yimen.ledger.canonical import Row
from yimen.ledger.checkpoints import START, Checkpoint, Checkpoints
from yimen.ledger.findings import Report
from yimen.ledger.restores import Restore

Progress = Callable[[int, int], None]
PROGRESS_EVERY, FETCH = 5000, 2000
PATIENCE = 2.0  # seconds

_WALK = f"""SELECT coalesce(c.seq, 0), c.entry_id, coalesce(c.mac, ''), {canonical.SELECT}
 FROM ledger_chain c LEFT JOIN ledger_entry e ON e.id = c.entry_id ORDER BY c.seq, c.entry_id"""
_UNNUMBERED = f"""SELECT p.entry_id IS NOT NULL, {canonical.SELECT} FROM ledger_entry e
 LEFT JOIN ledger_pending p ON p.entry_id = e.id
 WHERE NOT EXISTS (SELECT FROM ledger_chain c WHERE c.entry_id = e.id) ORDER BY e.id"""
_QUEUE = """SELECT p.entry_id, EXISTS (SELECT FROM ledger_entry e WHERE e.id = p.entry_id),
  EXISTS (SELECT FROM ledger_chain c WHERE c.entry_id = p.entry_id) FROM ledger_pending p ORDER BY 1"""
_TWICE = """SELECT min(id) FROM ledger_entry GROUP BY origin HAVING count(*) > 1
 UNION SELECT entry_id FROM ledger_chain GROUP BY entry_id HAVING count(*) > 1 ORDER BY 1"""
_COUNTS = """SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_chain),
  (SELECT coalesce(extract(epoch FROM now() - min(e.recorded_at)), 0)::bigint
   FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id)"""


class CannotVerify(YimenError):
    """Nothing can be said: no database, no tables, or not the keys the ledger was written with."""

    code = "cannot_verify"


class Link(NamedTuple):
    """One row of the chain and its entry, None where that is gone."""

    seq: int
    entry_id: int
    mac: bytes
    row: Row | None


def verify(place: Checkpoints, progress: Progress | None = None) -> Report:
    """Check the whole ledger against the keys and checkpoints of `place`. Raises CannotVerify."""
    lines, head = place.lines(), place.head()
    _same_keys(place.keys, [*lines, head])
    report = Report()
    try:
        with _snapshot():
            guards.inspect(report)
            _count(report)
            wanted = _checkpoints(report, place, lines, head)
            _walk(report, place.keys, wanted, progress or (lambda done, total: None))
            _outside_the_chain(report, place.keys)
    except AnyDatabaseError as error:
        raise CannotVerify(str(error).strip()) from error
    return report


def _same_keys(keys: Keyring, known: list[Checkpoint | None]) -> None:
    other = next((c.keys for c in known if c and c.keys != keys.audit_id), None)
    if other:
        said = {"here": keys.audit_id, "there": other}
        raise CannotVerify(_("这里的审计密钥（%(here)s）不是写台账所用的那一把（%(there)s）") % said)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One consistent view; inside a caller's transaction, that one's."""
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _count(report: Report) -> None:
    report.entries, report.numbered, seconds = next(_rows(_COUNTS))
    queue = list(_rows(_QUEUE))
    for entry, exists, numbered in queue:
        if not exists:
            report.add("queue_without_entry", entry=entry)
        elif numbered:
            report.add("queue_after_number", entry=entry)
    report.waiting = sum(exists and not numbered for entry, exists, numbered in queue)
    if report.waiting:
        report.add("waiting", count=report.waiting, seconds=max(seconds, 0))


# --- checkpoints ---------------------------------------------------------------------------------------


def _checkpoints(
    report: Report, place: Checkpoints, lines: list[Checkpoint | None], head: Checkpoint | None
) -> dict[int, list[Checkpoint]]:
    """Check the files in themselves; answers the trustworthy checkpoints by the number they vouch for."""
    report.checkpoints, keys = len(lines), place.keys
    set_back = _restores(report, place)
    held = [c for number, c in enumerate(lines, 1) if c and _holds(report, keys, number, c)]
    held = [c for c in held if not any(restore.excuses(c) for restore in set_back)]
    held += [
        restore.as_checkpoint()
        for restore in set_back
        if restore.seq and not _set_back_again(restore, set_back)
    ]
    readable = [(number, c) for number, c in enumerate(lines, 1) if c]
    for (_before, before), (number, current) in pairwise([(0, START), *readable]):
        _follows(report, number, before, current, {restore.lines for restore in set_back})
    for number, line in enumerate(lines, 1):
        if line is None:
            report.add("checkpoint_torn", line=number)
    if head is None and lines:
        late = place.head() if len(lines) == 1 and _comes(place) else None
        if late is None:
            report.add("head_missing")
        else:
            _holds(report, keys, 0, late)
    if head is not None and _holds(report, keys, 0, head):
        held.append(head)
    if not held and report.numbered and not _comes(place):
        report.add("checkpoints_gone", tail=report.numbered)
    return _by_seq(held)


def _comes(place: Checkpoints) -> bool:
    """The very first batch is committed a moment before its head is written: give it that moment."""
    until = time.monotonic() + PATIENCE
    while place.head() is None and time.monotonic() < until:
        time.sleep(0.05)
    return place.head() is not None


def _holds(report: Report, keys: Keyring, number: int, checkpoint: Checkpoint) -> bool:
    if checkpoint.holds(keys):
        return True
    report.add("checkpoint_forged", line=number, seq=checkpoint.seq)
    return False


def _restores(report: Report, place: Checkpoints) -> list[Restore]:
    """The restores that were said openly; each is told again as a notice."""
    found = []
    for number, restore in enumerate(restores.read(place), 1):
        if restore is None or not restore.holds(place.keys):
            report.add("restore_forged", line=number)
            continue
        found.append(restore)
        report.add("restored", at=restore.restored_at, made_at=restore.made_at, seq=restore.seq)
        if restore.beyond > restore.seq:
            report.add("set_back", seq=restore.seq, beyond=restore.beyond)
    return found


def _set_back_again(restore: Restore, found: list[Restore]) -> bool:
    """A later restore went further back: the chain need not hold this one's end any more."""
    return any(later.seq < restore.seq for later in found[found.index(restore) + 1 :])


def _follows(
    report: Report, number: int, before: Checkpoint, line: Checkpoint, set_back: Collection[int]
) -> None:
    if (line.number, line.prev, line.count) != (before.number + 1, before.digest(), line.seq - before.seq):
        report.add("checkpoint_order", line=number)
    if line.seq < before.seq and before.number not in set_back:
        report.add("checkpoint_backwards", line=number, seq=line.seq)


def _by_seq(held: list[Checkpoint]) -> dict[int, list[Checkpoint]]:
    wanted: dict[int, list[Checkpoint]] = {}
    for checkpoint in held:
        wanted.setdefault(checkpoint.seq, []).append(checkpoint)
    return wanted


# --- the chain -----------------------------------------------------------------------------------------


def _walk(report: Report, keys: Keyring, wanted: dict[int, list[Checkpoint]], progress: Progress) -> None:
    before, mac = 0, b""
    redacted = redaction.known()
    for done, link in enumerate(_links(), 1):
        if link.seq != before + 1:
            report.add("gap", before=before, seq=link.seq)
        if not _redacted(report, keys, link, redacted):
            _link(report, keys, mac, link)
        for checkpoint in wanted.pop(link.seq, ()):
            if checkpoint.mac != link.mac.hex():
                report.add("checkpoint_differs", seq=link.seq, at=checkpoint.at)
        before, mac = link.seq, link.mac
        if done % PROGRESS_EVERY == 0:
            progress(done, report.numbered)
    report.tail = before
    if report.redacted:
        report.add("redacted", count=report.redacted)
    _unmet(report, before, wanted)
    progress(report.numbered, report.numbered)


def _unmet(report: Report, tail: int, wanted: dict[int, list[Checkpoint]]) -> None:
    """Checkpoints whose number the chain does not have (any more)."""
    if beyond := [seq for seq in wanted if seq > tail]:
        report.add("tail_cut", tail=tail, seq=max(beyond))
    for seq in sorted(seq for seq in wanted if seq <= tail):
        report.add("checkpoint_differs", seq=seq, at=wanted[seq][0].at)


def _link(report: Report, keys: Keyring, prev: bytes, link: Link) -> None:
    if link.row is None:
        report.add("entry_gone", seq=link.seq, entry=link.entry_id)
        return
    said = canonical.said(link.row)
    if keys.chain_mac(prev, canonical.link_bytes(link.seq, link.row, said)) != link.mac:
        report.add("entry_changed", seq=link.seq, entry=link.entry_id)
    _origin(report, keys, link.row, said)


def _origin(report: Report, keys: Keyring, row: Row, said: bytes) -> None:
    if canonical.origin(keys, said, row.origin[: canonical.NONCE_SIZE]) != row.origin:
        report.add("entry_forged", entry=row.id)


def _redacted(report: Report, keys: Keyring, link: Link, marks: dict[int, str]) -> bool:
    """Whether the typed words of this old entry were taken out lawfully, and nothing else of it changed since."""
    if link.row is None or marks.get(link.entry_id) != redaction.mark(keys, link.row):
        return False
    report.redacted += 1
    return True


def _links() -> Iterator[Link]:
    with connection.chunked_cursor() as cursor:
        cursor.itersize = FETCH
        cursor.execute(_WALK)
        for seq, entry_id, mac, *row in cursor:
            yield Link(seq, entry_id, mac, Row(*row) if row[0] is not None else None)


def _outside_the_chain(report: Report, keys: Keyring) -> None:
    for queued, *columns in _rows(_UNNUMBERED):
        row = Row(*columns)
        _origin(report, keys, row, canonical.said(row))
        if not queued:
            report.add("entry_unnumbered", entry=row.id)
    for (entry,) in _rows(_TWICE):
        report.add("entry_twice", entry=entry)


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        yield from cursor.fetchall()
