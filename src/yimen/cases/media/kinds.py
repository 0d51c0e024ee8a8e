"""What a file claims by its ending, and what its first bytes say. The browser's declared type is never believed."""

from __future__ import annotations

import re
from typing import Final

# ending → family. An ending that is not here is not taken, whatever is inside.
FAMILIES: Final[dict[str, str]] = {
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif"), "photo"),
    "pdf": "pdf",
    **dict.fromkeys(("doc", "docx", "wps", "xls", "xlsx", "et", "ppt", "pptx", "dps", "ofd"), "office"),
    **dict.fromkeys(("m4a", "amr", "mp3"), "audio"),
    **dict.fromkeys(("mp4", "mov"), "video"),
    "txt": "text",
}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_WEB: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|object|embed|\?php|%)", re.IGNORECASE
)
_DRAWING: Final = re.compile(rb"<svg[\s>:]", re.IGNORECASE)
_PROGRAMS: Final = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
)
_EICAR: Final = b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE"  # in two, so that no scanner takes this for it
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
)
_OTHER_IMAGES: Final = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\x01\0", b"8BPS", b"\0\0\0\x0cjP  ")


def extension(name: str) -> str:
    """The ending of a file name in small letters, without the dot; empty when there is none."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return base.rsplit(".", 1)[1].strip().lower() if "." in base else ""


def family(ending: str) -> str:
    """photo, pdf, office, audio, video, text; `other` for an ending that is not taken."""
    return FAMILIES.get(ending, "other")


def brand(data: bytes) -> bytes:
    """The major brand of an ISO media file (HEIC, MP4, M4A, MOV), or nothing."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def is_web(data: bytes) -> bool:
    """Whether the first kilobytes look like a web page or a script for one, in letters of one byte or two."""
    return bool(_WEB.search(data[:4096]) or _WEB.search(data[:4096].replace(b"\0", b"")))


def is_virus_test(data: bytes) -> bool:
    """The file by which scanners are tried out: harmless, and a sign of somebody who tries."""
    return _EICAR in data[:128]


def sniff(data: bytes) -> str:
    """`photo` or `pdf` by magic number; anything else is `other` and judged together with its ending."""
    if data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or brand(data) in _HEIC_BRANDS:
        return "photo"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "photo"
    return "pdf" if data.lstrip(b"\xef\xbb\xbf\r\n\t ")[:5] == b"%PDF-" else "other"


def complaint(data: bytes) -> str:
    """The code of the sentence that best says why bytes of no permitted kind are not taken."""
    if data.startswith(_PROGRAMS) or is_virus_test(data) or (data[:2] == b"#!" and data[:5] != b"#!AMR"):
        return "program"
    if _DRAWING.search(data[:4096]):
        return "drawing"
    if is_web(data):
        return "web"
    if data.startswith(_ARCHIVES):
        return "archive"
    if data.startswith(_OTHER_IMAGES) or brand(data) in _AVIF_BRANDS:
        return "other_image"
    return "unknown"
