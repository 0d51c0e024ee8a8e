"""`./yimen restore FILE --home DIR --key FILE`: a new home from a backup and the key file."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from yimen.foundation.home import Home

from . import main
from .progress import Failed, say

HELP = "恢复：由备份和密钥文件建立一个新的数据目录"
HELP_EN = "make a new home from a backup and the key file"
GROUP = "care"
NEEDS_DATABASE = False  # it makes one
LIST = "erasures.jsonl"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="备份 / the backup")
    main.add_home(parser)
    parser.add_argument(
        "--key", metavar="FILE", required=True,
        help="./yimen keys export 写出的密钥文件，或 keys 目录的副本 / the exported key file, or a copy of the keys folder",
    )  # fmt: skip
    parser.add_argument(
        "--erasures", metavar="FILE",
        help=f"已销毁事项的清单（缺省：密钥或备份旁边的 {LIST}）/ what was destroyed since (else {LIST} beside key or backup)",
    )  # fmt: skip
    parser.add_argument(
        "--checkpoints", metavar="DIR",
        help="旧目录留下的校验点 / the ledger's second place, when it outlived the old home",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="一行 JSON / one line of JSON")


def run(args: argparse.Namespace) -> int:
    """0 when the home holds what the backup held, table by table and file by file."""
    from .keeping import keyset, restoring

    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # so that a half-made home is emptied
    source, key = Path(args.file).resolve(), Path(args.key).resolve()
    home = Home(Path(args.home).resolve())
    erasures = _erasures(args.erasures, key, source)
    checkpoints = _folder(args.checkpoints)
    done = restoring.restore(source, home, keyset.read(key), erasures=erasures, checkpoints=checkpoints)
    if erasures is None:
        say(
            f"没有给出已销毁事项的清单（{LIST}）：备份之后销毁的内容会重新出现。找到清单后放到 {home.erasures}，再启动 / no list "
            f"of destroyed matters was given: what was destroyed after this backup is back. If you have it, put it at "
            f"{home.erasures} before you start"
        )
    if args.json:
        sys.stdout.write(json.dumps(restoring.described(done), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_text(restoring.described(done)))
    return 0


def _erasures(named: str | None, *beside: Path) -> Path | None:
    """The list that was named; else one that lies beside the key or the backup."""
    if named:
        if not Path(named).is_file():
            raise Failed(f"没有这个清单 / no such list: {named}")
        return Path(named).resolve()
    found = [path.parent / LIST for path in beside if (path.parent / LIST).is_file()]
    if found:
        say(f"按此清单销毁 / destroying again what is on this list: {found[0]}")
    return found[0] if found else None


def _folder(named: str | None) -> Path | None:
    if named and not Path(named).is_dir():
        raise Failed(f"没有这个目录 / no such folder: {named}")
    return Path(named).resolve() if named else None


def _text(said: dict[str, object]) -> str:
    return (
        f"已恢复，逐表逐件核对一致 / restored, every table and file compared: {said['home']}\n"
        f"  {said['tables']} 张表 tables，{said['rows']} 行 rows，{said['files']} 个附件 files；"
        f"备份于 {said['made_at']} 版本 {said['app']}\n"
        f"  现在启动 now start:  ./yimen up --home {said['home']}\n"
    )
