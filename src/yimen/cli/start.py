"""The stages of `./yimen up`: whose turn it is, keys, database, tables, seeding, serving."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yimen.foundation import release
from yimen.foundation.home import REPO, Home
from yimen.localdb import roles
from yimen.localdb.cluster import Cluster

from . import database, homes, preflight, serving, supervisor
from .database import Addresses
from .keeping import marks, upgrading
from .keeping.nightly import Nightly
from .progress import Failed, Steps, follow, run, say
from .services import end_orphans


def up(home: Home, args: argparse.Namespace) -> None:
    """Does not return by itself: supervisor.Stopped ends it, and everything started is stopped on the way out."""
    preflight.check(args)
    marks.refuse(home, unsettled=False)
    homes.lay_out(home)
    with ExitStack() as stack:
        stack.enter_context(_only_one(home))
        _clear_away(home)
        stack.enter_context(_reserved(args))
        demo = not home.created_mark.exists() and not args.no_demo
        steps = Steps(4 + demo + home.restored_mark.exists())
        cluster, addresses = _prepare(stack, steps, home, args)
        stack.enter_context(_recorded(home, args))
        services = serving.services(home, args, addresses)
        stack.callback(supervisor.stop, services)
        with steps.step("启动服务 · server"):
            serving.start(services, args)
        sys.stdout.write(serving.banner(home, args))
        sys.stdout.flush()
        night = Nightly(home, serving.command("nightly", "--home", str(home.root)), serving.environment(home))
        stack.callback(night.stop)
        restart = partial(database.start, home, cluster) if cluster else None
        supervisor.supervise(services, cluster, restart, night.beat)


def _prepare(
    stack: ExitStack, steps: Steps, home: Home, args: argparse.Namespace
) -> tuple[Cluster | None, Addresses]:
    """Everything that must be true before the first request; `/healthz` believes the mark left at the end."""
    first = not home.created_mark.exists()
    with steps.step("密钥与数据库 · keys and database"):
        homes.make_keys(home)
        cluster, addresses = _open_database(stack, home)
        demo = first and _is_demo(home, addresses, refused=args.no_demo)
    with steps.step("建立数据表 · tables"), _guarded(home, addresses, args):
        app = str(conninfo_to_dict(addresses.app)["user"])
        roles.grant(addresses.admin, app)
        _run(home, "migrate")
        roles.narrow(addresses.admin, app)
    with steps.step("载入日历与规则 · calendars and rules"):
        _run(home, "seed")
    if demo:
        with steps.step("载入演示街道 · the demo street"):
            follow(serving.command("seed", "--demo"), cwd=REPO, env=serving.environment(home))
    if home.restored_mark.exists():
        with steps.step("恢复之后的收尾 · after the restore"):
            _run(home, "settle")
    home.seeded_mark.touch()
    release.note(home)
    if first:
        home.created_mark.write_text(datetime.now(UTC).isoformat(timespec="seconds") + "\n")
    return cluster, addresses


def _guarded(home: Home, addresses: Addresses, args: argparse.Namespace) -> AbstractContextManager[None]:
    """An older home is backed up first, looked at afterwards, and put back when that fails."""
    return upgrading.guarded(home, addresses, partial(_run, home, "upgraded"), backup=not args.no_backup)


def _run(home: Home, *words: str) -> None:
    run(serving.command(*words), cwd=REPO, env=serving.environment(home))


def _open_database(stack: ExitStack, home: Home) -> tuple[Cluster | None, Addresses]:
    own = database.own_addresses()
    if own:
        for warning in database.check_own(own):
            say(warning)
        return None, own
    cluster = database.cluster_of(home)
    stack.enter_context(database.held(home, cluster))
    return cluster, database.addresses_of(home, cluster)


def _is_demo(home: Home, addresses: Addresses, *, refused: bool) -> bool:
    """On a first start: whether this home is (or becomes) a demonstration. Never in a database that has people."""
    if not home.demo_mark.exists() and not refused:
        if _has_people(addresses.admin):
            say("数据库里已有人员，不载入演示 / the database already has people: no demo is loaded")
        else:
            home.demo_mark.write_text("演示数据，人物均为虚构 / demonstration, everybody in it is invented\n")
    return home.demo_mark.exists()


def _has_people(admin: str) -> bool:
    with psycopg.connect(admin) as connection:
        if connection.execute("SELECT to_regclass('accounts_user')").fetchone() == (None,):
            return False
        return connection.execute("SELECT 1 FROM accounts_user LIMIT 1").fetchone() is not None


def _clear_away(home: Home) -> None:
    home.seeded_mark.unlink(missing_ok=True)
    orphans = end_orphans(home.root)
    if orphans:
        say(f"上次没有正常停止，已结束 {orphans} 个遗留进程 / ended {orphans} processes of a killed run")


@contextmanager
def _only_one(home: Home) -> Iterator[None]:
    with (home.run / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            preflight.refuse_running(home)
            raise Failed(f"另一个 ./yimen up 正在启动 / another one is just starting: {home.root}") from None
        yield


@contextmanager
def _reserved(args: argparse.Namespace) -> Iterator[None]:
    """The port, kept for our own server while we live. Ended orphans may hold it a moment longer."""
    deadline = time.monotonic() + 3.0
    while True:
        try:
            reserved = preflight.reserve_port(args.host, args.port)
            break
        except Failed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    with reserved:
        yield


@contextmanager
def _recorded(home: Home, args: argparse.Namespace) -> Iterator[None]:
    """Who runs here and where, for `doctor` and the next start; it stays behind only after a kill."""
    record = home.run / "up.json"
    about = {"pid": os.getpid(), "host": args.host, "port": args.port, "address": serving.address(args)}
    record.write_text(json.dumps(about) + "\n")
    try:
        yield
    finally:
        record.unlink(missing_ok=True)
