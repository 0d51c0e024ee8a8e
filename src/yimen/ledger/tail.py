"""A quick look at the ledger after something was done to the database: its guards, and the last links of its chain."""

from __future__ import annotations

from django.db import connection

from yimen.foundation.crypto import Keyring

from . import canonical, guards
from .canonical import Row
from .findings import Report

ROWS = 1000
_LAST = f"""SELECT c.seq, c.mac, lag(c.mac) OVER (ORDER BY c.seq), lag(c.seq) OVER (ORDER BY c.seq), {canonical.SELECT}
 FROM (SELECT * FROM ledger_chain ORDER BY seq DESC LIMIT %s) c JOIN ledger_entry e ON e.id = c.entry_id
 ORDER BY c.seq"""


def look(keys: Keyring, rows: int = ROWS) -> Report:
    """What `verify` finds, of the last `rows` links only and without the checkpoints: a second, however long the chain."""
    report = Report()
    guards.inspect(report)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [rows + 1])
        for seq, mac, before, number, *columns in cursor.fetchall():
            report.numbered, report.tail = report.numbered + 1, seq
            if before is not None:
                _check(report, keys, (number, bytes(before)), seq, bytes(mac), Row(*columns))
    return report


def _check(report: Report, keys: Keyring, before: tuple[int, bytes], seq: int, mac: bytes, row: Row) -> None:
    if seq != before[0] + 1:
        report.add("gap", before=before[0], seq=seq)
    said = canonical.said(row)
    if keys.chain_mac(before[1], canonical.link_bytes(seq, row, said)) != mac:
        report.add("entry_changed", seq=seq, entry=row.id)
    if canonical.origin(keys, said, row.origin[: canonical.NONCE_SIZE]) != row.origin:
        report.add("entry_forged", entry=row.id)
