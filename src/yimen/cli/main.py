"""Runs one command in the Python that has what it needs: home, database, Django, then the command's `run`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from contextlib import ExitStack
from types import ModuleType

from yimen.foundation import home as home_module
from yimen.foundation.errors import YimenError

from . import catalog
from .catalog import Command
from .progress import Failed


def main(argv: list[str]) -> int:
    """Exit status of the command; 1 with a sentence on standard error for an expected failure, 130 for Ctrl-C."""
    command = catalog.commands()[argv[0]]
    try:
        return run(command, argv[1:])
    except (Failed, YimenError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断 / interrupted\n")
        return 130


def run(command: Command, words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.settings.base")
    if not command.needs_database:
        module = importlib.import_module(command.module)
        return int(module.run(parse(command, module, words)))
    with ExitStack() as stack:
        asks_help = any(word in {"-h", "--help"} for word in words)
        if not asks_help:
            _open_database(stack, command, _home_named_in(words))
        _set_up_django()
        module = importlib.import_module(command.module)
        return int(module.run(parse(command, module, words)))


def parse(command: Command, module: ModuleType, words: list[str]) -> argparse.Namespace:
    """The command's options; one that passes its words on gets them as they are."""
    if command.passes_on and words not in (["-h"], ["--help"]):
        return argparse.Namespace(words=words)
    return parser(command, module).parse_args(words)


def parser(command: Command, module: ModuleType) -> argparse.ArgumentParser:
    """The command's options; `--home` for everything that works on a home."""
    made = argparse.ArgumentParser(
        prog=f"./yimen {command.name}",
        description="\n".join(filter(None, (command.help, command.help_en))),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        conflict_handler="resolve",
    )
    if command.needs_database:
        add_home(made)
    module.add_arguments(made)
    return made


def add_home(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--home",
        metavar="DIR",
        default=str(home_module.current().root),
        help="数据目录 / the home (YIMEN_HOME, ./var)",
    )


def _home_named_in(words: list[str]) -> home_module.Home:
    """`--home` decides before Django's settings are read; they take it from YIMEN_HOME."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_home(early)
    known, _ = early.parse_known_args(words)
    os.environ["YIMEN_HOME"] = known.home
    return home_module.current()


def _open_database(stack: ExitStack, command: Command, home: home_module.Home) -> None:
    from yimen.localdb.errors import LocalDatabaseError

    from .database import database
    from .keeping import marks

    marks.refuse(home, unsettled=not command.hidden)
    try:
        addresses = stack.enter_context(database(home))
    except LocalDatabaseError as error:
        raise Failed(str(error)) from error
    os.environ |= {"DATABASE_URL": addresses.app, "DATABASE_ADMIN_URL": addresses.admin}
    os.environ["YIMEN_DB_ROLE"] = command.db_role


def _set_up_django() -> None:
    import django

    django.setup()
