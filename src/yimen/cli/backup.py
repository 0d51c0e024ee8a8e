"""`./yimen backup FILE`: one sealed file with database, attachments and checkpoints. The keys are not in it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path

from yimen.foundation.home import Home

from . import database, main, preflight
from .progress import Failed, say

HELP = "备份：数据库、附件、校验点，加密成一个文件（密钥不在里面）"
HELP_EN = "back up database, attachments and checkpoints into one encrypted file (the keys are not in it)"
GROUP = "care"
NEEDS_DATABASE = False  # opens it itself, running or stopped
START_PATIENCE = 300.0
"""Seconds to wait for an `up` that is just migrating."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="新文件，不覆盖已有的 / a new file; none is overwritten")
    main.add_home(parser)
    parser.add_argument("--json", action="store_true", help="一行 JSON / one line of JSON")


def run(args: argparse.Namespace) -> int:
    """0 when FILE is whole and on the disk."""
    from .keeping import keyset, marks, state, taking

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # so that the draft is removed
    home, target = Home(Path(args.home).resolve()), Path(args.file).absolute()
    marks.refuse(home)
    _await_start(home)
    with database.database(home) as addresses:
        taken = taking.take(home, addresses, target)
    said = taking.described(taken)
    state.note_done(home, "backup", True, **said)
    sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n" if args.json else _text(dict(said)))
    if not keyset.is_exported(home):
        say(
            "密钥还没有在别处保存过：没有密钥，这份备份打不开。请运行 ./yimen keys export FILE / the keys were never kept "
            "elsewhere: without them this backup is of no use. Run ./yimen keys export FILE"
        )
    return 0


def _text(said: dict[str, object]) -> str:
    gone = f"，{said['gone']} 个附件在备份期间已销毁 destroyed meanwhile" if said["gone"] else ""
    return (
        f"备份完成 / backed up: {said['file']}\n"
        f"  {said['bytes']:,} 字节 bytes，{said['tables']} 张表 tables，{said['rows']} 行 rows，"
        f"{said['files']} 个附件 files{gone}\n"
        f"  编号 id {said['id']}，主密钥 master key {said['key']}\n"
    )


def _await_start(home: Home) -> None:
    """A start under way is changing the tables: wait until it serves."""
    deadline, told = time.monotonic() + START_PATIENCE, False
    while preflight.is_running(home) and not home.seeded_mark.exists():
        if not told:
            say("服务正在启动，等它完成 / the service is just starting: waiting for it")
            told = True
        if time.monotonic() > deadline:
            raise Failed(
                "服务一直没有启动完，请稍后再备份 / the service does not finish starting, try again later"
            )
        time.sleep(0.5)
