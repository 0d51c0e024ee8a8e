"""What doctor sees without any package: Python, installed parts, the home's folders, disk, keys, clock, port."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yimen.foundation.home import Home

from . import install, preflight
from .answering import health
from .findings import Finding, fault, ok, warn

GIGABYTE = 1024**3
LEAST_DISK, SCARCE_DISK = 1 * GIGABYTE, 5 * GIGABYTE
KEYS = ("django", "audit.key", "index.key", "checkpoint.key")
UP = ("运行 ./yimen up", "run ./yimen up")


def clone() -> Iterator[Finding]:
    """This copy of the program."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield ok(f"Python {version}", f"Python {version}")
    missing = [label for label, _ in install.missing(development=False)]
    for label in missing:
        zh, en = label.split(" · ")
        yield fault(f"尚未完成：{zh}", f"not done yet: {en}", *UP)
    if not missing:
        yield ok("软件包和页面文件齐全", "packages and page files are complete")


def home(home: Home) -> Iterator[Finding]:
    """The folders of one installation."""
    if not home.root.exists():
        yield fault(f"{home.root} 还没有建立", f"{home.root} does not exist yet", *UP)
        return
    yield from _folders(home)
    yield from _disk(home.root)
    if home.created_mark.exists():
        yield from _keys(home)
        yield from _clock(home, datetime.now(UTC))
    else:
        yield fault("首次启动没有完成", "the first start has not come through", *UP)
    yield from _service(home)


def _folders(home: Home) -> Iterator[Finding]:
    closed = [
        path for path in (home.root, home.files, home.logs, home.run) if path.exists() and not _writable(path)
    ]
    for path in closed:
        yield fault(
            f"不能写入 {path}",
            f"cannot write to {path}",
            f"用目录的属主（用户 {path.stat().st_uid}）运行，或改正权限",
            f"run as its owner (user id {path.stat().st_uid}) or mend its permissions",
        )
    if not closed:
        yield ok(f"数据目录 {home.root} 可以写入", f"the home {home.root} is writable")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK)


def _disk(path: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(path).free
    zh, en = f"磁盘剩余 {free / GIGABYTE:.1f} GB", f"{free / GIGABYTE:.1f} GB of disk left"
    if free < LEAST_DISK:
        yield fault(
            zh, en, "立即清理或扩容，数据库写满会停止", "make room now: a database on a full disk stops"
        )
    elif free < SCARCE_DISK:
        yield warn(zh, en, "尽快清理或扩容", "make room soon")
    else:
        yield ok(zh, en)


def _keys(home: Home) -> Iterator[Finding]:
    missing = [name for name in KEYS if not (home.keys / name).exists()]
    if not any(home.keys.glob("master-*.key")):
        missing.append("master-*.key")
    loose = [
        path.name
        for path in [home.keys, *home.keys.glob("*")]
        if path.exists() and path.stat().st_mode & 0o077
    ]
    if missing:
        names = " ".join(missing)
        todo = (
            "从密钥备份恢复；没有密钥，加密的内容打不开",
            "restore them from their backup: sealed content stays shut",
        )
        yield fault(f"密钥不见了：{names}", f"keys are missing: {names}", *todo)
    if loose:
        names = " ".join(loose)
        todo = (f"chmod -R go= '{home.keys}'",) * 2
        yield fault(f"别人能读密钥：{names}", f"others can read keys: {names}", *todo)
    if not missing and not loose:
        yield ok("密钥齐全，只有本用户可读", "keys are complete and private")


def _clock(home: Home, now: datetime) -> Iterator[Finding]:
    try:
        created = datetime.fromisoformat(home.created_mark.read_text().strip())
    except ValueError:
        return
    if created > now + timedelta(minutes=5):
        yield fault(
            f"系统时间 {now:%Y-%m-%d %H:%M}Z 早于安装时间",
            f"the clock ({now:%Y-%m-%d %H:%M}Z) is before this home was made",
            "校正系统时间；期限都靠它计算",
            "set the clock: every deadline is counted by it",
        )
    else:
        yield ok("系统时间可信", "the clock is plausible")


def _service(home: Home) -> Iterator[Finding]:
    record = preflight.running_record(home)
    if not preflight.is_running(home):
        if record:
            yield fault(
                "上次没有正常停止",
                "the last run was killed",
                "再运行 ./yimen up，会自动修复",
                "run ./yimen up again, it repairs that",
            )
        else:
            yield warn("服务没有运行", "the service is not running", *UP)
        return
    at = record.get("address", "")
    status, said = health(str(record.get("host")), int(record.get("port", 0)), tls=at.startswith("https"))
    if status == 200:
        yield ok(f"服务正常：{at}", f"the service answers: {at}")
    else:
        todo = (f"查看 {home.logs}", f"look into {home.logs}")
        yield fault(f"服务不应答：{at} {said}", f"the service does not answer: {at} {said}", *todo)
