"""What the worker says of one file. Plain Python without Django: it is imported inside the limited process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_DERIVATIVE: Final = 40 * 1024 * 1024
BINARY: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is clean (derivative made), sealed (kept, download only) or blocked. `code` names the reason.

    `mime` is the type of the derivative when clean, of the original when sealed.
    """

    kind: str
    state: str
    mime: str = BINARY
    derivative: bytes | None = None
    code: str = ""


class Blocked(Exception):
    """This file is not taken. `code` is a key of `reasons.REASONS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
