"""Mutation: small faults put into the rules of access, the workday arithmetic and the table of steps, one by one; the
tests must notice at least nine in ten. Faults that nobody could notice are named with the reason in
`tests/mutation/survivors.csv`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from yimen.foundation.home import REPO
from yimen.localdb import throwaway

from ..mutating.mutants import Mutant, mutants, source_of
from ..progress import Failed

FLOOR: Final = 0.90
SURVIVORS: Final = REPO / "tests" / "mutation" / "survivors.csv"
_WORKTIME: Final = [f"tests/foundation/test_worktime{part}.py" for part in ("_calendar", "_edges", "_pauses", "", "_words", "_oracle")]  # fmt: skip
_TABLE: Final = "tests/access/test_steps_of_the_table.py"
PARTS: Final[dict[str, dict[str, Any]]] = {
    "access": {
        "files": ["access/registry.py", "access/rules.py", "cases/access.py"],
        "tests": ["tests/access/test_registry.py", "tests/access/test_rules_of_access.py"],
        "house": True,
    },
    "workdays": {
        "files": ["foundation/workcalendar.py", "foundation/worktime.py", "foundation/pauses.py"],
        "tests": _WORKTIME,
    },
    "steps": {
        "files": ["cases/states.py", "cases/rules.py"],
        "tests": [
            _TABLE,
            "tests/cases/test_rules.py",
            "tests/cases/test_guards.py",
            "tests/cases/test_states.py",
        ],
    },
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", choices=list(PARTS), help="只做一部分 / one part alone")
    parser.add_argument(
        "--sample", type=int, default=0, help="每部分随机取几个（0 为全部）/ so many of each part, 0: all"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="同时几个 / at a time")
    parser.add_argument("--timeout", type=int, default=60, help="一个最多几秒 / seconds for one")


def run(args: argparse.Namespace) -> dict[str, Any]:
    names = [args.part] if args.part else list(PARTS)
    with ExitStack() as stack:
        environment = _environment(stack, any(PARTS[name].get("house") for name in names))
        parts = {name: _judged(name, args, environment) for name in names}
    told = {name: _told(name, verdicts) for name, verdicts in parts.items()}
    unexplained = [key for part in told.values() for key in part["unexplained"]]
    score = _score(Counter(verdict for verdicts in parts.values() for verdict in verdicts.values()))
    good = all(part["score"] >= FLOOR for part in told.values()) and bool(told)
    return {"ok": good, "score": score, "unexplained": unexplained, "parts": told}


def _judged(name: str, args: argparse.Namespace, environment: dict[str, str]) -> dict[Mutant, str]:
    part = PARTS[name]
    every = [(mutant, number) for file in part["files"] for number, mutant in enumerate(mutants(file))]
    if args.sample:
        every = random.Random(args.seed).sample(every, min(args.sample, len(every)))
    sys.stderr.write(f"{name}: {len(every)}\n")
    verdicts = _meet(part, [(mutant.file, number) for mutant, number in every], args, environment)
    return {mutant: verdicts[mutant.key] for mutant, _number in every}


def _meet(
    part: dict[str, Any], wanted: list[tuple[str, int]], args: argparse.Namespace, environment: dict[str, str]
) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="yimen-mutation-") as folder:
        order, out = Path(folder) / "order.json", Path(folder) / "out.json"
        said = {"tests": part["tests"], "mutants": wanted, "seconds": args.timeout, "jobs": args.jobs,
                "house": bool(part.get("house")), "out": str(out)}  # fmt: skip
        order.write_text(json.dumps(said), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "yimen.cli.mutating.judging", str(order)],
            cwd=REPO, env=environment, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        sys.stderr.write("\n")
        if done.returncode or not out.exists():
            raise Failed(f"the tests do not pass without a fault, or the judge fell:\n{done.stdout[-2000:]}")
        return dict(json.loads(out.read_text("utf-8"))["verdicts"])


def _told(name: str, verdicts: dict[Mutant, str]) -> dict[str, Any]:
    reasons = explained()
    left = [mutant for mutant, verdict in verdicts.items() if verdict == "survived"]
    counted = Counter(verdicts.values())
    by_file = Counter(mutant.file for mutant in verdicts)
    left_by_file = Counter(mutant.file for mutant in left)
    return {
        "mutants": len(verdicts),
        "killed": counted["killed"] + counted["slow"],
        "score": _score(counted),
        "files": {file: {"mutants": n, "survived": left_by_file[file]} for file, n in by_file.items()},
        "survivors": [
            {"where": source_of(mutant), "fault": mutant.key, "why": reasons.get(mutant.key, "")}
            for mutant in left
        ],
        "unexplained": [mutant.key for mutant in left if mutant.key not in reasons],
    }


def _score(counted: Counter[str]) -> float:
    """Of all faults, those that were noticed; survivors that nobody could notice count as not noticed."""
    total = sum(counted.values())
    return round((total - counted["survived"]) / total, 4) if total else 0.0


def explained() -> dict[str, str]:
    """Fault → why no test can notice it (or none should)."""
    if not SURVIVORS.exists():
        return {}
    with SURVIVORS.open(encoding="utf-8", newline="") as stream:
        return {row["fault"]: row["reason"] for row in csv.DictReader(stream)}


def _environment(stack: ExitStack, house: bool) -> dict[str, str]:
    """Of the judge: the tests' settings, and a database that is gone afterwards unless the tests name one."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "yimen.settings.test"}
    environment.setdefault("YIMEN_TEST_DB", "test_yimen_mutation")
    if house and not environment.get("YIMEN_TEST_DATABASE_URL"):
        where = stack.enter_context(throwaway.cluster())
        environment["YIMEN_TEST_DATABASE_URL"] = (
            f"postgresql://{where.superuser}@/postgres?host={where.socket}&port={where.port}"
        )
    return environment
