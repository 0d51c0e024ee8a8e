"""`./yimen drill NAME`: one of the proofs that anyone can repeat. Seed in, JSON out, progress on standard error."""

from __future__ import annotations

import argparse
import importlib
import json
import secrets
import sys
import time
from pathlib import Path
from types import ModuleType

from .drills import NAMES
from .progress import Failed

HELP = "演练：每一项承诺都可以重做一遍（kill、api、sign-in 等）"
HELP_EN = "repeat one of the proofs: seed in, JSON out, progress shown"
GROUP = "develop"
NEEDS_DATABASE = False  # every drill plays in a home of its own
NEEDS_DEVELOPMENT = True
PASSES_ON = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", choices=NAMES, help=" · ".join(NAMES))


def run(args: argparse.Namespace) -> int:
    """0 when the drill held, 1 when it did not; the JSON goes to standard output (and to --json FILE)."""
    name, words = _named(args.words)
    drill = importlib.import_module(f"yimen.cli.drills.{name.replace('-', '_')}")
    asked = _parser(name, drill).parse_args(words)
    begun = time.monotonic()
    found = drill.run(asked)
    told = {"drill": name, "seed": asked.seed, **found, "seconds": round(time.monotonic() - begun, 1)}
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"
    if asked.json:
        Path(asked.json).write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0 if told["ok"] else 1


def _named(words: list[str]) -> tuple[str, list[str]]:
    if not words or words[0] not in NAMES:
        raise Failed(f"./yimen drill NAME\nNAME: {' · '.join(NAMES)}")
    return words[0], words[1:]


def _parser(name: str, drill: ModuleType) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=f"./yimen drill {name}", description=drill.__doc__)
    made.add_argument(
        "--seed", type=int, default=secrets.randbelow(10**6), help="随机种子 / seed of the chances"
    )
    made.add_argument("--json", metavar="FILE", help="结果另存 / write the result here too")
    drill.add_arguments(made)
    return made
