"""The database as text and back: pg_dump in one snapshot, psql in one transaction. Constant memory, no password on a
command line.

The text is adapted on its way in: another office's role names, and settings that an older PostgreSQL does not know.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict

from yimen.localdb import binaries

from ..progress import Failed

BLOCK = 1024 * 1024
LOCK_MILLISECONDS = 60_000
"""Patience with a migration that holds a table."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who owns the tables and who works on them, by the names they have in one database."""

    owner: str
    app: str


def roles_of(app: str, admin: str) -> Roles:
    """From the two addresses."""
    return Roles(str(conninfo_to_dict(admin)["user"]), str(conninfo_to_dict(app)["user"]))


def client(name: str, server_major: int) -> str:
    """The program of the oldest PostgreSQL on this machine that fits the server. Raises Failed."""
    known = [found for folder, carried in _folders() if (found := binaries.inspect(folder, carried=carried))]
    fitting = sorted(
        (found for found in known if found.major >= server_major and (found.folder / name).exists()),
        key=lambda found: found.major,
    )
    if not fitting:
        raise Failed(
            f"这台机器上没有能配合 PostgreSQL {server_major} 的 {name}：请安装它的客户端软件包，或用 PG_BIN 指明 bin 目录 / "
            f"no {name} here fits PostgreSQL {server_major}: install its client package, or point PG_BIN at its bin folder"
        )
    return fitting[0].program(name)


def _folders() -> Iterator[tuple[Path, bool]]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named), False
    yield from binaries.candidates(os.environ)


def environment(address: str) -> dict[str, str]:
    """What libpq takes from the environment to reach `address`: no password in the list of processes."""
    named = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    given = {named[key]: str(value) for key, value in conninfo_to_dict(address).items() if key in named}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG") or key == "PG_BIN"}
    return {**kept, **given, "PGAPPNAME": "yimen backup", "PGOPTIONS": ""}


def major_of(address: str) -> int:
    with psycopg.connect(address, connect_timeout=10) as connection:
        return connection.info.server_version // 10000


@contextmanager
def dumping(address: str, snapshot: str) -> Iterator[Iterator[bytes]]:
    """Blocks of the dump of one exported snapshot. Failed, with what pg_dump said, when it is not whole."""
    command = [client("pg_dump", major_of(address)), "--format=plain", "--no-owner", "--encoding=UTF8"]
    command += [f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_MILLISECONDS}", "--no-tablespaces"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment(address), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
        try:
            yield _blocks(process, said)
        finally:
            _end(process)


def _blocks(process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[bytes]:
    assert process.stdout is not None
    while block := process.stdout.read(BLOCK):
        yield block
    if process.wait():
        raise Failed(f"pg_dump 失败 / failed ({process.returncode}): {_tail(said)}")


def load(address: str, text: Iterable[bytes], *, first: bytes = b"") -> None:
    """Run SQL text as the owner in one transaction: all of it or nothing. `first` is said before it."""
    command = [client("psql", major_of(address)), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=environment(address), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            _feed(process, first, text)
        finally:
            unfinished = process.poll() is None
            _end(process)
        if process.returncode or unfinished:
            raise Failed(f"载入数据库失败 / loading the database failed: {_tail(said)}")


def _feed(process: subprocess.Popen[bytes], first: bytes, text: Iterable[bytes]) -> None:
    """Whatever interrupts the text also kills psql before its COMMIT."""
    assert process.stdin is not None
    try:
        process.stdin.write(first)
        for block in text:
            process.stdin.write(block)
        process.stdin.close()
    except BrokenPipeError:
        pass  # psql has given up and says why
    except BaseException:
        process.kill()
        raise
    process.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe and not pipe.closed:
            try:
                pipe.close()
            except BrokenPipeError:
                continue


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-800:]


# --- on the way in -------------------------------------------------------------------------------------

_RIGHTS = re.compile(rb"(GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) ")
_NEWER = {17: (b"SET transaction_timeout = ",)}
"""Statements that PostgreSQL knows from that major version on."""


def adapted(text: Iterable[bytes], said: Roles, here: Roles, major: int) -> Iterator[bytes]:
    """The dump for this database: rights go to the roles as they are called here. Rows pass untouched."""
    unknown = tuple(line for since, lines in _NEWER.items() if major < since for line in lines)
    names = {_quoted(said.owner): _quoted(here.owner), _quoted(said.app): _quoted(here.app)}
    change = _changer({old: new for old, new in names.items() if old != new})
    rows = False
    for lines in _lines(text):
        kept = []
        for line in lines:
            if rows:
                rows = line != b"\\.\n"
            elif line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
                rows = True
            elif unknown and line.startswith(unknown):
                continue
            elif _RIGHTS.match(line):
                line = change(line)
            kept.append(line)
        yield b"".join(kept)


def _lines(text: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Whole lines, as many as each block completes."""
    rest = b""
    for block in text:
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        yield [line + b"\n" for line in lines]
    if rest:
        yield [rest]


def _changer(names: Mapping[bytes, bytes]) -> Callable[[bytes], bytes]:
    if not names:
        return lambda line: line
    any_of = re.compile(rb"( ROLE | TO | FROM )(" + b"|".join(map(re.escape, names)) + rb")(?=[ ;])")
    return lambda line: any_of.sub(lambda found: found[1] + names[found[2]], line)


def _quoted(role: str) -> bytes:
    """A role as pg_dump writes it."""
    return (role if re.fullmatch(r"[a-z_][a-z0-9_]*", role) else f'"{role}"').encode()


# --- an empty database ----------------------------------------------------------------------------------

EMPTY = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"


def is_empty(address: str) -> bool:
    """No table, view or sequence of anybody."""
    with psycopg.connect(address) as connection:
        found = connection.execute("""SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'""")
        return found.fetchone() == (0,)


def analyse(address: str) -> None:
    """The planner knows nothing of freshly loaded tables."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("ANALYZE"))
