"""`./yimen due`: deadlines for whoever asks, one JSON question a line. No database, no packages.

`{"start":"2026-01-30T10:00:00+08:00","amount":15,"unit":"natural_day"}` →
`{"target":"2026-02-14","due":"2026-02-14","provisional":false,"explain":"…"}`; a line that cannot be answered gives
`{"error":"…"}` in its place, and the exit status stays 0. Questions and answers match line by line.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Final

from yimen.calendars import tables
from yimen.foundation.worktime import UNITS, Pause, WorkCalendar, WorktimeError, due

HELP = "计算期限：逐行读取 JSON，逐行回答 / deadlines, one JSON line each"
NEEDS_DATABASE = False
NEEDS_PACKAGES = False

_REQUIRED: Final = {"start", "amount", "unit"}
_KEYS: Final = _REQUIRED | {"pauses", "extend"}


class _Unusable(ValueError):
    """What is wrong with the question, as a sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, help="JSON 行文件；不写则读标准输入 / JSON lines, else stdin"
    )
    parser.add_argument(
        "--calendar",
        type=Path,
        metavar="FILE",
        help="放假安排表 CSV（date,kind[,holiday_zh,hours]；有行的年份即为已公布）/ holiday table instead of the shipped one",
    )


def run(args: argparse.Namespace) -> int:
    """Answer every non-empty line. 0 also with bad lines; 2 when a file cannot be read."""
    try:
        calendar = tables.work_calendar(
            tables.read(args.calendar) if args.calendar else tables.shipped_days()
        )
    except (OSError, tables.TableError) as error:
        return _cannot_read(args.calendar, error)
    try:
        with args.file.open("rb") if args.file else _stdin() as source:
            _write(answers(calendar, source))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nothing to flush to
    except OSError as error:
        return _cannot_read(args.file, error)
    return 0


def answers(calendar: WorkCalendar, lines: Iterable[bytes]) -> Iterator[str]:
    """One JSON answer for each line that is not blank."""
    for number, line in enumerate(lines):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line
        if text.strip():
            yield json.dumps(answer(calendar, text), ensure_ascii=False)


def answer(calendar: WorkCalendar, line: bytes) -> dict[str, object]:
    """The answer to one question, or `{"error": sentence}`."""
    try:
        result = due(calendar, **_question(line))  # type: ignore[arg-type]
    except (_Unusable, WorktimeError) as error:
        return {"error": str(error)}
    return {
        "target": _iso(result.target),
        "due": _iso(result.due),
        "provisional": result.provisional,
        "explain": result.explain,
    }


def _question(line: bytes) -> dict[str, object]:
    """The checked arguments of `worktime.due`. Raises _Unusable."""
    data = _parsed(line)
    if not isinstance(data, dict):
        raise _Unusable("每行应是一个 JSON 对象")
    if missing := sorted(_REQUIRED - data.keys()):
        raise _Unusable(f"缺少 {'、'.join(missing)}")
    if unknown := sorted(data.keys() - _KEYS):
        raise _Unusable(f"不认识的字段 {_short('、'.join(unknown))}；可用：{'、'.join(sorted(_KEYS))}")
    if data["unit"] not in UNITS:
        raise _Unusable(f"不认识的时间单位 {_short(data['unit'])}；可用：{'、'.join(UNITS)}")
    return {
        "start": _start(data["start"]),
        "amount": data["amount"],
        "unit": data["unit"],
        "pauses": [_pause(item) for item in _list(data.get("pauses"))],
        "extend": 0 if data.get("extend") is None else data["extend"],
    }


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise _Unusable("这一行不是 UTF-8 编码") from None
    except RecursionError:
        raise _Unusable("JSON 嵌套太深") from None
    except _Unusable:
        raise
    except ValueError:
        raise _Unusable("这一行不是正确的 JSON") from None


def _no_constant(name: str) -> object:
    raise _Unusable(f"{name} 不是数")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose keys come once; of two amounts nobody can say which is meant."""
    data = dict(pairs)
    if len(data) < len(pairs):
        raise _Unusable("同一字段写了两次")
    return data


def _start(value: object) -> datetime:
    try:
        start = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _Unusable("start 应是带时区的时间，如 2026-01-30T10:00:00+08:00") from None
    if start.utcoffset() is None:
        raise _Unusable("start 没有时区；应写成 2026-01-30T10:00:00+08:00")
    return start


def _list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Unusable('pauses 应是列表，如 [["2026-02-02","2026-02-05"]]')
    return value


def _pause(value: object) -> Pause:
    try:
        if isinstance(value, list) and len(value) == 2:
            return date.fromisoformat(value[0]), None if value[1] is None else date.fromisoformat(value[1])
    except (TypeError, ValueError):
        pass
    raise _Unusable('每段中止应写成 ["2026-02-02","2026-02-05"]；未恢复的，后一个写 null')


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


# In and out


def _stdin() -> BinaryIO:
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _write(lines: Iterable[str]) -> None:
    """Each answer at once, so that another program may ask and wait; UTF-8 whatever the locale."""
    out = sys.stdout.buffer
    for line in lines:
        out.write(line.encode("utf-8", "backslashreplace") + b"\n")
        out.flush()


def _cannot_read(path: Path | None, error: Exception) -> int:
    reason = error.strerror if isinstance(error, OSError) else error
    print(f"读不了 {path}：{reason}", file=sys.stderr)
    return 2
