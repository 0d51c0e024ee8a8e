"""In front of the machines' door: nothing of the pages stands between, and every refusal is a problem answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation

from . import problems

PREFIX: Final = "/api/"
logger = logging.getLogger("django.request")
Next = Callable[[HttpRequest], HttpResponseBase]


class ProblemsMiddleware:
    """Early in the list: what others refuse below `/api/` (an unknown host, a full disk) is told as a problem too."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        request.COOKIES = {}  # a browser's session opens nothing here, so no other site can use it either
        with translation.override(translation.get_language_from_request(request)):
            found = self.get_response(request)
            if found.status_code >= 400 and found.headers.get("Content-Type") != problems.MEDIA_TYPE:
                kept = {
                    name: found.headers[name] for name in ("Allow", "Retry-After") if name in found.headers
                }
                found = problems.of_status(request, found.status_code, kept)
            found.headers["Content-Language"] = translation.get_language() or ""
            if isinstance(found, HttpResponse):
                found.headers["Content-Length"] = str(len(found.content))
            return found


class GateMiddleware:
    """Answers everything below `/api/` itself: no session, no sign-in, no page's middleware is asked on the way."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _answer(request) if request.path_info.startswith(PREFIX) else self.get_response(request)


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return problems.of_status(request, 404)
    request.resolver_match = match
    try:
        found: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except RequestDataTooBig:
        return problems.of_status(request, 413)
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        return problems.of_status(request, 400)
    except Exception:
        got_request_exception.send(sender=None, request=request)
        logger.exception("%s %s", request.method, match.route)
        return problems.of_status(request, 500)
    return found


def stated_length(request: HttpRequest) -> int:
    """The length that the request states; 0 without one, or with one that cannot be read."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


__all__ = ["PREFIX", "GateMiddleware", "HttpResponse", "ProblemsMiddleware", "stated_length"]
