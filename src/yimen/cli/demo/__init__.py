"""The demonstration: a whole invented street with its matters, loaded through the same verbs as real ones."""

from __future__ import annotations

from yimen.foundation.home import Home

SEED = 2026


def load(home: Home) -> None:
    """Load the street and its matters into an empty installation, with visible progress.

    `home` must be one created as a demonstration (its mark is there). Does nothing when a street is there already.
    Deterministic: the same seed and day give the same street and matters.
    """
    from . import street

    if not street.is_loaded():
        print("· 演示街道：单位、网格、人员（全部虚构）", flush=True)
        street.load(SEED)
