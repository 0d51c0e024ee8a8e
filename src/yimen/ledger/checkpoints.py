"""The second place: signed checkpoints of the chain in files outside the database.

`ledger.jsonl` only grows: one line every minute or every thousand numbers while there is news, each naming
the hash of the line before. `ledger-head.json` is the newest state, replaced after each batch, so that a tail
cut off between two lines is missed too. Before a head that contradicts the database is replaced, it is kept
as a line: what it proves does not get lost.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from yimen.foundation.crypto import Keyring

EVERY, EVERY_ROWS = timedelta(seconds=60), 1000
LINES, HEAD = "ledger.jsonl", "ledger-head.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One signed statement: at `at` the chain ended with number `seq` and HMAC `mac`.

    `number` counts lines from 1 (0 for a head), `count` the chain's rows since the line before, `prev` is
    that line's hash, `keys` names the audit key in use.
    """

    number: int
    seq: int
    mac: str
    count: int
    at: str
    prev: str
    keys: str
    signature: str = ""

    def signed(self) -> bytes:
        said = {name: value for name, value in asdict(self).items() if name != "signature"}
        return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()

    def line(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    def digest(self) -> str:
        return hashlib.sha256(self.line().encode()).hexdigest()

    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def holds(self, keys: Keyring) -> bool:
        """Whether the signature is of this home's key."""
        try:
            return keys.verify_checkpoint(self.signed(), bytes.fromhex(self.signature))
        except ValueError:
            return False


START = Checkpoint(0, 0, "", 0, "", "", "")


def parse(line: str) -> Checkpoint | None:
    """None for anything that is not a checkpoint, such as a line cut by a power failure."""
    try:
        return Checkpoint(**_typed(json.loads(line)))
    except (ValueError, TypeError, LookupError):
        return None


def _typed(said: dict[str, Any]) -> dict[str, Any]:
    for name in ("number", "seq", "count"):
        if type(said[name]) is not int:
            raise TypeError(name)
    if not all(isinstance(said[name], str) for name in ("mac", "at", "prev", "keys", "signature")):
        raise TypeError("text expected")
    bytes.fromhex(said["mac"])
    if datetime.fromisoformat(said["at"]).utcoffset() is None:
        raise ValueError("time without a zone")
    return said


class Checkpoints:
    """The files of one home. Written by the sequencer alone, read by `verify`."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self.folder, self.keys = folder, keys

    def lines(self) -> list[Checkpoint | None]:
        """Every line in order; None where a line cannot be read."""
        try:
            text = (self.folder / LINES).read_text(errors="replace")
        except FileNotFoundError:
            return []
        return [parse(line) for line in text.split("\n") if line]

    def head(self) -> Checkpoint | None:
        try:
            return parse((self.folder / HEAD).read_text(errors="replace"))
        except FileNotFoundError:
            return None

    def note(self, seq: int, mac: bytes, now: datetime | None = None) -> None:
        """The chain now ends with (seq, mac): make it the head, and add a line when one is due."""
        moment = now or datetime.now(UTC)
        with self._alone():
            self._add_if(_due(self.last(), seq, moment), seq, mac.hex(), moment)
            self._replace_head(self._sign(seq, mac.hex(), moment))

    def tick(self, now: datetime | None = None) -> None:
        """In quiet hours: give the head its line once the minute is over."""
        head, moment = self.head(), now or datetime.now(UTC)
        if head and _due(self.last(), head.seq, moment):
            with self._alone():
                self._add_if(True, head.seq, head.mac, moment)

    def keep_evidence(self) -> None:
        """The database contradicts the head: keep the head as a line before it is replaced."""
        head = self.head()
        with self._alone():
            last = self.last()
            if head and not (last and (last.seq, last.mac) == (head.seq, head.mac)):
                self._add_if(True, head.seq, head.mac, datetime.now(UTC))

    def last(self) -> Checkpoint | None:
        """The newest readable line. Reads the end of the file only; a line is far shorter than the block."""
        try:
            with (self.folder / LINES).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
                tail = file.read().decode(errors="replace").split("\n")
        except FileNotFoundError:
            return None
        return next((found for line in reversed(tail) if (found := parse(line))), None)

    def _sign(self, seq: int, mac: str, moment: datetime, after: Checkpoint | None = None) -> Checkpoint:
        """A head; or, with the line before it or START, the next line."""
        number, before, prev = (after.number + 1, after.seq, after.digest()) if after else (0, seq, "")
        draft = Checkpoint(number, seq, mac, seq - before, moment.isoformat(), prev, self.keys.audit_id)
        return replace(draft, signature=self.keys.sign_checkpoint(draft.signed()).hex())

    def _add_if(self, due: bool, seq: int, mac: str, moment: datetime) -> None:
        if not due:
            return
        line = self._sign(seq, mac, moment, self.last() or START).line()
        with (self.folder / LINES).open("a+b") as file:
            file.write(b"\n" * _torn(file) + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _replace_head(self, head: Checkpoint) -> None:
        draft = self.folder / f".{HEAD}"
        draft.write_text(head.line() + "\n")
        draft.replace(self.folder / HEAD)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _due(last: Checkpoint | None, seq: int, now: datetime) -> bool:
    if last is None:
        return True
    return seq != last.seq and (abs(seq - last.seq) >= EVERY_ROWS or abs(now - last.time()) >= EVERY)


def _torn(file: BinaryIO) -> bool:
    """Whether the file ends in the middle of a line: a power failure while the last one was written."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
