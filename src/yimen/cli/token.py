"""`./yimen token SIGN-IN`: a key for a machine that acts as this member of staff. Prints the key alone."""

from __future__ import annotations

import argparse
import sys

from django.conf import settings
from django.db import transaction

from yimen.accounts import actions, queries, tokens
from yimen.foundation.actor import Actor
from yimen.foundation.errors import Invalid, YimenError

HELP = "为一位工作人员开一个接口令牌，只显示这一次"
HELP_EN = "a key to the API for a member of staff; printed this once, and nothing else"
GROUP = "run"
OPERATOR = Actor(None, "operator", "cli")
PER_MINUTE = 60_000  # for what the operator connects; people's own tokens have a lower limit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sign_in", metavar="SIGN-IN", help="登录名 / the sign-in name of the person it acts as"
    )
    parser.add_argument(
        "--scope", action="append", metavar="SCOPE", choices=list(tokens.SCOPES),
        help=f"用途，可写多次，默认全部 / may be repeated, all when left out: {' · '.join(tokens.SCOPES)}",
    )  # fmt: skip
    parser.add_argument(
        "--days", type=int, default=settings.TOKEN_DAYS, metavar="N",
        help=f"有效天数，最多 {settings.TOKEN_MOST_DAYS} / days until it expires, at most that many",
    )  # fmt: skip
    parser.add_argument("--name", default="operator", help="给哪个系统用 / which system uses it")
    parser.add_argument(
        "--per-minute", type=int, default=PER_MINUTE, metavar="N",
        help="每分钟最多请求数，0 为不限 / requests a minute at most, 0 for no limit",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """0 with the token on standard output; 1 with the reason on standard error."""
    try:
        text = make(args.sign_in, args.name, args.scope or list(tokens.SCOPES), args.days, args.per_minute)
    except YimenError as error:
        print(error, *getattr(error, "fields", {}).values(), sep="\n", file=sys.stderr)
        return 1
    print(text)
    return 0


@transaction.atomic
def make(sign_in: str, name: str, scopes: list[str], days: int, per_minute: int = PER_MINUTE) -> str:
    """Issue and collect at once. Raises Invalid for a name that nobody has, Refused for an account that is off."""
    user = queries.by_sign_in(sign_in)
    if user is None:
        raise Invalid(f"没有这个登录名 / nobody signs in as {sign_in!r}")
    if not user.is_active:
        raise Invalid(f"这个账号已停用 / this account is switched off: {user.sign_in}")
    if not 0 <= per_minute <= 1_000_000:
        raise Invalid("--per-minute: 0 … 1000000")
    row = actions.issue(OPERATOR, user, name, scopes, days, per_minute=per_minute)
    return actions.collect(OPERATOR, row.pk, user.pk)[1]
