"""`./yimen check`: everything that can be said about the code without running it. All steps run; one failure fails."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from yimen.foundation.home import REPO

from . import catalog

HELP = "检查代码：格式、类型、层次、迁移、译文"
HELP_EN = "check the code: lint, types, import contracts, migrations, translations"
GROUP = "develop"
NEEDS_DATABASE = False
NEEDS_DEVELOPMENT = True

_CONTRACTS = "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    """0 when every step is ok, else 1."""
    with tempfile.TemporaryDirectory(prefix="yimen-check-") as home:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "yimen.settings.base", "YIMEN_HOME": home}
        for name in ("DATABASE_URL", "DATABASE_ADMIN_URL"):
            env.pop(name, None)
        failed = [label for label, words in steps() if not _passes(label, words, env)]
    if failed:
        print(f"\n未通过 failed: {', '.join(failed)}")
        return 1
    print("\n全部通过 all ok")
    return 0


def steps() -> list[tuple[str, list[str]]]:
    """Label and the words after `python` of each step."""
    paths = ["src", "tests", "yimen"]
    found = [
        ("ruff", ["-m", "ruff", "check", *paths]),
        ("format", ["-m", "ruff", "format", "--check", *paths]),
        ("types", ["-m", "mypy"]),
        ("imports", ["-c", _CONTRACTS]),
        ("migrations", ["-m", "django", "makemigrations", "--check", "--dry-run"]),
        ("django", ["-m", "django", "check", "--fail-level", "WARNING"]),
    ]
    if "messages" in catalog.commands():
        found.append(("translations", ["-m", "yimen.cli", "messages", "--check"]))
    return found


def _passes(label: str, words: Sequence[str], env: dict[str, str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=REPO,
        env=env,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    result = "failed" if done.returncode else "ok"
    print(f"{label:<14} {result:<8} {time.monotonic() - begun:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0
