"""What stands in an opened envelope, read with suspicion: shape only, values go through the rooms' own verbs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from .envelope import IV, KEY, NotSealed, unb64

MOST_FILES: Final = 9
FILE_LIMIT: Final = 20 * 1024 * 1024  # bytes; `cases.actions.attach.LIMIT`
PURPOSES: Final = ("near", "far", "reference", "before", "after")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_YEARS: Final = range(2000, 2101)
_DEEP: Final = 12


@dataclass(frozen=True, slots=True)
class Promise:
    """A file that will come: its plaintext's hash and size, and the key to its pieces. `repr` shows no key."""

    sha256: str
    size: int
    name: str
    mime: str
    purpose: str
    key: bytes
    iv: bytes

    def __repr__(self) -> str:
        return f"Promise({self.sha256[:12]}, {self.size})"


@dataclass(frozen=True, slots=True)
class Said:
    """One item as the phone wrote it down."""

    id: UUID
    kind: str
    seat: UUID
    made_at: datetime | None
    data: dict[str, Any]
    files: tuple[Promise, ...]


def read(text: bytes) -> Said:
    """Raises NotSealed for what has not the agreed shape."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotSealed("not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise NotSealed("an item expected")
    kind, files = body.get("kind"), body.get("files", [])
    if not isinstance(kind, str) or not isinstance(files, list) or len(files) > MOST_FILES:
        raise NotSealed("kind or files")
    promised: dict[str, Promise] = {}  # the same bytes twice, under two keys: the phone sends the first
    for one in map(_promise, files):
        promised.setdefault(one.sha256, one)
    data = _plain(body["data"])
    return Said(
        uuid_of(body.get("id")), kind[:20], uuid_of(body.get("seat")), moment(body.get("made_at")), data,
        tuple(promised.values()),
    )  # fmt: skip


def uuid_of(text: object) -> UUID:
    """A UUID in its usual form alone. Raises NotSealed."""
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return UUID(text)
    raise NotSealed("a UUID expected")


def moment(value: object) -> datetime | None:
    """Milliseconds since 1970 as a time; None for what cannot be one: a phone's clock is only ever noted."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        found = datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.year in _YEARS else None


def _promise(one: object) -> Promise:
    if not isinstance(one, Mapping):
        raise NotSealed("a file expected")
    sha256, size = one.get("sha256"), one.get("size")
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise NotSealed("a file's hash expected")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= FILE_LIMIT:
        raise NotSealed("a file's size")
    name, mime = (clean(one.get(field, ""))[:most] for field, most in (("name", 120), ("mime", 80)))
    purpose = one.get("purpose") if one.get("purpose") in PURPOSES else ""
    return Promise(
        sha256, size, name or "file", mime, str(purpose), unb64(one.get("key"), KEY), unb64(one.get("iv"), IV)
    )


def _plain(value: Any, deep: int = 0) -> Any:
    """Texts that a database can keep, finite numbers, nothing nested without end. Raises NotSealed."""
    if deep > _DEEP:
        raise NotSealed("nested too deep")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotSealed("a finite number expected")
    if isinstance(value, dict):
        return {clean(name): _plain(one, deep + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, deep + 1) for one in value]
    return value


def clean(value: object) -> str:
    """Without NUL and without halves of characters."""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()
