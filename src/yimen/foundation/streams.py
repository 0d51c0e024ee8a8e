"""Long content sealed piece by piece in constant memory: order, completeness and end are proved. No Django here.

AES-256-GCM in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of piece n is
`000000 | n (8 bytes) | 1 for the last piece`, so that no piece can be dropped, swapped, repeated or added. The key is
fresh for every stream; `head` is what stands before it in the open and is authenticated with each piece.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yimen.foundation.errors import YimenError

PIECE = 256 * 1024
"""Bytes of content in every piece but the last; a piece takes 16 more."""
_TAG = 16


class StreamBroken(YimenError):
    """A piece does not open: altered, cut off, out of order, or another key. `at` is its first byte in the file."""

    code = "stream_broken"

    def __init__(self, at: int) -> None:
        super().__init__(f"byte {at}")
        self.at = at


class Sealer:
    """Writes a sealed stream to `out`; nothing is whole before `close`."""

    def __init__(self, out: BinaryIO, key: bytes, head: bytes) -> None:
        self._out, self._cipher, self._bound = out, AESGCM(key), _bound(head)
        self._number, self._held = 0, bytearray()

    def write(self, content: bytes) -> None:
        self._held += content
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]

    def close(self) -> None:
        """The end, marked as such."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), piece, self._bound))
        self._number += 1


def opened(source: BinaryIO, key: bytes, head: bytes) -> Iterator[bytes]:
    """The pieces of a sealed stream in order, each only when it is genuine. Raises StreamBroken."""
    cipher, bound, number = AESGCM(key), _bound(head), 0
    at = source.tell()
    piece = source.read(PIECE + _TAG)
    while True:
        following = source.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, bound)
        except (InvalidTag, ValueError):
            raise StreamBroken(at) from None
        if not following:
            return
        at, piece, number = at + len(piece), following, number + 1


def _nonce(number: int, last: bool) -> bytes:
    return bytes(3) + number.to_bytes(8, "big") + bytes([last])


def _bound(head: bytes) -> bytes:
    return b"yimen stream 1\0" + hashlib.sha256(head).digest()
