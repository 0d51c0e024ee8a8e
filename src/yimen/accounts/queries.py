"""Reading accounts, sessions and requests. Names of staff are no secret inside; passwords and keys never leave."""

from __future__ import annotations

import hashlib
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import rules
from .models import Invitation, LinkRequest, MfaReset, StaffSession, Token, User


def by_sign_in(sign_in: str) -> User | None:
    """The account of this sign-in name; spaces around it and its case do not matter."""
    return User.objects.filter(sign_in__iexact=sign_in.strip()).first()


def people(words: str = "", *, only_active: bool = True) -> QuerySet[User]:
    """Accounts whose name or sign-in name contains the words, by name."""
    rows = User.objects.filter(is_active=True) if only_active else User.objects.all()
    words = words.strip()
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(sign_in__icontains=words))
    return rows.order_by("name", "id")


def live_sessions(words: str = "", *, user_id: int | None = None) -> QuerySet[StaffSession]:
    """Signed-in browsers that may still go on, the latest seen first: of one person, or of all for an administrator."""
    now = timezone.now()
    rows = StaffSession.objects.filter(started_at__gt=now - rules.ABSOLUTE, last_seen__gt=now - rules.IDLE)
    if user_id is not None:
        return rows.filter(user_id=user_id)
    return rows.filter(user__in=people(words, only_active=False)).select_related("user")


def has_factor(user_id: int) -> bool:
    """Whether a second factor stands: an app or a key. Recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=user_id, type__in=kinds).exists()


def open_resets() -> QuerySet[MfaReset]:
    """Lost factors waiting for a second person."""
    rows = MfaReset.objects.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return rows.select_related("user", "asked_by")


def recent_resets(limit: int = 20) -> QuerySet[MfaReset]:
    """The last requests that were decided, newest first."""
    rows = MfaReset.objects.exclude(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return rows.select_related("user", "asked_by", "confirmed_by")[:limit]


def open_links() -> QuerySet[LinkRequest]:
    """Asked-for one-time links waiting for a second person."""
    rows = LinkRequest.objects.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)
    return rows.select_related("user", "asked_by")


def token_digest(token: str) -> str:
    """What is stored of a one-time link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation(token: str, now: datetime | None = None) -> Invitation | None:
    """The invitation of this token while it holds: not used, not expired, its person active."""
    rows = Invitation.objects.filter(
        token_digest=token_digest(token),
        used_at__isnull=True,
        expires_at__gt=now or timezone.now(),
        user__is_active=True,
    )
    return rows.select_related("user").first()


def tokens_of(words: str = "", *, user_id: int | None = None) -> QuerySet[Token]:
    """Tokens, the newest first, those that are over too: of one person, or of all whose name contains the words."""
    rows = Token.objects.select_related("user", "issued_by", "ended_by").order_by("-issued_at", "-id")
    if user_id is not None:
        return rows.filter(user_id=user_id)
    return rows.filter(user__in=people(words, only_active=False))
