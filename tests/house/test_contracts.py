"""The order of the house holds: what .importlinter says is true of the code, and the launcher needs no package."""

from __future__ import annotations

import subprocess
import sys

import pytest

from yimen.foundation.home import REPO

BEFORE_INSTALLATION = [
    "launcher",
    "catalog",
    "install",
    "indexes",
    "progress",
    "preflight",
    "up",
    "main",
    "doctor",
]


def test_imports_only_point_down() -> None:
    words = "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", words],
        cwd=REPO,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("module", BEFORE_INSTALLATION)
def test_what_runs_before_installation_needs_the_standard_library_only(module: str) -> None:
    words = f"import sys; sys.path.insert(0, 'src'); import yimen.cli.{module}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", words], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(REPO / "src"), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": "/tmp"}
