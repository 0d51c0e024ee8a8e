"""A real browser before the whole application: one Chromium for each file of tests, one fresh window for each person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from cast import Cast, play
from yimen.cli.build import copy_vendor_files
from yimen.foundation.home import REPO

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = REPO / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Started once for a file and gone with it, so that other files may start their own."""
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: .ci/run installs one")
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    if before is not None:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session", autouse=True)
def _vendor_files() -> None:
    """What the launcher makes once; made here when the suite runs without it."""
    if not (settings.VENDOR / "htmx.min.js").exists() and (REPO / "node_modules").is_dir():
        copy_vendor_files(REPO / "node_modules", settings.VENDOR)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """A small street with everybody in place, seen by the server's own connections."""
    return play()


@pytest.fixture
def visit(chromium: Any, live_server: Any, cast: Cast) -> Iterator[Visit]:
    """`visit("clerk1", width=390, scheme="dark")`: a window in which this person is signed in. "" is a resident.

    At the end no window may have complained: no script error, nothing refused by the content policy.
    """
    windows: list[Any] = []
    complaints: list[str] = []

    def open_window(sign_in: str, *, width: int = 1440, scheme: str = "light", scripts: bool = True) -> Any:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900 if width > 600 else 844},
            color_scheme=scheme, locale="zh-CN", java_script_enabled=scripts, reduced_motion="reduce",
        )  # fmt: skip
        windows.append(context)
        if sign_in:
            context.add_cookies([_session(cast, sign_in, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _bad(said) else None)
        return page

    yield open_window
    for context in windows:
        context.close()
    assert complaints == []


def _bad(said: Any) -> bool:
    """Errors of the page itself; a refused step (4xx) is an answer, not a fault."""
    return said.type == "error" and "Failed to load resource" not in said.text


def _session(cast: Cast, sign_in: str, url: str) -> dict[str, str]:
    client = Client(HTTP_USER_AGENT="Chrome Linux")
    client.force_login(cast[sign_in].user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key or "", "url": url}


@pytest.fixture
def unreadable() -> Callable[[Any], list[str]]:
    """What axe-core finds wrong on a page for people who cannot see well or use no mouse (WCAG 2.2 A and AA)."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run ./yimen test once")
    source = AXE.read_text(encoding="utf-8")

    def look(page: Any) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]

    return look
