"""Documents, sound and video: kept as they came, for download only, when ending and content belong together.

Nothing is unpacked here; a package that says it opens into gigabytes is not handed on to who would open it.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

from .kinds import FAMILIES, brand, complaint, family, is_virus_test, is_web, sniff
from .verdict import Blocked, Verdict

MOST_OPENED: Final = 1 << 30  # bytes that all parts of a package say they have
MOST_PARTS: Final = 20_000
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_MACRO: Final = "_VBA_PROJECT".encode("utf-16-le")
_QUICKTIME: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_IMAGE_BRANDS: Final = (b"avi", b"hei", b"hev", b"mif", b"msf", b"jp2", b"jpx", b"crx")

MIMES: Final[dict[str, str]] = {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "wps": "application/vnd.ms-works",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "et": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "dps": "application/vnd.ms-powerpoint",
    "ofd": "application/ofd",
    "m4a": "audio/mp4",
    "amr": "audio/amr",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "txt": "text/plain",
}
# ending → the folder (or file) its package must hold
_PACKAGES: Final[dict[str, tuple[str, ...]]] = {
    "docx": ("word/",),
    "doc": ("word/",),
    "wps": ("word/",),
    "xlsx": ("xl/",),
    "xls": ("xl/",),
    "et": ("xl/",),
    "pptx": ("ppt/",),
    "ppt": ("ppt/",),
    "dps": ("ppt/",),
    "ofd": ("OFD.xml",),
}
_OLE_ENDINGS: Final = frozenset(
    {"doc", "wps", "xls", "et", "ppt", "dps", "docx", "xlsx", "pptx"}
)  # x: with password


def seal(data: bytes, ending: str) -> Verdict:
    """A sealed verdict for a document, sound, video or text; raises Blocked for everything else."""
    kind = family(ending)
    if kind == "other":
        raise Blocked(complaint(data))
    if not _CHECKS[kind](data, ending):
        why = complaint(data)
        raise Blocked("mismatch" if why in {"unknown", "archive"} else why)
    return Verdict(kind, "sealed", MIMES[ending], None, _caution(data))


def _caution(data: bytes) -> str:
    return "has_macro" if data.startswith(_OLE) and _OLE_MACRO in data else ""


def _office(data: bytes, ending: str) -> bool:
    if data.startswith(_OLE):
        return ending in _OLE_ENDINGS
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        listed = zipfile.ZipFile(BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_OPENED:
        raise Blocked("huge_office")
    names = [part.filename for part in listed]
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise Blocked("macro")  # parts are found whatever their letters are
    return any(name.startswith(_PACKAGES[ending]) for name in names)


def _audio(data: bytes, ending: str) -> bool:
    if ending == "m4a":
        return _video(data, ending)
    if ending == "amr":
        return data.startswith((b"#!AMR\n", b"#!AMR-WB\n"))
    return data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE6 in {0xE2, 0xE4, 0xE6})


def _video(data: bytes, _ending: str) -> bool:
    return data[4:8] in _QUICKTIME and not brand(data).startswith(_IMAGE_BRANDS)


def _text(data: bytes, _ending: str) -> bool:
    """Readable text in UTF-8 or GB18030, and no web page."""
    if is_web(data) or is_virus_test(data) or data.startswith(b"#!"):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(mark < " " and mark not in "\t\n\r\f" for mark in words):
            return True
    return False


def _never(_data: bytes, _ending: str) -> bool:
    """An ending of a photo or PDF on something that is neither."""
    return False


_CHECKS: Final = {
    "office": _office,
    "audio": _audio,
    "video": _video,
    "text": _text,
    "photo": _never,
    "pdf": _never,
}
assert set(_CHECKS) == set(FAMILIES.values())
assert sniff(b"") == "other"
