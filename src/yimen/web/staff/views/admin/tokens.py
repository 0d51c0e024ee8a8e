"""Tokens of everybody, for the security administrator: seen, issued for their person to collect, ended."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yimen.accounts import actions, queries
from yimen.foundation.errors import Refused

from ...door import StaffRequest, page
from ...forms.tokens import IssueForm
from .saving import offered, person_of, posted, pressed, saved

PER_PAGE = 50


@page("admin.tokens", methods=("GET", "HEAD"))
def tokens(request: StaffRequest) -> HttpResponse:
    """Whose, for which system, for what, until when, used last; those that are over too."""
    words = request.GET.get("q", "")
    found = Paginator(queries.tokens_of(words), PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": found, "q": words, "now": timezone.now()}
    return render(request, "staff/admin/tokens.html", shown)


@page("admin.tokens")
def issue(request: StaffRequest) -> HttpResponse:
    """Allow a system a token in somebody's name. Its text is shown to that person alone, when they collect it."""

    def do(data: dict[str, Any]) -> None:
        user = person_of(data.pop("person"))
        if user.pk == request.user.pk:
            raise Refused(_("自己的令牌请在“登录与安全”里新建。"))
        actions.issue(request.actor, user, **data)

    lead = _("令牌由本人在“登录与安全—令牌”里领取，密文只给本人看一次；管理员看不到。")
    return saved(
        request, IssueForm(posted(request)), do, _("已签发，请本人去领取。"), ("staff:admin-tokens",),
        title=_("签发令牌"), button=_("签发"), icon="plus", back="staff:admin-tokens", lead=lead, people=offered(),
    )  # fmt: skip


@page("admin.tokens", methods=("POST",))
def end(request: StaffRequest, pk: int) -> HttpResponse:
    """End anybody's. Its next request is refused."""

    def do() -> None:
        actions.end_token(request.actor, pk, why="administrator")

    return pressed(request, do, _("令牌已停用。"), ("staff:admin-tokens",))
