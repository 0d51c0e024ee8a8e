"""`./yimen verify-ledger`: was the ledger changed behind Yimen's back? Exit 0 no, 1 yes, 2 could not be checked."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from yimen.foundation.errors import YimenError
from yimen.foundation.home import Home

from . import database, main
from .progress import Failed

if TYPE_CHECKING:
    from yimen.ledger.findings import Report

HELP = "核验台账：有没有被人绕过本系统改动"
HELP_EN = "verify the ledger: was anything changed behind Yimen's back"
GROUP = "care"
NEEDS_DATABASE = False  # opens it itself, to answer 2 when it cannot
CLEAN, TAMPERED, UNCHECKED = 0, 1, 2
BEAT = 2.0  # seconds between two lines of progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    main.add_home(parser)
    parser.add_argument("--json", action="store_true", help="一行 JSON / one line of JSON")


def run(args: argparse.Namespace) -> int:
    home = Home(Path(args.home).resolve())
    os.environ["YIMEN_HOME"] = str(home.root)
    try:
        with database.database(home) as addresses:
            os.environ |= {"DATABASE_URL": addresses.app, "YIMEN_DB_ROLE": "app"}
            return _with_django(home, args.json)
    except Failed as error:
        return _unchecked(error, args.json)
    except Exception as error:  # whatever stands in the way, nothing was proved
        return _unchecked(f"{type(error).__name__}: {error}", args.json)


def _with_django(home: Home, as_json: bool) -> int:
    import django

    django.setup()
    return examine(home, as_json)


def examine(home: Home, as_json: bool = False) -> int:
    """Verify the ledger in Django's database against the keys and checkpoints of `home`, and print."""
    from yimen.foundation import crypto
    from yimen.ledger.checkpoints import Checkpoints
    from yimen.ledger.verify import verify

    try:
        place = Checkpoints(home.checkpoints, crypto.keyring(home))
        report = verify(place, _Beat())
    except YimenError as error:
        return _unchecked(error, as_json)
    sys.stdout.write((_as_json(report) if as_json else _as_text(report)) + "\n")
    return CLEAN if report.clean else TAMPERED


class _Beat:
    """A line of progress on standard error every two seconds; a short chain stays silent."""

    def __init__(self) -> None:
        self.last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self.last >= BEAT:
            self.last = time.monotonic()
            sys.stderr.write(f"      {done} / {total}\n")
            sys.stderr.flush()


def _unchecked(reason: object, as_json: bool) -> int:
    if as_json:
        sys.stdout.write(
            json.dumps({"result": "unchecked", "reason": str(reason)}, ensure_ascii=False) + "\n"
        )
    else:
        sys.stderr.write(f"无法核验 / could not be checked: {reason}\n")
    return UNCHECKED


def _as_text(report: Report) -> str:
    from django.utils.translation import gettext as _

    lines = [f"- {finding}" for finding in report.findings]
    for code, count in report.counts.items():
        if hidden := count - sum(finding.code == code for finding in report.findings):
            lines.append(_("- 同类问题另有 %(count)s 处（%(code)s）") % {"count": hidden, "code": code})
    facts = {"numbered": report.numbered, "waiting": report.waiting, "checkpoints": report.checkpoints}
    lines.append(_("已核验 %(numbered)s 条记录、%(checkpoints)s 个校验点；%(waiting)s 条等待编号。") % facts)
    verdict = (
        _("台账完整，没有发现改动。") if report.clean else _("发现改动，共 %(count)s 处。请保留现场并报告。")
    )
    return "\n".join([*lines, verdict % {"count": report.tampering}])


def _as_json(report: Report) -> str:
    said = {
        "result": "clean" if report.clean else "tampered",
        "entries": report.entries,
        "numbered": report.numbered,
        "waiting": report.waiting,
        "checkpoints": report.checkpoints,
        "counts": dict(report.counts),
        "findings": [{"code": f.code, **f.facts, "text": str(f)} for f in report.findings],
    }
    return json.dumps(said, ensure_ascii=False, default=str)
