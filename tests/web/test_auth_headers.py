"""Security headers of every answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from tests.web.auth_ground import clerk, sign_in, site

from yimen.accounts.models import User
from yimen.web.headers import HeadersMiddleware, headers_for

__all__ = ["clerk", "site"]


def _policy(answer: Any) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split("; ")
    return {name: rest for name, _, rest in (part.partition(" ") for part in parts)}


@pytest.mark.parametrize("path", ["/", "/staff/", "/staff/sign-in/", "/field/", "/nowhere"])
def test_every_answer_carries_them(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    policy = _policy(answer)
    assert (
        policy["default-src"] == "'none'"
        and policy["script-src"] == "'self'"
        and policy["style-src"] == "'self'"
    )
    assert (
        policy["frame-ancestors"] == "'none'"
        and policy["base-uri"] == "'none'"
        and policy["form-action"] == "'self'"
    )
    assert policy["img-src"] == "'self' data: blob:" and policy["worker-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert (
        answer["Cross-Origin-Opener-Policy"] == "same-origin"
        and answer["Cross-Origin-Resource-Policy"] == "same-origin"
    )


def test_nothing_is_told_to_other_sites(client: Client, db: None) -> None:
    assert client.get("/")["Referrer-Policy"] in {"no-referrer", "same-origin"}


def test_camera_and_position_open_on_the_field_page_only() -> None:
    assert "camera=(self)" in headers_for("/field/")["Permissions-Policy"]
    assert "geolocation=(self)" in headers_for("/field/report")["Permissions-Policy"]
    for path in ("/", "/staff/", "/fieldx", "/staff/field/"):
        policy = headers_for(path)["Permissions-Policy"]
        assert "camera=()" in policy and "geolocation=()" in policy and "microphone=()" in policy


def test_strict_transport_only_under_https(settings: Any) -> None:
    settings.HTTPS = False
    assert "Strict-Transport-Security" not in headers_for("/")
    settings.HTTPS = True
    assert headers_for("/")["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("path", "said", "expected"),
    [
        ("/staff/x", None, "no-store, private"),
        ("/staff/x", "max-age=600", "no-store, private"),
        ("/field/x", "public", "no-store, private"),
        ("/m/1", "public", "no-store, private"),
        ("/api/v1/cases", None, "no-store, private"),
        ("/", None, "no-store"),
        ("/", "max-age=60", "max-age=60"),
        ("/static/css/app.css", None, None),
    ],
)
def test_what_is_personal_never_rests_in_a_cache(path: str, said: str | None, expected: str | None) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": said} if said else {})

    answer = HeadersMiddleware(view)(RequestFactory().get(path))
    assert answer.headers.get("Cache-Control") == expected


def test_a_served_file_may_be_closed_in_further() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox; default-src 'none'"})

    answer = HeadersMiddleware(view)(RequestFactory().get("/staff/file"))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_signed_in_page_is_not_stored(client: Client, clerk: User) -> None:
    sign_in(client, "clerk")
    assert "no-store" in client.get("/staff/")["Cache-Control"]


def test_forms_pass_the_check_against_forgery_with_the_referrer_policy_in_force(clerk: User) -> None:
    """A browser under this policy sends its Origin; under no-referrer it would send `null` and be refused."""
    strict = Client(enforce_csrf_checks=True)
    token = strict.get("/staff/sign-in/").cookies["yimen_csrf"].value
    data = {"login": "clerk", "password": "x" * 9, "csrfmiddlewaretoken": token}
    assert strict.post("/staff/sign-in/", data, HTTP_ORIGIN="http://testserver").status_code == 200
    assert strict.post("/staff/sign-in/", data, HTTP_ORIGIN="null").status_code == 403
    assert strict.post("/staff/sign-in/", data, HTTP_ORIGIN="http://evil.example").status_code == 403
