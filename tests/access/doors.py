"""The addresses of the house, taken from the resolver, and a cheap way to ask them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import transaction
from django.http import Http404
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, get_resolver, resolve
from tests.web.auth_ground import add_app

from cast import Person
from yimen.access.roles import ADMINISTRATORS
from yimen.documents.press import Press
from yimen.foundation.errors import Missing, YimenError
from yimen.web.staff.errors import answer

from .world import World

FACTORY = RequestFactory()
SIGN_IN = "/staff/sign-in/"
CASE = "<uuid:ref>"
# Parameters of addresses other than the matter's own: what is really there, by name of the route, else by converter.
FILLED = {
    "staff:work": {"name": "mine"}, "staff:register-xlsx": {"name": "mine"}, "staff:register-file": {"name": "visits"},
    "staff:sheet": {"name": "day"}, "staff:sheet-file": {"name": "day", "form": "xlsx"},
    "staff:figure": {"name": "received"}, "staff:admin-rows": {"name": "categories"},
    "staff:admin-add-row": {"name": "categories"}, "staff:admin-unit": {"key": "zhifa"},
    "staff:admin-edit-unit": {"key": "zhifa"}, "staff:admin-end-unit": {"key": "zhifa"},
    "staff:admin-join": {"key": "zhifa"}, "staff:admin-year": {"year": "2026"}, "staff:paper": {"form": "V01", "kind": "docx"},
    "staff:notice": {"key": "low-income", "kind": "docx"}, "staff:letter-new": {"kind": "opinion"},
    "staff:do": {"verb": "withdraw"}, "staff:letter-step": {"verb": "submit"},
}  # fmt: skip
ANY = {"uuid": "00000000-0000-0000-0000-000000000001", "int": "999999", "slug": "mine", "str": "1"}


@dataclass(frozen=True, slots=True)
class Door:
    """One address of the resolver. `policy` None: it declares nothing."""

    name: str
    pattern: str
    policy: str | None
    methods: tuple[str, ...]
    module: str

    @property
    def of_a_matter(self) -> bool:
        return f"/cases/{CASE}/" in self.pattern

    @property
    def precise(self) -> bool:
        """Whether everything it asks for is really there, so that a 404 can only be a refusal."""
        rest = re.findall(
            r"<\w+:(\w+)>", self.pattern.replace(CASE, "") if self.of_a_matter else self.pattern
        )
        return set(rest) <= set(FILLED.get(self.name, {}))

    def path(self, ref: object = ANY["uuid"]) -> str:
        filled = FILLED.get(self.name, {})
        path = self.pattern.replace(CASE, str(ref))
        return re.sub(r"<(\w+):(\w+)>", lambda m: filled.get(m[2], ANY[m[1]]), path)


def doors() -> list[Door]:
    """Every address, those of included lists too."""
    return list(_below(get_resolver(), "/", ""))


def _below(resolver: Any, above: str, space: str) -> Iterator[Door]:
    for each in resolver.url_patterns:
        route = above + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _below(each, route, f"{each.namespace}:" if each.namespace else space)
            continue
        view = each.callback
        asked = tuple(m for m in getattr(view, "methods", ("GET", "POST")) if m != "HEAD")
        yield Door(f"{space}{each.name}", route, getattr(view, "policy", None), asked, view.__module__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said: `refused` (403, or led to signing in), `missing` (404), else let in."""

    status: int
    location: str

    @property
    def denied(self) -> bool:
        return self.status in (401, 403) or (self.status == 302 and self.location.startswith(SIGN_IN))

    @property
    def let_in(self) -> bool:
        return not self.denied and self.status != 404 and self.status < 500


class _Undone(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the views themselves, behind sessions and second factors (those: `enter`)."""

    person: Person

    def asks(self, method: str, path: str) -> Answer:
        """One request straight to the view of this address; whatever it does is undone."""
        found = self.response(method, path)
        return Answer(found.status_code, found.get("Location", ""))

    def response(self, method: str, path: str, given: dict[str, Any] | None = None) -> Any:
        """The same, with the whole answer: a refusal as the page that tells it."""
        match = resolve(path.partition("?")[0])
        request = self._request(method, path, match, given or {})
        try:
            with transaction.atomic():
                try:
                    found = match.func(request, *match.args, **match.kwargs)
                except YimenError as error:
                    found = answer(request, error)
                except Http404:
                    found = answer(request, Missing("404"))
                raise _Undone
        except _Undone:
            return found

    def _request(self, method: str, path: str, match: ResolverMatch, given: dict[str, Any]) -> Any:
        data = {"data": given} if method == "POST" else {}
        request: Any = getattr(FACTORY, method.lower())(path, **data)
        request.user, request.session, request.resolver_match = self.person.user, SessionStore(), match
        request.grants = self.person.grants
        request._messages = FallbackStorage(request)
        request._dont_enforce_csrf_checks = True
        return request


def ask(client: Client, method: str, path: str) -> Answer:
    """One request through the whole house; whatever it does is undone."""
    try:
        with transaction.atomic():
            found = getattr(client, method.lower())(path)
            answer = Answer(found.status_code, found.get("Location", ""))
            raise _Undone
    except _Undone:
        return answer


def enter(world: World, who: str) -> Client:
    """A browser in which this person is signed in, administrators with their second factor."""
    person, client = world.people[who], Client()
    if person.grants.has(*ADMINISTRATORS):
        add_app(person.user)
    client.force_login(person.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


@contextmanager
def undrawn() -> Iterator[None]:
    """Pages and papers are worked out and not drawn: only the answer counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", lambda *_given, **_named: "")
        patch.setattr(Press, "print", lambda *_given: b"%PDF-1.7")
        yield
