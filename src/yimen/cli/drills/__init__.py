"""The drills: one module each, with `add_arguments(parser)` and `run(args) -> dict` that says `ok` and its figures."""

from __future__ import annotations

from pathlib import Path

NAMES = sorted(
    file.stem.replace("_", "-")
    for file in Path(__file__).parent.glob("*.py")
    if "\ndef add_arguments(" in file.read_text(encoding="utf-8")
)

__all__ = ["NAMES"]
