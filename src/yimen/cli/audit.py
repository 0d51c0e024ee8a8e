"""`./yimen audit`: are weaknesses known of what is installed? Asks the advisories of PyPI and npm about every pinned package."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yimen.foundation.home import REPO

from . import install

HELP = "查已安装的软件包有没有公布的漏洞"
HELP_EN = "ask whether weaknesses are known of any installed package"
GROUP = "care"
NEEDS_DATABASE = False
NEEDS_DEVELOPMENT = True

_PIP = [
    "-m",
    "pip_audit",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner",
    "off",
    "-f",
    "json",
    "-r",
]
LOCKS = ("requirements/base.txt", "requirements/dev.txt")


@dataclass(slots=True)
class Answer:
    """What the advisories said of one list of packages, by name and version."""

    asked: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    """0: all were looked up and none is weak; 1: some are; 2: some could not be looked up (no network)."""
    answers = {name: of_python(_said([sys.executable, *_PIP, name])) for name in LOCKS}
    asked = [*install.npm(), "audit", "--json"]
    answers["package-lock.json"] = of_browser(_said(asked), _browser_packages())
    for name, answer in answers.items():
        print(
            f"{name}: {len(answer.asked)} 个软件包 packages, {len(answer.unanswered)} 个查不到 could not be asked"
        )
        for line in answer.weak:
            print(f"  ✗ {line}")
    if any(answer.weak for answer in answers.values()):
        return 1
    return 2 if any(answer.unanswered for answer in answers.values()) else 0


def of_python(said: dict[str, Any]) -> Answer:
    """pip-audit's JSON. A package it skipped is unanswered, never well."""
    answer = Answer()
    for each in said.get("dependencies", []):
        name = f"{each['name']} {each.get('version', '')}".strip()
        answer.asked.append(name)
        if "skip_reason" in each:
            answer.unanswered.append(name)
        answer.weak += [
            f"{name}: {weakness['id']} → {weakness.get('fix_versions')}" for weakness in each.get("vulns", [])
        ]
    if not answer.asked:
        answer.unanswered.append("pip-audit")
    return answer


def of_browser(said: dict[str, Any], packages: list[str]) -> Answer:
    """npm's JSON; without a report every package is unanswered."""
    if "vulnerabilities" not in said:
        return Answer(packages, [], packages)
    weak = [f"{name}: {found.get('severity')}" for name, found in said["vulnerabilities"].items()]
    return Answer(packages, weak)


def _browser_packages() -> list[str]:
    lock = json.loads((REPO / "package-lock.json").read_text(encoding="utf-8"))
    return [name.removeprefix("node_modules/") for name in lock["packages"] if name]


def _said(words: Sequence[str]) -> dict[str, Any]:
    """What the tool printed as JSON; nothing when it printed none."""
    done = subprocess.run(words, cwd=REPO, capture_output=True, text=True, check=False)
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {}
    return said
