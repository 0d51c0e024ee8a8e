"""One way for every form of the administrators: checked, done, told; refused with everything typed still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yimen.access.registry import can
from yimen.accounts.models import User
from yimen.accounts.queries import by_sign_in, people
from yimen.foundation.errors import Conflict, Invalid, Refused, YimenError

from ...door import StaffRequest
from ...errors import kind_of
from ...forms.shape import Shape


def posted(request: StaffRequest) -> Any:
    """What was sent, or None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def try_to(form: Shape, do: Callable[[dict[str, Any]], HttpResponse]) -> tuple[HttpResponse | None, int]:
    """Do it with what was typed. Answers the page to go on to, or None and the status of the form shown again."""
    if not form.is_bound:
        return None, 200
    if not form.is_valid():
        return None, 400
    try:
        return do(form.cleaned_data), 200
    except (Invalid, Conflict, Refused) as error:
        form.refuse(error)
        return None, kind_of(error).status


def saved(
    request: StaffRequest,
    form: Shape,
    do: Callable[[dict[str, Any]], object],
    done: object,
    to: tuple[Any, ...],
    **page: Any,
) -> HttpResponse:
    """The page of a form: shown, refused, or done and on to `to`. `page` has title, lead, button, icon, back …"""

    def go(data: dict[str, Any]) -> HttpResponse:
        do(data)
        messages.success(request, done)
        return redirect(*to)

    answer, status = try_to(form, go)
    page["may_hand_over"] = can(request.grants, "cases.hand_over")
    return answer or render(request, "staff/admin/form.html", {"form": form, **page}, status=status)


def pressed(
    request: StaffRequest, do: Callable[[], object], done: object, to: tuple[Any, ...]
) -> HttpResponse:
    """One button: done and told, or the refusal told, and on to `to`."""
    try:
        do()
    except YimenError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(*to)


def person_of(sign_in: str, field: str = "person") -> User:
    """The account of a sign-in name. Raises Invalid beside the field."""
    user = by_sign_in(sign_in)
    if user is None:
        raise Invalid(_("还不能保存"), {field: _("没有这个登录名")})
    return user


def offered() -> list[tuple[str, str]]:
    """Sign-in names with their owners, to be offered while typing."""
    return list(people().values_list("sign_in", "name"))
