"""Pages of the administrators: who is signed in where, one-time links, lost second factors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimen.access.roles import Role
from yimen.accounts import actions, queries
from yimen.accounts.models import StaffSession, User
from yimen.foundation.errors import Invalid, YimenError

from . import who
from .forms import LinkForm, ResetForm
from .who import actor_of

PER_PAGE = 50
View = Callable[..., HttpResponse]


def only(*roles: Role) -> Callable[[View], View]:
    """For holders of one of the roles; for everyone else the page does not exist (404)."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not who.grants(request).has(*roles):
                raise Http404
            return view(request, *args, **kwargs)

        return inner

    return decorate


@only(*who.MAY_END_SESSIONS)
def sessions(request: HttpRequest) -> HttpResponse:
    """Every browser signed in now, by name."""
    words = request.GET.get("q", "")
    page = Paginator(queries.live_sessions(words), PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "q": words, "this_key": request.session.session_key}
    return render(request, "auth/sessions.html", shown)


@only(*who.MAY_END_SESSIONS)
@require_POST
def end_any(request: HttpRequest, pk: int) -> HttpResponse:
    """End anyone's session. It is over at their next click."""
    row = get_object_or_404(StaffSession.objects.select_related("user"), pk=pk)
    actions.end(actor_of(request), row, "administrator")
    messages.success(request, _("已让%(name)s退出那一处登录。") % {"name": row.user.name})
    return redirect("account_sessions")


@only(*who.MAY_END_SESSIONS)
@require_POST
def end_everything(request: HttpRequest, user_id: int) -> HttpResponse:
    """End all sessions of one person."""
    user = get_object_or_404(User, pk=user_id)
    count = actions.end_all(actor_of(request), user.pk, "administrator")
    messages.success(request, _("已让%(name)s退出 %(n)d 处登录。") % {"name": user.name, "n": count})
    return redirect("account_sessions")


@only(*who.MAY_CONFIRM_LINK)
def people(request: HttpRequest) -> HttpResponse:
    """A colleague lost the password: requests waiting for the second person, and for administrators whom to ask for."""
    shown: dict[str, Any] = {"open": queries.open_links(), "mine": role_of(request)}
    if who.grants(request).has(*who.MAY_RESET):
        words = request.GET.get("q", "")
        page = Paginator(queries.people(words), PER_PAGE).get_page(request.GET.get("page"))
        shown |= {"page": page, "q": words, "may_ask": True}
    return render(request, "auth/people.html", shown)


@only(*who.MAY_RESET)
def link(request: HttpRequest, user_id: int) -> HttpResponse:
    """The first of two: ask for a one-time link for somebody else. Nothing is given out here."""
    user = get_object_or_404(User, pk=user_id, is_active=True)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_link(actor_of(request), user.pk, role_of(request), form.cleaned_data["reason"])
            messages.success(
                request, _("申请已提交，要由另一类管理员或中心主任确认，链接由确认的人当面交给本人。")
            )
            return redirect("account_people")
        except YimenError as error:
            form.add_error(None, str(error))
    return render(request, "auth/ask_link.html", {"person": user, "form": form})


@only(*who.MAY_CONFIRM_LINK)
@require_POST
def decide_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm (the link is shown here, this once; it does not touch the second factor) or call off."""
    try:
        if request.POST.get("decision") != "confirm":
            row = actions.withdraw_link(actor_of(request), pk)
            messages.success(request, _("已撤回给%(name)s的链接申请。") % {"name": row.user.name})
            return redirect("account_people")
        row, token = actions.confirm_link(actor_of(request), pk, role_of(request))
    except YimenError as error:
        messages.error(request, str(error))
        return redirect("account_people")
    url = request.build_absolute_uri(reverse("account_invitation_link", args=[token]))
    return render(request, "auth/link.html", {"person": row.user, "url": url})


def role_of(request: HttpRequest) -> str:
    """In which role this person asks or confirms: the first held of those that may."""
    held = who.grants(request)
    return next((str(role) for role in who.MAY_CONFIRM_LINK if held.has(role)), "")


@only(*who.MAY_RESET)
def resets(request: HttpRequest) -> HttpResponse:
    """Lost second factors: ask here, another administrator confirms here."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        messages.success(request, _("申请已提交，要等另一位管理员确认后才生效。"))
        return redirect("account_resets")
    shown = {"form": form, "open": queries.open_resets(), "decided": queries.recent_resets()}
    return render(request, "auth/resets.html", shown)


def _asked(request: HttpRequest, form: ResetForm) -> bool:
    user = queries.by_sign_in(form.cleaned_data["sign_in"])
    if user is None:
        form.add_error("sign_in", _("没有这个登录名。"))
        return False
    try:
        actions.ask_reset(actor_of(request), user.pk, form.cleaned_data["reason"])
    except Invalid as error:
        for name, text in error.fields.items():
            form.add_error(name, str(text))
        return False
    except YimenError as error:
        form.add_error(None, str(error))
        return False
    return True


@only(*who.MAY_RESET)
@require_POST
def decide_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or call off a request, by the button pressed."""
    confirm = request.POST.get("decision") == "confirm"
    verb = actions.confirm_reset if confirm else actions.withdraw_reset
    try:
        row = verb(actor_of(request), pk)
    except YimenError as error:
        messages.error(request, str(error))
        return redirect("account_resets")
    done = _("已解除%(name)s的两步验证，其登录全部退出。") if confirm else _("已撤回对%(name)s的申请。")
    messages.success(request, done % {"name": row.user.name})
    return redirect("account_resets")
