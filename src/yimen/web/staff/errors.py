"""Expected refusals as friendly pages: what happened, why, and what to do now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from yimen.foundation import errors

logger = logging.getLogger("django.request")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of refusal is answered."""

    status: int
    title: object


KINDS: dict[type[errors.YimenError], Kind] = {
    errors.Missing: Kind(404, _("没有找到")),
    errors.Refused: Kind(403, _("不能办理")),
    errors.Conflict: Kind(409, _("情况已经变了")),
    errors.Invalid: Kind(400, _("还不能保存")),
    errors.Broken: Kind(500, _("系统出错")),
}


NOT_THIS_WAY = Kind(405, _("这个网址不能直接打开"))
_ONLY_POSTED = _("这里只接收从页面上提交的内容，没有可以看的东西。请回到原来的页面，用上面的按钮办理。")


def kind_of(error: errors.YimenError) -> Kind:
    known = (kind for refusal, kind in KINDS.items() if isinstance(error, refusal))
    return next(known, Kind(400, _("没有办成")))


class ErrorsMiddleware:
    """Turns what a room refused into a page; everything unexpected goes its usual way (500)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.streaming and not response.content:
            return not_this_way(request, response)
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """No address and no form holds a NUL but by intent; the database could not keep or look for one."""
        if not any("\0" in value for given in (request.GET, request.POST) for value in _values(given)):
            return None
        return answer(request, errors.Invalid(_("内容里有不能保存的控制字符，请删去后再试")))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, errors.YimenError):
            return None
        if isinstance(error, errors.Broken):
            logger.error("%s: %s", request.path, error)
        return answer(request, error)


def answer(request: HttpRequest, error: errors.YimenError) -> HttpResponse:
    """The page for one refusal. What was typed is given back when it came by a form."""
    kind = kind_of(error)
    context = {"kind": kind, "message": str(error), "typed": _typed(request)}
    return render(request, "refused.html", context, status=kind.status)


def not_this_way(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page for an address that takes forms only, opened by hand or from a bookmark: why, and a way back."""
    context = {"kind": NOT_THIS_WAY, "message": _ONLY_POSTED, "typed": [], "back": way_back(request.path)}
    page = render(request, "refused.html", context, status=405)
    page.headers["Allow"] = response.headers.get("Allow", "")
    return page


def way_back(path: str) -> str:
    """The nearest address above that can be opened by a reader; empty when there is none."""
    parts = [part for part in path.split("/") if part]
    while parts[1:]:
        parts.pop()
        above = f"/{'/'.join(parts)}/"
        try:
            view = resolve(above).func
        except Resolver404:
            continue
        if "GET" in getattr(view, "methods", ("GET",)):
            return above
    return ""


def _values(given: MultiValueDict[str, str]) -> Iterator[str]:
    return (value for _name, values in given.lists() for value in values)


# Never given back on such a page: tokens, secrets, and what belongs to people.
_WITHHELD = frozenset(
    {
        "csrfmiddlewaretoken", "next", "password", "oldpassword", "password1", "password2", "code", "credential",
        "name", "phone", "address", "slip", "representatives", "on_behalf_name", "on_behalf_phone", "witness_name",
        "named_people",
    }
)  # fmt: skip


def _typed(request: HttpRequest) -> list[str]:
    """The texts of the form, to copy out; codes and numbers are left away."""
    texts = [
        value for name, value in request.POST.items() if name not in _WITHHELD and isinstance(value, str)
    ]
    return [text for text in texts if len(text) >= 10 or not text.isascii()]
