"""Scripts typed into every field there is: no page runs one, with the content policy and with it switched off.

The street of tests/web/furnished.py is filled with words that are programs; so are the columns of every table that
hold free text. Then every page of every face is opened in Chromium.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, Field, Model, TextField
from tests.web import furnished, test_query_counts
from tests.web.staff_ground import png  # noqa: F401 - a fixture

from cast import LEAK, Cast, Person

pytestmark = pytest.mark.browser

# Each would call `__hit` where it is taken for a program, or leave an element marked `data-hit`.
CORPUS = (
    "<b data-hit>",
    "<script data-hit>__hit(1)</script>",
    "<img data-hit src=x onerror=__hit(2)>",
    "\"><svg data-hit onload=__hit(3)>",
    "'><b data-hit onmouseover=__hit(4)>x</b>",
    "\" autofocus onfocus=__hit(5) data-hit x=\"",
    "' autofocus onfocus=__hit(6) data-hit x='",
    "javascript:__hit(7)//",
    "</title><script data-hit>__hit(8)</script>",
    "</textarea><img data-hit src=x onerror=__hit(9)>",
    "</script><script data-hit>__hit(10)</script>",
    "<iframe data-hit srcdoc='<script>parent.__hit(11)</script>'></iframe>",
    "<a data-hit href=javascript:__hit(12)>x</a>",
    "<details data-hit open ontoggle=__hit(13)>",
    "<style data-hit>@import'x'</style>",
    "--><svg data-hit onload=__hit(14)><!--",
    "<div data-hit hx-get=/ hx-trigger=load hx-on:click=__hit(15)>",
    "{{ ''|safe }}{% load static %}<u data-hit>",
    "\\u003cimg data-hit src=x onerror=__hit(16)\\u003e",
    "&lt;img data-hit src=x onerror=__hit(17)&gt;",
    "<math data-hit><mtext><script>__hit(18)</script>",
    "＜script data-hit＞__hit(19)＜/script＞",
    "<form data-hit action=javascript:__hit(20)><button>x</button>",
    "<base data-hit href=//127.0.0.1:9/>",
    "<input data-hit autofocus onfocus=__hit(21)>",
    "<object data-hit data=javascript:__hit(22)>",
    "<svg data-hit><animate onbegin=__hit(23) attributeName=x dur=1s>",
)  # fmt: skip
SHORTEST = min(map(len, CORPUS))
WATCH = "window.__hits = []; window.__hit = n => { window.__hits.push(n) };"
FOUND = """() => [
  ...window.__hits.map(n => `ran ${n}`),
  ...[...document.querySelectorAll('[data-hit]')].map(e => `made ${e.outerHTML.slice(0, 90)}`),
  ...[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames().filter(n => n.startsWith('on')
      || ['href', 'src', 'action', 'formaction'].includes(n) && /^\\s*javascript:/i.test(e.getAttribute(n)))
      .map(n => `${n} on ${e.outerHTML.slice(0, 90)}`)),
]"""
REFLECTED = ("/staff/search/?q={}", "/staff/work/all/?q={}&state={}&unit={}&category={}", "/staff/work/all/?after={}",
             "/staff/{}/", "/m/{}", "/?text={}", "/staff/sign-in/?next={}", "/staff/register/?from={}&title={}",
             "/staff/figures/?from={}&by={}")  # fmt: skip
# Not words: what other rows or the program itself are found by.
KEYS = re.compile(r"(^|_)(key|state|flow|kind|code|number|sign_in|password|verb|role|hash|digest|mac|query|list|session_key|"
                  r"source|record_id|storage|media_type|status|language|address|place_key|prefix|template|way|name_en)$")  # fmt: skip
ROOMS = ("organisations", "access", "accounts", "calendars", "grids", "documents", "cases", "intake")


class Infected:
    """Adds the next program of the corpus to whatever people would type."""

    def __init__(self) -> None:
        self.corpus = cycle(CORPUS)

    def program(self, longest: int) -> str:
        return next(text for text in self.corpus if len(text) <= longest)

    def __call__(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.program(50) + value if re.search(r"[一-鿿]", value) and "〔" not in value else value
        if isinstance(value, dict):
            return {name: self(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self, value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return dataclasses.replace(
                value, **{f.name: self(getattr(value, f.name)) for f in dataclasses.fields(value)}
            )
        return value


@pytest.fixture
def street(cast: Cast, png: bytes, settings: Any, monkeypatch: pytest.MonkeyPatch) -> furnished.Street:  # noqa: F811
    settings.DEMO = False
    infect = Infected()
    opens, does, act = Person.opens, Person.does, furnished.Street.act
    monkeypatch.setattr(
        Person, "opens", lambda self, *words, **more: opens(self, *infect(words or (LEAK,)), **infect(more))
    )
    monkeypatch.setattr(
        Person, "does", lambda self, case, verb, **data: does(self, case, verb, **infect(data))
    )
    monkeypatch.setattr(
        furnished.Street, "act",
        lambda self, who, verb, case, *more, **data: act(self, who, verb, case, *infect(more), **infect(data)),
    )  # fmt: skip
    from django.conf import settings as ours
    from django.test import Client

    def enter(sign_in: str) -> Client:
        client = Client()
        client.force_login(cast[sign_in].user, backend=ours.AUTHENTICATION_BACKENDS[-1])
        return client

    with transaction.atomic():
        made = furnished.furnish(cast, enter, png, 1)
    poison(infect)
    return made


def poison(infect: Infected) -> None:
    """Every column of free text of every row: what no verb of the street has typed."""
    with connection.cursor() as cursor:
        for model, column in free_text():
            table, name = model._meta.db_table, column.column
            program = infect.program(column.max_length or 999)
            try:
                with transaction.atomic():
                    cursor.execute("SET LOCAL session_replication_role = replica")
                    cursor.execute(f'UPDATE "{table}" SET "{name}" = %s WHERE "{name}" <> \'\'', [program])
            except DatabaseError:
                continue  # a rule of the database says what may stand here


def free_text() -> Iterator[tuple[type[Model], Field]]:
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            words = isinstance(column, CharField | TextField) and not (column.choices or column.unique)
            words = words and (column.max_length or 999) >= SHORTEST
            if words and model._meta.app_label in ROOMS and not KEYS.search(column.name):
                yield model, column


@pytest.fixture
def pages(street: furnished.Street) -> dict[str, list[str]]:
    """Person → addresses: every route for whoever sees most there."""
    test_query_counts.collect(street)
    account = test_query_counts.committed()
    found: dict[str, list[str]] = {}
    for door in test_query_counts.doors():
        if door.name in account:
            who = account[door.name]["as"]
            found.setdefault(who, []).extend(door.addresses(street, who)[:4])
    reflected = [path.replace("{}", quote(CORPUS[n % len(CORPUS)])) for n, path in enumerate(REFLECTED * 3)]
    found["director"] += reflected
    return found


def look(context: Any, pages: list[str]) -> dict[str, list[str]]:
    """What ran or came to be on each page, after everything on it was pointed at."""
    page, faults = context.new_page(), {}
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: dialog.dismiss())
    for path in pages:
        answer = context.request.get(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue  # a file, served as one
        page.goto(path)
        page.evaluate(
            "document.querySelectorAll('main *').forEach(e => e.dispatchEvent(new Event('mouseover')))"
        )
        if found := page.evaluate(FOUND):
            faults[path] = found
    page.close()
    return faults


@pytest.mark.parametrize("policy", ["on", "off"])
def test_no_page_takes_typed_words_for_a_program(
    chromium: Any, live_server: Any, cast: Cast, pages: dict[str, list[str]], policy: str
) -> None:
    from .conftest import _session

    faults: dict[str, list[str]] = {}
    for who, paths in pages.items():
        context = chromium.new_context(base_url=live_server.url, bypass_csp=policy == "off", locale="zh-CN")
        if who:
            context.add_cookies([_session(cast, who, live_server.url)])
        faults |= look(context, paths)
        context.close()
    assert faults == {}


def test_the_pages_do_show_the_words(cast: Cast, street: furnished.Street) -> None:
    """The test above looks at something: titles, names and notes of the corpus stand on the pages, as words."""
    page = street.client("director").get(f"/staff/cases/{street.cases['busy'][-1].uuid}/").content.decode()
    assert page.count("__hit(") > 20
    assert "data-hit src=x onerror" in page
    assert "<img data-hit" not in page
