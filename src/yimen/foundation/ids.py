"""Identifiers: time-ordered UUIDs for rows, random codes for paper slips."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
import uuid

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U to misread
SLIP_CODE_LENGTH = 20  # 20 × 5 bits = 100 bits


def uuid7() -> uuid.UUID:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits."""
    stamp = (time.time_ns() // 1_000_000) & ((1 << 48) - 1)
    rand = int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 0x7 << 76 | (rand >> 62 & 0xFFF) << 64 | 0b10 << 62 | (rand & ((1 << 62) - 1))
    return uuid.UUID(int=value)


def slip_code() -> str:
    """A new secret for a printed slip, 100 bits; only `slip_digest` of it is stored."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(SLIP_CODE_LENGTH))


def slip_digest(code: str) -> str:
    """SHA-256 of a slip's code, forgiving spaces, dashes and lower case as people type them."""
    plain = (
        code.upper().replace("-", "").replace(" ", "").replace("O", "0").replace("I", "1").replace("L", "1")
    )
    return hashlib.sha256(plain.encode()).hexdigest()
