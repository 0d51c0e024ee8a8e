"""Under which OS user PostgreSQL runs. It refuses root, so root hands it to a user of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import LocalDatabaseError

OWN = "yimen-db"
FALLBACKS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class OsUser:
    """`switch` is True when we are root and must become this user for every program of PostgreSQL."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """Options for subprocess: become the user, in a folder and an environment it may use."""
        options: dict[str, Any] = {"cwd": "/", "env": _plain_environment()}
        if self.switch:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        """Give a path to this user (only root can and must)."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can really reach the folder: asked by trying it as that user."""
        return self._tries(["sh", "-c", 'cd "$1"', "sh", str(folder)])

    def may_run(self, program: str) -> bool:
        return self._tries([program, "--version"])

    def _tries(self, command: Sequence[str]) -> bool:
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=30, check=False, **self.popen_options()
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


def current() -> OsUser:
    """The caller, or for root the database's own user."""
    if os.geteuid() != 0:
        return OsUser(_name_of(os.geteuid()), os.geteuid(), os.getegid(), switch=False)
    return named(_own_user())


def named(name: str) -> OsUser:
    """A user that a home has recorded. Raises LocalDatabaseError when it is gone."""
    if os.geteuid() != 0:
        return current()
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise LocalDatabaseError(f"系统用户 {name} 不见了 / the OS user {name} is gone") from None
    return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _own_user() -> str:
    for name in (OWN, *FALLBACKS):
        if name == OWN and not _exists(OWN):
            _make_own_user()
        if _exists(name):
            return name
    raise LocalDatabaseError(
        "root 不能直接运行 PostgreSQL，又没有可用的系统用户 / no OS user to run PostgreSQL as"
    )


def _make_own_user() -> None:
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", OWN], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _plain_environment() -> dict[str, str]:
    """Messages in English (we read some), the office's zone left to the sessions."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {"PATH": "/usr/bin:/bin", **kept, "LC_ALL": "C", "TZ": "UTC"}
