"""Who leaves and who takes over, inside the units the reader answers for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .rows import unit_choices
from .shape import Shape, category_choices


class HandoverForm(Shape):
    leaving = forms.ChoiceField(label=_("谁要离开"), error_messages={"required": _("请选择")})
    to = forms.ChoiceField(label=_("交给谁"), error_messages={"required": _("请选择")})
    category = forms.ChoiceField(label=_("只交这一类"), required=False)
    lead_unit = forms.ChoiceField(label=_("只交这个单位主办的"), required=False)
    reason = forms.CharField(
        label=_("原因"), required=False, max_length=200, help_text=_("如：轮岗、休假、调离")
    )

    def __init__(self, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("leaving", "to"):
            self.fields[name].choices = [("", _("请选择")), *people]
        self.fields["category"].choices = [("", _("全部类别")), *category_choices()[1:]]
        self.fields["lead_unit"].choices = unit_choices(_("全部单位"))
