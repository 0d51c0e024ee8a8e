"""Photographs that hide something, swell, lie about their size, or are something else as well."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from functools import partial
from typing import Final

from .making import (
    CANARY,
    Hostile,
    archive,
    box,
    chunk,
    film,
    heic,
    jpeg,
    noise,
    notes,
    photo,
    png,
    png_of,
    saved,
    segment,
    swollen,
    with_chunks,
    with_segments,
)

HTML: Final = b"<!DOCTYPE html><html><script>alert(1)</script>" + CANARY + b"</html>"
XMP: Final = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
IPTC: Final = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CANARY)) + CANARY


def _framed(kind: str, count: int) -> bytes:
    frames = [photo((32, 20)).rotate(turn) for turn in range(count)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=20)


def _profile(size: int) -> bytes:
    """A colour profile that claims `size` bytes and is nonsense."""
    return struct.pack(">I", size) + b"lcms\4\x30\0\0mntrRGB XYZ " + bytes(20) + b"acsp" + CANARY * 20


def _many_profiles() -> bytes:
    """A colour profile of 255 pieces, 12 MB."""
    pieces = [segment(0xE2, b"ICC_PROFILE\0" + bytes([n, 255]) + bytes(50_000)) for n in range(1, 256)]
    return with_segments(*pieces)


def _sized_jpeg(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _webp_header(width: int, height: int) -> bytes:
    """An extended WEBP that claims a canvas and has nothing in it."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _grey_bomb(side: int) -> bytes:
    pack = zlib.compressobj(9)
    row = bytes(side + 1)
    return png_of(side, side, b"".join(pack.compress(row) for _ in range(side)) + pack.flush())


def _text_bombs(count: int) -> bytes:
    note = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1 << 20), 9))
    return with_chunks(*[note] * count)


def _noted_heic() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return heic(exif=notes().tobytes())


def _swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    at = data.index(old)
    return data[:at] + new + data[at + len(old) :]


def _giant_heic() -> bytes:
    """The box that says how large the picture is says 60,000 × 60,000."""
    data = heic()
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", 60_000, 60_000) + data[at + 8 :]


def _cut(make: Callable[[], bytes], share: float) -> bytes:
    data = make()
    return data[: int(len(data) * share)]


NOTES = [
    Hostile("the place of a photo", "IMG_0001.JPG", lambda: jpeg(exif=notes()), "clean"),
    Hostile("the place under an orientation that does not exist", "o.jpg", lambda: jpeg(exif=notes(255)), "clean"),
    Hostile("the place in XMP", "x.jpg", lambda: with_segments(segment(0xE1, XMP)), "clean"),
    Hostile("the place in IPTC", "i.jpg", lambda: with_segments(segment(0xED, IPTC)), "clean"),
    Hostile("a web page in a comment", "c.jpg", lambda: jpeg(comment=HTML), "clean"),
    Hostile("a PHP script in a comment", "p.jpg", lambda: jpeg(comment=b"<?php eval($_GET[0]);" + CANARY), "clean"),
    Hostile("five hundred comments", "m.jpg", lambda: with_segments(*[segment(0xFE, CANARY * 9)] * 500), "clean"),
    Hostile("camera notes that point outside", "e.jpg",
            lambda: with_segments(segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\x7f" + CANARY)), "blocked", "damaged_photo"),
    Hostile("camera notes that point at themselves", "l.jpg",
            lambda: with_segments(segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0")),
            "clean"),
    Hostile("notes of a screenshot", "t.png", lambda: with_chunks(chunk(b"tEXt", b"Author\0" + CANARY)), "clean"),
    Hostile("XMP of a screenshot", "i.png",
            lambda: with_chunks(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + CANARY)), "clean"),
    Hostile("camera notes of a screenshot", "e.png", lambda: png(exif=notes()), "clean"),
    Hostile("notes of a WEBP", "w.webp", lambda: saved(photo(), "WEBP", exif=notes(), xmp=XMP), "clean"),
    Hostile("notes of an iPhone's photo", "IMG_2.HEIC", _noted_heic, "clean"),
    Hostile("notes of a photo for print", "k.jpg",
            lambda: saved(photo().convert("CMYK"), "JPEG", exif=notes()), "clean"),
    Hostile("notes of the second picture in one file", "mpo.jpg",
            lambda: saved(photo(), "MPO", save_all=True, append_images=[photo()], exif=notes()), "clean"),
    Hostile("a colour profile of nonsense", "icc.jpg", lambda: jpeg(icc_profile=_profile(200)), "clean"),
    Hostile("a colour profile that claims 4 GB", "icc4.jpg", lambda: jpeg(icc_profile=_profile(2**32 - 1)), "clean"),
    Hostile("a colour profile of 12 MB", "icc12.jpg", _many_profiles, "clean"),
    Hostile("a profile of nonsense in a PNG", "icc.png",
            lambda: with_chunks(chunk(b"iCCP", b"x\0\0" + zlib.compress(_profile(200)))), "clean"),
]  # fmt: skip
BEHIND = [
    Hostile("a program behind a photo", "b.jpg", lambda: jpeg() + b"MZ" + CANARY * 99, "clean"),
    Hostile("a film behind a photo", "live.jpg", lambda: jpeg() + film() + CANARY, "clean"),
    Hostile("a RAR behind a photo", "r.jpg", lambda: jpeg() + b"Rar!\x1a\7\1\0" + CANARY, "clean"),
    Hostile("a web page behind a screenshot", "b.png", lambda: png() + HTML, "clean"),
    Hostile("a ZIP behind a photo", "z.jpg", lambda: jpeg() + archive(Evil=CANARY), "blocked", "polyglot"),
    Hostile("a JAR behind a screenshot", "j.png",
            lambda: png() + archive(**{"META-INF__MANIFEST.MF": b"Main-Class: E"}), "blocked", "polyglot"),
    Hostile("a ZIP behind an iPhone's photo", "z.heic", lambda: heic() + archive(Evil=CANARY), "blocked", "polyglot"),
    Hostile("a PDF behind a photo", "p.jpg", lambda: jpeg() + b"%PDF-1.7 " + CANARY, "clean"),
    Hostile("a moving PNG of 120 pictures", "a.png", lambda: _framed("PNG", 120), "clean"),
    Hostile("a moving WEBP of 120 pictures", "a.webp", lambda: _framed("WEBP", 120), "clean"),
]  # fmt: skip
SWOLLEN = [
    Hostile("144 MB of grey", "bomb.png", lambda: _grey_bomb(12_000), "blocked", "huge_photo"),
    Hostile("just over the pixels that are allowed", "over.png", lambda: _grey_bomb(7_750), "blocked", "huge_photo"),
    Hostile("a strip of two thousand million pixels", "s.png",
            lambda: png_of(2**31 - 1, 1, swollen(1 << 20)), "blocked", "huge_photo"),
    Hostile("65,535 × 65,535 in a header", "h.jpg", lambda: _sized_jpeg(65_535, 65_535), "blocked", "huge_photo"),
    Hostile("16,384 × 16,384 in a WEBP's header", "h.webp", lambda: _webp_header(16_384, 16_384), "blocked", "huge_photo"),
    Hostile("60,000 × 60,000 in an iPhone's photo", "h.heic", _giant_heic, "blocked", "huge_photo"),
    Hostile("a note that swells to 200 MB", "n.png",
            lambda: with_chunks(chunk(b"zTXt", b"Comment\0\0" + swollen(200 << 20))), "blocked", "damaged_photo"),
    Hostile("a profile that swells to 200 MB", "n2.png",
            lambda: with_chunks(chunk(b"iCCP", b"x\0\0" + swollen(200 << 20))), "blocked", "damaged_photo"),
    Hostile("eighty notes of 1 MB", "n3.png", lambda: _text_bombs(80), "blocked", "damaged_photo"),
    Hostile("pixels that swell far beyond the header", "x.png", lambda: png_of(4, 4, swollen(200 << 20)), "clean"),
    Hostile("21 MB", "big.jpg", lambda: jpeg() + bytes(21 << 20), "blocked", "too_large"),
]  # fmt: skip
BROKEN = [
    *(
        Hostile(f"{share:.0%} of a {kind}", f"cut.{kind}", partial(_cut, make, share), "blocked", "damaged_photo")
        for kind, make in (("jpg", jpeg), ("png", png), ("heic", heic), ("webp", lambda: saved(photo(), "WEBP")))
        for share in (0.3, 0.7)
    ),
    Hostile("zero bytes", "0.jpg", lambda: b"", "blocked", "empty"),
    Hostile("three bytes", "3.jpg", lambda: b"\xff\xd8\xff", "blocked", "damaged_photo"),
    Hostile("noise behind a JPEG's mark", "n.jpg", lambda: b"\xff\xd8\xff\xe0" + noise(1), "blocked", "damaged_photo"),
    Hostile("noise behind a PNG's mark", "n.png", lambda: b"\x89PNG\r\n\x1a\n" + noise(2), "blocked", "damaged_photo"),
    Hostile("noise behind a WEBP's mark", "n.webp", lambda: b"RIFF\0\1\0\0WEBP" + noise(3), "blocked", "damaged_photo"),
    Hostile("noise behind a HEIC's mark", "n.heic", lambda: film(b"heic", noise(4)), "blocked", "damaged_photo"),
    Hostile("a HEIC whose box has no length", "b0.heic",
            lambda: _swapped(heic(), b"meta", b"meta" + bytes(4)), "blocked", "damaged_photo"),
    Hostile("a HEIC whose box is longer than the world", "b64.heic",
            lambda: film(b"heic", b"\0\0\0\1meta" + b"\xff" * 8 + CANARY), "blocked", "damaged_photo"),
    Hostile("a HEIC of boxes within boxes", "deep.heic",
            lambda: film(b"heic", _nested(2_000)), "blocked", "damaged_photo"),
    Hostile("a PNG without pixels", "e.png", lambda: png_of(0, 0, b""), "blocked", "damaged_photo"),
    Hostile("a PNG of negative size", "neg.png", lambda: png_of(2**31, 2**31, b""), "blocked", "huge_photo"),
    Hostile("a JPEG without height", "h0.jpg", lambda: _sized_jpeg(100, 0), "blocked", "damaged_photo"),
    Hostile("a PNG with a wrong sum", "crc.png", lambda: png()[:20] + b"\7" + png()[21:], "blocked", "damaged_photo"),
]  # fmt: skip


def _nested(depth: int) -> bytes:
    made = CANARY
    for _ in range(depth):
        made = box(b"meta", bytes(4) + made)
    return made


PICTURES = [*NOTES, *BEHIND, *SWOLLEN, *BROKEN]
