"""`./yimen calendar FILE`: put a year's published table in force, and compute provisional dues anew."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "载入某年的放假调休安排，重算暂定期限"
HELP_EN = "load a year's published holiday table; provisional dues are computed anew"
GROUP = "care"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="CSV: date,kind (off, work, hours), …")


def run(args: argparse.Namespace) -> int:
    """0 when loaded, 1 with the line at fault when the table cannot be read."""
    from yimen.calendars import tables
    from yimen.cases.actions.calendar_changed import publish
    from yimen.foundation.actor import Actor
    from yimen.foundation.errors import YimenError

    actor, moved = Actor(None, "cli", via="cli"), 0
    try:
        table = tables.read(Path(args.file))
        for year in sorted(table.published):
            moved += publish(actor, year, table.of(year), notice=table.notices.get(year, ""))
            print(f"{year} 年已载入 loaded")
    except (tables.TableError, YimenError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{moved} 件期限有变 dues moved")
    return 0
