"""Counting failed tries: five in fifteen minutes per person and address, one at a time.

axes counts in the database. What it leaves open is closed here: the address behind our own proxies only,
one name for all spellings of it, no two tries at once for the same pair (both would be looked at before
either is counted), and codes of the second step counted like passwords.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yimen.accounts import actions, queries
from yimen.accounts.address import client_address, network
from yimen.accounts.models import User

MINUTES = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)


def address(request: HttpRequest) -> str | None:
    """The client's address as the ledger sees it."""
    return client_address(request.META, settings.TRUSTED_PROXIES)


def counted_address(request: HttpRequest) -> str | None:
    """The address tries are counted under: of IPv6 the /64, for one line is given a whole one to draw from."""
    return network(address(request))


def name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The one name tries are counted under: the account's own spelling, else what was typed, folded."""
    typed = str((credentials or {}).get("username") or request.POST.get("login", ""))
    user = queries.by_sign_in(typed)
    return user.sign_in if user else typed.strip().casefold()[:64]


@contextmanager
def one_at_a_time(request: HttpRequest, sign_in: str) -> Iterator[None]:
    """Hold the pair (name, address) for one try, until its failure is counted."""
    key = f"{name(request, {'username': sign_in})}|{counted_address(request)}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [key])
        yield


def is_held(request: HttpRequest, user: User) -> bool:
    """Whether tries for this person from this address are held off; the held page is then shown."""
    if AxesProxyHandler.is_allowed(request, {"username": user.sign_in}):
        return False
    request.axes_locked_out = True
    return True


def count_failure(request: HttpRequest, user: User, step: str) -> None:
    """Count a failed code or key like a failed password."""
    AxesProxyHandler.user_login_failed(sender=None, credentials={"username": user.sign_in}, request=request)
    note_failure(request, user, step)


def note_failure(request: HttpRequest, user: User | None, step: str = "password") -> None:
    """Write the failure to the ledger, and once that a hold began. Tries during a hold are not written."""
    failures = getattr(request, "axes_failures_since_start", None)
    if failures is None:
        return
    actions.sign_in_failed(user, address(request), step)
    if failures >= settings.AXES_FAILURE_LIMIT:
        actions.sign_in_held(user, address(request), MINUTES)


def held_page(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """What axes shows instead of any answer while tries are held off: why, until when, what to do."""
    page = render(request, "auth/held.html", {"minutes": MINUTES}, status=429)
    page.headers["Retry-After"] = str(MINUTES * 60)
    return page
