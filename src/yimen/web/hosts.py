"""Under which names this server answers. A stranger's name would let another site speak with it (DNS rebinding)."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.shortcuts import render

from yimen.foundation import hosts
from yimen.organisations.queries import office

AGAIN = 10.0  # seconds: how often the office's public address is read for names that are not known


class HostsMiddleware:
    """Before everything that asks for the host: a page that says what to set, instead of a bare 400.

    Known are `settings.ALLOWED_HOSTS` (YIMEN_ALLOWED_HOSTS, else this machine's own names and addresses) and the
    host of the office's public address, which an administrator may change at any time: it is read when a name is
    not known, at most every ten seconds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.public, self.read_at = "", float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
        if not request.META.get("HTTP_HOST") or validate_host(name, settings.ALLOWED_HOSTS):
            return self.get_response(request)
        if name and (name == self._public() or name in self._own()):
            settings.ALLOWED_HOSTS.append(name)  # Django asks the same list further in
            return self.get_response(request)
        return render(request, "unknown_host.html", {"name": name}, status=421)

    def _public(self) -> str:
        if time.monotonic() - self.read_at > AGAIN:
            self.public, self.read_at = _public_name(), time.monotonic()
        return self.public

    def _own(self) -> list[str]:
        """This machine's addresses now: it may have got another one since the start. None when names were set."""
        return [] if settings.HOSTS_ARE_SET else hosts.own()


def _public_name() -> str:
    try:
        found = office()
    except DatabaseError:
        return ""
    return (urlsplit(found.public_url).hostname or "").lower() if found else ""
