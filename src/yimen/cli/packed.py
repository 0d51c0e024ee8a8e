"""A clone that came out of a pack: the program with its Python wheels and browser files. Standard library only."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .progress import Failed

LIST = "PACK.json"
WHEELS = "wheels"


@dataclass(frozen=True, slots=True)
class Pack:
    """What PACK.json says: the Python versions its wheels fit, and the SHA-256 (hex) of each file by its path."""

    root: Path
    pythons: list[str]
    platform: str
    files: dict[str, str]

    @property
    def wheels(self) -> Path:
        return self.root / WHEELS


def found(root: Path) -> Pack | None:
    """The pack that this clone is, or None for a clone from elsewhere. Raises Failed for a list that is broken."""
    try:
        said: dict[str, Any] = json.loads((root / LIST).read_text(encoding="utf-8"))
        return Pack(root, list(said["python"]), str(said["platform"]), dict(said["files"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failed(f"{LIST} 读不懂，请重新解包 / cannot be read, unpack again: {error}") from error


def check(pack: Pack) -> None:
    """Before anything is installed: its wheels fit this Python, and nothing was lost or changed on the way."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if here not in pack.pythons:
        fits = ", ".join(pack.pythons)
        raise Failed(
            f"这个安装包只适用于 Python {fits}，本机是 {here}；请在打包时加 --python {here}\n"
            f"this pack is for Python {fits}, here is {here}: make it with --python {here}"
        )
    if wrong := [name for name, digest in pack.files.items() if digest_of(pack.root / name) != digest]:
        more = f" (+{len(wrong) - 1})" if len(wrong) > 1 else ""
        raise Failed(
            f"安装包的文件缺失或已改动，请重新解包 / missing or changed, unpack again: {wrong[0]}{more}"
        )


def digest_of(file: Path) -> str:
    """SHA-256 in hex; empty when there is no such file."""
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError:
        return ""
