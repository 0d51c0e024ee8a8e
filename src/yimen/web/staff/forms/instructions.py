"""Signing, striking, and the office's quick phrases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.cases import instructions
from yimen.cases.actions.instructions import WORDS

from .shape import Shape, grouped_units


class SignForm(Shape):
    """One phrase, or own words instead; another lead unit than proposed only where one is chosen."""

    phrase = forms.ChoiceField(
        label=_("批示"), required=False, widget=forms.RadioSelect, help_text=_("选一句")
    )
    words = forms.CharField(
        label=_("或者自己写"),
        required=False,
        max_length=WORDS,
        help_text=_("写了就以这里为准"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": _("最多 %(limit_value)d 字，现有 %(show_value)d 字")},
    )
    unit = forms.ChoiceField(label=_("主办单位"), required=False, help_text=_("不选则按拟办意见"))
    spoken_of = {"instruction": "words"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phrase"].choices = [(text, text) for text in instructions.phrases()]
        self.fields["unit"].choices = [("", _("按拟办意见")), *grouped_units()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not (found.get("words") or found.get("phrase")):
            self.add_error("phrase", str(_("请选择一句，或者自己写")))
        return found

    @property
    def text(self) -> str:
        return str(self.cleaned_data.get("words") or self.cleaned_data.get("phrase") or "")


class StrikeForm(Shape):
    reason = forms.CharField(
        label=_("划去的理由"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("原文保留，画线划去，并注明谁、何时、为何划去"),
        error_messages={"required": _("请填写划去的理由")},
    )


class PhrasesForm(Shape):
    phrases = forms.CharField(
        label=_("常用批示语"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("每行一条，顺序就是显示的顺序；“××”在批示时换成主办单位的名称"),
        error_messages={"required": _("至少留一条常用语")},
    )

    @property
    def lines(self) -> list[str]:
        return str(self.cleaned_data["phrases"]).splitlines()
