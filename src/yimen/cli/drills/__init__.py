"""The drills: one module each, with `add_arguments(parser)` and `run(args) -> dict` that says `ok` and its figures."""

from __future__ import annotations

from pathlib import Path

from . import stage

_TOOLS = {"__init__", Path(stage.__file__).stem}
NAMES = sorted(
    file.stem.replace("_", "-") for file in Path(__file__).parent.glob("*.py") if file.stem not in _TOOLS
)

__all__ = ["NAMES"]
