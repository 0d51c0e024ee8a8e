"""Taking an imported row: what the clerk may put right, or why it is left out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yimen.intake.models import REFUSALS, QueuedMatter

from .shape import Shape, category_choices


class TakeForm(Shape):
    title = forms.CharField(label=_("标题"), max_length=120, required=False)
    text = forms.CharField(label=_("反映什么"), widget=forms.Textarea(attrs={"rows": 6}))
    category = forms.ChoiceField(label=_("类别"))
    place = forms.CharField(label=_("发生在哪里"), max_length=200, required=False)

    def __init__(self, row: QueuedMatter, *args: Any, **kwargs: Any) -> None:
        known = {"title": row.title, "text": row.text, "category": row.category.key, "place": row.place}
        super().__init__(*args, initial=known, **kwargs)
        self.fields["category"].choices = category_choices()

    def corrections(self) -> dict[str, Any]:
        """Only what differs from the row."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class RefuseForm(Shape):
    refusal = forms.ChoiceField(
        label=_("为什么不登记"),
        choices=REFUSALS,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择理由")},
    )
    note = forms.CharField(label=_("备注"), max_length=200, required=False)
