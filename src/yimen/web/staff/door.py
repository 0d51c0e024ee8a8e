"""The way into a staff page: signed in, with the grants of today, and with the right the page asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods

from yimen.access.registry import Grants, require
from yimen.accounts.models import User
from yimen.foundation import crypto
from yimen.foundation.actor import Actor

from . import rail
from .auth.who import actor_of, grants

P = ParamSpec("P")
SIGNED_IN = "signed-in"


class StaffRequest(HttpRequest):
    """What a staff view gets: who acts, what they hold today, and the rail of the page (read when drawn).

    `draft_key` (64 hex digits) is the person's own, the same on every visit: it opens the drafts that the browser
    keeps as ciphertext (static/js/drafts.js), and nothing else.
    """

    user: User
    actor: Actor
    grants: Grants
    rail: rail.Rail
    draft_key: str


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def page(
    policy: str = SIGNED_IN, methods: tuple[str, ...] = ("GET", "HEAD", "POST")
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Declares who may open a view: any member of staff, or holders of one action of the registry.

    What single matters may be seen is decided where they are fetched (`cases.queries`), not here.
    """

    def declare(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            enter(request)
            if policy != SIGNED_IN:
                require(request.grants, policy)
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        only = require_http_methods(list(methods))(guarded)
        only.methods = methods
        return only

    return declare


def enter(request: Any) -> None:
    """Give the request its actor, grants and rail."""
    request.actor = actor_of(request)
    request.grants = grants(request)
    request.draft_key = SimpleLazyObject(
        lambda: crypto.content_digest(f"drafts of {request.user.pk}".encode()).hex()
    )
    request.rail = SimpleLazyObject(lambda: rail.of(request.grants, request.user.pk, request.path))


def is_htmx(request: HttpRequest) -> bool:
    """Whether only a part of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def form_data(request: HttpRequest) -> dict[str, str]:
    """The single values of a posted form, as text."""
    return {name: value for name, value in request.POST.items() if isinstance(value, str)}


__all__ = ["SIGNED_IN", "HttpResponse", "StaffRequest", "enter", "form_data", "is_htmx", "page"]
