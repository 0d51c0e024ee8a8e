"""What every page knows: the office it belongs to, whether this is a demonstration, how large its text is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from yimen.organisations import queries

TEXT_SIZES = (100, 125, 150)
TEXT_COOKIE = "yimen_text"


def office(request: HttpRequest) -> dict[str, Any]:
    """`office` is read from the database only when a template uses it."""
    return {"office": office_of(request), "demo": settings.DEMO}


def office_of(request: HttpRequest) -> Any:
    """The office for one request, read once when it is first needed; false where none is set up."""
    kept = vars(request).get("_office")
    if kept is None:
        kept = vars(request)["_office"] = SimpleLazyObject(queries.office)
    return kept


def text_size(request: HttpRequest) -> dict[str, Any]:
    """大字模式 in per cent: what was chosen in this browser, else with the account. 100 says nothing special."""
    return {"text_size": chosen_text_size(request)}


def chosen_text_size(request: HttpRequest) -> int:
    chosen = request.COOKIES.get(TEXT_COOKIE, "")
    if chosen in map(str, TEXT_SIZES):
        return int(chosen)
    user = getattr(request, "user", None)
    return user.text_size if user is not None and user.is_authenticated else TEXT_SIZES[0]


def keep_text_size(response: HttpResponse, size: int) -> None:
    """Remember the choice in this browser for a year, for pages before signing in as well."""
    response.set_cookie(
        TEXT_COOKIE, str(size), max_age=settings.LANGUAGE_COOKIE_AGE, httponly=True, samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )  # fmt: skip
