"""Which release of Yimen this is. Standard library only."""

from __future__ import annotations

import tomllib
from functools import cache

from .home import REPO


@cache
def release() -> str:
    """For example `0.2.0`; the one place that says it is pyproject.toml."""
    said = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    return str(said["project"]["version"])
