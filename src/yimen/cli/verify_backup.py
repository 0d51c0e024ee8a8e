"""`./yimen verify-backup [FILE]`: a backup proved by restoring it into a temporary home."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from yimen.foundation.home import Home

from . import main

HELP = "演练恢复：把（最近的）备份恢复到临时目录并核对，结果 doctor 看得到"
HELP_EN = "prove the latest backup (or FILE) by restoring it into a temporary home; doctor sees the outcome"
GROUP = "care"
NEEDS_DATABASE = False  # it makes one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="备份（缺省：最近一份）/ a backup (else the latest)"
    )
    main.add_home(parser)
    parser.add_argument(
        "--key",
        metavar="FILE",
        help="密钥文件（缺省：本目录的密钥）/ the key file (else the home's own keys)",
    )
    parser.add_argument("--json", action="store_true", help="一行 JSON / one line of JSON")


def run(args: argparse.Namespace) -> int:
    """0 when every table and file is equal and the ledger holds."""
    from .keeping import proving, schedule

    home = Home(Path(args.home).resolve())
    proving.sweep(home)
    source = Path(args.file).resolve() if args.file else proving.latest(home, schedule.settings(home))
    said = proving.prove(home, source, Path(args.key).resolve() if args.key else None)
    if args.json:
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    elif said["ok"]:
        sys.stdout.write(
            f"备份可用 / this backup restores: {source}\n"
            f"  {said['tables']} 张表 tables，{said['rows']} 行 rows，{said['files']} 个附件 files 一致 equal；台账完整 the ledger "
            f"holds；{said['seconds']} s\n"
        )
    else:
        sys.stderr.write(f"备份不可用 / this backup does not restore: {source}\n{said['why']}\n")
    return 0 if said["ok"] else 1
