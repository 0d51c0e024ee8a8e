"""A backup proved by restoring it: into a temporary home, hashes compared, the ledger verified, everything removed.

Run as programs of their own, so that no setting of this installation (a PostgreSQL of its own, say) reaches them.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yimen.foundation.home import Home
from yimen.localdb import place

from .. import install
from ..progress import Failed
from . import schedule, state

OURS = ("DATABASE_", "YIMEN_", "DJANGO_", "PG")


def latest(home: Home, how: schedule.Settings) -> Path:
    """The newest backup of a home's folder. Raises Failed when there is none."""
    found = schedule.kept(how.folder)
    if not found:
        raise Failed(f"还没有备份可以演练 / there is no backup yet: {how.folder}")
    return found[0][1]


def prove(home: Home, source: Path, key: Path | None = None) -> dict[str, Any]:
    """Restore `source` under the keys of `home` and compare; the outcome is kept for `doctor`. Never raises Failed."""
    begun = time.monotonic()
    try:
        with _temporary(home) as target:
            said = _restore(source, key or home.keys, target)
            _migrate(target)
            said |= {"ledger": _ledger(target)}
            ok, why = said["ledger"] == "clean", "" if said["ledger"] == "clean" else "verify-ledger"
    except (Failed, OSError) as error:
        said, ok, why = {}, False, str(error)
    facts = {"file": str(source), "why": why, "seconds": round(time.monotonic() - begun, 1)}
    kept = {name: said[name] for name in ("made_at", "tables", "rows", "files", "id") if name in said}
    state.note_done(home, "drill", ok, **facts, **kept)
    return {"ok": ok, **facts, **said}


@contextmanager
def _temporary(home: Home) -> Iterator[Home]:
    """A folder in the home, on the disk that has to hold a real restore too; gone afterwards with its database."""
    made = Home(home.root / f"drill-{secrets.token_hex(4)}")
    try:
        yield made
    finally:
        remove(made)


def remove(home: Home) -> None:
    """A temporary home and its data, wherever they lie."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        data = Path((place.recorded(home.root) or {})["data"])
        if data.is_absolute():
            shutil.rmtree(data.parent, ignore_errors=True)
    shutil.rmtree(home.root, ignore_errors=True)


def sweep(home: Home) -> None:
    """What a killed drill left behind."""
    for folder in home.root.glob("drill-*"):
        remove(Home(folder))


def _restore(source: Path, key: Path, target: Home) -> dict[str, Any]:
    done = _run("restore", str(source), "--key", str(key), "--home", str(target.root), "--json")
    if done.returncode:
        raise Failed(_last_words(done.stderr))
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _migrate(target: Home) -> None:
    """A backup of an older release is of use only if this one can open it."""
    done = _run("migrate", "--home", str(target.root))
    if done.returncode:
        raise Failed(_last_words(done.stderr))


def _ledger(target: Home) -> str:
    done = _run("verify-ledger", "--json", "--home", str(target.root))
    try:
        return str(json.loads(done.stdout.splitlines()[-1])["result"])
    except (ValueError, IndexError, KeyError):
        raise Failed(_last_words(done.stderr)) from None


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    env = {
        name: value
        for name, value in install.environment().items()
        if not name.startswith(OURS) or name == "PG_BIN"
    }
    command = [sys.executable, "-m", "yimen.cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def _last_words(said: str) -> str:
    lines = [line for line in said.splitlines() if not line.startswith(("[", "   "))]
    return "\n".join(lines)[-600:] or said[-600:]
