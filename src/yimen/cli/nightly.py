"""One night's work: a backup, old ones away, perhaps a restore drill. Run by `./yimen up` when it is due."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from yimen.foundation.home import Home

from . import main

HELP = "夜间备份"
HELP_EN = "the nightly backup"
GROUP = "care"
NEEDS_DATABASE = False  # opens it itself
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    main.add_home(parser)


def run(args: argparse.Namespace) -> int:
    from .keeping import nightly, schedule

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    home = Home(Path(args.home).resolve())
    return 0 if nightly.run(home, schedule.settings(home)) else 1
