"""The figures as people read them."""

from __future__ import annotations

from typing import Any

from .verdict import CONCURRENCY


def table(told: dict[str, Any]) -> str:
    """Sizes in columns: creation and floor, then each measure of each role as p50 / p95 / p99 (queries)."""
    sizes = told["sizes"]
    lines = [_line("", *(f"{size['rows']:,}" for size in sizes))]
    for c in CONCURRENCY:
        rows = [size["creation"][f"c{c}"] for size in sizes]
        lines += [
            _line(f"登记 creation /s c={c}", *(row["rate"] for row in rows)),
            _line(f"下限 floor /s c={c}", *(row["floor_rate"] for row in rows)),
            _line(f"比 ratio c={c}", *(row["ratio"] for row in rows)),
            _line(f"登记 creation ms c={c}", *(_times(row["http"]) for row in rows)),
        ]
        rows = [size["creation"][f"reports c{c}"] for size in sizes]
        lines += [
            _line(f"上报 reports /s c={c}", *(row["rate"] for row in rows)),
            _line(f"比 ratio c={c}", *(row["ratio"] for row in rows)),
        ]
    lines.append(_line("落点 point in grid ms", *(_times(size["place"]) for size in sizes)))
    lines += [
        _line(f"{name} ms · {role}", *(_read(size["reading"].get(name, {}).get(role)) for size in sizes))
        for name, roles in sizes[-1]["reading"].items()
        for role in roles
    ]
    lines += ["", *(_judged(row) for row in told["verdict"])]
    return "\n".join(lines) + "\n"


def _line(name: str, *cells: object) -> str:
    return f"{name:<30}" + "".join(f"{cell!s:>28}" for cell in cells)


def _times(row: dict[str, Any]) -> str:
    return f"{row['p50']} / {row['p95']} / {row['p99']}"


def _read(row: dict[str, Any] | None) -> str:
    return f"{_times(row)} ({row['queries']})" if row else "–"


def _judged(row: dict[str, Any]) -> str:
    mark = "达到 reached" if row["ok"] else "未达 NOT REACHED"
    return f"{row['what']:<28} {row['figure']:>10}   {row['aim']:>6}   {mark}"
