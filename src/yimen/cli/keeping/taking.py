"""A backup of one home: database, files and checkpoints as of one moment, while people work on.

Order is what makes it consistent. Checkpoints are read first: each is written after its commit, so none speaks of more
than the snapshot shows. Then the snapshot. Then the list of files: a file is written before the row that names it, so
every row of the snapshot has its file in the list. A file that is destroyed meanwhile (erasure) is counted as gone.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from yimen.foundation import release
from yimen.foundation.home import Home

from ..database import Addresses
from ..progress import Failed, Steps
from . import dump, hashes, keyset
from .archive import BLOCK, Head, Writer
from .meter import Meter

ROLES, DATABASE, MANIFEST = "roles.json", "database.sql", "manifest.json"
MARKS = ("CREATED", "DEMO", "erasures.jsonl")
CHECKPOINTS = ("ledger.jsonl", "ledger-head.json", "restores.jsonl")
_UNFINISHED = re.compile(r"tmp[a-z0-9_]{8}|\..*")
"""Names of files that are still being written."""


@dataclass(slots=True)
class Taken:
    """What a backup holds; `manifest` is in it, sealed."""

    path: Path
    head: Head
    manifest: dict[str, Any]
    size: int = 0
    gone: list[str] = field(default_factory=list)


def take(home: Home, addresses: Addresses, target: Path) -> Taken:
    """Write a backup to `target`. Failed, and no file of that name, when anything stands in the way."""
    keys = keyset.of_home(home)
    with only_one(home), new_file(target) as out:
        taken = _write(home, addresses, keys, out, target)
        taken.size = out.tell()
    return taken


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """One backup of a home at a time: two would only slow each other down."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    with (home.run / "backup.lock").open("w") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(
                f"另一个备份正在进行，请等它完成 / another backup of this home is under way: {home.root}"
            ) from None
        yield


def _write(home: Home, addresses: Addresses, keys: keyset.KeySet, out: BinaryIO, target: Path) -> Taken:
    steps = Steps(4)
    roles = dump.roles_of(addresses.app, addresses.admin)
    marks = (
        {ROLES: json.dumps(asdict(roles)).encode()}
        | _small(home.root, MARKS, "home/")
        | _small(home.checkpoints, CHECKPOINTS, "checkpoints/")
    )
    ring = keys.keyring()
    with psycopg.connect(addresses.admin, autocommit=True) as connection:
        hashes.settle(connection)
        with _snapshot(connection) as snapshot:
            listed, sequences = _listed(home.files), hashes.sequences(connection)
            head = _head(home, ring.current.hex(), sorted(key.hex() for key in ring.masters), connection)
            writer = Writer(out, head, ring)
            for name, content in marks.items():
                writer.add(name, iter([content]))
            with steps.step("数据库 · database"), dump.dumping(addresses.admin, snapshot) as text:
                size, _digest = writer.add(DATABASE, _counted(text, Meter("database")), packed=True)
            with steps.step("附件 · files"):
                files, gone = _add_files(writer, home.files, listed)
            with steps.step("各表校验和 · hash of every table"):
                manifest = _manifest(connection, roles.app)
                manifest |= {"sequences": sequences, "files": files, "gone": gone, "sql": size}
    with steps.step("写完并落盘 · to the disk"):
        writer.add(MANIFEST, iter([json.dumps(manifest, ensure_ascii=False).encode()]), packed=True)
        writer.close()
        out.flush()
        os.fsync(out.fileno())
    return Taken(target, head, manifest, gone=gone)


@contextmanager
def _snapshot(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """One view of the database, held open, that pg_dump shares."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield str(row[0]) if row else ""
    finally:
        connection.execute("ROLLBACK")


def _head(home: Home, current: str, masters: list[str], connection: psycopg.Connection[Any]) -> Head:
    return Head(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        app=release.of_home(home) or release.release(),
        postgresql=connection.info.server_version // 10000,
        key_id=current,
        masters=masters,
        demo=home.demo_mark.exists(),
    )


def _small(folder: Path, names: tuple[str, ...], prefix: str) -> dict[str, bytes]:
    return {prefix + name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def _listed(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not _UNFINISHED.fullmatch(path.name) and path.is_file() and not path.is_symlink()
    ]


def _counted(blocks: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    for block in blocks:
        meter.add(len(block))
        yield block


def _add_files(writer: Writer, folder: Path, listed: list[Path]) -> tuple[dict[str, str], list[str]]:
    """SHA-256 of each file by its path; and those that were destroyed since they were listed."""
    meter, found, gone = Meter("files", _size(listed)), {}, []
    for path in listed:
        name = str(path.relative_to(folder))
        try:
            source = path.open("rb")
        except FileNotFoundError:
            gone.append(name)
            continue
        with source:
            blocks = _counted(iter(lambda: source.read(BLOCK), b""), meter)  # noqa: B023 - used up in this turn
            _length, found[name] = writer.add(f"files/{name}", blocks)
    return found, gone


def _size(listed: list[Path]) -> int:
    total = 0
    for path in listed:
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _manifest(connection: psycopg.Connection[Any], app: str) -> dict[str, Any]:
    tail = connection.execute("SELECT seq, encode(mac, 'hex') FROM ledger_chain ORDER BY seq DESC LIMIT 1")
    seq, mac = tail.fetchone() or (0, "")
    return {
        "tables": hashes.tables(connection),
        "rights": hashes.rights(connection, app),
        "ledger": {"seq": seq, "mac": mac},
    }


# --- a file that is whole or not there -------------------------------------------------------------------


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """A draft beside `target` that takes its name when the block ends well. Nothing is overwritten; 0600."""
    if target.exists() or target.is_symlink():
        raise Failed(f"已有这个文件，不覆盖 / exists already, not overwritten: {target}")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        out = os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise Failed(f"不能写入 / cannot write {target}: {error.strerror}") from None
    try:
        with out:
            yield out
        _name(draft, target)
    except OSError as error:
        raise Failed(trouble(error, target)) from error
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """Give the draft its name: by a link, which refuses an existing name; by renaming where links are unknown."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise Failed(f"已有这个文件，不覆盖 / exists already, not overwritten: {target}") from None
    except OSError:
        if target.exists():
            raise
        draft.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def trouble(error: OSError, where: Path) -> str:
    """A disk's complaint in a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"磁盘满了，没有写成，半成品已删除；请腾出空间或换一个盘 / the disk is full: nothing was kept, make room or "
            f"choose another disk: {where.parent}"
        )
    return f"没有写成：{error.strerror or error} / could not be written: {where}"


def described(taken: Taken) -> Mapping[str, Any]:
    """The figures of a backup, for people and machines."""
    tables = taken.manifest["tables"]
    return {
        "file": str(taken.path),
        "id": taken.head.id,
        "made_at": taken.head.made_at,
        "bytes": taken.size,
        "tables": len(tables),
        "rows": sum(rows for rows, _digest in tables.values()),
        "files": len(taken.manifest["files"]),
        "gone": len(taken.gone),
        "key": taken.head.key_id,
    }
