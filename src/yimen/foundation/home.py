"""The home directory of one installation: where its files, keys and database live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one home. Nothing is created here; `./yimen up` lays the folders out."""

    root: Path

    @property
    def keys(self) -> Path:
        """Master, audit and index keys (mode 0700). Never in the database, the repository or a backup."""
        return self.root / "keys"

    @property
    def files(self) -> Path:
        """Attachments, encrypted, by content hash."""
        return self.root / "files"

    @property
    def pgdata(self) -> Path:
        return self.root / "pg"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def run(self) -> Path:
        """Pid files, ready marks and locks of the running installation."""
        return self.root / "run"

    @property
    def seeded_mark(self) -> Path:
        """Present while the database holds the shipped tables of this code (and the demo, if asked for)."""
        return self.run / "seeded"

    @property
    def created_mark(self) -> Path:
        """Written once the home's first start has come through; says when."""
        return self.root / "CREATED"

    @property
    def database_passwords(self) -> Path:
        """Generated passwords of the private database's roles (mode 0600)."""
        return self.keys / "database"

    @property
    def checkpoints(self) -> Path:
        """Signed checkpoints of the audit chain, the second place; an office may mount another disk here."""
        return self.root / "checkpoints"

    @property
    def demo_mark(self) -> Path:
        """Present when this home was created as a demonstration. Such a home can never be promoted."""
        return self.root / "DEMO"

    @property
    def release_mark(self) -> Path:
        """The release that last served this home, as text."""
        return self.root / "RELEASE"

    @property
    def backups(self) -> Path:
        """Where the nightly backups go unless the office names another folder."""
        return self.root / "backups"

    @property
    def backup_state(self) -> Path:
        """What became of the last backup and of the last restore drill (JSON); `doctor` reads it."""
        return self.root / "backup-state.json"

    @property
    def erasures(self) -> Path:
        """The list of destroyed matters, one JSON line each: only added to, outside of every backup."""
        return self.root / "erasures.jsonl"

    @property
    def restoring_mark(self) -> Path:
        """Present while a restore is filling this home: nothing in it may be used."""
        return self.root / "RESTORING"

    @property
    def restored_mark(self) -> Path:
        """Present from a restore to the first start after it, which settles what a restore leaves (JSON)."""
        return self.root / "RESTORED"


def current() -> Home:
    """The home named by YIMEN_HOME, else `./var` beside the launcher."""
    named = os.environ.get("YIMEN_HOME") or str(REPO / "var")
    return _at(named, "" if named.startswith("/") else str(Path.cwd()))


@lru_cache(maxsize=4)
def _at(named: str, _from: str) -> Home:
    """Resolved once for a name as it is understood from a folder: keys are asked for many times in one request."""
    return Home(Path(named).resolve())
