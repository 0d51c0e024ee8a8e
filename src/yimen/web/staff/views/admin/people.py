"""Accounts: found, made, shown whole, switched off and on. One-time links for new ones; for others it takes two."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.access.models import RoleGrant
from yimen.access.queries import grants
from yimen.access.roles import Role
from yimen.accounts import actions, queries
from yimen.accounts.models import User
from yimen.cases.actions.units import switch_off
from yimen.foundation.errors import Refused
from yimen.organisations.models import Membership

from ...door import StaffRequest, page
from .saving import pressed

PER_PAGE = 50


@page("admin.people", methods=("GET", "HEAD"))
def people(request: StaffRequest) -> HttpResponse:
    """Everybody with an account, also those switched off."""
    words = request.GET.get("q", "")
    found = queries.people(words, only_active=False)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    units: dict[int, list[str]] = {}
    seats = Membership.objects.filter(user__in=[user.pk for user in shown], active=True)
    for user_id, name in seats.values_list("user", "unit__name"):
        units.setdefault(user_id, []).append(name)
    rows = [(user, units.get(user.pk, [])) for user in shown]
    return render(request, "staff/admin/people.html", {"page": shown, "rows": rows, "q": words})


@page("admin.people", methods=("GET", "HEAD"))
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One account: units, roles with their periods, and what may be done with it."""
    user = get_object_or_404(User, pk=pk)
    return render(
        request,
        "staff/admin/person.html",
        {
            "person": user,
            "fresh": is_fresh(user),
            "seats": Membership.objects.filter(user=user).select_related("unit").order_by("-active", "id"),
            "grants": grants(past=True).filter(user=user),
            "stood": grants().filter(stands_for=user),
            "factor": queries.has_factor(user.pk),
            "may_link": request.grants.has(Role.ADMIN) and user.is_active and user.pk != request.user.pk,
        },
    )


@page("admin.people", methods=("POST",))
def switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch an account off or on. The security administrator may shut it while matters rest on the person."""
    user = get_object_or_404(User, pk=pk)
    on = request.POST.get("to") == "on"

    def do() -> None:
        if on:
            actions.set_active(request.actor, user.pk, True)
        else:
            switch_off(request.actor, user, at_once=request.grants.has(Role.SECURITY))

    done = _("账号已启用。") if on else _("账号已停用，其登录全部退出。")
    return pressed(request, do, done, ("staff:admin-person", pk))


@page("admin.settings", methods=("POST",))
def first_link(request: StaffRequest, pk: int) -> HttpResponse:
    """Another one-time link for an account that nobody has used and that holds no role."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    if not is_fresh(user):
        raise Refused(_("这个账号已经启用，忘了密码要由两个人办理：见“同事忘了密码”"))
    return link_page(request, user, actions.invite(request.actor, user), ("staff:admin-person", user.pk))


def is_fresh(user: User) -> bool:
    """Never used and without any role, past or present: a link to it opens nothing yet."""
    return not user.has_usable_password() and not RoleGrant.objects.filter(user=user).exists()


def link_page(request: StaffRequest, user: User, token: str, back: tuple[Any, ...]) -> HttpResponse:
    """The one-time link, shown this once."""
    url = request.build_absolute_uri(reverse("account_invitation_link", args=[token]))
    shown = {"person": user, "url": url, "back": reverse(back[0], args=back[1:])}
    return render(request, "staff/admin/link.html", shown)
