"""Seeded byte mutations of the table's files, judged by many in one limited process, which may die without harm."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Final, NamedTuple

from ..progress import say
from .table import ALL, leaks

SMALL: Final = 60_000
"""Only originals of fewer bytes: a mutation there hits what matters."""
PATIENCE: Final = 20.0
"""Seconds for one file; the real worker has as many of CPU."""
_JUDGE: Final = """
import importlib, json, struct, sys
from yimen.cases.media.worker import fetch, limit
from yimen.cases.media.judge import judge
import resource
limit()
importlib.import_module("yimen.cases.media.photos").fetch(b"....ftyp")
importlib.import_module("yimen.cases.media.pdfs").fetch()
read, write = sys.stdin.buffer, sys.stdout.buffer
while head := read.read(8):
    name, size = struct.unpack(">II", head)
    called = read.read(name).decode("utf-8", "replace")
    done = judge(read.read(size), called)
    said = json.dumps([done.state, done.mime, done.code]).encode()
    write.write(struct.pack(">II", len(said), len(done.derivative or b"")) + said + (done.derivative or b""))
    write.flush()
"""


@dataclass(slots=True)
class Found:
    """What became of the mutations. A worker that died is a blocked file, and counted."""

    states: Counter[str] = field(default_factory=Counter)
    died: int = 0
    late: int = 0
    leaked: list[str] = field(default_factory=list)
    slowest: float = 0.0


class Answer(NamedTuple):
    state: str
    code: str
    mime: str
    derivative: bytes


class Judge:
    """One limited process that judges file after file until it dies; then there is a new one."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, data: bytes, name: str) -> Answer | None:
        """What it says of one file; None when the process died or took too long."""
        process = self._process = self._process or self._start()
        assert process.stdin and process.stdout
        called = name.encode("utf-8", "replace")
        try:
            process.stdin.write(struct.pack(">II", len(called), len(data)) + called + data)
            process.stdin.flush()
            ready, _w, _x = select.select([process.stdout], [], [], PATIENCE)
            head = process.stdout.read(8) if ready else b""
            said, size = struct.unpack(">II", head)
            state, mime, code = json.loads(process.stdout.read(said))
            return Answer(state, code, mime, process.stdout.read(size))
        except (OSError, struct.error, ValueError):
            self.stop()
            return None

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", _JUDGE]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=self._env)


def mutations(count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """(title, name, bytes): the table's small files in turn, each broken in its own way."""
    dice, originals = Random(seed), small()
    for turn in range(count):
        title, name, data = originals[turn % len(originals)]
        yield title, name, broken(data, dice)


@cache
def small() -> list[tuple[str, str, bytes]]:
    """What is mutated: title, name and bytes of the files that do not swell."""
    made = [(one.title, one.name, one.make()) for one in ALL if "swell" not in one.title]
    return [(title, name, data) for title, name, data in made if 0 < len(data) < SMALL]


def broken(data: bytes, dice: Random) -> bytes:
    """Some bytes changed, a piece taken out, doubled or moved, or the end cut off."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 10)):
        out[dice.randrange(len(out))] = dice.randrange(256)
    at, size = dice.randrange(len(out)), dice.randint(1, 64)
    match dice.randrange(5):
        case 0:
            del out[at : at + size]
        case 1:
            out[at:at] = out[at : at + size] * dice.randint(1, 4)
        case 2:
            out[at : at + 4] = struct.pack(">I", dice.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1)))
        case 3:
            del out[at:]
    return bytes(out)


def run(count: int, seed: int, env: dict[str, str]) -> Found:
    """Judge so many mutations; every photo that comes out clean is searched for what should not be in it."""
    found, judge = Found(), Judge(env)
    for number, (title, name, data) in enumerate(mutations(count, seed), 1):
        begun = time.monotonic()
        answer = judge.ask(data, name)
        took = time.monotonic() - begun
        found.slowest = max(found.slowest, took)
        _count(found, answer, took, f"{title} (seed {seed}, {number})")
        if number % 1000 == 0:
            say(f"{number}/{count}")
    judge.stop()
    return found


def _count(found: Found, answer: Answer | None, took: float, which: str) -> None:
    if answer is None:
        found.died += 1
        found.late += took >= PATIENCE
        return
    found.states[answer.state] += 1
    if answer.state == "clean" and answer.mime.startswith("image/") and leaks(answer.derivative):
        found.leaked.append(which)


def peak_memory() -> int:
    """Bytes that the greediest ended child of this process held."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def caps(env: dict[str, str]) -> dict[str, bool]:
    """Whether the worker's own limits stop one that takes memory, time, files and the network."""
    memory = _limited("bytearray(2 << 30)", env)
    endless = _limited("while True: pass", env, "import yimen.cases.media.worker as w; w.CPU_SECONDS = 1")
    writes = _limited("import os; os.write(os.memfd_create('x'), b'x')", env)
    socket = _limited("confine(); import socket; socket.socket()", env)
    return {
        "memory": memory.returncode != 0 and b"MemoryError" in memory.stderr,
        "time": endless.returncode in (-signal.SIGXCPU, -signal.SIGKILL),
        "files": writes.returncode != 0,
        "network": socket.returncode != 0,
    }


def _limited(act: str, env: dict[str, str], before: str = "pass") -> subprocess.CompletedProcess[bytes]:
    script = f"{before}\nfrom yimen.cases.media.worker import confine, limit\nlimit()\n{act}\n"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=env, capture_output=True, check=False, timeout=60)


def environment(base: dict[str, str] | None = None) -> dict[str, str]:
    """As the worker has it: our sources and nothing that names an installation."""
    from yimen.foundation.home import REPO

    return {"PYTHONPATH": str(REPO / "src"), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")} | (
        base or {}
    )
