"""The course of a bench: a home, then for each size the load, the reads and the creations beside their floor."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from ..progress import Failed, Steps, say
from . import creating
from .figures import joined, percentiles
from .home import Ground, ground
from .verdict import CONCURRENCY, judge

SIZES = (1_000, 100_000)
TRIES, FEW_TRIES = 100, 12
REPORTS = 400
"""Reports of phones made ready for each second that is measured: more than can be taken in."""
SECONDS, FEW_SECONDS = 12.0, 2.0
TURNS = 2
SMALL = 1_000
"""Below so many matters everything is tried shortly: a look whether the bench works."""


def run(args: argparse.Namespace) -> int:
    """Exit status: 0 when every aim is reached, 1 when one is not."""
    if args.rows < 1 or (args.load and not args.home):
        raise Failed("--rows 须为正数，--load 须同时给出 --home / --rows is positive, --load needs --home")
    sizes = [size for size in SIZES if size < args.rows] + [args.rows]
    begun = time.monotonic()
    steps = Steps(1 + (1 if args.load else 3) * (1 if args.load else len(sizes)))
    with ExitStack() as stack:
        with steps.step("新的数据目录 · a home of its own"):
            made = stack.enter_context(ground(args.home, args.rows))
        told = _load_only(steps, made, args) if args.load else _measured(steps, made, args, sizes)
    told["seconds"] = round(time.monotonic() - begun, 1)
    if args.json:
        Path(args.json).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if not args.load:
        from .report import table

        sys.stdout.write(table(told))
    return 0 if told["ok"] else 1


def _load_only(steps: Steps, made: Ground, args: argparse.Namespace) -> dict[str, Any]:
    return {"ok": True, "rows": args.rows, "load": _load(steps, made, args.rows, args.seed)}


def _load(steps: Steps, made: Ground, rows: int, seed: int) -> dict[str, Any]:
    from .load import load

    begun = time.monotonic()
    with steps.step(f"装入 {rows:,} 件事项 · load matters"):
        added = load(made.addresses.admin, rows, seed, say)
    return {"added": added, "seconds": round(time.monotonic() - begun, 1)}


def _measured(steps: Steps, made: Ground, args: argparse.Namespace, sizes: list[int]) -> dict[str, Any]:
    from .machine import facts

    told: dict[str, Any] = {
        "bench": "yimen", "at": datetime.now(UTC).isoformat(timespec="seconds"), "seed": args.seed,
        "machine": facts(made.home.root), "sizes": [_size(steps, made, rows, args.seed) for rows in sizes],
    }  # fmt: skip
    told["verdict"] = judge(told["sizes"])
    told["ok"] = all(row["ok"] for row in told["verdict"])
    return told


def _size(steps: Steps, made: Ground, rows: int, seed: int) -> dict[str, Any]:
    from . import placing, reading

    small = rows < SMALL
    loaded = _load(steps, made, rows, seed)
    with steps.step("清单、计数、详情、检索 · lists, counts, detail, search"):
        read = reading.measure(seed, FEW_TRIES if small else TRIES, say)
    with steps.step("登记与下限 · creation and its floor"):
        created = _creation(made, FEW_SECONDS if small else SECONDS)
    placed = placing.measure(seed)
    return {"rows": rows, "load": loaded, "reading": read, "creation": created, "place": placed}


def _creation(made: Ground, seconds: float) -> dict[str, Any]:
    """HTTP and floor in turn, and once more: what the disk does meanwhile falls on both alike. The server is up for both;
    before each a short run that is not counted."""
    from . import floor, phones

    with psycopg.connect(made.addresses.admin, autocommit=True) as owner:
        last = owner.execute("SELECT coalesce(max(id), 0) FROM cases_case").fetchone()[0]  # type: ignore[index]
        opening = floor.capture(owner, *floor.sample())
    script, found = opening.script(), {}
    with tempfile.TemporaryDirectory() as folder, made.serving() as url:
        opened = creating.openings(url, made.token)
        sent = creating.made_ready(phones.reports(urlsplit(url).netloc, int(REPORTS * seconds)))
        for c in CONCURRENCY:
            creating.run(url, opened, max(CONCURRENCY), max(1.0, seconds / 4))  # every worker, every thread
            floor.play(script, made.addresses.app, c, 1, Path(folder))
            turns = [
                (
                    creating.run(url, opened, c, seconds / TURNS),
                    floor.play(script, made.addresses.app, c, seconds / TURNS, Path(folder)),
                )
                for _turn in range(TURNS)
            ]
            ours, bare = (joined(runs) for runs in zip(*turns, strict=True))
            found[f"c{c}"] = _beside(ours, bare)
            found[f"reports c{c}"] = _beside(creating.run(url, sent, c, seconds / 2), bare)
    with psycopg.connect(made.addresses.admin, autocommit=True) as owner:
        settle(owner, last)
        owner.execute("VACUUM ANALYZE cases_case, cases_clock, cases_phoneindex")
    return {"statements": [floor.skeleton(one.sent) for one in opening.statements], **found}


_LIKE_THE_LOADED = """
WITH model AS (
    SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM cases_case WHERE id <= %(last)s AND state = 'closed'
), made AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM cases_case WHERE id > %(last)s
)
UPDATE cases_case SET
    state = 'closed', next_step = NULL, due_at = NULL, clock_id = NULL, title = model.title, text = model.text,
    place = model.place, search_text = replace(model.search_text, model.number, cases_case.number),
    category_id = model.category_id, grid_id = model.grid_id, lng = model.lng, lat = model.lat,
    received_at = model.received_at, round_at = model.round_at, changed_at = model.changed_at, closed_at = model.closed_at
FROM made JOIN model ON model.n = made.n %% (SELECT count(*) FROM model)
WHERE cases_case.id = made.id
"""


def settle(owner: psycopg.Connection, last: int) -> None:
    """What was opened after matter `last` becomes one like those that were loaded: over, with the days, words and place of
    one of them. Else half of the open matters of the next size, and its newest thirty thousand, would be one and the same."""
    owner.execute(_LIKE_THE_LOADED, {"last": last})
    owner.execute(
        "UPDATE cases_clock SET running = NULL, stopped_at = greatest(now(), start_at), outcome = 'met' WHERE running AND case_id > %s",
        [last],
    )
    owner.execute("DELETE FROM cases_phoneindex WHERE case_id > %s", [last])


def _beside(ours: Any, bare: Any) -> dict[str, Any]:
    return {
        "rate": round(ours.rate, 1), "floor_rate": round(bare.rate, 1), "ratio": round(ours.rate / bare.rate, 3),
        "http": percentiles([one * 1000 for one in ours.times]), "count": len(ours.times),
        "floor": percentiles([one * 1000 for one in bare.times]),
    }  # fmt: skip
