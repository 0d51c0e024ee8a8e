"""Keeps the server, the worker and the database running until it is told to stop; then stops them in order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from yimen.localdb.cluster import Cluster
from yimen.localdb.errors import LocalDatabaseError

from .progress import say
from .services import Service

BEAT = 0.5
SERVICES_SECONDS = 12.0
"""Patience with requests under way; with the database's 15 seconds this stays under 30."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, SIGTERM, or the terminal was closed."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, a stop signal raises Stopped once; further ones are ignored while we clean up."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in SIGNALS:
        if not (each == signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN):  # nohup
            signal.signal(each, stop)
    yield


def supervise(
    services: Sequence[Service],
    cluster: Cluster | None,
    start_database: Callable[[], None] | None,
    beside: Callable[[], None] = lambda: None,
) -> None:
    """Runs until Stopped is raised. A dead part is started again at once; what dies again and again waits longer.

    `beside` is asked at every beat and must not take long.
    """
    while True:
        if cluster is not None and start_database is not None and not cluster.alive():
            _restart(start_database)
        for service in services:
            if service.watch():
                say(f"{service.name} 意外停止，重新启动 / died, starting it again")
        beside()
        time.sleep(BEAT)


def stop(services: Sequence[Service]) -> None:
    for service in services:
        service.ask_to_stop()
    deadline = time.monotonic() + SERVICES_SECONDS
    for service in services:
        service.finish(deadline)


def _restart(start_database: Callable[[], None]) -> None:
    say("数据库意外停止，重新启动 / the database died, starting it again")
    try:
        start_database()
    except LocalDatabaseError as error:
        say(str(error))
