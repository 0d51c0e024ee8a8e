"""How far a long copy is: a line every two seconds, each second on a terminal. Standard library only."""

from __future__ import annotations

import sys
import time

from ..progress import QUIET_BEAT, TERMINAL_BEAT

MEGABYTE = 1024 * 1024


class Meter:
    """Counts bytes. `label` says of what; a `total` of 0 is not known."""

    def __init__(self, label: str, total: int = 0) -> None:
        self.label, self.total, self.done = label, total, 0
        self._terminal = sys.stderr.isatty()
        self._every = TERMINAL_BEAT if self._terminal else QUIET_BEAT
        self._last = time.monotonic()

    def add(self, size: int) -> None:
        self.at(self.done + size, self.total)

    def at(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        if time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            text = f"      {self.label} {done / MEGABYTE:,.0f}"
            text += f" / {total / MEGABYTE:,.0f} MB ({done / total:.0%})" if total else " MB"
            sys.stderr.write(f"\r{text}\r" if self._terminal else f"{text}\n")
            sys.stderr.flush()
