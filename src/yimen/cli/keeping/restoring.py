"""A home made from a backup: everything proved before anything is touched, everything compared before it counts.

1. The whole file is read once: every byte is genuine, or the target is not touched at all.
2. The home is filled under the mark RESTORING. Failure or Ctrl-C empties it again; after a kill, the mark forbids its use
   and the next `restore` begins anew.
3. Tables, sequences, rights and files are compared with what was noted under the backup's own snapshot.
4. The mark RESTORED stays for `./yimen up`: before it serves it ends sessions and links, replays the erasure list and
   says in the ledger what was done (settling.py).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg

from yimen.foundation.home import Home
from yimen.localdb import roles
from yimen.localdb.cluster import Cluster
from yimen.localdb.errors import LocalDatabaseError

from .. import database, homes
from ..database import Addresses
from ..progress import Failed, Steps
from . import dump, hashes
from .archive import Archive, Head, Member
from .keyset import KeySet
from .meter import Meter
from .taking import CHECKPOINTS, DATABASE, MANIFEST, MARKS, ROLES, sync_folder, trouble

ROOM = 2.5
"""A database takes about that many times the bytes of its dump, with indexes and log."""
KEPT = ("lost+found",)
"""What a freshly mounted disk holds."""


@dataclass(slots=True)
class Restored:
    """What a restore has done; `manifest` is the backup's own."""

    home: Home
    head: Head
    manifest: dict[str, Any] = field(default_factory=dict)
    erasures: bool = False


def restore(
    source: Path, home: Home, keys: KeySet, *, erasures: Path | None = None, checkpoints: Path | None = None
) -> Restored:
    """Make `home` of a backup. Raises Failed, and leaves things as they were, when anything is not as it should be.

    `erasures` is the list of what was destroyed since; `checkpoints` the second place that outlived the first.
    """
    steps = Steps(5)
    archive = Archive(source, keys.keyring())
    own = _own_database()
    _refuse_full(home, own)
    with steps.step("核对整份备份 · proving the whole backup"):
        sizes = archive.prove(Meter("backup").at)
        _refuse_little_room(home, sizes, own is not None)
    done = Restored(home, archive.head, erasures=erasures is not None)
    with _filling(home) as undo:
        keys.write(home.keys)
        with ExitStack() as stack:
            with steps.step("新数据库 · a new database"):
                addresses = own or _new_database(stack, home, undo)
            if own:
                undo.append(lambda: _empty(own))
            with steps.step("载入 · loading"):
                done.manifest = _fill(home, archive, addresses)
            with steps.step("逐表逐件核对 · comparing every table and file"):
                _compare(home, addresses, done.manifest)
                dump.analyse(addresses.admin)
        with steps.step("收尾 · finishing"):
            _take_from_outside(home, erasures, checkpoints)
            _finish(home, done)
    return done


def _own_database() -> Addresses | None:
    own = database.own_addresses()
    if own:
        database.check_own(own)
    return own


def _new_database(stack: ExitStack, home: Home, undo: list[Callable[[], None]]) -> Addresses:
    cluster = database.cluster_of(home)
    undo.append(lambda: _remove_data(home, cluster))
    stack.enter_context(database.held(home, cluster))
    return database.addresses_of(home, cluster)


def _remove_data(home: Home, cluster: Cluster) -> None:
    cluster.stop()
    if home.root not in cluster.place.data.parents:
        shutil.rmtree(cluster.place.data.parent, ignore_errors=True)


def _empty(addresses: Addresses) -> None:
    """The office's own database was empty before: it is again."""
    with psycopg.connect(addresses.admin, autocommit=True) as connection:
        connection.execute(dump.EMPTY)


# --- the target ------------------------------------------------------------------------------------------


def _refuse_full(home: Home, own: Addresses | None) -> None:
    if home.root.exists() and not home.root.is_dir():
        raise Failed(f"这不是目录 / not a folder: {home.root}")
    if not home.restoring_mark.exists() and home.root.exists() and _contents(home.root):
        raise Failed(
            f"目标目录不是空的，恢复只写入空目录，什么也没有改变 / the target is not empty: a restore fills an empty folder "
            f"only, nothing was changed: {home.root}"
        )
    if own and not dump.is_empty(own.admin):
        raise Failed(
            "DATABASE_ADMIN_URL 指向的数据库不是空的，恢复只写入空库，什么也没有改变 / that database is not empty: a restore "
            "fills an empty one only, nothing was changed"
        )


def _contents(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name not in KEPT]
    except OSError as error:
        raise Failed(f"不能使用目录 / cannot use {folder}: {error.strerror}") from None


def _refuse_little_room(home: Home, sizes: Mapping[str, int], own: bool) -> None:
    wanted = sum(size for name, size in sizes.items() if name.startswith("files/"))
    wanted += 0 if own else int(sizes.get(DATABASE, 0) * ROOM) + 64 * 1024 * 1024
    there = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    if (free := shutil.disk_usage(there).free) < wanted:
        raise Failed(
            f"磁盘空间不够：约需 {wanted / 1e9:.1f} GB，剩 {free / 1e9:.1f} GB，什么也没有改变 / not enough room: about "
            f"{wanted / 1e9:.1f} GB needed, {free / 1e9:.1f} GB left, nothing was changed: {there}"
        )


@contextmanager
def _filling(home: Home) -> Iterator[list[Callable[[], None]]]:
    """The home under its mark; on failure it is as empty as it was. The block adds what else must be undone."""
    fresh = not home.root.exists()
    home.root.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    with home.restoring_mark.open("a") as mark:
        _alone(mark, home)
        _clear(home, keep=home.restoring_mark)
        undo: list[Callable[[], None]] = []
        try:
            homes.lay_out(home)
            yield undo
        except BaseException as error:
            for step in reversed(undo):
                step()
            _clear(home)
            if fresh:
                shutil.rmtree(home.root, ignore_errors=True)
            if isinstance(error, OSError):
                raise Failed(trouble(error, home.root)) from error
            if isinstance(error, LocalDatabaseError):
                raise Failed(str(error)) from error
            raise


def _alone(mark: IO[str], home: Home) -> None:
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failed(
            f"另一个恢复正在写入这个目录 / another restore is filling this folder: {home.root}"
        ) from None


def _clear(home: Home, keep: Path | None = None) -> None:
    """All that a restore put into the folder, which was empty before."""
    for path in _contents(home.root):
        if path == keep:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


# --- filling it ------------------------------------------------------------------------------------------


def _fill(home: Home, archive: Archive, addresses: Addresses) -> dict[str, Any]:
    """Every member to its place; answers the manifest, which comes last."""
    said, manifest = dump.roles_of(addresses.app, addresses.admin), {}
    meter = Meter("backup")
    for member in archive.members(meter.at):
        if member.name == ROLES:
            said = dump.Roles(**json.loads(_whole(member)))
        elif member.name == MANIFEST:
            manifest = json.loads(_whole(member))
        elif member.name == DATABASE:
            load_database(addresses, member.blocks, said)
        else:
            _put(_place(home, member.name), member.blocks)
    os.sync()
    return manifest


def load_database(addresses: Addresses, text: Iterable[bytes], said: dump.Roles, first: bytes = b"") -> None:
    """The dump into an empty database (or one that `first` empties), all in one transaction; rights as they were."""
    here = dump.roles_of(addresses.app, addresses.admin)
    major = dump.major_of(addresses.admin)
    dump.load(addresses.admin, dump.adapted(text, said, here, major), first=first)
    roles.grant(addresses.admin, here.app)


def _whole(member: Member) -> bytes:
    return b"".join(member.blocks)


def _place(home: Home, name: str) -> Path:
    """Where a member belongs. Names are ours and proved; still, none leads out of the home."""
    kind, _, rest = name.partition("/")
    path = PurePosixPath(rest)
    if not rest or path.is_absolute() or ".." in path.parts:
        raise Failed(f"备份里有不认识的内容 / unknown member in the backup: {name}")
    if kind == "files":
        return home.files / path
    if kind == "checkpoints" and rest in CHECKPOINTS:
        return home.checkpoints / rest
    if kind == "home" and rest in MARKS:
        return home.root / f".{rest}"  # takes its name at the end
    raise Failed(f"备份里有不认识的内容 / unknown member in the backup: {name}")


def _put(path: Path, blocks: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        for block in blocks:
            out.write(block)


# --- comparing and finishing -------------------------------------------------------------------------------


def _compare(home: Home, addresses: Addresses, manifest: Mapping[str, Any]) -> None:
    """Raises Failed when what is here now is not what the backup's snapshot held."""
    role = dump.roles_of(addresses.app, addresses.admin).app
    with psycopg.connect(addresses.admin) as connection:
        hashes.settle(connection)
        tables, sequences = hashes.tables(connection), hashes.sequences(connection)
        rights = hashes.rights(connection, role)
    wrong = hashes.differences({name: tuple(said) for name, said in manifest["tables"].items()}, tables)
    # a sequence goes on while the dump is made: it may stand higher than in the snapshot, never lower
    wrong += [name for name, number in manifest["sequences"].items() if sequences.get(name, -1) < number]
    wrong += sorted({*rights} ^ {*manifest["rights"]})
    files = hashes.files(home.files)
    wrong += [
        name
        for name in sorted({*files, *manifest["files"]})
        if files.get(name) != manifest["files"].get(name)
    ]
    if wrong:
        more = "\n".join(wrong[:20])
        raise Failed(
            f"恢复出来的内容与备份不一致，已全部撤销 / what was restored differs from the backup, all undone:\n{more}"
        )


def _take_from_outside(home: Home, erasures: Path | None, checkpoints: Path | None) -> None:
    """What has outlived the old home: the list of destroyed matters, and the ledger's second place."""
    if erasures:
        draft = home.root / f".{home.erasures.name}"  # as the backup knew it
        known = draft.read_text().splitlines() if draft.exists() else []
        lines = dict.fromkeys([*known, *erasures.read_text(encoding="utf-8").splitlines()])
        _put(draft, ["".join(f"{line}\n" for line in lines if line.strip()).encode()])
    for name in CHECKPOINTS if checkpoints else ():
        if checkpoints and (checkpoints / name).is_file():
            _put(home.checkpoints / name, [(checkpoints / name).read_bytes()])


def _finish(home: Home, done: Restored) -> None:
    """The marks in the order in which a power cut does no harm; RESTORING goes last."""
    said = {
        "backup": done.head.id,
        "made_at": done.head.made_at,
        "restored_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "ledger": done.manifest["ledger"],
        "erasures": done.erasures,
    }
    _put(home.restored_mark, [json.dumps(said).encode() + b"\n"])
    _put(home.release_mark, [done.head.app.encode() + b"\n"])
    for name in MARKS:
        if (draft := home.root / f".{name}").exists():
            draft.rename(home.root / name)
    sync_folder(home.root)
    home.restoring_mark.unlink()
    sync_folder(home.root)


def described(done: Restored) -> dict[str, Any]:
    """The figures of a restore, for people and machines."""
    tables = done.manifest["tables"]
    return {
        "home": str(done.home.root),
        "id": done.head.id,
        "made_at": done.head.made_at,
        "app": done.head.app,
        "tables": len(tables),
        "rows": sum(rows for rows, _digest in tables.values()),
        "files": len(done.manifest["files"]),
        "erasures": done.erasures,
    }
