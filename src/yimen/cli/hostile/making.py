"""Small tools that make files by hand, and the shape of one row of the table."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

CANARY = b"CANARY-39.9042N-116.4074E"
"""Stands in for what must not survive: a place, a name, a script."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@dataclass(frozen=True)
class Hostile:
    """One upload. `code` is a key of `cases.media.reasons.REASONS`; `state`: clean (cleaned), sealed or blocked."""

    title: str
    name: str
    make: Callable[[], bytes]
    state: str
    code: str = ""


@cache
def photo(size: tuple[int, int] = (160, 100)) -> Image.Image:
    """A picture with many colours, like a photograph."""
    red, green = Image.linear_gradient("L").resize(size), Image.radial_gradient("L").resize(size)
    return Image.merge("RGB", (red, green, red.rotate(90).resize(size)))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: Any) -> bytes:
    return saved(photo(), "JPEG", quality=85, **options)


def png(**options: Any) -> bytes:
    return saved(photo(), "PNG", **options)


def notes(orientation: int = 1) -> Image.Exif:
    """Camera notes with an invented place."""
    made = Image.Exif()
    made[0x0112], made[0x010E], made[0x010F] = orientation, CANARY.decode(), "InventedPhone"
    place = made.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (39.0, 54.0, 15.1), "E", (116.0, 24.0, 26.6)
    made[0x8825] = dict(place)
    return made


def segment(mark: int, body: bytes) -> bytes:
    """One JPEG segment."""
    return struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body


def with_segments(*segments: bytes) -> bytes:
    """A JPEG with these segments right behind its first mark."""
    plain = jpeg()
    return plain[:2] + b"".join(segments) + plain[2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, pixels: bytes, extra: bytes = b"", colour: int = 0) -> bytes:
    """A PNG written by hand: any size may be claimed."""
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with these chunks behind its header."""
    plain = png()
    return plain[:33] + b"".join(chunks) + plain[33:]


def swollen(size: int) -> bytes:
    """So many zero bytes, deflated."""
    pack = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(pack.compress(block) for _ in range(size >> 20)) + pack.flush()


def box(kind: bytes, body: bytes) -> bytes:
    """One box of an ISO media file (HEIC, MP4)."""
    return struct.pack(">I", len(body) + 8) + kind + body


def film(brand: bytes = b"isom", body: bytes = b"") -> bytes:
    return box(b"ftyp", brand + b"\0\0\2\0" + brand + b"mp41") + (body or box(b"mdat", bytes(64)))


def heic(**options: Any) -> bytes:
    return saved(photo(), "HEIF", quality=60, **options)


def archive(**files: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            part = zipfile.ZipInfo(name.replace("__", "/"))  # of 1980: the same bytes every time
            made.writestr(part, body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def package(main: str, **files: bytes) -> bytes:
    """A bare office package: the parts that say what it is."""
    return archive(**{"[Content_Types].xml": b"<Types/>", f"{main}__main.xml": b"<x/>", **files})


def overlapping(main: str, times: int) -> bytes:
    """A package whose directory names one deflated 10 MB file many times: small here, gigabytes when opened."""
    body, crc = swollen(10 << 20), zlib.crc32(bytes(10 << 20))
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = raw.compress(bytes(10 << 20)) + raw.flush()
    name = f"{main}/main.xml".encode()
    size = struct.pack("<III", crc, len(body), 10 << 20)
    local = (
        b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + size + struct.pack("<HH", len(name), 0) + name
    )
    listed = b""
    for number in range(times):
        called = name if not number else f"{main}/{number:05}.xml".encode()
        listed += b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + size
        listed += struct.pack("<HHHHHII", len(called), 0, 0, 0, 0, 0, 0) + called
    end = struct.pack("<HHHHIIH", 0, 0, times, times, len(listed), len(local + body), 0)
    return local + body + listed + b"PK\5\6" + end


def noise(seed: int, size: int = 4096) -> bytes:
    return Random(seed).randbytes(size)
