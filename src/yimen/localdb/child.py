"""Small facts about processes and files that the adapter and the supervisor share."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def dying_with_parent(signal_number: int) -> Callable[[], None] | None:
    """A preexec function: the kernel signals the child when the thread that started it ends (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def die_with_parent(signal_number: int) -> None:
    """The same for this very process, when somebody else started it (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def write_secret(path: Path, text: str) -> None:
    """A new file only its owner can read, whole or not at all; an existing one is an error."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
