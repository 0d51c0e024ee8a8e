"""Who is at the door: the actor of a request, and whether they administer."""

from __future__ import annotations

from django.http import HttpRequest

from yimen.access.registry import Grants, grants_of
from yimen.access.roles import ADMINISTRATORS, Role
from yimen.accounts.models import User
from yimen.foundation.actor import Actor

FACTOR_SEEN = "yimen_factor"  # in the session: a second factor was found, so it need not be looked for again
MAY_RESET = (Role.SECURITY, Role.ADMIN)
# A link for a colleague: asked for by one of MAY_RESET, confirmed by somebody who holds another of these roles.
MAY_CONFIRM_LINK = (Role.SECURITY, Role.ADMIN, Role.DIRECTOR)
MAY_END_SESSIONS = (Role.SECURITY,)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an actor. Only behind `login_required`."""
    user: User = request.user
    return Actor(user.pk, user.name, "web")


def grants(request: HttpRequest) -> Grants:
    """What the person holds today, read once per request and kept on it as `request.grants`."""
    kept: Grants | None = getattr(request, "grants", None)
    if kept is None:
        kept = grants_of(actor_of(request))
        request.grants = kept
    return kept


def is_administrator(request: HttpRequest) -> bool:
    """Whether the second factor is a duty of this person: system, security and audit administrators."""
    return grants(request).has(*ADMINISTRATORS)
