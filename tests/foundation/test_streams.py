"""A sealed stream opens whole and in order, or not at all."""

from __future__ import annotations

import io
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimen.foundation import streams
from yimen.foundation.streams import PIECE, Sealer, StreamBroken, opened

KEY = bytes(range(32))
TAG = 16


def sealed(content: bytes, head: bytes = b"head", step: int = 1 << 16) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, KEY, head)
    for at in range(0, len(content), step):
        sealer.write(content[at : at + step])
    sealer.close()
    return out.getvalue()


def read(blob: bytes, head: bytes = b"head", key: bytes = KEY) -> bytes:
    return b"".join(opened(io.BytesIO(blob), key, head))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7])
def test_what_was_sealed_opens_again(size: int) -> None:
    content = secrets.token_bytes(size)
    assert read(sealed(content)) == content
    assert len(sealed(content)) == size + TAG * max(1, -(-size // PIECE))


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PIECE", 8)


def broken(blob: bytes, **how: bytes) -> None:
    with pytest.raises(StreamBroken):
        read(blob, **how)


def test_any_bit_turned_any_cut_and_anything_added_is_found(small_pieces: None) -> None:
    blob = sealed(b"twenty-nine bytes of content.", step=5)
    for at in range(len(blob)):
        broken(blob[:at] + bytes([blob[at] ^ 1 << at % 8]) + blob[at + 1 :])
        broken(blob[:at])
    for more in (b"x", blob, blob[-24:], bytes(24)):
        broken(blob + more)


def test_pieces_dropped_swapped_or_repeated_are_found(small_pieces: None) -> None:
    blob = sealed(b"abcdefgh" * 4)
    pieces = [blob[at : at + 8 + TAG] for at in range(0, len(blob), 8 + TAG)]
    for other in ([0, 2, 3], [1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 1, 2], [0, 1, 3]):
        broken(b"".join(pieces[number] for number in other))


def test_another_key_or_head_opens_nothing() -> None:
    blob = sealed(b"content")
    broken(blob, key=bytes(32))
    broken(blob, head=b"heaD")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100), st.integers(1, 40))
def test_how_it_was_written_in_steps_does_not_matter(content: bytes, step: int) -> None:
    assert sealed(content, step=step) == sealed(content)
