"""`./yimen retention`: what would be hidden and destroyed now, or do it. The same run as every night."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

HELP = "保存期限：试算到期要隐藏和销毁的，或立即执行"
HELP_EN = "what retention would hide and destroy now; --run does it"
GROUP = "care"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--dry-run", action="store_true", help="只试算，什么都不改（默认）/ change nothing (the default)"
    )
    which.add_argument("--run", action="store_true", help="立即执行一次 / one run now")
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="报告写入文件，- 为标准输出 / report as JSON"
    )


def run(args: argparse.Namespace) -> int:
    """0; 1 when a matter could not be destroyed, or another process is at it (a sentence says so)."""
    from yimen.cases.actions import retaining

    said = retaining.report()
    failed = 0
    if args.run:
        sys.stderr.write("      正在执行 / running …\n")
        row = retaining.run()
        failed = row.failed
        said["done"] = {
            name: getattr(row, name) for name in ("hidden", "destroyed", "others", "held", "failed")
        }
    if args.json and str(args.json) != "-":
        args.json.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write((json.dumps(said, ensure_ascii=False) if str(args.json) == "-" else _text(said)) + "\n")
    return 1 if failed else 0


def _text(said: dict[str, Any]) -> str:
    lines = [f"{said['at']}"]
    if said["all_held"]:
        lines.append("全部暂停销毁 / everything is held")
    for name, words in _STAGES.items():
        part = said[name]
        lines.append(f"{words}：{part['count']}")
        lines += [f"  {row['number']}  {row['class']}  {row['due_on']}" for row in part["list"][:20]]
    lines.append(f"暂停销毁而留下的 / held：{said['held']['count']}")
    lines += [f"  {row['number'] or '（全部 all）'}  {row['since']}" for row in said["held"]["list"][:20]]
    lines += [f"其他到期记录 / other rows：{name}  {count}" for name, count in said["others"].items()]
    if said["kept_beyond"]:
        lines.append(
            f"台账中超过保存期、随校验链留存的 / ledger entries kept by the chain：{said['kept_beyond']}"
        )
    if done := said.get("done"):
        lines.append(
            "已执行 / done：隐藏 hidden {hidden}，销毁 destroyed {destroyed}，其他 others {others}，"
            "暂停 held {held}，失败 failed {failed}".format(**done)
        )
    return "\n".join(lines)


_STAGES = {
    "hide": "保存期满、要先隐藏的 / to be hidden",
    "hidden": "已隐藏、等待销毁的 / hidden, waiting",
    "destroy": "隐藏期满、要销毁的 / to be destroyed",
}
