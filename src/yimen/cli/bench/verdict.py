"""What was to be reached, and whether it was."""

from __future__ import annotations

from typing import Any

RATIO = 0.3
"""Creations over HTTP, as a share of the floor."""
GROWTH = 2.0
"""p95 at the largest size over p95 at the smallest."""
MOST_MS = 60.0
FLAT = ("list", "counts", "detail")
SHORT = ("list", "counts", "detail", "search", "map query")
PLACE_MS = 1.0
"""A point's grid among ten thousand."""
CONCURRENCY = (1, 8)


def judge(sizes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per aim: what, the figure, the aim, `ok`. The largest size decides."""
    first, last = sizes[0], sizes[-1]
    rows = [
        _row(f"creation/floor c={c}", last["creation"][f"c{c}"]["ratio"], RATIO, least=True)
        for c in CONCURRENCY
    ]
    rows += [_row(f"{name} p95 ms", worst(last, name), MOST_MS) for name in SHORT]
    rows.append(_row("point in grid p95 ms", last["place"]["p95"], PLACE_MS))
    if len(sizes) > 1:
        rows += [
            _row(f"{name} p95 growth", round(worst(last, name) / (worst(first, name) or 1), 2), GROWTH)
            for name in FLAT
        ]
    return rows


def worst(size: dict[str, Any], name: str) -> float:
    """p95 of the role that waits longest."""
    return float(max((role["p95"] for role in size["reading"].get(name, {}).values()), default=0.0))


def _row(what: str, figure: float, aim: float, *, least: bool = False) -> dict[str, Any]:
    return {"what": what, "figure": figure, "aim": aim, "ok": figure >= aim if least else figure <= aim}
