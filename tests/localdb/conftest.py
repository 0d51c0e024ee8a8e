"""Real servers in short folders of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yimen.localdb import binaries, osuser
from yimen.localdb.cluster import Cluster
from yimen.localdb.place import Place
from yimen.localdb.throwaway import _runnable


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the database's user may enter (pytest's own is private to root)."""
    made = Path(tempfile.mkdtemp(prefix="yimen-t-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def make_cluster(folder: Path) -> Iterator[Callable[[str], Cluster]]:
    """`make_cluster(name)`: a created, stopped cluster that trusts its socket; stopped again at the end."""
    made: list[Cluster] = []
    user = osuser.current()

    def make(name: str = "a") -> Cluster:
        base = folder / name
        base.mkdir(mode=0o711)
        user.own(base)
        place = Place(base / "pg", base / "s", _runnable(folder, user), user, base / "log")
        cluster = Cluster(place)
        cluster.create(None, superuser="postgres", durable=False)
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.stop(seconds=3.0)


@pytest.fixture(scope="session")
def found() -> binaries.Binaries:
    return binaries.find()
