"""The shell of the phone page: the same bytes for everybody, known by one version, answered without a sign-in.

What is personal comes later and inside, over signed requests (docs/rooms/field.md). The version is the hash of every
file the page needs, so a phone has either all of one version or all of the one before.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_safe

from yimen.organisations.queries import office

from ..handbook import phones
from ..headers import POLICY
from .words import words

LANGUAGES: Final = ("zh-hans", "en")
SCRIPTS: Final = Path(__file__).resolve().parents[1] / "static" / "field"
WORKER: Final = "field/worker.js"
STYLES: Final = ("field/base.css", "css/app.css", "field/field.css")
# A film is looked at on the phone (how long is it?) before it is taken along: only here may a page play its own.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    f"{name} {value}" for name, value in (POLICY | {"media-src": "blob:"}).items()
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """`GET /field/[?lang=en]`. Without `lang` the reader's language; the page itself links both."""
    asked = request.GET.get("lang", "")
    response = HttpResponse(page(asked if asked in LANGUAGES else translation.get_language()))
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response


@require_safe
def precache(request: HttpRequest) -> JsonResponse:
    """`{"yimen": 1, "version", "files": [{"url", "sha256", "size"}]}`: the whole shell in both languages."""
    listed = files()
    return JsonResponse({"yimen": 1, "version": version(listed), "files": listed})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It begins with the version, so that a browser sees a new one by its bytes."""
    head = f'const VERSION = "{version(files())}";\n'
    return HttpResponse(head.encode() + _content(WORKER), content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone asks before it puts the page among its apps."""
    return HttpResponse(_manifest(), content_type="application/manifest+json; charset=utf-8")


def page(language: str | None) -> str:
    """The page in one language. Nothing in it depends on who asks."""
    with translation.override("en" if language == "en" else "zh-hans"):
        said: dict[str, Any] = {
            "office": office(),
            "emergency": phones(emergency=True),
            "demo": settings.DEMO,
            "words": words(),
            "styles": STYLES,
        }
        return render_to_string("field/shell.html", said)


def files() -> list[dict[str, Any]]:
    """Every file of the shell with its hash: styles, scripts, both pages, the manifest."""
    pages = [(f"/field/?lang={language}", page(language).encode()) for language in LANGUAGES]
    made = [_row(url, content) for url, content in [*pages, ("/field/manifest.webmanifest", _manifest())]]
    return made + [_row(staticfiles_storage.url(name), _content(name)) for name in names()]


def version(listed: list[dict[str, Any]]) -> str:
    """16 hex digits over addresses and hashes."""
    told = "\n".join(f"{row['url']} {row['sha256']}" for row in listed)
    return hashlib.sha256(told.encode() + _content(WORKER)).hexdigest()[:16]


def names() -> list[str]:
    """Static names of what the page loads, the service worker itself left out."""
    scripts = sorted(f"field/{path.relative_to(SCRIPTS).as_posix()}" for path in SCRIPTS.rglob("*.js"))
    return ["door.svg", *STYLES, *(name for name in scripts if name != WORKER)]


def _row(url: str, content: bytes) -> dict[str, Any]:
    return {"url": url, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


@cache
def _content(name: str) -> bytes:
    """As it is served: with the hashed names of other files in it where those are in use."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as kept:
            return bytes(kept.read())
    found = finders.find(name)
    return Path(found).read_bytes() if found else b""


def _manifest() -> bytes:
    with translation.override("zh-hans"):  # the same for everybody, so that it has one hash
        told = words()
    return json.dumps(
        {
            "name": told["app.name"],
            "short_name": told["app.short"],
            "id": "/field/",
            "start_url": "/field/",
            "scope": "/field/",
            "display": "standalone",
            "background_color": "#f6f4ef",
            "theme_color": "#f6f4ef",
            "icons": [{"src": staticfiles_storage.url("door.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
