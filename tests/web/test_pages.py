"""Every page: who is let in, that it keeps to the policy, and what it weighs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from tests.web.staff_ground import Enter

from cast import Cast
from yimen.web.staff.urls import staff

DESK = ("register", "accusation", "returning", "queue", "enquiry")
PAGES = ("home", "search", *DESK, "handover")
WORKERS = {"clerk1": {*DESK}, "director": {*DESK, "handover"}, "leader1": set(), "handler.chengguan": set(),
           "head.chengguan": {"handover"}, "auditor": set(), "admin": set()}  # fmt: skip
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
# What a browser neither shows nor runs by itself: parts that a page's modules copy, and words as JSON.
_ASIDE = re.compile(r'<template.*?</template>|<script [^>]*type="application/json".*?</script>', re.S)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_page(name: str) -> None:
    answer = Client().get(reverse(f"staff:{name}"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/sign-in/")


@pytest.mark.parametrize("sign_in", WORKERS)
def test_each_role_opens_its_own_pages_and_no_others(enter: Enter, sign_in: str, settings: Any) -> None:
    settings.DEMO = True  # elsewhere administrators are first led to their second factor
    client = enter(sign_in)
    opened = {name for name in PAGES if client.get(reverse(f"staff:{name}")).status_code == 200}
    assert opened == WORKERS[sign_in] | {"home", "search"}


@pytest.mark.parametrize("sign_in", WORKERS)
def test_the_rail_offers_exactly_what_may_be_opened(enter: Enter, sign_in: str, settings: Any) -> None:
    settings.DEMO = True
    client = enter(sign_in)
    page = client.get("/staff/").content.decode()
    for name in (*DESK[:1], *DESK[2:], "handover"):
        assert (f'href="{reverse(f"staff:{name}")}"' in page) is (name in WORKERS[sign_in]), name


def test_every_address_of_the_staff_face_declares_who_may_open_it() -> None:
    for each in staff[0]:
        for route in getattr(each, "url_patterns", [each]):
            assert getattr(route.callback, "policy", None), route.name


def _bodies(cast: Cast, enter: Enter) -> dict[str, str]:
    case = cast["clerk1"].opens(name="陈女士", phone="13800002071", place="永安小区")
    client = enter("clerk1")
    paths = [reverse(f"staff:{name}") for name in PAGES[:-1]]
    paths += [reverse(f"staff:{name}", args=[case.uuid]) for name in ("case", "registered", "reveal")]
    paths += [
        reverse("staff:do", args=[case.uuid, verb]) for verb in ("answer", "dispatch", "guide", "correct")
    ]
    paths += ["/", "/m/永〔2026〕00001", "/field/", "/nothing-here/"]
    return {path: _ASIDE.sub("", client.get(path).content.decode()) for path in paths}


def test_no_page_carries_inline_script_or_style_or_emoji(cast: Cast, enter: Enter) -> None:
    for path, body in _bodies(cast, enter).items():
        assert not INLINE.search(body), (path, INLINE.search(body))
        assert not EMOJI.search(body), (path, EMOJI.search(body))


def test_every_page_has_a_language_a_title_one_main_heading_and_a_way_past_the_rail(
    cast: Cast, enter: Enter
) -> None:
    for path, body in _bodies(cast, enter).items():
        assert '<html lang="zh-Hans">' in body, path
        assert re.search(r"<title>\s*\S+.* · 一扇门</title>", body), path
        assert body.count("<h1") == 1, path
        assert 'class="skip" href="#main"' in body, path
        assert '<main id="main"' in body, path


def _asset(path: str) -> bytes:
    found = finders.find(path)
    assert found, path
    return Path(str(found)).read_bytes()


def _packed(path: str) -> int:
    return len(gzip.compress(_asset(path)))


ASSETS = ("vendor/bootstrap.min.css", "css/app.css", "door.svg")


@pytest.mark.skipif(
    not (house.VENDOR / "htmx.min.js").exists(), reason="run ./yimen up or test once: build/vendor"
)
def test_first_load_stays_within_what_the_design_allows(cast: Cast, enter: Enter) -> None:
    bodies = {path: len(gzip.compress(body.encode())) for path, body in _bodies(cast, enter).items()}
    shared = sum(map(_packed, ASSETS))
    scripts = sum(map(_packed, ("js/keys.js", "js/forms.js", "vendor/htmx.min.js")))
    assert shared + bodies["/"] <= 100_000
    assert shared + scripts + max(bodies.values()) <= 200_000
    assert len(_asset("css/app.css")) <= 30_000


def test_the_language_switch_is_remembered_and_leads_back(enter: Enter) -> None:
    client = enter("clerk1")
    answer = client.post("/staff/language/", {"language": "en", "next": "/staff/search/"})
    assert (answer.status_code, answer["Location"]) == (302, "/staff/search/")
    assert '<html lang="en">' in client.get("/staff/search/").content.decode()
