"""Writing a matter's history: one ledger entry per verb, in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.foundation.masking import mask_id_numbers
from yimen.ledger import actions as ledger
from yimen.ledger.models import Entry

from ..events import SUBJECT
from ..models import Case
from .keys import key_of


def record(
    actor: Actor,
    case: Case,
    kind: str,
    *,
    at: datetime,
    payload: Mapping[str, Any] | None = None,
    words: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry: `payload` is state, in plain; what people typed (`words`) and what is personal (`private`)
    is ciphertext under the matter's own key, so that the chain still holds when the key is destroyed.
    """
    hidden = dict(private or {})
    if words:
        hidden["words"] = {name: _masked(value) for name, value in words.items()}
    sealed = _seal(case, hidden) if hidden else None
    ledger.append(actor, kind, SUBJECT, case.pk, payload or {}, sealed=sealed, at=at, read_back=False)


def _masked(value: Any) -> Any:
    """The last net: no identity-card number reaches the ledger, wherever it was typed."""
    if isinstance(value, str):
        return mask_id_numbers(value)[0]
    if isinstance(value, Mapping):
        return {name: _masked(inner) for name, inner in value.items()}
    return value


def _seal(case: Case, hidden: Mapping[str, Any]) -> bytes:
    text = json.dumps(hidden, ensure_ascii=False, sort_keys=True, default=str)
    return crypto.seal(key_of(case), text.encode(), f"ledger_entry.sealed.{case.pk}")


def unseal(case: Case, blob: bytes | memoryview | None) -> dict[str, Any]:
    """The hidden part of an entry, for a reader who was allowed to see it."""
    if not blob:
        return {}
    plain = crypto.open_sealed(key_of(case), bytes(blob), f"ledger_entry.sealed.{case.pk}")
    return dict(json.loads(plain))


def words_of(case: Case, entry: Entry | None) -> dict[str, Any]:
    """What people typed with one entry. Entries of the first release hold it in plain, later ones as ciphertext."""
    if entry is None:
        return {}
    return dict(entry.payload.get("words") or unseal(case, entry.sealed).get("words") or {})


def standing(case: Case) -> dict[str, Any]:
    """What the ledger keeps of who owes what after a step (ids; due as text)."""
    return {
        "flow": case.flow,
        "screened": case.screened,
        "next_step": case.next_step,
        "accountable_person": case.accountable_person_id,
        "accountable_unit": case.accountable_unit_id,
        "holder": case.holder_id,
        "holder_unit": case.holder_unit_id,
        "lead_unit": case.lead_unit_id,
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }
