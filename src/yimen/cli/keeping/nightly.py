"""What `./yimen up` does at night by itself: a backup, old ones away, and now and then a real restore of the newest.

`Nightly` sits in the supervisor, which outlives every worker; the work is done by a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from yimen.foundation.home import Home

from ..database import database
from ..progress import Failed, say
from . import proving, schedule, state, taking

LOOK_SECONDS = 30.0
NICE = 10


class Nightly:
    """Asked at every beat of the supervisor; looks twice a minute whether something is due, and starts it."""

    def __init__(self, home: Home, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.home, self.command, self.env = home, command, env
        self.process: subprocess.Popen[bytes] | None = None
        self.how = schedule.settings(home, env)
        self._next = 0.0
        state.note(home, **schedule.described(self.how))

    def beat(self) -> None:
        if self.process is not None:
            self._watch(self.process)
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK_SECONDS
            if schedule.backup_due(self.home, self.how, datetime.now(UTC)):
                self._start()

    def _start(self) -> None:
        with (self.home.logs / "backup.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=lambda: os.nice(NICE),
            )  # fmt: skip

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            return
        if process.returncode:
            say(f"夜间备份没有做成，见 / the nightly backup failed, see {self.home.logs / 'backup.log'}")
            said = state.read(self.home).get("backup")
            if said is None or said.get("ok"):  # it died before it could say so itself
                state.note_done(self.home, "backup", False, why=f"exit {process.returncode}")
        self.process = None

    def stop(self) -> None:
        """With the supervisor: the draft of a backup under way is removed by the backup itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()


def run(home: Home, how: schedule.Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> bool:
    """One night's work; every outcome is kept for `doctor`. False when something of it failed."""
    proving.sweep(home)
    try:
        made = _backup(home, how, now())
    except (Failed, OSError) as error:
        state.note_done(home, "backup", False, why=str(error))
        raise
    if not schedule.drill_due(home, how, now()):
        return True
    return bool(proving.prove(home, made)["ok"])


def _backup(home: Home, how: schedule.Settings, now: datetime) -> Path:
    how.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = how.folder / schedule.NIGHTLY.format(now)
    with database(home) as addresses:
        taken = taking.take(home, addresses, target)
    if home.erasures.exists():  # beside the backups, where a restore looks for it
        shutil.copyfile(home.erasures, how.folder / home.erasures.name)
    state.note_done(home, "backup", True, **taking.described(taken))
    for path in [
        *schedule.outdated(schedule.kept(how.folder), how, now),
        *schedule.stale_drafts(how.folder, now),
    ]:
        path.unlink(missing_ok=True)
    return target
