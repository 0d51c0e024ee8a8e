"""Templates as somebody in the office might edit them, and as somebody with bad intent might."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from docx import Document

from yimen.documents import word


def with_line(words: str, form: str = "V02") -> bytes:
    """The delivered template with one more paragraph."""
    return changed(lambda document: document.add_paragraph(words), form)


def changed(change: Callable[[object], object], form: str = "V02") -> bytes:
    document, out = Document(io.BytesIO(word.shipped(form))), io.BytesIO()
    change(document)
    document.save(out)
    return out.getvalue()


def without(key: str, form: str = "V02") -> bytes:
    """The delivered template without the place of one key."""
    return repacked({"word/document.xml": lambda body: body.replace(f"{{{{ {key} }}}}".encode(), b"")}, form)


def repacked(
    parts: dict[str, Callable[[bytes], bytes]] | None = None, form: str = "V02", **more: bytes
) -> bytes:
    """The delivered template with parts changed and parts added (`__` in a name stands for a slash)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word.shipped(form))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, (parts or {}).get(entry.filename, bytes)(old.read(entry)))
        for name, body in more.items():
            new.writestr(name.replace("__", "/").replace("_dot_", "."), body)
    return out.getvalue()
