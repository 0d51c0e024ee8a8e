"""From bytes and a name to a verdict. Runs inside the limited worker; pure, without database or Django."""

from __future__ import annotations

from .kinds import extension, family, sniff
from .verdict import BINARY, Blocked, Verdict


def judge(data: bytes, name: str) -> Verdict:
    """Say what `data` is and make its clean derivative. Never raises: what cannot be handled is blocked."""
    try:
        return _judge(data, extension(name))
    except Blocked as refusal:
        return Verdict("other", "blocked", BINARY, None, refusal.code)
    except (Exception, MemoryError):
        return Verdict("other", "blocked", BINARY, None, "failed")


def _judge(data: bytes, ending: str) -> Verdict:
    if not data:
        raise Blocked("empty")
    kind = sniff(data)
    if kind == "photo":
        return _photo(data, ending)
    if kind == "pdf":
        return _pdf(data, ending)
    from .sealing import seal

    return seal(data, ending)


def _photo(data: bytes, ending: str) -> Verdict:
    if ending and family(ending) != "photo":
        raise Blocked("mismatch")
    from .photos import reencode

    mime, derivative = reencode(data)
    return Verdict("photo", "clean", mime, derivative)


def _pdf(data: bytes, ending: str) -> Verdict:
    if ending and family(ending) != "pdf":
        raise Blocked("mismatch")
    from .pdfs import Locked, disarm

    try:
        derivative, repaired = disarm(data)
    except Locked:
        return Verdict("pdf", "sealed", "application/pdf", None, "locked_pdf")
    return Verdict("pdf", "clean", "application/pdf", derivative, "repaired_pdf" if repaired else "")
