"""What runs beside the server: the ledger's sequencer, and reminders of what is due. Kept alive by `./yimen up`."""

from __future__ import annotations

import argparse
import signal
import threading

HELP = "后台进程：为台账编号并封存"
HELP_EN = "background process: numbers and seals the ledger"
GROUP = "care"
NEEDS_DATABASE = False  # the supervisor names it
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    """Until SIGTERM; what is under way is finished."""
    import django

    django.setup()
    from yimen.cases.actions import reminders
    from yimen.ledger import sequencer

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stop.set())
    beside = threading.Thread(target=reminders.run_forever, args=(stop,), daemon=True)
    beside.start()
    sequencer.run_forever(stop)
    beside.join(timeout=5)
    return 0
