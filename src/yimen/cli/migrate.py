"""Bring the tables to this code, as their owner. Run by `./yimen up`."""

from __future__ import annotations

import argparse

HELP = "建立或更新数据表"
HELP_EN = "create or update the tables"
GROUP = "care"
DB_ROLE = "admin"
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    return 0
