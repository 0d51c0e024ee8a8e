"""The processes that `./yimen up` keeps alive, and what a killed predecessor left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from yimen.localdb.child import dying_with_parent

MARK = "YIMEN_SUPERVISED"
"""Every process below a supervisor carries this variable with its home: that is how orphans are known."""
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
"""A service that lived this long has started well; its next death is answered at once again."""


@dataclass(slots=True)
class Service:
    """One child with all its own children (they share a session). A dead one is started anew, ever more slowly."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    started: float = 0.0
    pause: float = 0.0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    def watch(self) -> bool:
        """Start it again when it has died and its pause is over. True when it was found dead."""
        if self.process is None:
            if time.monotonic() >= self.started + self.pause:
                self.start()
            return False
        if self.process.poll() is None:
            return False
        self.sweep()
        lived = time.monotonic() - self.started
        self.pause = 0.0 if lived > STEADY_SECONDS else min(LONGEST_PAUSE, self.pause * 2 or 0.5)
        self.process, self.started = None, time.monotonic()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def finish(self, deadline: float) -> None:
        """Wait until it has ended, at most to the deadline, then end what is left of it."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """End the rest of the session: a killed server leaves workers that still hold the port."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def end_orphans(home: Path, seconds: float = 10.0) -> int:
    """End what a killed supervisor of this home left: first asked, then forced. Answers how many there were."""
    found = [process for process in psutil.process_iter() if _is_of(process, home)]
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=seconds)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5.0)
    return len(found)


def _is_of(process: psutil.Process, home: Path) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == str(home)
    except (psutil.Error, OSError):
        return False
