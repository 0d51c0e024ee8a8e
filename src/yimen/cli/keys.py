"""`./yimen keys export FILE` and `./yimen keys rotate`: the keys outside of the house, and a new master key."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from yimen.foundation.home import Home

from . import database, main, preflight
from .progress import Failed, Steps, say

HELP = "密钥：导出到别处保管（export FILE），更换主密钥（rotate），查看编号（show）"
HELP_EN = "keys: export them to be kept elsewhere, rotate the master key, show their numbers"
GROUP = "care"
NEEDS_DATABASE = False  # only rotating needs it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    main.add_home(parser)
    parser.add_argument(
        "act", metavar="ACT", choices=["export", "rotate", "show"], help="export FILE | rotate | show"
    )
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="导出到这个新文件 / the new file to export to"
    )


def run(args: argparse.Namespace) -> int:
    home = Home(Path(args.home).resolve())
    if (args.act == "export") != bool(args.file):
        raise Failed("./yimen keys export FILE · ./yimen keys rotate · ./yimen keys show")
    if args.act == "export":
        _export(home, Path(args.file).absolute())
    elif args.act == "rotate":
        _rotate(home)
    else:
        _show(home)
    return 0


def _export(home: Home, target: Path) -> None:
    from .keeping import keyset

    keys = keyset.export(home, target)
    sys.stdout.write(
        f"全部密钥已写入 / all keys written: {target}\n"
        f"  编号 fingerprint {keys.fingerprint}\n"
        "  请打印或拷到离线介质，上锁保管，与备份分开 / print it or copy it to an offline medium, lock it away, apart from "
        "backups\n"
        "  恢复时用 to restore:  ./yimen restore BACKUP --home NEW --key FILE\n"
    )


def _show(home: Home) -> None:
    from .keeping import keyset

    keys = keyset.of_home(home)
    ring = keys.keyring()
    for number in ring.masters:
        current = "  现用 current" if number == ring.current else ""
        sys.stdout.write(f"master {number.hex()}{current}\n")
    kept = (
        "已导出 exported" if keyset.is_exported(home) else "没有导出 NOT exported: ./yimen keys export FILE"
    )
    sys.stdout.write(f"audit {ring.audit_id}\nfingerprint {keys.fingerprint}  {kept}\n")


def _rotate(home: Home) -> None:
    """A new master key, and every data key wrapped under it. The service must be stopped: it holds the old ring."""
    from .keeping import marks

    marks.refuse(home)
    if preflight.is_running(home):
        raise Failed(
            "请先停止服务再更换主密钥（运行中的进程不认识新密钥）/ stop the service first: running processes do not know "
            "the new key"
        )
    steps = Steps(2)
    with database.database(home) as addresses:
        with steps.step("新主密钥 · a new master key"):
            name = _add_master(home)
        with steps.step("重新封装各件密钥 · wrapping every data key anew"):
            rewrapped = _rewrap(home, addresses)
    say(f"{name}；{rewrapped} 把 / data keys")
    sys.stdout.write(
        f"已更换 / rotated: {name}\n"
        "  旧主密钥留着：旧备份还要用它。请马上重新导出密钥 / the old one stays, older backups need it. Export the keys "
        "again now:\n"
        f"  ./yimen keys export FILE --home {home.root}\n"
    )


def _add_master(home: Home) -> str:
    """The one that a rotation cut short has made already, else another."""
    from yimen.foundation import crypto

    unfinished = home.root / "ROTATING"
    if unfinished.exists():
        return unfinished.read_text().strip()
    name = crypto.rotate_master(home)
    unfinished.write_text(name + "\n")
    return name


def _rewrap(home: Home, addresses: database.Addresses) -> int:
    os.environ |= {
        "YIMEN_HOME": str(home.root),
        "DATABASE_URL": addresses.app,
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
    }
    import django

    django.setup()
    from .keeping.rewrapping import everything

    total = sum(everything().values())
    (home.root / "ROTATING").unlink(missing_ok=True)
    return total
