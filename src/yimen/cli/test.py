"""`./yimen test`: the whole suite, shared out over the processors; with words, what they name, in one process."""

from __future__ import annotations

import argparse
import os
import sys

from yimen.foundation.home import REPO

HELP = "运行全部测试；其余参数交给 pytest"
HELP_EN = "run the whole suite; further words go to pytest"
GROUP = "develop"
NEEDS_DATABASE = False  # the suite starts a private one
NEEDS_DEVELOPMENT = True
PASSES_ON = True
MOST = 4  # pytest processes: each has a PostgreSQL and a home of its own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="PYTEST", help="例如 for example: tests/cases -k clock")


def run(args: argparse.Namespace) -> int:
    """Does not return: this process becomes pytest."""
    os.chdir(REPO)
    words = args.words or ["-n", str(min(os.cpu_count() or 1, MOST)), "--dist", "loadfile"]
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *words], environment())


def environment() -> dict[str, str]:
    """Nothing that names an installation reaches the suite; YIMEN_TEST_… may."""
    ours = ("DJANGO_", "DATABASE_", "YIMEN_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours) or k.startswith("YIMEN_TEST_")}
