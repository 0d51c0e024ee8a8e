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

from ..events import SUBJECT
from ..models import Case
from .keys import data_key


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
    """Append one entry. `words` are typed texts: plain for an ordinary matter, ciphertext for a sealed one.

    `private` is personal (names, phones) and always ciphertext under the matter's own key.
    """
    plain, hidden = dict(payload or {}), dict(private or {})
    if words:
        (hidden if case.sealed else plain)["words"] = {name: _masked(value) for name, value in words.items()}
    ledger.append(actor, kind, SUBJECT, case.pk, plain, sealed=_seal(case, hidden) if hidden else None, at=at)


def _masked(value: Any) -> Any:
    """The last net: no identity-card number reaches the ledger, wherever it was typed."""
    if isinstance(value, str):
        return mask_id_numbers(value)[0]
    if isinstance(value, Mapping):
        return {name: _masked(inner) for name, inner in value.items()}
    return value


def _seal(case: Case, hidden: Mapping[str, Any]) -> bytes:
    text = json.dumps(hidden, ensure_ascii=False, sort_keys=True, default=str)
    return crypto.seal(data_key(case.pk), text.encode(), f"ledger_entry.sealed.{case.pk}")


def unseal(case: Case, blob: bytes | memoryview | None) -> dict[str, Any]:
    """The hidden part of an entry, for a reader who was allowed to see it."""
    if not blob:
        return {}
    plain = crypto.open_sealed(data_key(case.pk), bytes(blob), f"ledger_entry.sealed.{case.pk}")
    return dict(json.loads(plain))


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
