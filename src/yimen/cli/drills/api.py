"""Schemathesis over the API, one machine for each role, in a demo home of its own: no 5xx, no breach of the description,
nobody let in without a token that holds."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from ..progress import Steps, say
from .stage import Stage, stage

CASES = 50_000
BEAT = 10.0  # seconds between two words of progress
PLAYERS = "yimen.cli.fuzz_players"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cases", type=int, default=CASES, help=f"一共多少个请求 / requests in all ({CASES})"
    )
    parser.add_argument(
        "--processes", type=int, default=max(1, min(4, os.cpu_count() or 1)), help="进程数 / processes"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Figures for each role; `ok` when no case failed and no request without a token that holds was let in."""
    steps = Steps(2)
    with stage(demo=True, started=False) as made:
        with steps.step("演示环境 · a demo home"):
            made.start()
        with steps.step(f"{args.cases} 个请求 · requests"):
            roles = _played(made, args.cases, args.processes, args.seed)
    total = {
        name: sum(one[name] for one in roles.values()) for name in ("cases", "probes", "let_in", "failed")
    }
    ok = total["failed"] == 0 and total["let_in"] == 0 and total["cases"] >= args.cases
    return {"ok": ok, "asked": args.cases, **total, "roles": roles}


def _played(made: Stage, cases: int, processes: int, chance: int) -> dict[str, Any]:
    """Every process plays some of the roles, with the home's database and without its server."""
    env = {**made.django(), "DATABASE_URL": made.addresses().app}
    with tempfile.TemporaryDirectory(prefix="yimen-drill-api-") as folder:
        outs = [Path(folder) / f"{number}.json" for number in range(processes)]
        running = [
            subprocess.Popen(
                [sys.executable, "-m", PLAYERS, str(number), str(processes), str(cases), str(chance), str(out)],
                env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            )
            for number, out in enumerate(outs)
        ]  # fmt: skip
        said = [_Said(process) for process in running]
        while any(process.poll() is None for process in running):
            time.sleep(BEAT if sum(one.cases for one in said) else 1.0)
            say(f"{sum(one.cases for one in said)}/{cases}")
        for process, one in zip(running, said, strict=True):
            one.join()
            if process.returncode:
                raise RuntimeError("".join(one.rest[-40:]))
        return {role: one for out in outs for role, one in json.loads(out.read_text()).items()}


class _Said(threading.Thread):
    """What one process tells: how many requests it has made, and whatever else, for when it fails."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self.process, self.cases, self.rest = process, 0, list[str]()
        self.start()

    def run(self) -> None:
        for line in self.process.stderr or ():
            if line.startswith("cases "):
                self.cases = int(line.split()[1])
            else:
                self.rest = [*self.rest[-200:], line]
