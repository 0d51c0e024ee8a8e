"""The home's database for the length of a block: started when it does not run, stopped when the last user leaves."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from yimen.foundation.home import Home
from yimen.localdb import place as places
from yimen.localdb import roles
from yimen.localdb.binaries import MINIMUM
from yimen.localdb.cluster import Cluster
from yimen.localdb.errors import LocalDatabaseError

from . import homes, preflight
from .keeping import marks
from .progress import Failed, say

STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """`postgresql://` addresses of the two roles."""

    app: str
    admin: str


def own_addresses(env: Mapping[str, str] = os.environ) -> Addresses | None:
    """The office's own PostgreSQL, when the environment names one."""
    preflight.check_addresses(env)
    app, admin = env.get("DATABASE_URL"), env.get("DATABASE_ADMIN_URL")
    return Addresses(app, admin) if app and admin else None


def cluster_of(home: Home) -> Cluster:
    """The home's private PostgreSQL; decides and records its place on the first start."""
    log = homes.rotate_log(home.logs / "postgres.log")
    cluster = Cluster(places.settle(home.root, log, say))
    if cluster.created and not home.database_passwords.exists():
        old = cluster.set_aside()
        say(f"发现旧目录留下的数据，已移到 / data of a removed home were moved to {old}")
    return cluster


def addresses_of(home: Home, cluster: Cluster) -> Addresses:
    words = roles.passwords(home.database_passwords)
    return Addresses(
        app=roles.address(cluster.place, roles.APP, words.app),
        admin=roles.address(cluster.place, roles.OWNER, words.owner),
    )


def exists(home: Home) -> bool:
    """A first start has come as far as a database of its own."""
    return places.recorded(home.root) is not None


@contextmanager
def database(home: Home) -> Iterator[Addresses]:
    """The database answers while the block runs. For commands, whether or not `./yimen up` runs beside."""
    marks.refuse(home, unsettled=False)
    own = own_addresses()
    if own:
        yield own
        return
    if not exists(home):
        raise Failed(
            f"这里还没有安装，请先运行 ./yimen up / nothing here yet, run ./yimen up first: {home.root}"
        )
    homes.check_owner(home)
    cluster = cluster_of(home)
    with held(home, cluster):
        yield addresses_of(home, cluster)


@contextmanager
def held(home: Home, cluster: Cluster) -> Iterator[None]:
    """Keep the private PostgreSQL running. The kernel drops a killed holder's lock, so nobody is counted twice."""
    with (home.run / "database.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            start(home, cluster)
            yield
        finally:
            if _last(users.fileno()):
                cluster.stop(STOP_SECONDS)


def start(home: Home, cluster: Cluster) -> None:
    """Create on the first start, then run. One process at a time does this."""
    with (home.run / "database-start.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        words = roles.passwords(home.database_passwords)
        fresh = not cluster.created
        if fresh and home.created_mark.exists():
            raise Failed(
                f"数据目录不见了，请从备份恢复 / the data are gone, restore a backup: {cluster.place.data}"
            )
        if fresh:
            cluster.create(words.superuser)
        cluster.start()
        try:
            roles.establish(cluster.place, words)
        except psycopg.OperationalError as error:
            raise LocalDatabaseError(
                f"不能登录自带数据库 / cannot sign in to the private database: {error}"
            ) from error


def _last(users: int) -> bool:
    """True when no other process holds the database; nobody can come in between, they wait for our exclusive lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def check_own(addresses: Addresses) -> list[str]:
    """Look at the office's own PostgreSQL: Failed when it cannot serve, else warnings for the operator."""
    app, admin = _look(addresses.app, "DATABASE_URL"), _look(addresses.admin, "DATABASE_ADMIN_URL")
    if app.database != admin.database:
        raise Failed("DATABASE_URL 与 DATABASE_ADMIN_URL 指向不同的数据库 / name different databases")
    if app.role == admin.role or app.superuser:
        return [
            "应用角色不应是属主或超级用户，审计记录因此不受保护 / the app's role should be neither owner nor superuser"
        ]
    return []


@dataclass(frozen=True, slots=True)
class Seen:
    role: str
    database: str
    superuser: bool


def _look(address: str, name: str) -> Seen:
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            version = connection.info.server_version
            row = connection.execute(
                "SELECT current_user, current_database(), rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        raise Failed(f"{name} 连不上 / cannot connect: {error}") from error
    if version < MINIMUM * 10000:
        raise Failed(
            f"{name}: PostgreSQL {version // 10000} 太旧，需要 ≥ {MINIMUM} / too old, {MINIMUM} or newer needed"
        )
    role, database, superuser = row or ("", "", False)
    return Seen(str(role), str(database), bool(superuser))
