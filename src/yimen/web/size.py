"""How much one request may bring. Django's own limits leave out files, and its check of forms reads them from anyone."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .staff.errors import Kind

STRANGER = 1024 * 1024  # bytes: a sign-in form, no files
STAFF = 256 * 1024 * 1024  # bytes: some photos and a film; `cases.actions.attach` limits each file
TOO_LARGE = Kind(413, gettext_lazy("内容太大"))


class SizeMiddleware:
    """Refuses by the length the request states, before a byte of it is read. Stands behind the authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stated = _stated(request)
        if stated <= STRANGER or (stated <= STAFF and request.user.is_authenticated):
            return self.get_response(request)
        message = _("一次提交的内容太大，请减少附件后再试；登录过期的话请先登录。")
        context = {"kind": TOO_LARGE, "message": message, "typed": []}
        return render(request, "refused.html", context, status=TOO_LARGE.status)


def _stated(request: HttpRequest) -> int:
    """The stated length; without one (or an unreadable one) Django reads nothing."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
