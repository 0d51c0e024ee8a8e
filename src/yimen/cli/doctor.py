"""`./yimen doctor`: in plain words what is wrong with this clone and this home, and what to do. Changes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from yimen.foundation import home as home_module
from yimen.foundation.home import Home

from . import install, look_machine
from .findings import Finding, fault

HELP = "体检：用平实的话说明哪里有问题、怎么办"
HELP_EN = "say in plain words what is wrong and what to do"
GROUP = "run"
NEEDS_DATABASE = False
NEEDS_PACKAGES = False

SUMMARY = {
    "zh": ("一切正常", "{faults} 个故障，{warnings} 个提醒"),
    "en": ("all is well", "{faults} faults, {warnings} warnings"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    home = str(home_module.current().root)
    parser.add_argument("--home", metavar="DIR", default=home, help="数据目录 / the home (YIMEN_HOME, ./var)")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="语言 / language (zh)")


def run(args: argparse.Namespace) -> int:
    """1 when there is a fault; warnings alone leave 0."""
    found = findings(Home(Path(args.home).resolve()))
    for finding in found:
        print(finding.lines(args.lang))
    faults = sum(finding.level == "fault" for finding in found)
    warnings = sum(finding.level == "warn" for finding in found)
    well, ill = SUMMARY[args.lang]
    print("\n" + (ill.format(faults=faults, warnings=warnings) if faults or warnings else well))
    return 1 if faults else 0


def findings(home: Home) -> list[Finding]:
    """Everything, from the machine up to the ledger; what needs packages is left out while there are none."""
    found = [*look_machine.clone(), *look_machine.home(home)]
    if not install.has_packages() or not home.root.exists():
        return found
    try:
        from . import look_backup, look_database
    except ModuleNotFoundError as error:
        return [*found, fault(f"缺少软件包 {error.name}", f"package {error.name} is missing", *_AGAIN)]
    return [*found, *look_backup.findings(home), *look_database.findings(home)]


_AGAIN = ("运行 ./yimen up 重新安装", "run ./yimen up to install again")
