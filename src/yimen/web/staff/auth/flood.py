"""Guessing spread thin: over many addresses for one person, or over many people from one address.

Beside the five tries per person and address (axes). The owner is never locked out by it: whoever has signed in from
an address before is not held there by what others do. OWASP ASVS 5.0 §6.3.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import Least
from django.http import HttpRequest
from django.utils import timezone

from yimen.accounts import events, queries
from yimen.accounts.address import network
from yimen.ledger.queries import entries_of

from . import tries

KNOWN = timedelta(days=90)  # how long an address stays known to its owner


class Handler(AxesDatabaseHandler):
    """axes' own counting, and the two limits on top."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return bool(super().is_locked(request, credentials)) or is_flooded(request, credentials or {})


def is_flooded(request: HttpRequest, credentials: dict[str, Any]) -> bool:
    """Whether too many tries failed lately for this name from anywhere, or from this address for anyone."""
    name, address = tries.name(request, credentials), tries.counted_address(request)
    lately = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    over = (
        _failures(lately.filter(username=name)) >= settings.SIGN_IN_TRIES_PER_NAME
        or _failures(lately.filter(ip_address=address)) >= settings.SIGN_IN_TRIES_PER_ADDRESS
    )
    return over and not is_known(name, address)


def _failures(rows: QuerySet[AccessAttempt]) -> int:
    """A pair that is held already counts no further."""
    counted = Least("failures_since_start", settings.AXES_FAILURE_LIMIT)
    return rows.aggregate(total=Sum(counted))["total"] or 0


def is_known(name: str, address: str | None) -> bool:
    """Whether the owner of this name came in from this address before."""
    user = queries.by_sign_in(name)
    if user is None or address is None:
        return False
    came = entries_of(events.SUBJECT, user.pk).filter(kind=events.SIGNED_IN, at__gte=timezone.now() - KNOWN)
    return any(
        network(at) == address for at in came.values_list("payload__address", flat=True).distinct() if at
    )
