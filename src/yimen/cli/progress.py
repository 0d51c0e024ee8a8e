"""Visible progress on standard error: step n of m, with its seconds. Standard library only."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

QUIET_BEAT, TERMINAL_BEAT = 10.0, 1.0
TAIL = 30


class Failed(Exception):
    """A step could not be done; the message is for the operator."""


class Steps:
    """Counts the steps of one piece of work. `total` is known beforehand, so that people see how far it is."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        self.done += 1
        label = f"[{self.done}/{self.total}] {text}"
        begun = time.monotonic()
        over = threading.Event()
        _write(f"{label} …\n")
        beat = threading.Thread(target=_beat, args=(over, begun), daemon=True)
        beat.start()
        try:
            yield
        finally:
            over.set()
            beat.join()
        _write(f"      {time.monotonic() - begun:.1f} s\n")


def say(line: str) -> None:
    """One line for the operator, beside the steps."""
    _write(f"      {line}\n")


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program quietly and answer what it said; when it fails, Failed with the end of that."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise Failed(f"{command[0]}: {error}") from error
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-TAIL:])
        raise Failed(f"{' '.join(command[:4])} … 失败 / failed ({done.returncode})\n{tail}")
    return done.stdout


def follow(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run a program that tells its own progress: each of its lines is shown, so Failed does not repeat them."""
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                say(line.rstrip())
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Failed(f"{' '.join(command[:5])} 失败 / failed ({process.returncode})")


def _beat(over: threading.Event, begun: float) -> None:
    """Shows that something is still going on: each second on a terminal, every ten elsewhere."""
    terminal = sys.stderr.isatty()
    while not over.wait(TERMINAL_BEAT if terminal else QUIET_BEAT):
        seconds = f"      … {time.monotonic() - begun:.0f} s"
        _write(f"\r{seconds}\r" if terminal else f"{seconds}\n")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
