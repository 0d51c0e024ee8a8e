"""A person's own security page: password, second factor, where they are signed in."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as key_views
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimen.accounts import actions, queries

from . import who
from .who import actor_of

SECURITY = reverse_lazy("account_security")


@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Everything about one's own sign-in on one page."""
    rows = list(Authenticator.objects.filter(user=request.user))
    held = {row.type: row for row in rows}
    codes = held.get(Authenticator.Type.RECOVERY_CODES)
    return render(
        request,
        "auth/security.html",
        {
            "app": held.get(Authenticator.Type.TOTP),
            "keys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "sessions": queries.live_sessions(user_id=request.user.pk),
            "this_key": request.session.session_key,
            "may_reset": who.grants(request).has(*who.MAY_RESET),
            "may_end": who.grants(request).has(*who.MAY_END_SESSIONS),
        },
    )


@login_required
def enrol(request: HttpRequest) -> HttpResponse:
    """Where an administrator without a second factor is led. With one there is nothing to do here."""
    if queries.has_factor(request.user.pk):
        return redirect("account_security")
    return render(request, "auth/enrol.html")


@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions elsewhere."""
    row = get_object_or_404(queries.live_sessions(user_id=request.user.pk), pk=pk)
    actions.end(actor_of(request), row, "self")
    messages.success(request, _("那一处登录已经退出。"))
    return redirect("account_security")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    key = request.session.session_key or ""
    count = actions.end_all(actor_of(request), request.user.pk, "self", keep_key=key)
    messages.success(request, _("已退出其他 %(n)d 处登录。") % {"n": count})
    return redirect("account_security")


class ChangePassword(PasswordChangeView):
    """A new password ends every other session of the person."""

    def form_valid(self, form: Any) -> HttpResponse:
        old_key = self.request.session.session_key or ""
        with transaction.atomic():
            response = super().form_valid(form)
            new_key = self.request.session.session_key or ""
            actions.password_changed(actor_of(self.request), self.request.user, old_key, new_key)
        return response


class Recorded:
    """Puts the ledger entry into the same transaction as the library's change of a factor."""

    verb: Any
    factor: str
    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            self.verb(actor_of(self.request), self.request.user.pk, self.factor)
            self.request.session.pop(who.FACTOR_SEEN, None)
        return response


class AddApp(Recorded, app_views.ActivateTOTPView):
    verb, factor = staticmethod(actions.factor_added), "totp"


class RemoveApp(Recorded, app_views.DeactivateTOTPView):
    verb, factor, success_url = staticmethod(actions.factor_removed), "totp", SECURITY


class AddKey(Recorded, key_views.AddWebAuthnView):
    verb, factor = staticmethod(actions.factor_added), "webauthn"


class RemoveKey(Recorded, key_views.RemoveWebAuthnView):
    verb, factor, success_url = staticmethod(actions.factor_removed), "webauthn", SECURITY


class RenameKey(key_views.EditWebAuthnView):
    success_url = SECURITY


class NewCodes(Recorded, code_views.GenerateRecoveryCodesView):
    verb, factor = staticmethod(actions.factor_added), "recovery_codes"


change_password = ChangePassword.as_view()
add_app, remove_app = AddApp.as_view(), RemoveApp.as_view()
add_key, remove_key, rename_key = AddKey.as_view(), RemoveKey.as_view(), RenameKey.as_view()
new_codes = NewCodes.as_view()
see_codes = code_views.ViewRecoveryCodesView.as_view()
download_codes = code_views.DownloadRecoveryCodesView.as_view()
