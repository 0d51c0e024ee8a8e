"""Whether a DOCX that somebody edited may become a template: looked through, then tried, in a limited process."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from . import values

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_UNPACKED: Final = 20 * 1024 * 1024
MAX_PARTS: Final = 200
MAX_XML: Final = 4 * 1024 * 1024  # one part; the delivered ones have under 0.4 MB
MAX_BRACES: Final = 4000  # of one part: docxtpl looks for pairs in time that grows with the square
SECONDS: Final = 30
_KINDS: Final = {".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif"}
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Things that run, link or carry other files.
_FORBIDDEN: Final = {"object", "OLEObject", "control", "altChunk", "subDoc", "attachedTemplate", "mailMerge"}
_CODES: Final = re.compile(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)\b[^\\]*(\\\*\s*\w+\s*)*", re.IGNORECASE)


class Unsafe(Exception):
    """`code` says what is wrong with the file; `what` names the part."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code, what)
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Findings:
    """`refused` is a code or empty; the names are those the template asks for, unknown or left out."""

    refused: str = ""
    what: str = ""
    named: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def vet(form: str, data: bytes) -> Findings:
    """Look through and try a template of `form`. Never raises for a bad file; kept to 30 s and 1 GB of another process."""
    if len(data) > MAX_BYTES:
        return Findings("large")
    command = [sys.executable, "-m", "yimen.documents.trial", form]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env=_bare(), check=False
        )
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Findings("slow")
    except ValueError:  # the process died of its limits, or of the file
        return Findings("broken")
    return Findings(
        said["refused"], said["what"], *(tuple(said[name]) for name in ("named", "unknown", "missing"))
    )


def _bare() -> dict[str, str]:
    """Nothing of ours for the trial but the way to the code."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**keep, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}


def look_through(data: bytes) -> None:
    """Raises Unsafe for what is no plain Word document: too much, links, macros, embedded or active things."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = dict(_parts(package))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as broken:
        raise Unsafe("not_docx") from broken
    if _MAIN not in parts.get("[Content_Types].xml", b"") or "word/document.xml" not in parts:
        raise Unsafe("not_docx")
    if b"macroEnabled" in parts["[Content_Types].xml"] or b"vbaProject" in parts["[Content_Types].xml"]:
        raise Unsafe("macro")
    for name, body in parts.items():
        if name.endswith((".xml", ".rels")):
            _look_at(name, body)


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each part, never unpacking more than the limit, whatever the directory claims."""
    entries, left = package.infolist(), MAX_UNPACKED
    if len(entries) > MAX_PARTS:
        raise Unsafe("bomb")
    for entry in entries:
        suffix = "." + entry.filename.rpartition(".")[2].lower()
        if entry.is_dir():
            continue
        if suffix == ".bin" or "vba" in entry.filename.lower():
            raise Unsafe("macro", entry.filename)
        if suffix not in _KINDS:
            raise Unsafe("embedded", entry.filename)
        limit = min(left, MAX_XML)
        with package.open(entry) as stream:
            body = stream.read(limit + 1)
        if len(body) > limit:
            raise Unsafe("bomb", entry.filename)
        left -= len(body)
        yield entry.filename, body


def _look_at(name: str, body: bytes) -> None:
    if body.count(b"{") > MAX_BRACES:
        raise Unsafe("bomb", name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as broken:
        raise Unsafe("not_docx", name) from broken
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unsafe("not_docx", name)
    if any(node.get("TargetMode", "").lower() == "external" for node in root.iter()):
        raise Unsafe("external", name)
    if any(
        _fetches(attribute, value) for node in root.iter(etree.Element) for attribute, value in node.items()
    ):
        raise Unsafe("external", name)
    for node in root.iter(etree.Element):
        if etree.QName(node).localname in _FORBIDDEN:
            raise Unsafe("embedded", name)
    for code in _field_codes(root):
        if not _CODES.fullmatch(code):
            raise Unsafe("field", code.strip()[:60])


def _fetches(attribute: str, value: str) -> bool:
    """Old drawings (VML) name what they load or link in an attribute, without a relationship."""
    named = etree.QName(attribute).localname in ("src", "href", "althref")
    return named and ("//" in value or "\\\\" in value or ":" in value)


def _field_codes(root: Any) -> Iterator[str]:
    """The instructions of Word's own fields: simple ones, and those spread over runs."""
    held: list[str] = []
    for node in root.iter(f"{_W}fldSimple", f"{_W}instrText", f"{_W}fldChar"):
        if node.tag == f"{_W}fldSimple":
            yield node.get(f"{_W}instr", "")
        elif node.tag == f"{_W}instrText":
            held.append(node.text or "")
        elif held:
            yield "".join(held)
            held = []
    if held:
        yield "".join(held)


def examine(form: str, data: bytes) -> Findings:
    """Look through, fill with long and awkward words, and compare the names. For the limited process only."""
    from . import word

    try:
        look_through(data)
        _filled, named = word.fill(data, values.sample(form, "试填<&>{{ }} 𠮷\n" * 20))
        word.fill(data, values.sample(form, ""))
    except Unsafe as unsafe:
        return Findings(unsafe.code, unsafe.what)
    except Exception as error:  # whatever the libraries make of a broken template, it will not render
        return Findings("broken", str(error)[:200])
    known = values.names(form)
    return Findings(
        named=tuple(sorted(named & known)),
        unknown=tuple(sorted(named - known)),
        missing=tuple(key for key in values.required(form) if key not in named),
    )
