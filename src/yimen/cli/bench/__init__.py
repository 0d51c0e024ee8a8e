"""`./yimen bench`: how fast it is, measured in a home of its own, at a thousand matters as at a million."""

from __future__ import annotations

import argparse

HELP = "测量：登记、清单、计数、检索、详情在一千件到一百万件时各要多久"
HELP_EN = "measure creation, lists, counts, search and detail from a thousand matters to a million"
GROUP = "develop"
NEEDS_DATABASE = False  # plays in a home of its own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rows",
        type=int,
        default=1_000_000,
        metavar="N",
        help="最大一档的事项数 / matters at the largest size",
    )
    parser.add_argument("--json", metavar="FILE", help="结果另存 / write the result here too")
    parser.add_argument("--seed", type=int, default=2026, help="随机种子 / seed of the invented matters")
    parser.add_argument(
        "--home", metavar="DIR", help="在这个新目录中测量并保留 / measure in this new folder and keep it"
    )
    parser.add_argument(
        "--load", action="store_true", help="只装入，不测量（须有 --home）/ only load (with --home)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when every figure reaches its aim, else 1; the JSON goes to --json, the table to standard output."""
    from .course import run as measure

    return measure(args)
