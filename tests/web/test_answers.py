"""Headers on every class of answer, and the check against forgery on every address that takes a form."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from tests.house.test_routes import Route, routes
from tests.web.staff_ground import Enter, cast, enter, png

from cast import Cast
from yimen.access.roles import ADMINISTRATORS
from yimen.accounts import actions, tokens
from yimen.cases.models import Participant
from yimen.foundation.actor import Actor
from yimen.web.field.shell import CONTENT_SECURITY_POLICY as FIELD_POLICY
from yimen.web.headers import BARE, CONTENT_SECURITY_POLICY, HSTS

from .auth_ground import add_app

__all__ = ["cast", "enter", "png"]
SANDBOX = "default-src 'none'; sandbox"
EVERY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE, PERSONAL = "no-store", "no-store, private"


def check(
    answer: Any, status: int, policy: str = CONTENT_SECURITY_POLICY, cache: str | None = PERSONAL
) -> None:
    """Every header that must be there; `cache` None where a copy may be kept (static files)."""
    assert answer.status_code == status
    for name, value in EVERY.items():
        assert answer.headers.get(name) == value, name
    assert answer.headers["Content-Security-Policy"] == policy
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "geolocation=()" in answer.headers["Permissions-Policy"] or answer.request["PATH_INFO"].startswith(
        "/field/"
    )
    if cache is not None:
        assert answer.headers["Cache-Control"] == cache
    assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers


@pytest.fixture
def quiet(cast: Cast) -> Client:
    """A signed-in clerk whose failures are answered, not raised."""
    client = Client(raise_request_exception=False)
    client.force_login(cast["clerk1"].user, backend=site.AUTHENTICATION_BACKENDS[-1])
    return client


def test_pages_and_what_leads_away_from_them(quiet: Client) -> None:
    check(quiet.get("/staff/"), 200)
    check(Client().get("/staff/"), 302)
    check(Client().get("/staff/sign-in/"), 200)
    check(Client().get("/"), 200, cache=PAGE)
    check(Client().get("/m/%E6%B0%B8"), 200)
    check(Client().get("/field/"), 200, policy=FIELD_POLICY)


def test_refusals_of_every_kind(quiet: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    check(quiet.post("/staff/register/", {}), 400)
    check(quiet.get("/staff/admin/"), 403)
    check(Client(enforce_csrf_checks=True).post("/staff/sign-in/", {}), 403)
    check(quiet.get("/staff/nothing/"), 404)
    check(Client().get("/nothing"), 404, cache=PAGE)
    check(quiet.get("/staff/register/suggest/"), 405)
    check(quiet.generic("POST", "/staff/register/", b"", CONTENT_LENGTH=str(10**9)), 413)
    check(Client().generic("POST", "/staff/sign-in/", b"", CONTENT_LENGTH=str(2 * 10**6)), 413)
    monkeypatch.setattr("yimen.web.staff.views.worklist._show", _broken)
    check(quiet.get("/staff/"), 500)


def _broken(*_all: object) -> None:
    raise RuntimeError("on purpose")


def test_a_wrong_host(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["yimen.example"]
    check(Client().get("/", headers={"Host": "evil.example"}), 421, cache=PAGE)
    check(Client().get("/api/v1/units", headers={"Host": "evil.example"}), 421, BARE)


def test_the_sign_of_life(db: None) -> None:
    answer = Client().get("/healthz")
    check(answer, answer.status_code, cache=PAGE)


def test_files_that_are_served_and_files_that_are_given_out(quiet: Client, cast: Cast, png: bytes) -> None:
    from yimen.cases.actions.attach import attach

    clerk = cast["clerk1"]
    case = clerk.opens()
    row = attach(clerk.actor, clerk.grants, case.uuid, png, "a.png")
    answer = quiet.get(f"/staff/cases/{case.uuid}/files/{row.uuid}/")
    check(answer, 200, SANDBOX)
    assert answer["Content-Disposition"].startswith("attachment")


def test_static_files(db: None, settings: Any, tmp_path: Any) -> None:
    (tmp_path / "a.css").write_text("a{}")
    settings.STATIC_ROOT = str(tmp_path)
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    check(Client().get("/static/a.css"), 200, cache=None)
    check(Client().get("/static/nothing.css"), 404, cache=None)


def test_answers_to_machines(cast: Cast) -> None:
    user = cast["clerk1"].user
    row = actions.issue(Actor(user.pk), user, "x", list(tokens.SCOPES), 3)
    headers = {"Authorization": f"Bearer {actions.collect(Actor(user.pk), row.pk, user.pk)[1]}"}
    client = Client(raise_request_exception=False)
    check(client.get("/api/v1/openapi.json"), 200, BARE)
    check(client.get("/api/v1/units", headers=headers), 200, BARE)
    check(client.get("/api/v1/units"), 401, BARE)
    check(client.get("/api/v1/nothing"), 404, BARE)
    check(client.delete("/api/v1/units", headers=headers), 405, BARE)


@pytest.mark.parametrize(
    "path", ["/", "/staff/", "/field/", "/api/v1/units", "/healthz", "/static/x", "/nothing"]
)
def test_browsers_are_kept_to_https_where_it_is_served(db: None, settings: Any, path: str) -> None:
    settings.HTTPS = True
    assert Client().get(path).headers["Strict-Transport-Security"] == HSTS


def test_camera_and_position_open_for_the_field_page_alone(db: None) -> None:
    assert "camera=(self)" in Client().get("/field/").headers["Permissions-Policy"]


SIGNED = (
    "/api/",
    "/field/api/",
)  # machines by a token, phones by their signature: no session that could be abused
PAGES = [route for route in routes() if not route.path.startswith(SIGNED)]


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_every_address_refuses_a_form_without_its_token(cast: Cast, route: Route) -> None:
    """Whoever is signed in, another site's form changes nothing: refused before the view is asked."""
    for name in ("director", "admin"):
        if cast[name].grants.has(*ADMINISTRATORS):
            add_app(cast[name].user)
        client = Client(enforce_csrf_checks=True)
        client.force_login(cast[name].user, backend=site.AUTHENTICATION_BACKENDS[-1])
        answer = client.post(route.path, {"x": "1"})
        assert answer.status_code == 403, (route.name, answer.status_code)


def test_no_view_but_the_machines_and_the_phones_is_let_off_the_check() -> None:
    off = {route.name for route in routes() if getattr(route.view, "csrf_exempt", False)}
    assert off == {route.name for route in routes() if route.path.startswith(SIGNED)} - {"api:openapi"}


def test_what_is_kept_and_cannot_be_read_is_the_servers_fault(
    cast: Cast, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    """People sealed for another place: a page says so as an error of ours, and the operator's log names it."""
    case = cast["clerk1"].opens(name="王师傅", phone="0931-000 1234")
    Participant.objects.filter(case=case).update(case=cast["clerk1"].opens())
    other = Participant.objects.latest("pk").case
    answer = enter("clerk1").get(f"/staff/cases/{other.uuid}/")
    assert answer.status_code == 500
    assert "密文不是用这把密钥" in answer.content.decode()
    assert any("密文不是用这把密钥" in row.getMessage() for row in caplog.records)
