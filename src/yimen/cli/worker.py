"""What runs beside the server: the ledger's sequencer. Kept alive by `./yimen up`."""

from __future__ import annotations

import argparse

HELP = "后台进程：为台账编号并封存"
HELP_EN = "background process: numbers and seals the ledger"
GROUP = "care"
NEEDS_DATABASE = False  # the supervisor names it
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    import django

    django.setup()
    from yimen.ledger import sequencer

    sequencer.run_forever()
    return 0
