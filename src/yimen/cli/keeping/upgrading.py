"""An upgrade is backup, migrate, check, and a way back: on failure the tables are put back as they were.

Which migrations a home has is asked of its database, which this release has is read from its files: no Django, so that
`./yimen up` knows before anything is changed. A database with migrations that this release does not know was served by a
newer one, and is not opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from yimen.foundation import release
from yimen.foundation.home import REPO, Home

from ..database import Addresses
from ..progress import Failed, say
from . import dump, hashes, keyset
from .archive import Archive
from .restoring import load_database
from .taking import DATABASE, MANIFEST, ROLES, Taken, take

PACKAGE = REPO / "src" / "yimen"
CORE = (
    "accounts_user",
    "cases_case",
    "cases_attachment",
    "cases_participant",
    "ledger_entry",
    "ledger_chain",
)
"""An upgrade never makes these fewer."""

Migration = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands between a database and this release."""

    pending: list[Migration]
    unknown: list[Migration]
    populated: bool

    @property
    def is_upgrade(self) -> bool:
        return self.populated and bool(self.pending)


def plan(admin: str) -> Plan:
    """Of our own rooms; the libraries' migrations come along with ours."""
    applied, ours = set(_applied(admin)), set(shipped())
    rooms = {room for room, _name in ours}
    unknown = {(room, name) for room, name in applied if room in rooms} - ours
    return Plan(sorted(ours - applied), sorted(unknown), bool(applied & ours))


def shipped() -> list[Migration]:
    """(room, name) of every migration of this release."""
    return [(file.parents[1].name, file.stem) for file in sorted(PACKAGE.glob("*/migrations/[0-9]*.py"))]


def _applied(admin: str) -> list[Migration]:
    with psycopg.connect(admin) as connection:
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            return []
        return [(app, name) for app, name in connection.execute("SELECT app, name FROM django_migrations")]


@contextmanager
def guarded(home: Home, addresses: Addresses, check: Callable[[], None], *, backup: bool) -> Iterator[None]:
    """Around the migrating of a home. `check` looks at the result; what fails puts the old tables back.

    Raises Failed, before anything is touched, for a home of a newer release.
    """
    found = plan(addresses.admin)
    if found.unknown:
        names = " ".join(f"{room}.{name}" for room, name in found.unknown[:3])
        raise Failed(
            f"这个数据库由更新的版本使用过（{names}），本程序 {release.release()} 不能打开，什么也没有改变；请升级程序 / this "
            f"database was served by a newer release ({names}), {release.release()} does not open it; nothing was changed"
        )
    if not found.is_upgrade:
        yield
        return
    before, taken = _counts(addresses.admin), _taken(home, addresses, backup=backup)
    try:
        yield
        _compare(before, addresses.admin)
        check()
    except Exception as error:
        raise Failed(_put_back(home, addresses, taken, error)) from error
    say(f"升级完成，已核对 / upgraded and checked: {release.of_home(home) or '≤ 0.2'} → {release.release()}")


def _taken(home: Home, addresses: Addresses, *, backup: bool) -> Taken | None:
    if not backup:
        say(
            "按 --no-backup 不先备份：迁移失败时不能退回 / no backup first, as asked: if migrating fails there is no way "
            "back"
        )
        return None
    home.backups.mkdir(mode=0o700, exist_ok=True)
    old = release.of_home(home) or "old"
    target = home.backups / f"before-{release.release()}-from-{old}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.yimen"
    say(f"升级前先备份 / a backup before the upgrade: {target}")
    return take(home, addresses, target)


def _counts(admin: str) -> dict[str, int]:
    found = {}
    with psycopg.connect(admin) as connection:
        for name in CORE:
            if connection.execute("SELECT to_regclass(%s)", [f"public.{name}"]).fetchone() != (None,):
                row = connection.execute(
                    sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))
                )
                found[name] = int((row.fetchone() or (0,))[0])
    return found


def _compare(before: dict[str, int], admin: str) -> None:
    after = _counts(admin)
    fewer = [
        f"{name}: {count} → {after.get(name, 0)}"
        for name, count in before.items()
        if after.get(name, 0) < count
    ]
    if fewer:
        raise Failed(f"迁移后行数变少 / rows were lost in migrating: {', '.join(fewer)}")
    if left := plan(admin).pending:
        raise Failed(f"还有没完成的迁移 / migrations are left: {left[:3]}")


def _put_back(home: Home, addresses: Addresses, taken: Taken | None, error: Exception) -> str:
    """The old tables again, and a sentence about it. Files and checkpoints are not touched by migrating."""
    if taken is None:
        return f"升级失败，没有备份可退 / the upgrade failed, and there is no backup to go back to:\n{error}"
    command = f"./yimen restore {taken.path} --home NEW --key {home.keys}"
    try:
        put_back(home, addresses, taken.path)
    except Exception as second:
        return (
            f"升级失败，也没能自动退回（{second}）。备份完好：用原来的版本运行 / the upgrade failed and could not be undone "
            f"by itself ({second}). The backup is whole: with the release you had, run\n  {command}\n{error}"
        )
    old = release.of_home(home) or "原版本 the release you had"
    return (
        f"升级失败，数据表已退回原样（逐表核对一致）。请换回 {old} 启动；备份留在 / the upgrade failed, the tables are back as "
        f"they were, every one compared. Start {old} again; the backup stays at {taken.path}\n"
        f"  {command}\n{error}"
    )


def put_back(home: Home, addresses: Addresses, source: Path) -> None:
    """Replace the tables of a home by those of its own backup, in one transaction; raises Failed."""
    said, manifest = dump.roles_of(addresses.app, addresses.admin), {}
    archive = Archive(source, keyset.of_home(home).keyring())
    archive.prove()
    for member in archive.members():
        if member.name == ROLES:
            said = dump.Roles(**json.loads(b"".join(member.blocks)))
        elif member.name == DATABASE:
            load_database(addresses, member.blocks, said, first=dump.EMPTY)
        elif member.name == MANIFEST:
            manifest = json.loads(b"".join(member.blocks))
    tables, _sequences = hashes.of_address(addresses.admin)
    noted = {name: (rows, digest) for name, (rows, digest) in manifest["tables"].items()}
    if wrong := hashes.differences(noted, tables):
        raise Failed(f"退回后仍有不同 / still different after going back: {wrong[:5]}")
