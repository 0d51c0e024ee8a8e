"""How allauth behaves here: staff only, no mail, plain words, every step in the ledger, secrets sealed."""

from __future__ import annotations

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from io import BytesIO
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from yimen.accounts import actions, queries
from yimen.accounts.models import User
from yimen.foundation import crypto
from yimen.foundation.actor import Actor
from yimen.web import demo

from . import tries

SEAL = "mfa_authenticator.data"
MESSAGES = {
    "account/messages/password_changed.txt": lazy("密码已更换，您在其他地方的登录已经退出。"),
    "account/messages/logged_out.txt": lazy("您已退出。"),
    "mfa/messages/totp_activated.txt": lazy("验证器应用已启用。"),
    "mfa/messages/totp_deactivated.txt": lazy("验证器应用已停用。"),
    "mfa/messages/webauthn_added.txt": lazy("安全密钥已添加。"),
    "mfa/messages/webauthn_removed.txt": lazy("安全密钥已移除。"),
    "mfa/messages/recovery_codes_generated.txt": lazy("新的恢复码已生成，请抄下或打印，放在安全的地方。"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by name and password. There is no sign-up and nothing is sent by mail."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": lazy("登录名或密码不对。忘了密码，请找安全管理员要一次性链接。"),
        "account_inactive": lazy("这个账号已停用。"),
        "enter_current_password": lazy("现在的密码不对。"),
        "incorrect_password": lazy("密码不对。"),
        "too_many_login_attempts": lazy("试的次数太多，请过一会儿再试。"),
        "rate_limited": lazy("请求太快了，请稍等再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves by mail from here."""

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        message = message or str(MESSAGES.get(message_template or "", ""))
        super().add_message(request, level, message=message, extra_tags=extra_tags)

    def get_client_ip(self, request: HttpRequest) -> str:
        return tries.address(request) or "local"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        with tries.one_at_a_time(request, str(credentials.get("username", ""))):
            return super().authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        tries.note_failure(request, queries.by_sign_in(str(credentials.get("username", ""))))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """The last gate for every way in, passkeys too: demo accounts stay on their machine."""
        why = demo.refusal(request, user)
        if why:
            clear_login(request)
            return render(request, "auth/refused.html", {"why": why}, status=403)
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        agent = request.META.get("HTTP_USER_AGENT", "")
        actor = Actor(user.pk, user.name, "web")
        actions.signed_in(actor, request.session.session_key or "", tries.address(request), agent)

    def logout(self, request: HttpRequest) -> None:
        actor = Actor(request.user.pk, request.user.name, "web")
        actions.signed_out(actor, request.session.session_key or "")
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.password_changed_at = timezone.now()
        user.save(update_fields=["password", "password_changed_at"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_security")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within five minutes of the sign-in itself: who has just proved it need not do so twice."""
        request = context.request
        proofs = [record["at"] for record in get_authentication_records(request, request.user)]
        return not proofs or time.time() - max(proofs) >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("输入密码"),
            "mfa_reauthenticate": _("输入验证码或恢复码"),
            "mfa_reauthenticate:webauthn": _("用安全密钥"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words[method["id"]]} for method in methods]


class FactorAdapter(DefaultMFAAdapter):
    """The second factor's secrets are sealed in the database: a stolen copy of it opens no account."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": lazy("验证码不对，或者已经用过，请看清楚再输一次。"),
        "cannot_generate_recovery_codes": lazy("先启用验证器应用或安全密钥，才有恢复码。"),
    }

    def encrypt(self, text: str) -> str:
        key = crypto.new_data_key()
        parts = crypto.wrap(key, SEAL), crypto.seal(key, text.encode(), SEAL)
        return ".".join(urlsafe_b64encode(part).decode() for part in parts)

    def decrypt(self, encrypted_text: str) -> str:
        wrapped, sealed = (urlsafe_b64decode(part) for part in encrypted_text.split("."))
        return crypto.open_sealed(crypto.unwrap(wrapped, SEAL), sealed, SEAL).decode()

    def get_totp_label(self, user: User) -> str:
        return user.sign_in

    def build_totp_svg(self, url: str) -> str:
        """On white whatever the page's theme: phones do not read a dark code."""
        out = BytesIO()
        segno.make(url, error="m").save(out, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
        return out.getvalue().decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("安全密钥 %(n)d") % {"n": count + 1}
