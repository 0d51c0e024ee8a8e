"""From the command line to the right Python: shows help, installs what is missing, hands over. Standard library only."""

from __future__ import annotations

import difflib
import os
import sys

from . import catalog, install
from .catalog import Command
from .progress import Failed


def main(argv: list[str]) -> int:
    """Exit status: 0 done, 1 failed, 2 not understood. Does not return when another Python takes over."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    known = catalog.commands()
    if not argv or argv[0] in {"-h", "--help", "help"}:
        sys.stdout.write(catalog.help_text(known))
        return 0
    command = known.get(argv[0])
    if command is None:
        return _unknown(argv[0], known)
    try:
        return _hand_over(command, argv)
    except Failed as error:
        sys.stderr.write(f"\n{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("\n已中断 / interrupted\n")
    return 1


def _hand_over(command: Command, argv: list[str]) -> int:
    asks_help = any(word in {"-h", "--help"} for word in argv[1:])
    if not command.needs_packages or (asks_help and not install.PYTHON.exists()):
        return _there(argv) if install.has_packages() else _here(argv)
    if command.name == "up" and not asks_help:
        _refuse_early(argv)
    install.ensure(command.needs_development)
    return _there(argv)


def _refuse_early(argv: list[str]) -> None:
    """A taken port or a home that already runs is said before anything slow."""
    from . import preflight, up

    preflight.check(up.parse(argv[1:]))


def _here(argv: list[str]) -> int:
    """With the Python that runs us, nothing installed."""
    from . import main as dispatcher

    try:
        return dispatcher.main(argv)
    except ModuleNotFoundError as error:
        raise Failed(f"还没有安装 / not installed yet: ./yimen up ({error.name})") from error


def _there(argv: list[str]) -> int:
    """With the clone's Python, in this very process, so that signals reach it directly."""
    python = str(install.PYTHON)
    sys.stdout.flush()
    os.execve(python, [python, "-m", "yimen.cli", *argv], install.environment())


def _unknown(name: str, known: dict[str, Command]) -> int:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"（是不是 {near[0]}？ did you mean {near[0]}?）" if near else ""
    sys.stderr.write(f"没有这个命令 / no such command: {name}{hint}\n./yimen --help\n")
    return 2
