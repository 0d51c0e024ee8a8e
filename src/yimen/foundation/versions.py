"""Rows that seldom change, kept in the process as long as the database says that they are the same.

Whoever asks sends the row's version along with some question it asks anyway: `concat(ctid, xmin)`, the row's place
and writer, new with every change. So a change holds at once in every process, and what did not change is not read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

Kept = TypeVar("Kept")
MOST: Final = 4096
_memory: Final[dict[Hashable, tuple[str, Any]]] = {}


def kept(name: Hashable, version: str | None, fetch: Callable[[], Kept]) -> Kept | None:
    """The row of this name in that version, fetched when it is not at hand; None without a version (no such row).

    What is answered is shared by every thread: never change it.
    """
    if version is None:
        return None
    found = _memory.get(name)
    if found is None or found[0] != version:
        if len(_memory) >= MOST:
            _memory.clear()
        found = _memory[name] = (version, fetch())
    answer: Kept = found[1]
    return answer
