"""`./yimen pack FILE`: one archive from which an office without any registry installs.

The archive is a clone: the program, `wheels/` with every Python package of `requirements/base.txt` (checked by hash when
they are installed), the browser files and fonts the build takes from `node_modules/`, and PACK.json with the hash of
each file. Unpacked, `./yimen up` installs from it and asks nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from yimen.documents import fonts
from yimen.foundation.home import REPO
from yimen.foundation.release import release

from . import install, packed, progress
from .build import VENDOR
from .progress import Failed, Steps, say

HELP = "打成一个安装包，供不能联网的单位安装"
HELP_EN = "make one archive from which an office without a network installs"
GROUP = "care"
NEEDS_DATABASE = False

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
_MODULES = REPO / "node_modules"
_PACKAGE_FILES = ("package.json", "LICENSE*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="例如 for example: yimen.tar.gz")
    parser.add_argument(
        "--python", action="append", metavar="3.12",
        help=f"目标机器的 Python 版本，可写多次 / Python of the target machine, may be repeated ({HERE})",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Writes FILE whole or not at all, and says its size and SHA-256. Raises Failed when it exists already."""
    file, pythons = args.file.resolve(), args.python or [HERE]
    if file.exists():
        raise Failed(f"文件已经存在 / already there: {file}")
    steps = Steps(3)
    with tempfile.TemporaryDirectory(prefix="yimen-pack-", dir=_folder(file)) as scratch:
        root = Path(scratch) / f"yimen-{release()}"
        with steps.step("下载软件包 · Python packages"):
            _download(root / packed.WHEELS, pythons)
        with steps.step("程序、字体和页面文件 · program, fonts, browser files"):
            _copy([*program_files(), *module_files()], root)
            install.stamp_modules(root / _MODULES.name, development=False)
            _list(root, pythons)
        with steps.step("压缩 · archive"):
            _archive(root, Path(scratch) / "pack", file)
    print(f"{file}\n{file.stat().st_size / 1e6:.0f} MB  Python {', '.join(pythons)}  {platform.machine()}")
    print(f"SHA-256 {packed.digest_of(file)}")
    return 0


def program_files() -> list[Path]:
    """What belongs to the program: the files git knows, or those of the pack this clone came out of."""
    pack = packed.found(REPO)
    if pack is not None:
        ours = [REPO / name for name in pack.files]
        return [file for file in ours if not file.is_relative_to(_MODULES) and file.parent != pack.wheels]
    return [file for file in map(REPO.joinpath, _known_to_git()) if file.is_file()]


def module_files() -> list[Path]:
    """The browser files and fonts that the build and the typesetter take, with their packages' licences."""
    used = [_MODULES / source for source in VENDOR]
    used += [file for folder in fonts.folders() for file in folder.glob("*.ttf")]
    packages = {_package_of(file) for file in used}
    beside = [file for package in packages for name in _PACKAGE_FILES for file in package.glob(name)]
    return sorted({*used, *beside})


def _known_to_git() -> list[str]:
    try:
        said = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed("这里不是 git 克隆，也不是安装包 / neither a git clone nor a pack") from error
    return said.stdout.strip("\0").split("\0")


def _package_of(file: Path) -> Path:
    """The package's folder: the first below node_modules, or the second of a scoped one."""
    parts = file.relative_to(_MODULES).parts
    return _MODULES.joinpath(*parts[: 2 if parts[0].startswith("@") else 1])


def _folder(file: Path) -> Path:
    if not file.parent.is_dir():
        raise Failed(f"没有这个目录 / no such folder: {file.parent}")
    return file.parent


def _download(wheels: Path, pythons: list[str]) -> None:
    wheels.mkdir(parents=True)
    for python in pythons:
        say(f"Python {python}")
        words = ["download", "--quiet", "--disable-pip-version-check", "-d", str(wheels)]
        words += ["--only-binary=:all:", "--require-hashes", "-r", "requirements/base.txt"]
        words += ["--python-version", python] if python != HERE else []
        progress.run([*install.pip(), *words], cwd=REPO)


def _copy(files: Iterable[Path], root: Path) -> None:
    for file in files:
        target = root / file.relative_to(REPO)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def _list(root: Path, pythons: list[str]) -> None:
    """PACK.json, last: what there is, and its hashes."""
    files = sorted(file for file in root.rglob("*") if file.is_file())
    said = {
        "release": release(),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": pythons,
        "platform": f"{platform.system()} {platform.machine()}",
        "files": {str(file.relative_to(root)): packed.digest_of(file) for file in files},
    }
    (root / packed.LIST).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _archive(root: Path, part: Path, file: Path) -> None:
    """Under its name only when it is whole on the disk."""
    with part.open("wb") as target:
        with tarfile.open(fileobj=target, mode="w:gz", compresslevel=6) as tar:
            tar.add(root, root.name, filter=_nobodys)
        target.flush()
        os.fsync(target.fileno())
    part.replace(file)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Of nobody in particular: whoever unpacks it owns it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
