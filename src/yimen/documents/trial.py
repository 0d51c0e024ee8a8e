"""The limited process that tries a template: `python -m yimen.documents.trial FORM`, the file on standard input.

Standard output: one JSON object, the fields of `vetting.Findings`. Memory, time and files are capped first.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import Final

MEMORY: Final = 1 << 30  # bytes of address space
CPU_SECONDS: Final = 20


def limit() -> None:
    """Cap this process. It can write no file and leaves no core."""
    for what, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (amount, amount))


def main(argv: list[str]) -> int:
    limit()
    from .vetting import MAX_BYTES, examine

    json.dump(asdict(examine(argv[1], sys.stdin.buffer.read(MAX_BYTES + 1))), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
