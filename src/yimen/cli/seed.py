"""Load what every installation needs, and with --demo the invented street. Run by `./yimen up`; idempotent."""

from __future__ import annotations

import argparse
import importlib

HELP = "载入日历、规则与类别"
HELP_EN = "load the shipped calendars, rules and categories"
GROUP = "care"
HIDDEN = True

# Verbs of the rooms, in the order of the house. Each runs at every start and changes nothing the second time.
HOOKS = [
    "yimen.cases.actions.calendar_changed:load_shipped",
    "yimen.cases.actions.categories:load_categories",
    "yimen.cases.actions.handbook:load_handbook",
    "yimen.cases.actions.callback_rules:load_shipped",
    "yimen.cases.actions.instructions:load_phrases",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="载入演示街道 / load the demo street")


def run(args: argparse.Namespace) -> int:
    if args.demo:
        from yimen.cli import demo
        from yimen.foundation import home

        demo.load(home.current())
        return 0
    for hook in HOOKS:
        room, verb = hook.split(":")
        getattr(importlib.import_module(room), verb)()
    return 0
