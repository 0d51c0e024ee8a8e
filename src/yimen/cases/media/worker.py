"""The limited process: reads one file from standard input, says what it is, writes a clean copy, and dies.

Run as `python -m yimen.cases.media.worker NAME`. Standard output: one JSON line (kind, state, mime, code), then the
bytes of the derivative. Memory, time and files are capped before a single byte of the upload is read.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Final

from .judge import judge
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


def main(argv: list[str]) -> int:
    limit()
    say(judge(sys.stdin.buffer.read(MAX_BYTES + 1), argv[1] if len(argv) > 1 else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
