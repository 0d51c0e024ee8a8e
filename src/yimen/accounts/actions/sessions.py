"""Being signed in: begun, seen, ended; and tries that failed."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from yimen.foundation.actor import Actor
from yimen.ledger.actions import append

from .. import events
from ..models import StaffSession, User
from ..rules import ABSOLUTE, GRAIN, over


@transaction.atomic
def signed_in(actor: Actor, session_key: str, address: str | None, agent: str = "") -> StaffSession:
    """A person has passed every step; their browser gets its row. Rows nobody can use any more are swept."""
    _sweep()
    row = _begin(actor.user_id or 0, session_key, address, agent)
    append(
        actor, events.SIGNED_IN, events.SUBJECT, row.user_id, {"address": address or "", "session": row.pk}
    )
    return row


def seen(session_key: str, user_id: int, address: str | None, agent: str = "") -> str:
    """Note a request of a signed-in browser. Answers why it may not go on ("idle", "absolute") or "".

    A session that came without a row (made by another door) is taken on from now. One read, and a
    write at most every 30 seconds.
    """
    now = timezone.now()
    row = StaffSession.objects.filter(session_key=session_key, user_id=user_id).first()
    if row is None:
        _begin(user_id, session_key, address, agent)
        return ""
    why = over(row.started_at, row.last_seen, now)
    if not why and now - row.last_seen >= GRAIN:
        StaffSession.objects.filter(pk=row.pk).update(last_seen=now)
    return why


@transaction.atomic
def signed_out(actor: Actor, session_key: str) -> None:
    """The person left by the door. The caller forgets the session's data."""
    row = StaffSession.objects.filter(session_key=session_key, user_id=actor.user_id).first()
    if row is None:
        return
    append(actor, events.SIGNED_OUT, events.SUBJECT, row.user_id, {"session": row.pk})
    row.delete()


@transaction.atomic
def end(actor: Actor, row: StaffSession, why: str) -> None:
    """End one session now: its next request is a stranger's. `why` is one word of `events.SESSION_ENDED`."""
    _erase([row])
    append(actor, events.SESSION_ENDED, events.SUBJECT, row.user_id, {"session": row.pk, "why": why})


@transaction.atomic
def end_all(actor: Actor, user_id: int, why: str, keep_key: str = "") -> int:
    """End every session of a person but the one with `keep_key`. Answers how many; one ledger entry each."""
    rows = list(
        StaffSession.objects.select_for_update().filter(user_id=user_id).exclude(session_key=keep_key)
    )
    for row in rows:
        end(actor, row, why)
    return len(rows)


@transaction.atomic
def sign_in_failed(user: User | None, address: str | None, step: str = "password") -> None:
    """Note a failed try by whom it would have been, never what was typed."""
    _strange(events.SIGN_IN_FAILED, user, {"address": address or "", "step": step})


@transaction.atomic
def sign_in_held(user: User | None, address: str | None, minutes: int) -> None:
    """Note that tries from this address are held off for a while. Once per hold, not per try."""
    _strange(events.SIGN_IN_HELD, user, {"address": address or "", "minutes": minutes})


def _strange(kind: str, user: User | None, payload: dict[str, object]) -> None:
    append(Actor(None, "", "web"), kind, events.SUBJECT, user.pk if user else events.NOBODY, payload)


def _begin(user_id: int, session_key: str, address: str | None, agent: str) -> StaffSession:
    now = timezone.now()
    row, _made = StaffSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user_id": user_id,
            "address": address,
            "agent": agent[:120],
            "started_at": now,
            "last_seen": now,
        },
    )
    return row


def _erase(rows: Iterable[StaffSession]) -> None:
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    StaffSession.objects.filter(session_key__in=keys).delete()


def _sweep() -> None:
    """Rows older than any session can live, with what Django kept of them."""
    _erase(StaffSession.objects.filter(started_at__lt=timezone.now() - 2 * ABSOLUTE))
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
