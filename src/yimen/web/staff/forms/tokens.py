"""A token for another system: its name, what it may be used for, how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yimen.accounts.tokens import SCOPES

from .rows import person
from .shape import Shape


class TokenForm(Shape):
    """For oneself."""

    name = forms.CharField(
        label=_("给哪个系统用"), max_length=60, help_text=_("以后凭这个名字认出它，如：区平台对接"),
        widget=forms.TextInput({"autocomplete": "off"}), error_messages={"required": _("请写明是给哪个系统用的，最多 60 字")},
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("可以用来做什么"), choices=list(SCOPES.items()), initial=["read"],
        help_text=_("只选用得着的；再多也不超过本人的权限"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一项用途")},
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={"required": _("请填写天数"), "invalid": _("请填写天数")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        days.initial, days.help_text = (
            settings.TOKEN_DAYS,
            _("最多 %d 天，到期自动停用") % settings.TOKEN_MOST_DAYS,
        )


class IssueForm(TokenForm):
    """For somebody else: lies ready until that person collects it."""

    person = person(_("给谁（登录名）"))
    field_order = ("person", "name", "scopes", "days")
