"""The one sequencer: gives every committed entry a gapless number and links it to the one before.

It takes what waits in `ledger_pending`, a row written by a trigger together with each entry, so nothing is
lost although commits do not come in the order of ids. Within a batch numbers follow ids; an entry whose
transaction began after another's commit always gets the higher number.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import Error as AnyDatabaseError
from django.db import connection, transaction

from yimen.foundation import crypto, home
from yimen.foundation.crypto import Keyring
from yimen.ledger import canonical
from yimen.ledger.canonical import Row
from yimen.ledger.checkpoints import Checkpoints

log = logging.getLogger(__name__)
LOCK = int.from_bytes(b"yimenseq", "big")
BATCH = 500
SHORTEST, LONGEST, AFTER_ERROR = 0.04, 0.2, 1.0  # seconds between two looks

_WAITING = f"""SELECT {canonical.SELECT} FROM ledger_pending p JOIN ledger_entry e ON e.id = p.entry_id
 ORDER BY p.entry_id LIMIT {BATCH}"""
_TAIL = "SELECT seq, mac FROM ledger_chain ORDER BY seq DESC LIMIT 1"
_INSERT = """INSERT INTO ledger_chain (seq, entry_id, mac)
 SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"""


class Tail(NamedTuple):
    """The chain's last link; number 0 and an empty HMAC before the first."""

    seq: int
    mac: bytes


def this_home() -> Checkpoints:
    """The second place of the current home, with its keys."""
    return Checkpoints(home.current().checkpoints, crypto.keyring())


def run_once(checkpoints: Checkpoints | None = None) -> int:
    """Number up to 500 waiting entries in one transaction; answers how many. 0 while another is at it."""
    place = checkpoints or this_home()
    with transaction.atomic():
        if not _locked():
            return 0
        rows = _waiting()
        if rows:
            before = _tail()
            _watch_head(place, before)
            tail = _link(before, rows, place.keys)
            transaction.on_commit(lambda: place.note(*tail))
    return len(rows)


def catch_up(checkpoints: Checkpoints | None = None) -> int:
    """Number everything that waits now; answers how many."""
    place, total = checkpoints or this_home(), 0
    while done := run_once(place):
        total += done
    return total


def run_forever(stop: threading.Event | None = None, *, wait: bool = True) -> bool:
    """Number entries until `stop` is set. Only one instance works: others wait, or leave with `wait=False`.

    Survives the loss of its connection; answers False when it left because another is at work.
    """
    halt, place = stop or threading.Event(), this_home()
    while not halt.is_set():
        try:
            if _take_turn(halt, wait):
                _work(halt, place)
            elif not wait:
                return False
        except (AnyDatabaseError, OSError) as error:
            log.error("sequencer: %s; trying again", str(error).strip())
            halt.wait(AFTER_ERROR)
        finally:
            connection.close()  # gives the lock back
    return True


def _take_turn(halt: threading.Event, wait: bool) -> bool:
    """Hold the lock on this session; another instance may hold it for as long as it lives."""
    while not halt.is_set():
        if _ask("SELECT pg_try_advisory_lock(%s)", LOCK):
            return True
        if not wait:
            return False
        halt.wait(AFTER_ERROR)
    return False


def _work(halt: threading.Event, place: Checkpoints) -> None:
    _ask("SELECT set_config('statement_timeout', '60s', false)")
    _settle(place)
    pause = SHORTEST
    while not halt.is_set():
        done = run_once(place) if _anything() else 0
        if not done:
            place.tick()
        if done < BATCH:
            halt.wait(pause)
        pause = SHORTEST if done else min(pause * 2, LONGEST)


def _settle(place: Checkpoints) -> None:
    """After a start: a crash between commit and head left the head behind; bring it up."""
    tail = _tail()
    _watch_head(place, tail)
    if tail.seq:
        place.note(*tail)


def _anything() -> bool:
    return bool(_ask("SELECT EXISTS (SELECT FROM ledger_pending)"))


def _locked() -> bool:
    """For this transaction, whatever became of the session's lock; PRIMARY KEY (seq) is the last wall."""
    return bool(_ask("SELECT pg_try_advisory_xact_lock(%s)", LOCK))


def _tail() -> Tail:
    with connection.cursor() as cursor:
        cursor.execute(_TAIL)
        found = cursor.fetchone()
    return Tail(found[0], bytes(found[1])) if found else Tail(0, b"")


def _waiting() -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return [Row(*row) for row in cursor.fetchall()]


def _link(tail: Tail, rows: Sequence[Row], keys: Keyring) -> Tail:
    """Append `rows` to the chain and take them off the list of waiting ones; answers the new tail."""
    ids = [row.id for row in rows]
    numbers: list[int] = []
    macs: list[bytes] = []
    fresh = _unnumbered(rows)
    for row in fresh:
        link = canonical.link_bytes(tail.seq + 1, row, canonical.said(row))
        tail = Tail(tail.seq + 1, keys.chain_mac(tail.mac, link))
        numbers.append(tail.seq)
        macs.append(tail.mac)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [numbers, [row.id for row in fresh], macs])
        cursor.execute("DELETE FROM ledger_pending WHERE entry_id = ANY(%s)", [ids])
    return tail


def _unnumbered(rows: Sequence[Row]) -> list[Row]:
    """Without entries that have a number already: somebody queued them again by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_chain WHERE entry_id = ANY(%s)", [[r.id for r in rows]])
        known = {found for (found,) in cursor.fetchall()}
    if known:
        log.critical("ledger: entries %s were queued a second time", sorted(known))
    return [row for row in rows if row.id not in known]


def _watch_head(place: Checkpoints, tail: Tail) -> None:
    """The head outside the database must be part of the chain; if not, keep it as evidence and say so."""
    head = place.head()
    if head is None or (head.seq, head.mac) == (tail.seq, tail.mac.hex()):
        return
    mac = _ask("SELECT mac FROM ledger_chain WHERE seq = %s", head.seq)
    if mac is None or bytes(mac).hex() != head.mac:
        log.critical("ledger: the chain in the database contradicts checkpoint %s: verify-ledger", head.seq)
        place.keep_evidence()


def _ask(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    return found[0] if found else None
