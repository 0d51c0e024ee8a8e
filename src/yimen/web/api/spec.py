"""The OpenAPI document: what the operations declare, and how each of them may refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from http.client import responses as phrases
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from .files import RAW
from .problems import KINDS, MEDIA_TYPE
from .told import ProblemOut

ROOT = "/api/v1/"
_REF = {"$ref": "#/components/schemas/ProblemOut"}


def openapi(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """The view of `/api/v1/openapi.json`: public, the same for everybody, made once for each language."""

    @lru_cache(maxsize=4)
    def made(language: str) -> bytes:
        with translation.override(language):
            return json.dumps(document(api), ensure_ascii=False, indent=1, default=str).encode()

    @require_GET
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(made(translation.get_language() or ""), "application/json")

    return view


def document(api: NinjaAPI) -> dict[str, Any]:
    """OpenAPI 3.1. `x-yimen-policy` and `x-yimen-scope` say who may call an operation and with which token."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=ROOT), default=str))
    made["info"]["description"] = _("同一套办理规则、同一套权限，供别的系统使用。说明见 docs/api.md。")
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    made["components"]["schemas"] |= problem.pop("$defs", {}) | {"ProblemOut": problem}
    for operations in made["paths"].values():
        for one in operations.values():
            _complete(one)
    made["x-yimen-codes"] = {code: kind.status for code, kind in KINDS.items()}
    made.pop("servers", None)
    return made


def _complete(one: dict[str, Any]) -> None:
    """Its refusals, the scope beside its security, and the bytes of what is no JSON."""
    for status in one.pop("x-yimen-problems"):
        words = phrases.get(status, "")
        one["responses"][str(status)] = {"description": words, "content": {MEDIA_TYPE: {"schema": _REF}}}
    one["security"] = [{name: [one["x-yimen-scope"]] for name in each} for each in one["security"]]
    if one.pop("x-yimen-binary", False):
        one["responses"]["200"]["content"] = {RAW: {"schema": {"type": "string", "format": "binary"}}}
