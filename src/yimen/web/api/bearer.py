"""Who knocks: one token, one query, then what its person holds today. Asked anew for every request."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security.http import HttpAuthBase

from yimen.access.registry import Grants, require
from yimen.access.tokens import knock
from yimen.accounts import actions
from yimen.accounts.actions.tokens import WINDOW
from yimen.accounts.address import client_address, network
from yimen.accounts.models import Token
from yimen.foundation.actor import Actor
from yimen.web import demo

from .gate import stated_length
from .parsing import clean
from .problems import Problem

SIGNED_IN: Final = "signed-in"
JSON_LIMIT: Final = 1024 * 1024  # bytes of a body that is no file
LEASE: Final = 50  # requests that one process counts ahead: the table is written once for so many
_HELD: dict[int, tuple[int, int]] = {}
"""Of each token: the minute and how many requests of its lease are left in this process."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What an operation gets as `request.auth`."""

    actor: Actor
    grants: Grants


class Bearer(HttpAuthBase):
    """`Authorization: Bearer yimen_…`; the token must have the scope, its person the right. Before the body is read."""

    openapi_scheme = "bearer"

    def __init__(
        self,
        scope: str,
        policy: str = SIGNED_IN,
        *,
        takes: str = "",
        gives: str = "",
        limit: int = JSON_LIMIT,
    ) -> None:
        self.scope, self.policy, self.takes, self.gives, self.limit = scope, policy, takes, gives, limit
        self.asked: frozenset[str] = (
            frozenset()
        )  # names that may stand in the address; filled in by the operation
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller:
        if self.gives and not request.accepts(self.gives):
            raise Problem("not_acceptable")
        token, grants = _token_of(request)
        if self.scope not in token.scopes:
            raise Problem("scope_missing", _("这个令牌没有“%s”这项用途，请另开一个。") % self.scope)
        _count(token)
        actor = Actor(token.user_id, token.user.name, "api")
        caller = Caller(actor, grants)
        if self.policy != SIGNED_IN:
            require(caller.grants, self.policy)
        self._check_names(request)
        self._check_body(request)
        actions.used_today(token)
        return caller

    def _check_names(self, request: HttpRequest) -> None:
        """A filter with a slip of the pen in its name would answer with everything."""
        if strange := set(request.GET) - self.asked:
            clean(strange)
            raise Problem(
                "invalid", _("地址里有不认识的项"), {name[:80]: _("没有这一项") for name in sorted(strange)}
            )

    def _check_body(self, request: HttpRequest) -> None:
        if stated_length(request) > self.limit:
            raise Problem("too_large", _("一次最多 %d 字节。") % self.limit)
        if self.takes and request.content_type != self.takes:
            raise Problem("unsupported_media_type", _("请用 %s 提交。") % self.takes)


def _token_of(request: HttpRequest) -> tuple[Token, Grants]:
    kind, _space, text = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise Problem(
            "token_missing", _("请在 Authorization 里带上令牌：Bearer yimen_…"), headers=_challenge()
        )
    found = knock(text.strip())
    if found is None:
        raise _unknown(request)
    token, _grants = found
    if why := _over(token):
        raise Problem(*why, headers=_challenge("invalid_token"))
    if said := demo.refusal(request, token.user):
        raise Problem("demo_elsewhere", said)
    return found


def _over(token: Token) -> tuple[str, str] | None:
    """Why a known token no longer holds. Whoever has it may know: it was theirs."""
    if token.ended_at is not None:
        return "token_ended", _("这个令牌已经停用，请另开一个。")
    if token.expires_at <= timezone.now():
        return "token_expired", _("这个令牌已经过期，请另开一个。")
    if not token.user.is_active:
        return "account_off", _("这个账号已停用。")
    return None


def _unknown(request: HttpRequest) -> Problem:
    """Counted by address, so that guessing is seen and slowed; a token that holds is never held up by others' tries."""
    address = network(client_address(request.META, settings.TRUSTED_PROXIES)) or ""
    if actions.token_failed(address):
        wait = {"Retry-After": str(int(WINDOW.total_seconds()))}
        return Problem("too_many_requests", _("从这个地址来的不对的令牌太多，请稍后再试。"), headers=wait)
    return Problem(
        "token_invalid", _("没有这个令牌，请核对有没有抄全。"), headers=_challenge("invalid_token")
    )


def _challenge(error: str = "") -> dict[str, str]:
    said = f', error="{error}"' if error else ""
    return {"WWW-Authenticate": f'Bearer realm="yimen"{said}'}


def _count(token: Token) -> None:
    """Requests of a token in one minute, over all processes; each process takes fifty at a time from the table."""
    if not token.per_minute:
        return
    now = time.time()
    minute = int(now // 60)
    held, left = _HELD.get(token.pk, (0, 0))
    lease = min(LEASE, max(1, token.per_minute // 10))
    if held != minute or not left:
        if not actions.take(token, minute, lease):
            wait = {"Retry-After": str(60 - int(now % 60))}
            raise Problem("too_many_requests", _("每分钟最多 %d 次。") % token.per_minute, headers=wait)
        left = lease
    _HELD[token.pk] = (minute, left - 1)
