"""PDF: opened, everything that acts or hides taken out, saved anew. What remains is pages to read."""

from __future__ import annotations

import re
import zlib
from io import BytesIO
from itertools import takewhile
from typing import Any, Final

import pikepdf

from .verdict import MAX_DERIVATIVE, Blocked

MAX_OBJECTS: Final = 200_000
MAX_DEPTH: Final = 60
MAX_STREAM: Final = 128 << 20
MAX_OPENED: Final = 1 << 30
"""Bytes that one stream and all streams together may open into: a scanned page has 26 MB."""
# Keys that start something, carry another file, or say who made this one and where.
_DROP: Final = frozenset(
    {
        *("/JS", "/JavaScript", "/AA", "/OpenAction", "/XFA", "/Requirements"),
        *(
            "/EmbeddedFiles",
            "/EF",
            "/AF",
            "/Collection",
            "/RichMediaContent",
            "/RichMediaSettings",
            "/Renditions",
        ),
        *("/Metadata", "/PieceInfo", "/URLS", "/SpiderInfo"),
    }
)
_ACTIONS: Final = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE", "/Hide"),
        *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Trans"),
    }
)
_ANNOTATIONS: Final = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_SAFE_LINK: Final = re.compile(rb"\s*(?:https?|mailto|tel):", re.IGNORECASE)
_PIECE: Final = 1 << 20
_JPEG_NOTES: Final = frozenset({0xE1, 0xED, 0xFE})  # APP1 (EXIF, XMP), APP13 (IPTC), comment


class Locked(Exception):
    """The document needs a password to open: nobody here can look inside."""


def fetch() -> None:
    """Load what decrypting needs (the library opens files on its first use): the worker can open none afterwards."""
    out = BytesIO()
    with pikepdf.new() as blank:
        blank.save(out, encryption=pikepdf.Encryption(owner="fetch", user="", R=6))
    pikepdf.open(out).close()


def disarm(data: bytes) -> tuple[bytes, bool]:
    """(clean copy, whether the original was damaged and repaired). Raises Locked or Blocked."""
    pdf, repaired = _open(data)
    if len(pdf.objects) > MAX_OBJECTS:
        raise Blocked("huge_pdf")
    if not len(pdf.pages):
        raise Blocked("damaged_pdf")
    for page in pdf.pages:
        _drop_annotations(page.obj)
    opened = 0
    for thing in pdf.objects:
        _disarm(thing, 0)
        opened += weight(thing)
        if opened > MAX_OPENED:
            raise Blocked("huge_pdf")
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    saved = _save(pdf)
    _open_again(saved)
    return saved, repaired


def _open_again(saved: bytes) -> None:
    """What was repaired may still be hollow: the copy must open by itself and have a page."""
    try:
        with pikepdf.open(BytesIO(saved), attempt_recovery=False, suppress_warnings=True) as copy:
            if len(copy.pages):
                return
    except pikepdf.PdfError:
        pass
    raise Blocked("damaged_pdf")


def _open(data: bytes) -> tuple[Any, bool]:
    try:
        return pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True), False
    except pikepdf.PasswordError:
        raise Locked from None
    except pikepdf.PdfError:
        pass
    try:
        return pikepdf.open(BytesIO(data), suppress_warnings=True), True
    except pikepdf.PasswordError:
        raise Locked from None
    except pikepdf.PdfError:
        raise Blocked("damaged_pdf") from None


def _save(pdf: Any) -> bytes:
    out = BytesIO()
    try:
        pdf.save(out, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PdfError:
        raise Blocked("damaged_pdf") from None
    if out.tell() > MAX_DERIVATIVE:
        raise Blocked("huge_pdf")
    return out.getvalue()


def _drop_annotations(page: Any) -> None:
    """Take attachments, films and sounds off a page."""
    notes = page.get("/Annots")
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if not (_is_map(note) and str(note.get("/Subtype")) in _ANNOTATIONS)]
        page["/Annots"] = pikepdf.Array(kept)


def _is_map(thing: Any) -> bool:
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)


def _disarm(thing: Any, depth: int) -> None:
    """Remove what acts from one object and from what it holds directly; references are visited by themselves."""
    if depth > MAX_DEPTH:
        raise Blocked("huge_pdf")
    if _is_map(thing):
        _empty_action(thing)
        for key in _DROP.intersection(thing.keys()):
            del thing[key]
        _strip_photo(thing)
        held = [value for _key, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        held = list(thing)
    else:
        return
    for value in held:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _disarm(value, depth + 1)


def _empty_action(thing: Any) -> None:
    """An action that runs, sends or opens loses all its keys; a link keeps only an ordinary address."""
    verb = thing.get("/S")
    if not isinstance(verb, pikepdf.Name):
        return
    link = str(verb) == "/URI" and not _SAFE_LINK.match(bytes(thing.get("/URI", b"")))
    if str(verb) in _ACTIONS or link:
        for key in list(thing.keys()):
            del thing[key]


def _strip_photo(thing: Any) -> None:
    """Photos inside the pages lose their camera notes (place, device), their pixels stay as they are."""
    if not isinstance(thing, pikepdf.Stream) or filters(thing)[-1:] != ["/DCTDecode"]:
        return
    raw = _peeled(bytes(thing.read_raw_bytes()), filters(thing)[:-1])
    if raw is None:
        raise Blocked("damaged_pdf")  # a photo in a wrapping that cannot be taken off: nobody knows its notes
    bare = without_notes(raw)
    if len(bare) != len(raw) or len(filters(thing)) > 1:
        thing.write(bare, filter=pikepdf.Name.DCTDecode)


def filters(stream: Any) -> list[str]:
    """The names of a stream's filters, in the order in which they are taken off."""
    named = stream.get("/Filter")
    names = list(named) if isinstance(named, pikepdf.Array) else [named] if named is not None else []
    return [{"/Fl": "/FlateDecode", "/DCT": "/DCTDecode"}.get(str(name), str(name)) for name in names]


def weight(thing: Any) -> int:
    """Bytes that a stream opens into. Raises Blocked when they are too many; others than deflated ones do not swell so."""
    if not isinstance(thing, pikepdf.Stream):
        return 0
    data: bytes | None = bytes(thing.read_raw_bytes())
    flate = list(takewhile(lambda name: name == "/FlateDecode", filters(thing)))
    for _name in flate[:-1]:
        data = _inflated(data or b"")
    return _swells(data or b"") if flate else len(data or b"")


def _swells(data: bytes) -> int:
    """How much deflated data opens into, counted piece by piece."""
    opener, total = zlib.decompressobj(), 0
    try:
        while data and not opener.eof:
            total += len(opener.decompress(data, _PIECE))
            if total > MAX_STREAM:
                raise Blocked("huge_pdf")
            data = opener.unconsumed_tail
    except zlib.error:
        pass  # damaged: no reader opens more of it
    return total


def _inflated(data: bytes) -> bytes | None:
    opener = zlib.decompressobj()
    try:
        opened = opener.decompress(data, MAX_STREAM)
    except zlib.error:
        return None
    if opener.unconsumed_tail:
        raise Blocked("huge_pdf")
    return opened


def _peeled(data: bytes, wrapping: list[str]) -> bytes | None:
    """A photo out of what is wrapped around it; None for a wrapping that is not known here."""
    peeled: bytes | None = data
    for name in wrapping:
        peeled = _inflated(peeled) if name == "/FlateDecode" and peeled is not None else None
    return peeled


def without_notes(jpeg: bytes) -> bytes:
    """The same JPEG without EXIF, XMP, IPTC and comment segments; unchanged when its structure is not clear."""
    out, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        size = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in _JPEG_NOTES:
            out += jpeg[at : at + size]
        at += size
    return bytes(out + jpeg[at:]) if jpeg[at : at + 2] == b"\xff\xda" else jpeg
