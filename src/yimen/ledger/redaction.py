"""Typed words taken out of old entries: what was left of each is vouched for by an entry of its own.

Entries written since release 0.4 hold typed words as ciphertext and never change. Older ones hold them in plain; when
their matter is destroyed the database takes `words` out of the payload (`cases_erase`), after an entry of kind
`case.redacted` was written with, for each, an HMAC over what is left. The chain's own MAC of such an entry cannot be
computed any more; `verify` accepts this mark in its place, and only this: nobody without the audit key can write one.
"""

from __future__ import annotations

from django.db import connection

from yimen.foundation.crypto import Keyring

from . import canonical
from .canonical import Row

KIND = "case.redacted"
_HELD = f"""SELECT {canonical.SELECT.replace("e.payload::text", "(e.payload - 'words')::text")}
 FROM ledger_entry e WHERE e.subject = %s AND e.subject_id = %s AND e.payload ? 'words' ORDER BY e.id"""
_MARKS = """SELECT key::bigint, value FROM ledger_entry e, jsonb_each_text(e.payload -> 'entries')
 WHERE e.kind = %s"""


def mark(keys: Keyring, row: Row) -> str:
    """Of an entry as it is left, with its id, times and origin."""
    parts = canonical.joined([canonical.LABEL, b"redacted", row.id, row.recorded_at])
    return keys.origin_mac(parts + canonical.said(row) + row.origin).hex()


def marks(keys: Keyring, subject: str, subject_id: int) -> dict[str, str]:
    """For every entry of one subject that still holds words in plain: its id and its mark without them."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [subject, subject_id])
        rows = [Row(*columns) for columns in cursor.fetchall()]
    return {str(row.id): mark(keys, row) for row in rows}


def known() -> dict[int, str]:
    """Every mark by the id of its entry. Each stands in an entry that the chain itself holds."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [KIND])
        return dict(cursor.fetchall())
