"""What holds for every request of a signed-in person: limits of the session, language, open duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yimen.accounts import actions, passwords, queries
from yimen.accounts.models import StaffSession

from .auth import who
from .auth.tries import address

# What may be opened while a duty is open: doing the duty, leaving, and choosing the language.
DUTY_PAGES = frozenset(
    {
        "account_enrol", "account_security", "mfa_index", "account_logout", "account_reauthenticate",
        "account_change_password", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes",
        "mfa_download_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "language", "staff_language",
    }
)  # fmt: skip


class SessionLimitsMiddleware:
    """30 minutes idle, 12 hours in all; ended sessions are gone; administrators enrol a second factor first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            why = _note(request)
            if why:
                return _leave(request, why)
        _speak(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or request.resolver_match.view_name in DUTY_PAGES:
            return None
        if _must_enrol(request):
            return go(request, reverse("account_enrol"))
        if settings.MLPS3 and passwords.is_expired(request.user, timezone.now()):
            messages.warning(request, _("密码已超过 90 天，请先换一个新密码。"))
            return go(request, reverse("account_change_password"))
        return None


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the whole page elsewhere, also when only a part of it was asked for by htmx."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _note(request: HttpRequest) -> str:
    agent = request.META.get("HTTP_USER_AGENT", "")
    return actions.seen(request.session.session_key or "", request.user.pk, address(request), agent)


def _leave(request: HttpRequest, why: str) -> HttpResponse:
    """The session is over: forget it, say why, and come back to the same page after signing in."""
    row = StaffSession.objects.filter(session_key=request.session.session_key).first()
    if row:
        actions.end(who.actor_of(request), row, why)
    logout(request)
    words = {
        "idle": _("您有 30 分钟没有操作，为了安全已自动退出，请重新登录。"),
        "absolute": _("您登录已满 12 小时，为了安全请重新登录。"),
    }
    messages.info(request, words[why])
    back = request.get_full_path() if request.method == "GET" else ""
    return go(request, reverse("account_login") + (f"?{urlencode({'next': back})}" if back else ""))


def _speak(request: HttpRequest) -> None:
    """What was chosen in this browser, then the person's own choice, then, on staff pages, Chinese."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if not chosen and request.user.is_authenticated:
        chosen = request.user.language
    if not chosen and request.path.startswith("/staff/"):
        chosen = settings.LANGUAGE_CODE
    if chosen in dict(settings.LANGUAGES):
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language()


def _must_enrol(request: HttpRequest) -> bool:
    """Whether this administrator still lacks a second factor. Not asked for in a demonstration home."""
    if settings.DEMO or request.session.get(who.FACTOR_SEEN) or not who.is_administrator(request):
        return False
    if not queries.has_factor(request.user.pk):
        return True
    request.session[who.FACTOR_SEEN] = True
    return False
