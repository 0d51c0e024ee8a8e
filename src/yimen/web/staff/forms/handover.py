"""Who leaves and who takes over, inside the units the reader answers for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .shape import Shape


class HandoverForm(Shape):
    leaving = forms.ChoiceField(label=_("谁要离开"), error_messages={"required": _("请选择")})
    to = forms.ChoiceField(label=_("交给谁"), error_messages={"required": _("请选择")})
    reason = forms.CharField(
        label=_("原因"), required=False, max_length=200, help_text=_("如：轮岗、休假、调离")
    )

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("leaving", "to"):
            self.fields[name].choices = [("", _("请选择")), *people]
