"""Where a drill plays: a home of its own in a temporary folder, served by a real `./yimen up` on the loopback."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yimen.foundation.home import Home

from .. import database, install, serving
from ..progress import Failed

PATIENCE = 300.0
"""Seconds for a first start with the demo street on a slow machine."""
STOP_PATIENCE = 60.0


@dataclass(slots=True)
class Stage:
    """`home`, the address it answers on, and the process of `./yimen up`."""

    home: Home
    port: int
    demo: bool
    said: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve until `stop`. Raises Failed with what `up` said when it does not come up."""
        words = ["up", "--home", str(self.home.root), "--port", str(self.port)]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "yimen.cli", *words, *([] if self.demo else ["--no-demo"])],
                stdout=said,
                stderr=subprocess.STDOUT,
                env=environment(),
            )
        deadline = time.monotonic() + PATIENCE
        while "is running\n" not in self.said.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(self.said.read_text(errors="replace"))
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_PATIENCE)
        self.process = None

    def addresses(self) -> database.Addresses:
        """Of the home's database, while it runs."""
        return database.addresses_of(self.home, database.cluster_of(self.home))

    def run(self, *words: str) -> str:
        """One `./yimen` command on this home; what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", "yimen.cli", *words, "--home", str(self.home.root)],
            env=environment(), capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def django(self) -> dict[str, str]:
        """The environment in which a Python process works on this home with Django."""
        return {**environment(), **serving.environment(self.home)}


@contextmanager
def stage(*, demo: bool = False, started: bool = True) -> Iterator[Stage]:
    """A home that is gone afterwards, with everything that ran for it."""
    with tempfile.TemporaryDirectory(prefix="yimen-drill-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the database's own OS user passes through
        made = Stage(Home(Path(folder) / "home"), free_port(), demo, Path(folder) / "said")
        try:
            if started:
                made.start()
            yield made
        finally:
            made.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    """Nothing that names an installation reaches the drill; it runs the same sources."""
    ours = ("DJANGO_", "DATABASE_", "YIMEN_")
    return {name: value for name, value in install.environment().items() if not name.startswith(ours)}
