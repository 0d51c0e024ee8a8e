"""How a returning visitor's matter is found: by the slip, or by exactly the phone it was registered with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .shape import Shape

_PRIVATE = {"autocomplete": "off", "data-no-draft": ""}


class ReturningForm(Shape):
    slip = forms.CharField(
        label=_("编号，或小票上的二维码"), required=False, max_length=300,
        help_text=_("用扫码枪扫一下，或输入编号（如 2026 01187），或小票上的二十位字母数字"),
        widget=forms.TextInput(attrs={**_PRIVATE, "autofocus": ""}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("登记时留的电话"), required=False, max_length=40, help_text=_("只查在办的事项，查询会留痕"),
        widget=forms.TextInput(attrs={**_PRIVATE, "inputmode": "tel"}),
    )  # fmt: skip
