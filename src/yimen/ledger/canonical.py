"""One way to write an entry as bytes. Pure: the same on every machine, before and after the database.

Every part is prefixed with its length, so that no two different entries give the same bytes.
JSON is compared as the database returns it (`payload::text`), parsed and written again with sorted keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from yimen.foundation.crypto import Keyring

LABEL = b"yimen-ledger-1"
NONCE_SIZE = 16
MAX_DEPTH, MAX_BYTES, MAX_INT = 24, 1 << 20, (1 << 63) - 1
_ABSENT = b"\xff\xff\xff\xff"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The columns of `Row`, in order, each as text or bytes that no database setting changes.
SELECT = """e.id, e.kind, e.subject, e.subject_id, e.actor_id, e.actor_label, e.via,
 extract(epoch from e.at)::text, extract(epoch from e.recorded_at)::text, e.payload::text, e.sealed,
 coalesce(e.origin, '') AS origin"""


class Unfit(ValueError):
    """A payload holds what JSON in the database cannot keep exactly; the message names the place."""


class Row(NamedTuple):
    """One entry as `SELECT` reads it; times are seconds since 1970 with six decimals, payload is JSON text."""

    id: int
    kind: str
    subject: str
    subject_id: int
    actor_id: int | None
    actor_label: str
    via: str
    at: str
    recorded_at: str
    payload: str | None
    sealed: bytes | None
    origin: bytes


# --- payloads ------------------------------------------------------------------------------------------


def encode(value: Any, path: str = "payload", depth: int = 0) -> Any:
    """`value` as plain JSON: dates ISO, times ISO in UTC, Decimal and UUID as text. Raises Unfit."""
    if depth > MAX_DEPTH:
        raise Unfit(f"{path}: nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(str.__str__(value), path)
    if isinstance(value, int):
        return _whole(int(value), path)
    if isinstance(value, Mapping):
        return {_key(k, path): encode(v, f"{path}.{k}", depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [encode(v, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]
    return _scalar(value, path)


def _scalar(value: Any, path: str) -> str:
    if isinstance(value, datetime):
        return _moment(value, path)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise Unfit(f"{path}: {type(value).__name__} has no exact form in the ledger")


def _text(value: str, path: str) -> str:
    if "\0" in value:
        raise Unfit(f"{path}: holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unfit(f"{path}: holds half of a surrogate pair") from None
    return value


def _whole(value: int, path: str) -> int:
    if abs(value) > MAX_INT:
        raise Unfit(f"{path}: number beyond 63 bits")
    return value


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        raise Unfit(f"{path}: key {key!r} is not text")
    return _text(str.__str__(key), f"{path} key")


def _moment(value: datetime, path: str) -> str:
    if value.utcoffset() is None:
        raise Unfit(f"{path}: time without a zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def dumps(encoded: Any) -> str:
    """The one JSON text of an encoded value."""
    return _WRITER.encode(encoded)


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class _Foreign(ValueError):
    """JSON this program never writes: somebody else did."""


def _refuse(text: str) -> Any:
    raise _Foreign(text)


def _parse_int(text: str) -> int:
    return int(text) if len(text) < 21 else _refuse(text)


_READER = json.JSONDecoder(parse_float=_refuse, parse_int=_parse_int, parse_constant=_refuse)


def json_bytes(text: str | None) -> bytes | None:
    """Canonical bytes of JSON text; text this program cannot have written is taken as it is, marked."""
    if text is None:
        return None
    try:
        return dumps(_READER.decode(text)).encode()
    except (ValueError, RecursionError):
        return b"\0" + text.encode()


# --- rows ----------------------------------------------------------------------------------------------


def epoch(moment: datetime) -> str:
    """What PostgreSQL's `extract(epoch from …)::text` gives for an aware time."""
    micro = (moment - _EPOCH) // _MICROSECOND
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    return f"{sign}{micro // 10**6}.{micro % 10**6:06d}"


def said(row: Row) -> bytes:
    """What the application said: everything but what the database adds, the id and the time of recording."""
    who = [row.actor_id, row.actor_label, row.via]
    return joined([row.kind, row.subject, row.subject_id, *who, row.at, json_bytes(row.payload), row.sealed])


def origin(keys: Keyring, said: bytes, nonce: bytes) -> bytes:
    """`nonce` and the HMAC by which the application vouches for what it said; no nonce is used twice."""
    return nonce + keys.origin_mac(joined([LABEL, nonce]) + said)


def link_bytes(seq: int, row: Row, said: bytes) -> bytes:
    """What one link of the chain covers, beside the previous HMAC: the number and every column."""
    return joined([LABEL, seq, row.id, row.recorded_at]) + said + _part(row.origin)


def joined(parts: Iterable[int | str | bytes | None]) -> bytes:
    return b"".join(map(_part, parts))


def _part(value: int | str | bytes | None) -> bytes:
    if value is None:
        return _ABSENT
    raw = value if isinstance(value, bytes) else str(value).encode()
    return len(raw).to_bytes(4, "big") + raw
