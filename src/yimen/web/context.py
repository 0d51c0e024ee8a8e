"""What every page knows: the office it belongs to, and whether this is a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yimen.organisations import queries


def office(_request: HttpRequest) -> dict[str, Any]:
    """`office` is read from the database only when a template uses it."""
    return {"office": SimpleLazyObject(queries.office), "demo": settings.DEMO}
