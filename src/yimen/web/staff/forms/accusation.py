"""The hand-over of a sealed letter: to whom, and who must never see that it exists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.accounts.models import User
from yimen.cases.models.case import CHANNELS
from yimen.organisations.models import Unit
from yimen.organisations.queries import units

from .shape import Shape


class AccusationForm(Shape):
    """No text field on purpose: what the letter says does not enter."""

    to = forms.ModelChoiceField(
        queryset=Unit.objects.none(), label=gettext_lazy("移交给"), empty_label=gettext_lazy("请选择"),
        error_messages={"required": gettext_lazy("请选择移交的单位")},
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=gettext_lazy("怎么来的"),
        choices=[pair for pair in CHANNELS if pair[0] in ("letter", "visit")],
        initial="letter",
    )
    received_at = forms.DateTimeField(
        label=gettext_lazy("实际收到时间"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    named_units = forms.ModelMultipleChoiceField(
        queryset=Unit.objects.none(), label=gettext_lazy("被反映的单位"), required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-no-draft": ""}),
    )  # fmt: skip
    named_people = forms.CharField(
        label=gettext_lazy("被反映的工作人员"), required=False, help_text=gettext_lazy("登录名或姓名，一行一位；只用来挡住他们"),
        widget=forms.Textarea(attrs={"rows": 2, "data-no-draft": "", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("to", "named_units"):
            self.fields[name].queryset = units()
        if discipline := units().filter(name__contains="纪").first():
            self.fields["to"].initial = discipline

    def clean_named_people(self) -> list[User]:
        """Everybody of that name is kept out: one too many does no harm."""
        found: list[User] = []
        for line in filter(None, map(str.strip, self.cleaned_data["named_people"].splitlines())):
            hits = list(User.objects.filter(sign_in=line)) or list(User.objects.filter(name=line))
            if not hits:
                raise ValidationError(_("系统里没有“%s”，不必填写") % line)
            found += hits
        return found
