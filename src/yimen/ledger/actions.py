"""The one verb of the ledger: append. There is no change and no removal."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation import crypto, prepared
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid
from yimen.ledger import canonical
from yimen.ledger.models import Entry

_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_INSERT = """INSERT INTO ledger_entry
 (kind, subject, subject_id, actor_id, actor_label, via, at, payload, sealed, origin)
 VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s) RETURNING id, recorded_at"""


def append(
    actor: Actor,
    kind: str,
    subject: str,
    subject_id: int,
    payload: Mapping[str, Any],
    sealed: bytes | None = None,
    at: datetime | None = None,
    read_back: bool = True,
) -> Entry:
    """Write what `actor` did to one subject, in the transaction that did it: one INSERT.

    `kind` and `subject` are lower-case words ("case.dispatched", "case"); `payload` takes what
    `canonical.encode` takes, no floats; `at` is when it happened, now unless given; what is not `read_back` has no id
    in the answer and may be one of several statements that travel together. Raises Invalid for
    what cannot be kept exactly (NUL characters too: refused, not stripped, so that the ledger never
    differs from what was typed) and TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a ledger entry is written inside the business transaction"
        )
    if not (_WORD.fullmatch(kind) and _WORD.fullmatch(subject)):
        raise ValueError(f"kind and subject must be lower-case words: {kind!r} {subject!r}")
    entry = Entry(
        kind=kind, subject=subject, subject_id=subject_id, actor_id=actor.user_id, via=actor.via,
        actor_label=_plain(actor.label), at=at or timezone.now(), payload=_plain(payload),
        sealed=None if sealed is None else bytes(sealed),
    )  # fmt: skip
    _insert(entry, read_back=read_back)
    return entry


def _plain(value: Any) -> Any:
    try:
        return canonical.encode(value)
    except canonical.Unfit as unfit:
        raise Invalid(_("这项内容不能原样记入台账：%(why)s") % {"why": unfit}, code="unfit") from unfit


def _insert(entry: Entry, *, read_back: bool) -> None:
    text = canonical.dumps(entry.payload)
    if len(text.encode()) > canonical.MAX_BYTES:
        raise Invalid(_("记入台账的内容过大，附件请另存"), code="too_large")
    said = canonical.said(_row(entry, text))
    entry.origin = canonical.origin(crypto.keyring(), said, os.urandom(canonical.NONCE_SIZE))
    who = (entry.kind, entry.subject, entry.subject_id, entry.actor_id, entry.actor_label, entry.via)
    values = (*who, entry.at, text, entry.sealed, entry.origin)
    if not read_back:
        prepared.tell(_INSERT, values)
        return
    entry.pk, entry.recorded_at = prepared.ask(_INSERT, values)[0]
    entry._state.adding, entry._state.db = False, connection.alias


def _row(entry: Entry, text: str) -> canonical.Row:
    """The entry as the database will read it back; id and recorded_at are not known yet."""
    who = (entry.actor_id, entry.actor_label, entry.via)
    at = canonical.epoch(entry.at)
    return canonical.Row(
        0, entry.kind, entry.subject, entry.subject_id, *who, at, "", text, entry.sealed, b""
    )
