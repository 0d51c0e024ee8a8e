"""Door to the worker: one upload in, one verdict out, and never an exception because of what was uploaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from typing import IO, Final

from .verdict import BINARY, MAX_BYTES, MAX_DERIVATIVE

DEADLINE: Final = 30.0  # seconds of wall clock for one file
_SOURCES: Final = str(Path(__file__).resolve().parents[3])
_MAGIC: Final = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "application/pdf": b"%PDF-",
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of an upload.

    `kind`: photo, pdf, office, audio, video, text, other. `state`: clean (show `derivative`), sealed (keep the
    original, download only) or blocked (keep nothing). `mime` is that of the derivative when clean, of the original
    when sealed. `reason` is a sentence for the reader; empty when there is nothing to say.
    """

    kind: str
    state: str
    mime: str
    derivative: bytes | None
    reason: str

    @property
    def suffix(self) -> str:
        """The ending that fits the derivative: .jpg, .png or .pdf."""
        return {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}.get(self.mime, "")


def clean(data: bytes, name: str, declared: str = "", *, deadline: float = DEADLINE) -> Cleaned:
    """Judge one upload in a limited process of its own, about 0.2 s for a photo.

    `declared` is what the browser said of the type: kept in the signature, never believed. At most 20 MB.
    """
    if not data:
        return _blocked("empty")
    if len(data) > MAX_BYTES:
        return _blocked("too_large")
    try:
        return _read(*_ask(data, name, deadline))
    except (OSError, ValueError, KeyError, TypeError):
        return _blocked("failed")


def _sentence(code: str) -> str:
    """The reader's words for a code. Imported late: the worker shares this package and needs no Django."""
    from .reasons import REASONS

    return str(REASONS[code])


def _blocked(code: str) -> Cleaned:
    return Cleaned("other", "blocked", BINARY, None, _sentence(code))


@contextmanager
def _in_memory(data: bytes) -> Iterator[IO[bytes]]:
    """The upload as a nameless file in memory: an unchecked file never touches the disk."""
    with os.fdopen(os.memfd_create("upload"), "w+b") as source:
        source.write(data)
        source.seek(0)
        yield source


def _ask(data: bytes, name: str, deadline: float) -> tuple[bytes, bool]:
    """(what the worker wrote, whether it ran out of time). Reads no more than a derivative may hold."""
    command = [sys.executable, "-s", "-P", "-m", "yimen.cases.media.worker", name[-100:].replace("\0", "")]
    environment = {
        "PYTHONPATH": _SOURCES,
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    late = Event()
    with (
        _in_memory(data) as source,
        subprocess.Popen(
            command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/"
        ) as worker,
    ):

        def expire() -> None:
            late.set()
            worker.kill()

        timer = Timer(deadline, expire)
        timer.start()
        try:
            assert worker.stdout is not None
            return worker.stdout.read(MAX_DERIVATIVE + 4096), late.is_set()
        finally:
            timer.cancel()
            worker.kill()


def _read(answer: bytes, late: bool) -> Cleaned:
    """Believe the worker only as far as its answer has the agreed shape."""
    head, _newline, body = answer.partition(b"\n")
    if not head:
        return _blocked("too_slow" if late else "failed")
    said = json.loads(head)
    state, mime = said["state"], said["mime"]
    if state == "blocked":
        return _blocked(said["code"])
    if state == "clean" and (late or len(body) > MAX_DERIVATIVE or not body.startswith(_MAGIC[mime])):
        return _blocked("too_slow" if late else "failed")
    if state not in {"clean", "sealed"}:
        raise ValueError(state)
    return Cleaned(said["kind"], state, mime, body if state == "clean" else None, _sentence(said["code"]))
