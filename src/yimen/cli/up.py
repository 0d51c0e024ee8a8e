"""`./yimen up`: from a fresh clone to a served address, and back down cleanly."""

from __future__ import annotations

import argparse
from pathlib import Path

from yimen.foundation import home as home_module
from yimen.foundation.home import Home

from .progress import Failed, say

HELP = "安装、启动并保持运行（首次启动载入演示街道）"
HELP_EN = "install, start and keep running (the first start loads the demo street)"
GROUP = "run"
NEEDS_DATABASE = False  # it is the one who starts it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    home = str(home_module.current().root)
    parser.add_argument("--home", metavar="DIR", default=home, help="数据目录 / the home (YIMEN_HOME, ./var)")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址 / address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8000, help="端口 / port (8000)")
    parser.add_argument(
        "--no-demo", action="store_true", help="首次启动不载入演示街道 / first start without the demo"
    )
    parser.add_argument(
        "--no-backup", action="store_true", help="升级前不先备份 / no backup before an upgrade"
    )
    parser.add_argument("--tls-cert", metavar="FILE", help="证书链（PEM）/ certificate chain")
    parser.add_argument("--tls-key", metavar="FILE", help="私钥（PEM）/ private key")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("1–65535")
    return int(text)


def parse(words: list[str]) -> argparse.Namespace:
    """For the launcher, which looks at port and home before anything is installed."""
    parser = argparse.ArgumentParser(prog="./yimen up", description=f"{HELP}\n{HELP_EN}")
    add_arguments(parser)
    return parser.parse_args(words)


def run(args: argparse.Namespace) -> int:
    """Serves until a stop signal; 0 after a clean stop."""
    from yimen.localdb.errors import LocalDatabaseError

    from . import start, supervisor

    try:
        with supervisor.stoppable():
            start.up(Home(Path(args.home).resolve()), args)
    except supervisor.Stopped:
        say("已停止 / stopped")
    except LocalDatabaseError as error:
        raise Failed(str(error)) from error
    return 0
