"""Forms of the sign-in pages: shape and words. Labels stand above the fields, never inside them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn import forms as key_forms
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from yimen.accounts.models import User

from . import tries

STUMBLES = (AttributeError, LookupError, TypeError, ValueError)
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _plain(field: forms.Field, label: object, help_text: object = "", **attrs: object) -> None:
    """Give a library's field our words, and take its placeholder away."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)
    field.error_messages["required"] = _("这里要填写。")


class SignInForm(LoginForm):
    """Name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        no_help = {"autocapitalize": "none", "spellcheck": "false"}
        _plain(self.fields["login"], _("登录名"), autofocus=True, **no_help)
        _plain(self.fields["password"], _("密码"))


class AgainForm(ReauthenticateForm):
    """The password once more before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], _("密码"), autofocus=True)


class NewPasswordForm(ChangePasswordForm):
    """The old password counts as a try like any other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("现在的密码"))
        _plain(
            self.fields["password1"],
            _("新密码"),
            _("至少 8 位，可以用一句话。不要用生日、手机号和常见的组合。"),
        )
        _plain(self.fields["password2"], _("再输一遍新密码"))

    def clean_oldpassword(self) -> str:
        typed: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise get_adapter().validation_error("enter_current_password")
        return typed


class CountedCode(forms.Form):
    """A code of the second step: counted like a password, and good for one use only (RFC 6238 §5.2)."""

    user: User
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _("打开手机上的验证器应用，输入 6 位数字；手机不在身边就输入一个恢复码。")
        _plain(self.fields["code"], _("验证码"), hint, **CODE)

    def clean_code(self) -> str:
        request = context.request
        with tries.one_at_a_time(request, self.user.sign_in):
            if held := tries.is_held(request, self.user):
                code = None
            elif (code := self._checked()) is None:
                tries.count_failure(request, self.user, "factor")
        if code is None:
            adapter, why = (
                (get_adapter(), "rate_limited") if held else (get_factor_adapter(), "incorrect_code")
            )
            raise adapter.validation_error(why)
        return code

    def _checked(self) -> str | None:
        try:
            code: str = super().clean_code()
        except ValidationError:
            return None
        return code if use_once(self.authenticator, code) else None


class CodeForm(CountedCode, mfa_forms.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(CountedCode, mfa_forms.ReauthenticateForm):
    """The second factor once more before something that matters."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code of a new app, to see that it was set up right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("应用里显示的 6 位数字"), **CODE)


class Sturdy(forms.Form):
    """What a browser sends as a key may be anything; the library's parser stumbles over some of it."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()
        except STUMBLES as error:
            raise get_factor_adapter().validation_error("incorrect_code") from error
        return found


class KeySignInForm(Sturdy, key_forms.LoginWebAuthnForm):
    """A passkey instead of name and password."""


class KeyForm(Sturdy, key_forms.AuthenticateWebAuthnForm):
    """A security key as the second step."""


class KeyAgainForm(Sturdy, key_forms.ReauthenticateWebAuthnForm):
    """A security key once more before something that matters."""


class AddKeyForm(key_forms.AddWebAuthnForm):
    """A new security key or passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["name"], _("给这把密钥起个名字"), autocomplete="off")
        hint = _("用指纹、人脸或 PIN 解锁这把密钥，就能直接登录。")
        _plain(self.fields["passwordless"], _("以后登录不用输密码"), hint)

    def clean(self) -> dict[str, Any]:
        try:
            data: dict[str, Any] = super().clean()
        except STUMBLES as error:
            raise get_factor_adapter().validation_error("incorrect_code") from error
        return data


class InvitationForm(forms.Form):
    """What a person sets when they come by a one-time link."""

    name = forms.CharField(
        label=lazy("姓名"), max_length=64, widget=forms.TextInput({"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label=lazy("密码"),
        strip=False,
        help_text=lazy("至少 8 位，可以用一句话。不要用生日、手机号和常见的组合。"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=lazy("再输一遍密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("两次输入的密码不一样。"))
        return data


class LinkForm(forms.Form):
    """The first half of a one-time link for a colleague."""

    reason = forms.CharField(
        label=lazy("原因"),
        max_length=300,
        help_text=lazy("写明怎样核实了是本人，例如：忘了密码，本人持工作证到场。"),
        widget=forms.Textarea({"rows": 3}),
    )


class ResetForm(forms.Form):
    """The first half of taking away a lost second factor."""

    sign_in = forms.CharField(label=lazy("谁丢了第二验证（登录名）"), max_length=64)
    reason = forms.CharField(
        label=lazy("原因"),
        max_length=300,
        help_text=lazy("写明怎样核实了是本人，例如：手机丢失，本人持工作证到场。"),
        widget=forms.Textarea({"rows": 3}),
    )


@transaction.atomic
def use_once(authenticator: Authenticator, code: str) -> bool:
    """Mark an app's code as spent. False when it, or a later one, was used before, in any process."""
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = get_factor_adapter().decrypt(row.data["secret"])
    typed = normalize_user_code(code)
    steps = [n for n in yield_hotp_counters_from_time() if format_hotp_value(hotp_value(secret, n)) == typed]
    if not steps or max(steps) <= row.data.get("last_step", 0):
        return False
    row.data["last_step"] = max(steps)
    row.save(update_fields=["data"])
    return True
