"""The job runner beside the server. Kept alive by `./yimen up`; the watchdog over it lives in the worker."""

from __future__ import annotations

import argparse
import signal
import threading

HELP = "后台任务进程"
HELP_EN = "background process: runs the jobs"
GROUP = "care"
NEEDS_DATABASE = False  # the supervisor names it
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    """Until SIGTERM; jobs under way are finished, those that need too long run again after the next start."""
    import django

    django.setup()
    from yimen.jobs import runner

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stop.set())
    runner.run_forever(stop)
    return 0
