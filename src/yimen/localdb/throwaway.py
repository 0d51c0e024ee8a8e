"""A PostgreSQL for one test run: no durability, no passwords, gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import binaries as binaries_module
from . import osuser
from .binaries import Binaries
from .cluster import Cluster
from .osuser import OsUser
from .place import Place

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Where:
    socket: Path
    port: int
    superuser: str


@contextmanager
def cluster() -> Iterator[Where]:
    """Runs while the block runs; also dies with the process that started it."""
    user = osuser.current()
    folder = Path(tempfile.mkdtemp(prefix="yimen-pg-", dir="/tmp"))
    try:
        user.own(folder)
        server = Cluster(_place(folder, user))
        server.create(None, superuser=SUPERUSER, durable=False)
        server.start(die_with_parent=True)
        try:
            yield Where(server.place.socket, server.place.port, SUPERUSER)
        finally:
            server.stop(seconds=5.0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(folder: Path, user: OsUser) -> Place:
    return Place(folder / "data", folder / "s", _runnable(folder, user), user, folder / "log")


def _runnable(folder: Path, user: OsUser) -> Binaries:
    found = binaries_module.find()
    if found.carried and not user.may_run(found.program("postgres")):
        return binaries_module.carry(found, folder / "programs")
    return found
