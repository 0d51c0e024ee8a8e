"""What runs beside the server: the ledger's sequencer, reminders of what is due, what climbs by itself, the watchdog over the
job runner, and at night what is kept no longer."""

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
    from yimen.cases.actions import climbing, reminders, retaining
    from yimen.intake.field import files
    from yimen.jobs import watchdog
    from yimen.ledger import sequencer
    from yimen.reports import alarms

    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stop.set())
    beside = [
        threading.Thread(target=each, args=(stop,), daemon=True)
        for each in (
            reminders.run_forever,
            climbing.run_forever,
            watchdog.run_forever,
            retaining.run_forever,
            files.run_forever,
            alarms.watch,
        )
    ]
    for thread in beside:
        thread.start()
    sequencer.run_forever(stop)
    for thread in beside:
        thread.join(timeout=5)
    return 0
