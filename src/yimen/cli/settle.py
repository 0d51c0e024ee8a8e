"""Settle a home that was restored from a backup, before it serves. Run by `./yimen up`, as the owner."""

from __future__ import annotations

import argparse

HELP = "恢复之后、服务之前：结束旧登录，再次销毁已销毁的内容，记入台账"
HELP_EN = "after a restore, before serving: end old sessions, destroy again what was destroyed, say so in the ledger"
GROUP = "care"
DB_ROLE = "admin"
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    from yimen.foundation import home

    from .keeping import settling

    done = settling.settle(home.current())
    print(" ".join(f"{name} {count}" for name, count in done.items()))
    return 0
