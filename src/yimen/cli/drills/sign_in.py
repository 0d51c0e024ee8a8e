"""Ten thousand wrong passwords from many addresses under headers that lie, and the owner still comes in.

Holds when no pair (name, address) had more than five passwords looked at in the fifteen minutes, no name more than
twenty (and those under way from other addresses at that moment: only a pair's tries wait for each other, so that a
stranger cannot keep the owner waiting), every owner signs in from where they signed in before, and a right password is
not looked at where tries are held.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import time
from typing import Any

from ..progress import Steps, say
from .guessing import AT_ONCE, Tally, Visitor, guess
from .stage import Stage, stage

OWNERS = [f"owner{number:02}" for number in range(1, 21)]
STRANGERS = ["root", "admin", "王芳", "no-such-person", "owner21"]
HOME_ADDRESS = "127.0.0.1"
PER_PAIR, PER_NAME = 5, 20

_MAKE = """
import sys, django; django.setup()
from yimen.accounts.actions import create_user
from yimen.foundation.actor import Actor
password, *names = sys.argv[1:]
for name in names: create_user(Actor(None, "drill", "cli"), name, name, password)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tries", type=int, default=10_000, help="次数 / tries")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """The tally and what the owners saw; `ok` when every promise held."""
    steps, password = Steps(3), secrets.token_urlsafe(16)
    with stage() as place:
        with steps.step("账号 · accounts"):
            _make_owners(place, password)
            before = [Visitor(place.url, HOME_ADDRESS).try_password(name, password) for name in OWNERS]
        with steps.step(f"{args.tries} 次猜测 · guesses"):
            begun = time.monotonic()
            tally = guess(place.url, OWNERS + STRANGERS, _addresses(), args.tries, args.seed, _tell)
            seconds = time.monotonic() - begun
        with steps.step("本人登录 · the owners"):
            after = [Visitor(place.url, HOME_ADDRESS).try_password(name, password) for name in OWNERS]
            name, address = tally.held.most_common(1)[0][0]
            in_hold = Visitor(place.url, address).try_password(
                OWNERS[0] if name not in OWNERS else name, password
            )
    return report(tally, before, after, in_hold) | {"guessing_seconds": round(seconds, 1)}


def report(tally: Tally, before: list[int], after: list[int], in_hold: int) -> dict[str, Any]:
    """Figures and verdict. `before`, `after`: the owners' own sign-ins; `in_hold`: a right password where tries are held."""
    names = {
        name: sum(n for (who, _), n in tally.checked.items() if who == name) for name, _ in tally.checked
    }
    most_named = max(names.values(), default=0)
    figures = {
        "tries": tally.checked.total() + tally.held.total() + tally.other.total(),
        "passwords_looked_at": tally.checked.total(),
        "held_off": tally.held.total(),
        "other_answers": dict(tally.other),
        "pairs": len(tally.checked | tally.held),
        "most_for_one_name_and_address": tally.most(),
        "most_for_one_name": most_named,
        "owners_in_before": before.count(302),
        "owners_in_after": after.count(302),
        "owners": len(after),
        "right_password_while_held": in_hold,
    }
    ok = (
        tally.most() <= PER_PAIR
        and most_named < PER_NAME + AT_ONCE
        and not tally.other
        and before.count(302) == after.count(302) == len(after)
        and in_hold == 429
    )
    return {"ok": ok, **figures}


def _make_owners(place: Stage, password: str) -> None:
    env = place.django() | {
        "DATABASE_URL": place.addresses().app,
        "DJANGO_SETTINGS_MODULE": "yimen.settings.base",
    }
    subprocess.run([sys.executable, "-c", _MAKE, password, *OWNERS], env=env, check=True, capture_output=True)


def _addresses() -> list[str]:
    return [f"127.0.{net}.{host}" for net in range(1, 9) for host in range(2, 7)]


def _tell(done: int) -> None:
    if done % 1000 == 0:
        say(str(done))
