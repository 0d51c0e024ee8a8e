"""The phone page's shell: the same for everybody, complete in its list, light enough for a slow line."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from cast import Cast
from yimen.organisations.models import Office
from yimen.web.field import shell

pytestmark = pytest.mark.django_db
BUDGET = 100 * 1024  # bytes, compressed, without the map


def served(url: str) -> bytes:
    if url.startswith("/static/"):
        found = finders.find(url.removeprefix("/static/"))
        assert found, url
        return Path(found).read_bytes()
    answer = Client().get(url)
    assert answer.status_code == 200, url
    return bytes(answer.content)


def test_the_page_is_the_same_bytes_for_everybody(cast: Cast) -> None:
    stranger, clerk = Client(), Client()
    clerk.force_login(cast["clerk1"].user, backend="django.contrib.auth.backends.ModelBackend")
    pages = [client.get("/field/").content for client in (stranger, clerk)]
    assert pages[0] == pages[1]
    assert b"csrf" not in pages[0]


@pytest.mark.parametrize(("lang", "accept", "words"), [
    ("", "zh-CN", "看到了什么"), ("", "en", "lang=\"en\""), ("en", "zh-CN", "lang=\"en\""), ("zh-hans", "en", "看到了什么"), ("x", "zh-CN", "看到了什么"),
])  # fmt: skip
def test_it_speaks_the_language_asked_for(lang: str, accept: str, words: str) -> None:
    page = Client().get("/field/", {"lang": lang} if lang else {}, headers={"Accept-Language": accept})
    assert words in page.content.decode()


def test_the_list_names_everything_by_its_hash() -> None:
    listed = json.loads(served("/field/precache.json"))
    assert listed["yimen"] == 1
    for row in listed["files"]:
        content = served(row["url"])
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (row["sha256"], row["size"]), row["url"]


def test_every_script_that_another_imports_is_in_the_list() -> None:
    names = set(shell.names())
    for path in shell.SCRIPTS.rglob("*.js"):
        for asked in re.findall(r"(?:from|import\()\s*\"([./][^\"]+)\"", path.read_text("utf-8")):
            name = (path.parent / asked).resolve().relative_to(shell.SCRIPTS).as_posix()
            assert f"field/{name}" in names, f"{path.name} → {asked}"


def test_every_word_the_scripts_say_stands_in_the_page() -> None:
    known = set(shell.words())
    for path in shell.SCRIPTS.rglob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"[\u3400-\u9fff]", text), path.name
        for name in re.findall(r"\b(?:word|say)\(\"([a-z_.]+)\"[,)]", text):
            assert name in known, f"{path.name}: {name}"
        for name in re.findall(r"\b(?:make|screen|ask)\(\"([a-z-]+)\"[,)]", text):
            assert f't-{name}"' in shell.page("zh-hans"), f"{path.name}: {name}"


def test_the_worker_changes_when_anything_of_the_shell_does() -> None:
    Office.objects.create(name="永宁街道", centre_name="永宁街道综治中心")
    before = served("/field/sw.js")
    version = json.loads(served("/field/precache.json"))["version"]
    assert before.startswith(f'const VERSION = "{version}";'.encode())
    Office.objects.update(duty_phone="0931-000 0110")
    assert served("/field/sw.js") != before


def test_the_list_is_the_same_in_every_language() -> None:
    lists = [
        Client().get("/field/precache.json", headers={"Accept-Language": one}).json() for one in ("zh", "en")
    ]
    assert lists[0] == lists[1]


def test_an_installed_page_has_a_name_and_a_picture() -> None:
    told = Client().get("/field/manifest.webmanifest").json()
    assert (told["scope"], told["start_url"], told["display"]) == ("/field/", "/field/", "standalone")
    assert served(told["icons"][0]["src"]).startswith(b"<svg")


def test_the_first_load_fits_a_slow_line() -> None:
    """Everything listed, both languages, the worker and the list: what a phone fetches the first time."""
    listed = json.loads(served("/field/precache.json"))
    urls = [row["url"] for row in listed["files"]] + ["/field/precache.json", "/field/sw.js", "/field/"]
    total = sum(len(gzip.compress(served(url), 6)) for url in urls if not url.endswith("/map.js"))
    assert total <= BUDGET, total


def test_as_built_every_script_is_asked_for_by_its_hash(tmp_path: Path, settings: Any) -> None:
    """What the launcher collects: hashed names, also inside the scripts, and the list fits the bytes that are served."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "yimen.web.modules.ModuleStorage"},
    }
    shell._content.cache_clear()
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
        listed = {row["url"]: row["sha256"] for row in shell.files() if row["url"].startswith("/static/")}
    finally:
        shell._content.cache_clear()
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", url) for url in listed)
    for url, sha256 in listed.items():
        path = tmp_path / url.removeprefix("/static/")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        for asked in re.findall(r"(?:from|import\()\s*\"([./][^\"]+)\"", path.read_text("utf-8")):
            found = (path.parent / asked).resolve().relative_to(tmp_path.resolve()).as_posix()
            assert f"/static/{found}" in listed, f"{path.name} → {asked}"


def test_only_the_phone_page_may_play_a_film_and_only_its_own() -> None:
    policy = Client().get("/field/").headers["Content-Security-Policy"]
    assert "media-src blob:" in policy and "script-src 'self';" in policy
    assert "media-src" not in Client().get("/").headers["Content-Security-Policy"]
