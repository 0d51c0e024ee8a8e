"""From whatever an operation raises to its problem answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from yimen.foundation.denied import denied
from yimen.foundation.errors import YimenError

from . import problems
from .problems import Problem


def register(api: NinjaAPI) -> None:
    handlers: dict[type[Exception], Any] = {
        Problem: problems.answer,
        YimenError: problems.of_error,
        ValidationError: _invalid,
        Http404: _absent,
        HttpError: _http,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _absent(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problems.of_status(request, 404)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The framework's own refusal: of a body, most of the time, that is no JSON; what caused it tells more."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, YimenError):
        return problems.of_error(request, cause)
    return problems.of_status(request, error.status_code)


def _unexpected(_request: HttpRequest, error: Exception) -> HttpResponse:
    raise error  # the gate logs it and answers


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.wrong_list(request, "invalid", _("还有内容要补充或更正"), _wrong(error))


def _wrong(error: ValidationError) -> Iterator[tuple[str, object]]:
    for one in error.errors:
        where = [str(part) for part in one["loc"] if part not in ("body", "query", "header", "path", "asked")]
        yield ".".join(where) or "body", _said(one)


# What is said of a value, by the kind of complaint; the shapes themselves stand in the OpenAPI document.
_SENTENCES: Final = {
    "missing": gettext_lazy("请填写"),
    "extra_forbidden": gettext_lazy("没有这一项"),
    "literal_error": gettext_lazy("请从所列选项中选择"),
    "string_type": gettext_lazy("应为文字"),
    "int_type": gettext_lazy("应为整数"),
    "bool_type": gettext_lazy("应为 true 或 false"),
    "list_type": gettext_lazy("应为列表"),
    "string_too_short": gettext_lazy("请填写"),
    "year_out_of_range": gettext_lazy("年份不对，请核对"),
}
_SHAPES: Final = {
    "uuid": gettext_lazy("应为 UUID"),
    "date": gettext_lazy("应为日期或时间，如 2026-11-23T09:00:00+08:00"),
}


def _said(one: dict[str, Any]) -> object:
    kind, context = one["type"], one.get("ctx", {})
    if kind == "extra_forbidden" and (what := denied(str(one["loc"][-1]))):
        return _("按设计不收这一项：%(name)s（%(what)s）") % {"name": one["loc"][-1], "what": what}
    if kind == "string_too_long":
        return _("最多 %d 字") % context["max_length"]
    if "ge" in context or "le" in context:
        return _("超出范围")
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    shape = next((said for name, said in _SHAPES.items() if kind.startswith(name)), None)
    return shape or _("内容不对，请核对")
