"""Which release of Yimen this is, and which one last served a home. Standard library only."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from .home import REPO, Home


@cache
def release() -> str:
    """For example `0.2.0`; the one place that says it is pyproject.toml."""
    said = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    return str(said["project"]["version"])


def of_home(home: Home) -> str:
    """The release that last served a home; "" for a new one and for those before the mark was kept."""
    try:
        return home.release_mark.read_text().strip()
    except OSError:
        return ""


def note(home: Home) -> None:
    """This release serves the home from now on."""
    if of_home(home) != release():
        home.release_mark.write_text(release() + "\n")


def is_newer(other: str) -> bool:
    """Whether `other` is a later release than this code. What is no release at all is not."""
    return _parts(other) > _parts(release())


def _parts(said: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", said)[:3])
