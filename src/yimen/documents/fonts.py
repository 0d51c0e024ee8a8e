"""The four font files every paper is set in, and which characters they hold."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from yimen.foundation.home import REPO

MODULES = REPO / "node_modules" / "@expo-google-fonts"
FOLDERS = tuple(
    MODULES / family / weight
    for family in ("noto-serif-sc", "noto-sans-sc")
    for weight in ("400Regular", "700Bold")
)


def folders() -> list[Path]:
    """The folders given to the typesetter. Raises FileNotFoundError naming the first that holds no font."""
    for folder in FOLDERS:
        if not any(folder.glob("*.ttf")):
            raise FileNotFoundError(f"no font in {folder}: run ./yimen up (or npm ci) once")
    return list(FOLDERS)


@cache
def covered() -> frozenset[int]:
    """Code points that the regular serif or the regular sans can draw (about 31,000)."""
    regular = [file for folder in folders() if folder.name == "400Regular" for file in folder.glob("*.ttf")]
    return frozenset(point for file in regular for point in _points(file.read_bytes()))


def _points(font: bytes) -> Iterator[int]:
    """Code points in the cmap subtables of format 12 (OpenType `cmap`; the format for all of Unicode)."""
    cmap = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for index in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 8 + 8 * index)
        if struct.unpack_from(">H", font, cmap + offset) == (12,):
            yield from _groups(font, cmap + offset)


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise ValueError(f"the font has no {name.decode()} table")


def _groups(font: bytes, subtable: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", font, subtable + 12)
    for index in range(count):
        start, end, _glyph = struct.unpack_from(">III", font, subtable + 16 + 12 * index)
        yield from range(start, end + 1)
