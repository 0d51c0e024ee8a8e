"""Every address says who may open it, strangers get no further than signing in, and every address is asked by a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve

from yimen.access import registry
from yimen.accounts.tokens import SCOPES
from yimen.foundation.home import REPO

SIGNED_IN = "signed-in"
PUBLIC = {
    "portal": "the residents' page",
    "portal-matter": "where a slip's code leads; says the same for every number",
    "portal-privacy": "what is kept of whom and how long; says the same to everybody",
    "portal-language": "changes the language of the pages",
    "field": "the shell of the phone page, the same for everybody",
    "field-precache": "the files of the shell with their hashes",
    "field-worker": "the shell's service worker",
    "field-manifest": "name and icon of the shell where it is installed",
    "field-enrol": "lets a phone in by a one-time code",
    "api:openapi": "the description of the machines' door, the same for everybody",
    "account_login": "the door itself",
    "account_logout": "ends a session, which a stranger does not have",
    "account_inactive": "tells somebody whose account is off",
    "account_invitation": "opened with a one-time link",
    "account_invitation_link": "the one-time link",
    "mfa_authenticate": "the second step of the door",
    "mfa_login_webauthn": "the door, with a key",
    "staff_language": "changes the language of the pages",
    "staff_text_size": "changes the size of the text",
}
# Pages of signing in guard themselves (`login_required`, `only`, the library); the stranger below tries them all.
GUARDED_BY_AUTH = (
    "yimen.web.staff.auth.",
    "allauth.",
)
NOT_ASKED: dict[str, str] = {}
FILLED = {
    "uuid": "00000000-0000-0000-0000-000000000001",
    "uuidstr": "00000000-0000-0000-0000-000000000001",
    "int": "1",
    "slug": "mine",
    "str": "1",
}
API = "/api/"
PHONES = "/field/api/"  # enrolled phones: a signature instead of a session
PHONE = "phone"


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    tail: str
    view: Any

    def __str__(self) -> str:
        return self.name


def routes() -> list[Route]:
    return list(_below(get_resolver(), "/", ""))


def _below(resolver: Any, above: str, space: str) -> Iterator[Route]:
    for each in resolver.url_patterns:
        route = above + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _below(each, route, f"{each.namespace}:" if each.namespace else space)
        else:
            path = re.sub(r"<(\w+):\w+>", lambda found: FILLED[found[1]], route)
            fixed = [part for part in route.split("/") if part and "<" not in part]
            yield Route(space + each.name, path, fixed[-1] if fixed else "", each.callback)


@pytest.mark.parametrize("route", routes(), ids=str)
def test_every_address_declares_who_may_open_it(route: Route) -> None:
    policy = getattr(route.view, "policy", None)
    if policy is not None:
        assert policy in (SIGNED_IN, PHONE) or policy in registry.actions()
        assert (policy == PHONE) == route.path.startswith(PHONES)
    elif route.name not in PUBLIC:
        assert route.view.__module__.startswith(GUARDED_BY_AUTH)


def test_what_is_public_is_there_and_declares_nothing_else() -> None:
    assert {route.name for route in routes() if not hasattr(route.view, "policy")} >= set(PUBLIC)


def guarded(*, machines: bool) -> list[Route]:
    return [
        route
        for route in routes()
        if route.name not in PUBLIC
        and route.path.startswith(API) == machines
        and not route.path.startswith(PHONES)
    ]


@pytest.mark.parametrize("route", guarded(machines=True), ids=str)
def test_every_method_of_the_machines_door_declares_its_policy_and_scope(route: Route) -> None:
    assert set(route.view.policies) == set(route.view.scopes) == set(route.view.methods) != set()
    assert set(route.view.policies.values()) <= {SIGNED_IN, *registry.actions()}
    assert set(route.view.scopes.values()) <= set(SCOPES)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", guarded(machines=True), ids=str)
def test_a_machine_without_a_token_is_refused(route: Route, method: str) -> None:
    answer = getattr(Client(), method)(route.path)
    allowed = method.upper() in route.view.methods
    assert (answer.status_code, answer.json()["code"]) == (
        (401, "token_missing") if allowed else (405, "method_not_allowed")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", guarded(machines=False), ids=str)
def test_a_stranger_gets_no_further_than_signing_in(route: Route, method: str) -> None:
    answer = getattr(Client(), method)(route.path)
    assert (answer.status_code, answer.get("Location", "").split("?")[0]) in (
        (302, "/staff/sign-in/"),
        (405, ""),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "route", [one for one in routes() if getattr(one.view, "policy", "") == PHONE], ids=str
)
def test_a_phone_that_is_not_enrolled_is_refused(route: Route, method: str) -> None:
    answer = Client().generic(method.upper(), route.path, b"{}", content_type="application/json")
    allowed = method.upper() in route.view.methods
    assert (answer.status_code, answer.json()["code"]) == (
        (401, "unknown_device") if allowed else (405, "method_not_allowed")
    )


@pytest.mark.parametrize("route", routes(), ids=str)
def test_every_address_is_asked_by_a_test(route: Route) -> None:
    assert asked(route) != (route.name in NOT_ASKED)


def asked(route: Route) -> bool:
    """By its name, by its path, or by the end of its path where the beginning is kept in a variable."""
    return any(_asks(words, route) for words in spoken())


def _asks(words: tuple[str | None, ...], route: Route) -> bool:
    if words == (route.name,):
        return True
    if words[0] is None:
        end = _filled(words[1:], "1").split("?")[0]
        return route.tail in end.split("/") and any(
            route.path.endswith(_filled(words[1:], filling).split("?")[0]) for filling in FILLED.values()
        )
    return route.path in _paths(words)


@cache
def _paths(words: tuple[str | None, ...]) -> frozenset[str]:
    """The sample paths of the addresses that these words lead to."""
    found = set()
    for filling in FILLED.values():
        path = _filled(words, filling).split("?")[0]
        if not path.startswith("/"):
            continue
        try:
            match = resolve(path)
        except Resolver404:
            continue
        found |= {route.path for route in routes() if route.name == match.view_name}
    return frozenset(found)


def _filled(words: tuple[str | None, ...], filling: str) -> str:
    return "".join(filling if word is None else word for word in words)


@cache
def spoken() -> frozenset[tuple[str | None, ...]]:
    """Every string in the tests, as its fixed parts with None for what a variable gives; this file apart."""
    found: set[tuple[str | None, ...]] = set()
    for file in (REPO / "tests").rglob("*.py"):
        if file.name != "test_routes.py":
            found |= {tuple(_words(node)) for node in ast.walk(ast.parse(file.read_text("utf-8")))}
    return frozenset(words for words in found if any(words))


def _words(node: ast.AST) -> list[str | None]:
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return [word for part in parts for word in _words(part)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [*_words(left), *_words(right)]
        case _:
            return [None]
