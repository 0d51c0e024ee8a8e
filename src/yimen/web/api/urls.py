"""Addresses of `/api/v1`: made by the operations, each with the policy that it declared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from . import cases, files, lookups, steps
from .bearer import SIGNED_IN
from .declared import DECLARED, router
from .parsing import StrictParser
from .refusals import register
from .spec import openapi

__all__ = ["cases", "files", "lookups", "steps", "urlpatterns"]


class Readable(JSONRenderer):
    """Chinese as it is written, a third of the bytes."""

    json_dumps_params: Mapping[str, Any] = MappingProxyType({"ensure_ascii": False})


api = NinjaAPI(
    title="Yimen",
    version="1",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=Readable(),
)
api.add_router("", router)
register(api)


def _declared(pattern: URLPattern) -> URLPattern:
    """What its operations declared, on the view, where tests read it; the weakest stands for the address."""
    said = DECLARED[str(pattern.name)]
    view: Any = pattern.callback
    view.policies = {method: one.policy for method, one in said.items()}
    view.scopes = {method: one.scope for method, one in said.items()}
    view.methods = tuple(said)
    view.policy = SIGNED_IN if SIGNED_IN in view.policies.values() else next(iter(view.policies.values()))
    return pattern


def _patterns() -> list[URLPattern]:
    """One for each address: the framework makes one for each operation, all of the same view."""
    made = {str(found.pattern): found for found in api.urls[0] if str(found.name) in DECLARED}
    return [_declared(found) for found in made.values()]


app_name = "api"
urlpatterns = [path("openapi.json", openapi(api), name="openapi"), *_patterns()]
