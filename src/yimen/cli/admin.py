"""The first administrator, by a one-time link: `./yimen admin NAME`; with --role also the other two."""

from __future__ import annotations

import argparse
import sys

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from yimen.access import actions as access
from yimen.access.registry import grants_of
from yimen.access.roles import NAMES, Role
from yimen.accounts import actions, queries
from yimen.accounts.models import User
from yimen.foundation import home
from yimen.foundation.actor import Actor
from yimen.foundation.errors import YimenError
from yimen.organisations.actions import ensure_centre

from .preflight import running_record

HELP = "建立（或重新邀请）管理员，给出一次性链接"
HELP_EN = "make (or invite again) an administrator: prints a one-time link"
ROLES = {"admin": Role.ADMIN, "security": Role.SECURITY, "auditor": Role.AUDITOR}
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
OPERATOR = Actor(None, "operator", "cli")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="登录名 / the sign-in name")
    parser.add_argument(
        "--address", metavar="URL", help="浏览器里的网址开头 / how browsers reach this server"
    )
    parser.add_argument(
        "--role", choices=list(ROLES), default="admin",
        help="系统、安全或审计管理员，各由一人担任 / which of the three; each is another person",
    )  # fmt: skip
    parser.add_argument(
        "--lost-second-factor",
        action="store_true",
        help="用链接时一并解除两步验证，仅当没有另外两位管理员 / the link also removes the second factor",
    )


def run(args: argparse.Namespace) -> int:
    """Prints the link and what to do with it on standard output, in both languages; 1 when it may not be."""
    try:
        token, fresh = make(args.name, lost_factor=args.lost_second_factor, role=ROLES[args.role])
    except YimenError as error:
        print(error, *getattr(error, "fields", {}).values(), sep="\n", file=sys.stderr)
        return 1
    url = (args.address or address()).rstrip("/") + reverse("account_invitation_link", args=[token])
    done = f"已建立{NAMES[ROLES[args.role]]} / made {args.role}" if fresh else "已重新邀请 / invited again"
    print(f"{done}: {args.name}")
    print("一次性链接，24 小时内有效，只能用一次 / one-time link, holds 24 hours, for one use:")
    print(f"\n  {url}\n")
    print("请当面交给本人：在这里设密码，登录后按提示启用两步验证。")
    print("Hand it over in person: set the password there, then add a second factor when asked.")
    return 0


@transaction.atomic
def make(name: str, *, lost_factor: bool = False, role: Role = Role.ADMIN) -> tuple[str, bool]:
    """A token for this administrator, and whether the account is new.

    The account is made when missing, switched on when off, and holds one of the three roles over the centre (a
    placeholder where the home has none). Raises Invalid for a name that cannot be one, and for somebody who holds
    another role: administrators are separate people and handle no matters.
    """
    found = queries.by_sign_in(name)
    user = found or actions.create_user(OPERATOR, name, name)
    actions.set_active(OPERATOR, user.pk, True)
    _grant(user, role)
    return actions.invite(OPERATOR, user, lost_factor=lost_factor), found is None


def address() -> str:
    """Where the running installation says it answers."""
    said: str = running_record(home.current()).get("address", "")
    return said or DEFAULT_ADDRESS


def _grant(user: User, role: Role) -> None:
    centre = ensure_centre(OPERATOR)
    if not grants_of(Actor(user.pk)).has(role):
        access.grant(OPERATOR, user, role, centre, timezone.localdate())
