"""Signing in as a real browser does it: keys, passkeys, and the policy against inline scripts."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.web.auth_ground import PASSWORD, SECURITY, SIGN_IN, make, site

from yimen.access.models import RoleGrant
from yimen.access.roles import Role
from yimen.foundation.home import REPO
from yimen.organisations.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["site"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = REPO / "node_modules" / "axe-core" / "axe.min.js"
TOUCH_KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def page() -> Iterator[Any]:
    """A Chromium with a fingerprint reader made of software; what its console complains about is kept."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: .ci/run installs one")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH_KEY})
        yield page
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def _address(live_server: Any) -> str:
    """Keys belong to a name; an IP address has none."""
    return str(live_server.url.replace("127.0.0.1", "localhost"))


def _enter(page: Any, address: str) -> None:
    page.goto(address + SIGN_IN)
    page.get_by_label("登录名").fill("clerk")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def _policy_complaints(page: Any) -> list[str]:
    return [
        said for said in page.complaints if re.search("Content Security|Refused|WebAuthn|TypeError", said)
    ]


def test_a_key_is_added_asked_for_and_opens_without_a_password(page: Any, live_server: Any) -> None:
    make("clerk", "陈洁")
    address = _address(live_server)
    _enter(page, address)
    page.goto(address + SECURITY + "keys/add/")
    page.get_by_label("以后登录不用输密码").check()
    page.get_by_role("button", name="现在添加").click()
    page.wait_for_url("**/security/codes/")
    page.goto(address + "/staff/sign-out/")
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url(f"**{SIGN_IN}")

    page.get_by_role("button", name="用安全密钥登录").click()
    page.wait_for_url("**/staff/")
    assert "desk of 陈洁" in page.content()
    page.goto(address + "/staff/sign-out/")
    page.get_by_role("button", name="退出", exact=True).click()

    _enter(page, address)
    page.wait_for_url("**/second-step/")
    page.get_by_role("button", name="用安全密钥").click()
    page.wait_for_url("**/staff/")
    assert "desk of 陈洁" in page.content()
    assert _policy_complaints(page) == []


def test_every_page_of_signing_in_keeps_to_the_policy_and_reads_well(
    page: Any, live_server: Any, settings: Any
) -> None:
    settings.DEMO = True
    boss = make("clerk", "陈洁")
    centre = Unit.objects.create(key="centre", name="综治中心", kind="centre")
    RoleGrant.objects.create(user=boss, role=Role.SECURITY, unit=centre, since=date(2020, 1, 1))
    address = _address(live_server)
    page.goto(address + SIGN_IN)
    assert _unreadable(page) == []
    _enter(page, address)
    page.wait_for_url("**/staff/")
    for path in ("", "password/", "keys/add/", "enrol/", "everyone/", "people/", "resets/", "app/"):
        page.goto(address + SECURITY + path)
        assert _unreadable(page) == [], path
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    assert _policy_complaints(page) == []


def _unreadable(page: Any) -> list[str]:
    """What axe-core finds wrong for people who cannot see well or use no mouse (WCAG 2.2 A and AA)."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def test_a_key_that_fails_says_so_in_words(page: Any, live_server: Any) -> None:
    address = live_server.url.replace("localhost", "127.0.0.1")  # no name, so no key
    page.goto(address + SIGN_IN)
    page.get_by_role("button", name="用安全密钥登录").click()
    page.locator("[data-key-error]").wait_for(state="visible")
    assert "也可以改用验证码" in page.locator("[data-key-error]").inner_text()
