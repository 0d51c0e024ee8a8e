"""Tokens of the machines' door: issued, collected by their person, ended; and tries that failed.

Nobody gets the key of another person alone: people make their own after signing in once more; one that an
administrator issued lies ready until its person collects it; the operator of the machine has the command line.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.foundation.actor import Actor
from yimen.foundation.errors import Conflict, Invalid, Missing, Refused
from yimen.ledger.actions import append

from .. import events, tokens
from ..models import Token, TokenTry, User

WINDOW = timedelta(minutes=15)  # in which failed tries of an address are counted


@transaction.atomic
def issue(
    actor: Actor, user: User, name: str, scopes: Collection[str], days: int, *, per_minute: int | None = None
) -> Token:
    """A token for this person, without a key as yet: `collect` gives it, to the person alone.

    Raises Invalid beside name, scopes or days; Refused for an account that is off.
    """
    if not user.is_active:
        raise Refused(_("这个账号已停用。"))
    name = "".join(c for c in name if c.isprintable()).strip()
    _check(name, scopes, days)
    now = timezone.now()
    row = Token.objects.create(
        user=user,
        name=name,
        scopes=[scope for scope in tokens.SCOPES if scope in scopes],
        issued_by_id=actor.user_id,
        issued_at=now,
        expires_at=now + timedelta(days=days),
        per_minute=settings.TOKEN_PER_MINUTE if per_minute is None else per_minute,
    )
    payload = {"token": row.pk, "name": name, "scopes": row.scopes, "expires_at": row.expires_at.isoformat()}
    append(actor, events.TOKEN_ISSUED, events.SUBJECT, user.pk, payload)
    return row


@transaction.atomic
def collect(actor: Actor, token_id: int, user_id: int) -> tuple[Token, str]:
    """The key itself, told this once to the one it belongs to. Raises Missing, or Conflict when it was collected."""
    row = Token.objects.select_for_update().filter(pk=token_id, user=user_id, ended_at__isnull=True).first()
    if row is None or row.expires_at <= timezone.now():
        raise Missing(_("没有这个令牌，或者已经停用。"))
    if row.collected_at:
        raise Conflict(_("这个令牌已经领取过，密文只显示一次。"))
    text = tokens.make()
    row.digest, row.hint, row.collected_at = tokens.digest(text), tokens.hint(text), timezone.now()
    row.save(update_fields=["digest", "hint", "collected_at"])
    append(actor, events.TOKEN_COLLECTED, events.SUBJECT, row.user_id, {"token": row.pk, "name": row.name})
    return row, text


@transaction.atomic
def end_token(actor: Actor, token_id: int, user_id: int | None = None, why: str = "self") -> Token:
    """End a token now; its next request is a stranger's. `user_id`: only one of this person's."""
    rows = Token.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token_id)
    row = (rows if user_id is None else rows.filter(user=user_id)).first()
    if row is None:
        raise Missing(_("没有这个令牌，或者已经停用。"))
    if row.ended_at is None:
        _end(actor, [row], why)
    return row


@transaction.atomic
def end_tokens(actor: Actor, user_id: int, why: str) -> int:
    """End every token of a person. Answers how many; one ledger entry each."""
    rows = list(Token.objects.select_for_update().filter(user=user_id, ended_at__isnull=True))
    _end(actor, rows, why)
    return len(rows)


def used_today(row: Token) -> None:
    """Remember the day of use: one write a day. Not worth a ledger entry."""
    today = timezone.localdate()
    if row.last_used_on != today:
        Token.objects.filter(pk=row.pk).update(last_used_on=today)


def take(row: Token, minute: int, number: int) -> bool:
    """Count `number` more requests of this minute, in every process together. False when that is over the limit."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [minute, number, number, minute, row.pk])
        (taken,) = cursor.fetchone()
    return bool(taken <= row.per_minute)


_TAKE = """UPDATE accounts_token SET taken = CASE WHEN minute = %s THEN least(taken, 1000000000) + %s ELSE %s END,
 minute = %s WHERE id = %s RETURNING taken"""


@transaction.atomic
def token_failed(address: str, now: datetime | None = None) -> bool:
    """Count a try with a token that does not hold. True when too many came from this address: told to the ledger once."""
    since = _window(now or timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [address, since])
        (count,) = cursor.fetchone()
    if count == 1:
        _sweep(since)
    if count == settings.TOKEN_TRIES_PER_ADDRESS + 1:
        payload = {"address": address, "minutes": int(WINDOW.total_seconds() // 60)}
        append(Actor(None, "", "api"), events.TOKEN_TRIES_HELD, events.SUBJECT, events.NOBODY, payload)
    return bool(count > settings.TOKEN_TRIES_PER_ADDRESS)


_COUNT = """INSERT INTO accounts_tokentry (address, since, count) VALUES (%s, %s, 1)
 ON CONFLICT (address, since) DO UPDATE SET count = least(accounts_tokentry.count, 1000000000) + 1 RETURNING count"""


def _window(now: datetime) -> datetime:
    length = int(WINDOW.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // length * length, tz=now.tzinfo)


def _sweep(since: datetime) -> None:
    TokenTry.objects.filter(since__lt=since - WINDOW).delete()


def _check(name: str, scopes: Collection[str], days: int) -> None:
    wrong: dict[str, object] = {}
    if not name or len(name) > 60:
        wrong["name"] = _("请写明是给哪个系统用的，最多 60 字")
    if not scopes or set(scopes) - set(tokens.SCOPES):
        wrong["scopes"] = _("请至少选一项用途")
    if not 1 <= days <= settings.TOKEN_MOST_DAYS:
        wrong["days"] = _("有效期为 1 到 %d 天") % settings.TOKEN_MOST_DAYS
    if wrong:
        raise Invalid(_("还有内容要补充或更正"), wrong)


def _end(actor: Actor, rows: Collection[Token], why: str) -> None:
    found: QuerySet[Token] = Token.objects.filter(pk__in=[row.pk for row in rows])
    found.update(ended_at=timezone.now(), ended_by_id=actor.user_id)
    for row in rows:
        payload = {"token": row.pk, "name": row.name, "why": why}
        append(actor, events.TOKEN_ENDED, events.SUBJECT, row.user_id, payload)
