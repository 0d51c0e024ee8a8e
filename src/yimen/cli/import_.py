"""`./yimen import FILE`: history and other systems' exports come in, each record once.

Standard output ends with `imported: N, already there: N, rejected: N`; progress goes to standard error. Exit status:
0 also with rejected rows, 1 when the file cannot be used, 2 when nobody could be asked whether the mapping is right.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from yimen.foundation import home
from yimen.foundation.errors import Invalid
from yimen.foundation.masking import mask_id_numbers
from yimen.intake.importer import reading, rejects
from yimen.intake.importer.mapping import Mapping, corrected, propose
from yimen.intake.importer.rows import plain, tidy
from yimen.intake.importer.run import Report
from yimen.intake.importer.run import run as take_in
from yimen.intake.importer.words import BY_NAME

HELP = "导入历史台账或其他系统导出的事项（CSV、XLSX、JSON 行）"
HELP_EN = "import past matters from CSV, XLSX or JSON lines"
GROUP = "data"

MAX_SOURCE: Final = 60
SHOWN: Final = 2  # sample values of a column
WIDTH: Final = 26  # columns of a sample on the screen
BAR: Final = 30
_MOBILE: Final = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="要导入的文件 / the file")
    parser.add_argument(
        "--source", metavar="NAME", help="来源名称，默认为文件名 / name of the source (the file's stem)"
    )
    parser.add_argument(
        "--map",
        metavar="FIELD=COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="更正对应关系，如 text=详情 place=区+路 channel= / correct the mapping; FIELD= leaves a field out",
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 / check only, write nothing")
    parser.add_argument("--yes", action="store_true", help="不再询问 / do not ask")


def run(args: argparse.Namespace) -> int:
    args.file = args.file or _file_behind(args.map)
    table = reading.open_table(args.file)
    samples = table.samples()
    mapping = corrected(propose(table.headers, samples), table.headers, args.map)
    source = source_of(args.file, args.source)
    print(describe(table, samples, mapping, source))
    if not args.dry_run and not args.yes and (answer := _ask()) != 0:
        return answer
    kept = None if args.dry_run else rejects.Rejects(rejects_path(args.file), table.headers)
    begun = time.monotonic()
    report = take_in(table, mapping, source, kept, _Bar(sum(1 for _row in table.rows())))
    print(summary(report, time.monotonic() - begun, rehearsal=args.dry_run))
    print(report.line(), flush=True)
    return 0


def _file_behind(orders: list[str]) -> Path:
    """`--map A=B FILE`: the file stands behind the orders, which take every word they can get."""
    if orders and "=" not in orders[-1]:
        return Path(orders.pop())
    raise Invalid(_("请写明要导入的文件：./yimen import 文件"))


def source_of(file: Path, named: str | None) -> str:
    """The name under which records are known again. A corrected file of rejects belongs to its original."""
    name = (named if named is not None else file.stem.removesuffix(rejects.SUFFIX)).strip()
    if not name or len(name) > MAX_SOURCE:
        raise Invalid(_("来源名称应为 1 到 %(most)s 个字，请用 --source 指定") % {"most": MAX_SOURCE})
    return name


def rejects_path(file: Path) -> Path:
    stem = file.stem.removesuffix(rejects.SUFFIX)
    return home.current().root / "imports" / f"{stem}{rejects.SUFFIX}.csv"


def _ask() -> int:
    """0 to go on, 1 when the answer is no, 2 when nobody is there to ask."""
    if not sys.stdin.isatty():
        sys.stderr.write(
            _("没有写入任何内容。对应关系无误的话，请加 --yes 再运行；有误的话用 --map 字段=列名 更正。")
            + "\n"
        )
        return 2
    try:
        said = input(_("按以上对应关系导入？[y/N] "))
    except EOFError:
        said = ""
    if said.strip().lower() in {"y", "yes", "是"}:
        return 0
    sys.stderr.write(_("没有写入任何内容。") + "\n")
    return 1


# What the operator sees


def describe(table: reading.Table, samples: Sequence[reading.Row], mapping: Mapping, source: str) -> str:
    """The file, what each field is filled from with samples, what is refused, offered and left out."""
    lines = [f"{table.path.name}  {table.form}", _("来源：%(source)s") % {"source": source}, ""]
    lines += [_field_line(name, columns, samples) for name, columns in mapping.columns.items()]
    if "occurred_at" not in mapping.columns:
        lines.append(_("没有时间列：导入的事项不带反映时间"))
    if "record_id" not in mapping.columns:
        lines.append(_("没有编号列：内容、标题、时间相同的行视为同一件"))
    for column, what in mapping.refused.items():
        lines.append(_("不导入“%(column)s”：属于不收集的信息（%(what)s）") % {"column": column, "what": what})
    for name, column in mapping.offered.items():
        words = {"column": column, "name": name}
        lines.append(_("不导入“%(column)s”：个人信息，确需加密导入请加 --map %(name)s=%(column)s") % words)
    if left := [column for column in mapping.unused(table.headers) if column not in mapping.offered.values()]:
        lines.append(_("不用的列：%(columns)s") % {"columns": "、".join(left)})
    return "\n".join([*lines, ""])


def _field_line(name: str, columns: Sequence[str], samples: Sequence[reading.Row]) -> str:
    shown = " | ".join(_clip(words) for words in _values(columns, samples))
    return f"  {_pad(name, 12)} {_pad(str(BY_NAME[name].zh), 10)} ← {_pad(' + '.join(columns), 18)}  {shown}"


def _values(columns: Sequence[str], samples: Sequence[reading.Row]) -> list[str]:
    """The first few different values, numbers of people hidden."""
    found: dict[str, None] = {}
    for row in samples:
        words = " ".join(tidy(plain(row.cells.get(column))) for column in columns).replace("\n", " ").strip()
        if words:
            found[_MOBILE.sub(r"\1****\2", mask_id_numbers(words)[0])] = None
        if len(found) == SHOWN:
            break
    return list(found)


def _width(mark: str) -> int:
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1


def _pad(words: str, width: int) -> str:
    return words + " " * max(0, width - sum(map(_width, words)))


def _clip(words: str) -> str:
    taken, width = "", 0
    for mark in words:
        if (width := width + _width(mark)) > WIDTH:
            return taken + "…"
        taken += mark
    return taken


def summary(report: Report, seconds: float, *, rehearsal: bool) -> str:
    """What happened, in words; the counts follow on the last line."""
    counts = {"answered": report.answered, "queued": report.queued, "seconds": f"{seconds:.1f}"}
    lines = [
        _("已有答复 %(answered)s 件（已报结果），无答复 %(queued)s 件（导入待接收），用时 %(seconds)s 秒")
        % counts
    ]
    if rehearsal:
        lines.insert(0, _("只是检查，没有写入任何内容。"))
    if report.masked:
        lines.append(_("已隐去身份证号 %(count)s 处") % {"count": report.masked})
    lines += [
        f"  {count} × {reason}" for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1])
    ]
    if report.rejects:
        lines.append(_("未导入的行及原因：%(path)s") % {"path": report.rejects})
    return "\n".join(lines)


class _Bar:
    """Progress on standard error: a moving bar on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.begun, self.said = max(total, 1), time.monotonic(), 0.0
        self.terminal = sys.stderr.isatty()

    def __call__(self, done: int, report: Report) -> None:
        now = time.monotonic()
        last = done >= self.total
        if not last and now - self.said < (0.2 if self.terminal else 5.0):
            return
        self.said = now
        share = min(done / self.total, 1.0)
        bar = "█" * round(share * BAR) + "·" * (BAR - round(share * BAR))
        rate = done / max(now - self.begun, 0.001)
        line = f"{bar} {done}/{self.total} {share:4.0%} {rate:.0f}/s  ✗ {report.rejected}"
        sys.stderr.write(f"\r{line}" + ("\n" if last else "") if self.terminal else f"{line}\n")
        sys.stderr.flush()
