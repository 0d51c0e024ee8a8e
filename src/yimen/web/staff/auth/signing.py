"""Pages of coming in and going out: sign-in, second step, sign-out, one-time link, language."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.webauthn import views as key_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from yimen.accounts import actions, queries
from yimen.accounts.actions.people import DEMO_PASSWORD
from yimen.foundation.errors import Invalid, Missing
from yimen.web import context, demo

from .forms import InvitationForm

LINK = "yimen_invitation"


class SignIn(account_views.LoginView):
    """Name and password. On a demonstration opened on its own machine the page says how to come in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = settings.DEMO and demo.is_here(self.request)
        shown = {"demo_password": DEMO_PASSWORD} if here and not demo.is_forwarded(self.request) else {}
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | shown


sign_in = SignIn.as_view()
sign_out = account_views.LogoutView.as_view()
inactive = account_views.AccountInactiveView.as_view()
again = account_views.ReauthenticateView.as_view()
second_step = mfa_views.AuthenticateView.as_view()
second_step_again = mfa_views.ReauthenticateView.as_view()
passkey = key_views.LoginWebAuthnView.as_view()
key_again = key_views.ReauthenticateWebAuthnView.as_view()


@never_cache
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link itself: its secret moves into the session, out of the address bar and the history.

    Following a link changes nothing for whoever is signed in here; only sending the form does.
    """
    request.session[LINK] = token
    return redirect("account_invitation")


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def use_invitation(request: HttpRequest) -> HttpResponse:
    """Set name and password, then sign in with them."""
    token = request.session.get(LINK, "")
    found = queries.invitation(token)
    if found is None:
        request.session.pop(LINK, None)
        return render(request, "auth/invitation_over.html", status=410)
    form = InvitationForm(request.POST or None, initial={"name": found.user.name})
    if request.method == "POST" and form.is_valid() and _redeemed(request, token, form):
        return redirect("account_login")
    return render(request, "auth/invitation.html", {"form": form, "sign_in": found.user.sign_in})


def _redeemed(request: HttpRequest, token: str, form: InvitationForm) -> bool:
    try:
        actions.redeem(token, form.cleaned_data["name"], form.cleaned_data["password1"])
    except Invalid as error:
        form.add_error("password1", str(error.fields.get("password", error)))
        return False
    except Missing as error:
        form.add_error(None, str(error))
        return False
    request.session.pop(LINK, None)
    if request.user.is_authenticated:
        logout(request)
    messages.success(request, _("密码已设好，请用它登录。"))
    return True


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """大字模式: kept in this browser, and with the account of a signed-in person."""
    given = request.POST.get("size", "")
    size = int(given) if given in map(str, context.TEXT_SIZES) else context.TEXT_SIZES[0]
    if request.user.is_authenticated:
        actions.set_text_size(request.user, size)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    context.keep_text_size(response, size)
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages; a signed-in person's choice is remembered with the account."""
    if request.user.is_authenticated:
        actions.set_language(request.user, request.POST.get("language", ""))
    return set_language(request)
