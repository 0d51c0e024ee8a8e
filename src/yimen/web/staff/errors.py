"""Expected refusals as friendly pages: what happened, why, and what to do now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from yimen.foundation import errors


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
}


def kind_of(error: errors.YimenError) -> Kind:
    return KINDS.get(type(error), Kind(400, _("没有办成")))


class ErrorsMiddleware:
    """Turns what a room refused into a page; everything unexpected goes its usual way (500)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """No address and no form holds a NUL but by intent; the database could not keep or look for one."""
        if not any("\0" in value for given in (request.GET, request.POST) for value in _values(given)):
            return None
        return answer(request, errors.Invalid(_("内容里有不能保存的控制字符，请删去后再试")))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, errors.YimenError):
            return None
        return answer(request, error)


def answer(request: HttpRequest, error: errors.YimenError) -> HttpResponse:
    """The page for one refusal. What was typed is given back when it came by a form."""
    kind = kind_of(error)
    context = {"kind": kind, "message": str(error), "typed": _typed(request)}
    return render(request, "refused.html", context, status=kind.status)


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
