"""Restores, said openly in the second place: one signed line for each in `restores.jsonl` beside the checkpoints.

A restored database is older than what the checkpoints may vouch for; without a word it would read as a cut tail for
ever. The line says: at this time the chain was set back to this number and HMAC, by this backup; the checkpoint lines
written before it may speak of numbers that are gone. Only they: whatever is cut later shows as before. The line itself
holds the chain to the restored tail, and nobody can write one without the checkpoint key.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from yimen.foundation.crypto import Keyring

from .checkpoints import HEAD, Checkpoint, Checkpoints

FILE = "restores.jsonl"


@dataclass(frozen=True, slots=True)
class Restore:
    """`seq` and `mac`: the restored chain's end. Checkpoint lines up to number `lines` may reach beyond it, to `beyond`."""

    seq: int
    mac: str
    lines: int
    beyond: int
    backup: str
    made_at: str
    restored_at: str
    at: str
    signature: str = ""

    def signed(self) -> bytes:
        said = {name: value for name, value in asdict(self).items() if name != "signature"}
        return b"restore 1\0" + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()

    def holds(self, keys: Keyring) -> bool:
        try:
            return keys.verify_checkpoint(self.signed(), bytes.fromhex(self.signature))
        except ValueError:
            return False

    def excuses(self, checkpoint: Checkpoint) -> bool:
        """Whether this line of the second place speaks of what the restore set aside. A head never does."""
        return 0 < checkpoint.number <= self.lines and checkpoint.seq > self.seq

    def as_checkpoint(self) -> Checkpoint:
        """What the chain must hold since: its number and HMAC at the restore."""
        return Checkpoint(0, self.seq, self.mac, 0, self.at, "", "")


def read(place: Checkpoints) -> list[Restore | None]:
    """Every line in order; None for one that cannot be read."""
    try:
        text = (place.folder / FILE).read_text(errors="replace")
    except FileNotFoundError:
        return []
    return [_parsed(line) for line in text.split("\n") if line]


def _parsed(line: str) -> Restore | None:
    try:
        return Restore(**json.loads(line))
    except (ValueError, TypeError):
        return None


def note(place: Checkpoints, seq: int, mac: str, backup: str, made_at: str, restored_at: str) -> Restore:
    """Say that the chain now ends with (seq, mac) because `backup` was restored. Said once, however often it is called.

    Before the sequencer works on the restored chain; a head that speaks of more is kept as a line first.
    """
    known = [
        line for line in read(place) if line and (line.backup, line.restored_at) == (backup, restored_at)
    ]
    if known:
        return known[0]
    place.keep_evidence()
    lines = [line for line in place.lines() if line]
    draft = Restore(
        seq, mac, max((line.number for line in lines), default=0), max([seq, *(line.seq for line in lines)]),
        backup, made_at, restored_at, datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    said = replace(draft, signature=place.keys.sign_checkpoint(draft.signed()).hex())
    _append(place, json.dumps(asdict(said), separators=(",", ":")))
    if seq:
        place.note(seq, bytes.fromhex(mac))
    else:
        (place.folder / HEAD).unlink(missing_ok=True)
    return said


def _append(place: Checkpoints, line: str) -> None:
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place.folder / FILE).open("a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())
