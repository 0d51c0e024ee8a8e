"""The limited process: reads one file from standard input, says what it is, writes a clean copy, and dies.

Run as `python -m yimen.cases.media.worker NAME`. Standard output: one JSON line (kind, state, mime, code), then the
bytes of the derivative. Memory, time and files are capped before a single byte of the upload is read; what the bytes
need is imported by their first few, then the process is shut in (`confine`), and only then are they decoded.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
from typing import Final

from .confine import confine
from .judge import judge
from .kinds import sniff
from .verdict import MAX_BYTES, Verdict

MEMORY: Final = 1 << 30  # bytes of address space
CPU_SECONDS: Final = 20
OPEN_FILES: Final = 32


def limit() -> None:
    """Cap this process. It can still read libraries, but can write no file and leave no core."""
    for what, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (amount, amount))


def say(verdict: Verdict) -> None:
    head = {"kind": verdict.kind, "state": verdict.state, "mime": verdict.mime, "code": verdict.code}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    sys.stdout.buffer.write(verdict.derivative or b"")
    sys.stdout.buffer.flush()


def fetch(data: bytes) -> None:
    """Import all that decoding these bytes will ask for: afterwards no file can be opened any more."""
    importlib.import_module("yimen.cases.media.sealing")
    for name in ("gb18030", "utf_16", "utf_16_le", "utf_8_sig", "latin_1", "ascii", "cp437"):
        importlib.import_module(f"encodings.{name}")
    kind = sniff(data)
    if kind == "photo":
        importlib.import_module("yimen.cases.media.photos").fetch(data)
    if kind == "pdf":
        importlib.import_module("yimen.cases.media.pdfs").fetch()


def main(argv: list[str]) -> int:
    limit()
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    fetch(data)
    confine()
    say(judge(data, argv[1] if len(argv) > 1 else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
