"""Look at a home that was just migrated: are the tables current, does the ledger hold. Run by `./yimen up`."""

from __future__ import annotations

import argparse
import sys

HELP = "升级之后的检查"
HELP_EN = "the check after an upgrade"
GROUP = "care"
HIDDEN = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    return None


def run(args: argparse.Namespace) -> int:
    """1, with what is wrong, when this release must not serve the home."""
    from yimen.foundation import crypto
    from yimen.ledger import tail
    from yimen.web import health

    wrong = [] if health.migrated() else ["数据表不是最新的 / the tables are not current"]
    wrong += [str(found) for found in tail.look(crypto.keyring()).findings if found.is_tampering]
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0
